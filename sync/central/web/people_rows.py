"""People and their roles, as the pages about them draw them."""

from collections.abc import Mapping

from msgspec import Struct

from sync.central.office.people.permissions import Held, Role
from sync.central.presenting.days import day_words
from sync.central.web.look import Look

OWN, PEOPLE = "/tai-khoan/toi", "/tai-khoan"
ROLE_NAMES: Mapping[Role, str] = {
    "admin": "Quản trị",
    "analyst": "Phân tích",
    "viewer": "Xem số liệu",
    "keyer": "Nhập phiếu",
    "interviewer": "Điều tra viên",
}


class RoleRow(Struct, frozen=True, kw_only=True):
    """A role that somebody holds. days: from when to when, "" without a limit. now: it counts today."""

    role: str
    unit: str
    name: str
    place: str
    days: str
    now: bool


def role_rows(look: Look, held: tuple[Held, ...], units: Mapping[str, str]) -> tuple[RoleRow, ...]:
    """These roles, with the names of their units."""
    return tuple(
        RoleRow(
            role=each.role,
            unit=each.unit,
            name=role_name(look, each.role),
            place=units.get(each.unit, each.unit) if each.unit else look.say("toàn trung tâm"),
            days=_days(look, each),
            now=each.on(look.today),
        )
        for each in held
    )


def role_name(look: Look, role: str) -> str:
    """A role in the visitor's language."""
    return look.say(next((name for known, name in ROLE_NAMES.items() if known == role), role))


def _days(look: Look, held: Held) -> str:
    language = look.translation.language
    first = look.say("từ %(day)s", day=day_words(held.first, language)) if held.first else ""
    last = look.say("đến hết %(day)s", day=day_words(held.last, language)) if held.last else ""
    return " ".join(filter(None, (first, last)))


def account_in(who: str) -> int | None:
    """The account that the audit log names as `account 3`."""
    kind, _, number = who.partition(" ")
    return int(number) if kind == "account" and number.isascii() and number.isdigit() else None
