"""Seals the secrets of second factors with a key of the folder `keys`, which no backup holds."""

import base64
from collections.abc import Mapping

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import FACTOR_UNREADABLE, KEY_FILE_UNUSABLE


class AccountBox:
    """Seals with the newest of these keys, and opens with any.

    Args:
        keys: 32 bytes each, by their ids, the newest last; see `Keys.account_keys`.

    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys

    def seal(self, text: str) -> str:
        """What is stored: the key's id, a colon, base64. Raises ProblemError HL5002 without a key."""
        if not self._keys:
            raise ProblemError(KEY_FILE_UNUSABLE(where="accounts.json", detail="không có khóa nào trong đó"))
        id = list(self._keys)[-1]
        return f"{id}:{base64.b64encode(SecretBox(self._keys[id]).encrypt(text.encode())).decode()}"

    def open(self, sealed: str) -> str:
        """The text again; raises ProblemError HL5111 if its key is not here."""
        id, _, box = sealed.partition(":")
        try:
            return SecretBox(self._keys[id]).decrypt(base64.b64decode(box)).decode()
        except (KeyError, ValueError, CryptoError) as error:
            raise ProblemError(FACTOR_UNREADABLE(where=id)) from error
