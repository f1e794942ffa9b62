"""The QR code on a printed form: which plan, group, unit and form it belongs to, and its number.

    HL2: 0123456789 0000123     (without the spaces)
         what is asked number

A scanner types the text as a keyboard, and in an office a Vietnamese input method is usually on, which turns
vowels and tone keys into other letters. So nothing follows the prefix but digits: ten of what is asked (the
SHA-256 of its ids), which say whether a form belongs to a lot, and seven of the number.
"""

import hashlib
import re

from sync.contract.patterns import whole

PREFIX = "HL2:"
NUMBER_DIGITS = 7
_ASKED_DIGITS = 10
_TEXT = re.compile(whole(rf"HL2:(\d{{{_ASKED_DIGITS}}})(\d{{{NUMBER_DIGITS}}})"), re.ASCII | re.IGNORECASE)


def form_code(unit: str, plan: str, group: str, survey: str, number: int) -> str:
    """The text of the QR of one form. plan, group: "" for a form outside of any plan."""
    return f"{PREFIX}{_asked(unit, plan, group, survey)}{number:0{NUMBER_DIGITS}}"


def number_in(text: str, unit: str, plan: str, group: str, survey: str) -> int | None:
    """The number that was typed, or that the scanned code has; None if it is neither, or of other forms."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS:
        return int(text)
    scanned = _TEXT.match(text)
    if scanned is None or scanned[1] != _asked(unit, plan, group, survey):
        return None
    return int(scanned[2])


def _asked(unit: str, plan: str, group: str, survey: str) -> str:
    digest = hashlib.sha256("\n".join((unit, plan, group, survey)).encode()).digest()
    return f"{int.from_bytes(digest[:8]) % 10**_ASKED_DIGITS:0{_ASKED_DIGITS}}"
