"""A citizen's own words, sealed to the centre before they touch a disk.

Promise: the tablet, its disk and its configuration are not enough to read what was written on it.
Format: base64 of a libsodium sealed box (X25519, XSalsa20-Poly1305, an ephemeral sender) around the JSON
`{question: text}` or `{question: {field: text}}`, padded with spaces to a multiple of 256 bytes so that the
length reveals little. `Sealed.key` names the key, because old keys are kept for what they sealed.

Failure table: no key → such questions are not asked; unknown key or damaged box at the centre → HL5001,
the rest of the response stays usable.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping

import msgspec

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SEALED_WORDS_UNREADABLE
from sync.contract.response import Sealed

# Question -> the text, or the fields of contact details.
Words = dict[str, str | dict[str, str]]

_PADDING = 256  # bytes
_AROUND = 48  # bytes that a sealed box adds: the ephemeral key and the authenticator
_WIDEST = 4  # bytes of a character
_MARKS = 8  # bytes of JSON around a text


def seal_words(words: Words, key: str, public: str) -> Sealed | None:
    """`words` sealed to the public key (base64, 32 bytes) with the id `key`; None if there are none."""
    if not words:
        return None
    from nacl.public import PublicKey, SealedBox  # late: the first screen does not need it

    plain = msgspec.json.encode(words, order="sorted")
    plain += b" " * (-len(plain) % _PADDING)
    box = SealedBox(PublicKey(b64decode(public))).encrypt(plain)
    return Sealed(key, b64encode(box).decode())


def longest_box(words: Mapping[str, int]) -> int:
    """The largest size of a box with these texts (name of a question or field -> characters); 0 for none."""
    if not words:
        return 0
    plain = sum(len(name) + _MARKS + _WIDEST * length for name, length in words.items())
    return 4 * -(-(plain + _PADDING + _AROUND) // 3)


def open_words(sealed: Sealed, private_keys: Mapping[str, bytes]) -> Words:
    """The sealed words; `private_keys`: key id -> 32 bytes. Raises ProblemError HL5001 if none opens them."""
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    private = private_keys.get(sealed.key)
    if private is None:
        raise ProblemError(
            SEALED_WORDS_UNREADABLE(where="sealed.key", detail=f"không có khóa “{sealed.key}”")
        )
    try:
        plain = SealedBox(PrivateKey(private)).decrypt(b64decode(sealed.box, validate=True))
        return msgspec.json.decode(plain, type=Words)
    except (CryptoError, Base64Error, TypeError, ValueError) as error:
        raise ProblemError(SEALED_WORDS_UNREADABLE(where="sealed.box")) from error
