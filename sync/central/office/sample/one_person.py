"""Who is one person on a list. Pure.

An id that the office gave is enough; else the name without tones and the telephone number, or the address of
somebody without a number. Two people who share a telephone are two.
"""

import hmac
import re
from typing import Final

from msgspec import Struct

from sync.contract.text import without_marks

CODE_DIGITS: Final = 32
_CITIZEN_ID = re.compile(r"\d{9}|\d{12}", re.ASCII)
_PHONE = re.compile(r"0\d{8,10}", re.ASCII)
_SIGNS = re.compile(r"[\s.()+\-–]")


class Listed(Struct, frozen=True, kw_only=True):
    """Somebody on a list. given: the office's own id. lines: how often the list names them.

    drafts: of legal documents that an organisation is asked about.
    """

    name: str
    phone: str = ""
    address: str = ""
    given: str = ""
    field: str = ""
    lines: int = 1
    drafts: tuple[str, ...] = ()


def phone_number(text: str) -> str | None:
    """A telephone number of Viet Nam as digits that begin with 0; "" for an empty cell, None for no number.

    A spreadsheet that takes it for a number drops the first 0.
    """
    digits = _SIGNS.sub("", text)
    if not digits:
        return ""
    if digits.startswith("84") and len(digits) > 10:
        digits = "0" + digits[2:]
    elif not digits.startswith("0") and len(digits) in (9, 10):
        digits = "0" + digits
    return digits if _PHONE.fullmatch(digits) else None


def is_citizen_id(text: str) -> bool:
    """Whether this may be the number of an identity card, which is never taken in."""
    return bool(_CITIZEN_ID.fullmatch(_SIGNS.sub("", text)))


def person_code(person: Listed, key: bytes) -> str:
    """The code of one person under a key: the same for everybody that is this person."""
    if person.given:
        same = ("given", person.given.casefold())
    elif person.phone:
        same = ("phone", f"{without_marks(person.name)}\n{person.phone}")
    else:
        same = ("address", f"{without_marks(person.name)}\n{without_marks(person.address)}")
    return hmac.digest(key, "\n".join(same).encode(), "sha256").hex()[:CODE_DIGITS]
