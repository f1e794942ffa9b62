"""Who may use the staff screen, and how a procedure is found there. Pure, but for the hash of a PIN.

    python -m kiosk.staff        asks for a new PIN and prints the line for kiosk.toml

A PIN is kept as its argon2 hash. After the third wrong one every further try waits twice as long as the last,
up to a quarter of an hour: ten thousand PINs would take a hundred days. That holds over restarts, see
`pin_tries.py`, and only the right PIN ends it: a badge needs no PIN, and says nothing of one.
"""

import getpass
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from sync.contract.catalogue import Procedure
from sync.contract.problem import ProblemError
from sync.contract.problem.scanning import PIN_UNUSABLE

FREE_TRIES = 3
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 15 * 60_000
MANY = 20
"""So many wrong PINs are as good as any larger number: the wait is the longest."""

# Lines of the keys on the glass, which a finger follows.
_LINES = ("2580", "123", "456", "789", "147", "258", "369", "159", "357")
_ALONG_LINES = "|".join(drawn for line in _LINES for drawn in (line, line[::-1]))
_YEAR = re.compile(r"(19|20)\d\d")


class Tries(Struct, frozen=True):
    """PINs that were not right, in a row; until_ms: monotonic milliseconds before which none is looked at."""

    wrong: int = 0
    until_ms: int = 0

    def failed(self, now_ms: int) -> "Tries":
        """One more try that was not right, or not known to be."""
        return Tries(min(self.wrong + 1, MANY), self.until_ms).again(now_ms)

    def again(self, now_ms: int) -> "Tries":
        """The wait for so many tries, from now on."""
        if self.wrong < FREE_TRIES:
            return self
        wait = min(FIRST_WAIT_MS * 2 ** (min(self.wrong, MANY) - FREE_TRIES), LONGEST_WAIT_MS)
        return Tries(self.wrong, now_ms + wait)

    def waits(self, now_ms: int) -> int:
        """Whole seconds until the next try; 0: now."""
        return max(0, -(-(self.until_ms - now_ms) // 1000))


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN, for `staff_pin` in kiosk.toml."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(pin)


def check_pin(pin: str) -> None:
    """Raise ProblemError HL3021 where `pin` is not 4 to 12 digits, or one that anybody tries first.

    Those are: digits at one distance (1234, 1111, 2468), a piece that repeats, what a finger draws along the
    keys (2580, 147258), and up to 8 digits that begin or end with a year.
    """
    digits = pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12
    if not digits or _is_guessed_first(pin):
        raise ProblemError(PIN_UNUSABLE())


def _is_guessed_first(pin: str) -> bool:
    at_one_distance = len({(int(after) - int(before)) % 10 for before, after in pairwise(pin)}) == 1
    repeats = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(2, max(3, len(pin) // 2) + 1))
    drawn = re.fullmatch(f"({_ALONG_LINES})+", pin)
    dated = len(pin) <= 8 and (_YEAR.match(pin) or _YEAR.fullmatch(pin[-4:]))
    return bool(at_one_distance or repeats or drawn or dated)


def is_pin(pin: str, hashed: str) -> bool:
    """Whether this is the PIN; False for every PIN where none is set, or the hash is none."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    if not hashed:
        return False
    try:
        return PasswordHasher().verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False


def plain(text: str) -> str:
    """`text` in small letters without accents, đ as d: what somebody types who looks for something."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def find_procedures(
    procedures: Iterable[Procedure], wanted: str, recent: Sequence[str] = ()
) -> list[Procedure]:
    """Procedures whose name or code has every word of `wanted`, those of `recent` (newest first) first."""
    words = plain(wanted).split()
    found = [
        procedure
        for procedure in procedures
        if all(word in plain(f"{procedure.code} {procedure.name['vi']} {procedure.field}") for word in words)
    ]
    order = {code: place for place, code in enumerate(recent)}
    return sorted(
        found, key=lambda procedure: (order.get(procedure.code, len(order)), plain(procedure.name["vi"]))
    )


def main() -> None:
    """Ask for a new PIN, twice, and print its line for kiosk.toml."""
    pin = getpass.getpass("PIN: ")
    try:
        check_pin(pin)
        if getpass.getpass("PIN: ") != pin:
            raise ProblemError(PIN_UNUSABLE(detail="hai lần nhập khác nhau"))
    except ProblemError as error:
        sys.exit(str(error))
    sys.stdout.write(f'staff_pin = "{hash_pin(pin)}"\n')


if __name__ == "__main__":
    main()
