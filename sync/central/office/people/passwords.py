"""Passwords, kept as argon2id hashes.

Promises:
- a name that nobody has costs as much time as a wrong password;
- one password at a time is hashed in a process, so that a flood of tries takes neither its memory nor its
  cores from the devices.
"""

from base64 import b64encode
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PASSWORD_UNUSABLE
from sync.contract.text import nfc

SHORTEST, LONGEST = 12, 200  # characters


def check_password(password: str, login: str) -> None:
    """Return if this may be a password; raises ProblemError HL5103. Neither letters nor digits are forced."""
    text = nfc(password)
    if not SHORTEST <= len(text) <= LONGEST or text.casefold() == login or len(set(text)) < 4:
        raise ProblemError(PASSWORD_UNUSABLE())


class Passwords:
    """Hashes and compares passwords.

    Args:
        hasher: how hard; the default is OWASP's recommendation with more memory (32 MiB, three passes).

    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
        self._lock = Lock()
        self._nobodys = _of_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """What is stored of a password."""
        with self._lock:
            return self._hasher.hash(nfc(password))

    def matches(self, password: str, hashed: str | None) -> bool:
        """Whether this is the password; None: nobody's, which takes as long and is always False."""
        try:
            with self._lock:
                right = self._hasher.verify(hashed or self._nobodys, nfc(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return right and hashed is not None


def _of_nobody(hasher: PasswordHasher) -> str:
    """A hash of the same cost that no password has."""
    salt, digest = bytes(hasher.salt_len), bytes(hasher.hash_len)
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${_text(salt)}${_text(digest)}"


def _text(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")
