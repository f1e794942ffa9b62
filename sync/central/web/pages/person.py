"""One person whom the visitor manages: roles, marks, a link in place of a lost password, the end.

A person whom the visitor does not manage, and one that there is not, answer alike.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import change_officer, end_account, mark_approver
from sync.central.office.people.one_time_links import make_link
from sync.central.office.people.permissions import Person
from sync.central.office.people.roles import give_role, take_role
from sync.central.office.people.second_factor import reset_factor
from sync.central.web.choices import Option
from sync.central.web.look import Look
from sync.central.web.pages.people import (
    PersonRow,
    crumbs,
    go_to_link,
    link_text,
    managed_person,
    person_row,
)
from sync.central.web.people_rows import PEOPLE
from sync.central.web.problems import ProblemPage
from sync.central.web.role_fields import (
    MANAGE,
    check_officer,
    check_unit,
    read_role,
    role_options,
    unit_options,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError

Change = Literal[
    "cho-vai-tro", "bo-vai-tro", "duyet", "thoi-duyet", "can-bo", "lien-ket", "dat-lai-ma", "dong"
]
_SAID: dict[Change, str] = {
    "cho-vai-tro": "Đã cho vai trò.",
    "bo-vai-tro": "Đã bỏ vai trò.",
    "duyet": "Người này được duyệt báo cáo.",
    "thoi-duyet": "Người này không duyệt báo cáo nữa.",
    "can-bo": "Đã lưu mã cán bộ.",
    "dat-lai-ma": "Đã bỏ mã xác thực; người này cài lại ở lần đăng nhập tới.",
    "dong": "Đã đóng tài khoản.",
}


class PersonFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One change. first, last: days of a role, "" without a limit. why: of what can't be undone."""

    change: Change = field(name="viec")
    role: str = field(default="", name="vai_tro")
    unit: str = field(default="", name="don_vi")
    first: str = field(default="", name="tu")
    last: str = field(default="", name="den")
    officer: Annotated[str, Meta(max_length=64)] = field(default="", name="can_bo")
    why: Annotated[str, Meta(max_length=500)] = field(default="", name="ly_do")


class PersonPage(Struct, frozen=True, kw_only=True):
    """One person. own: it is the visitor. whole: the visitor may change all of the account."""

    row: PersonRow
    own: bool
    whole: bool
    officer: str
    officer_name: str
    has_password: bool
    has_factor: bool
    made: datetime
    roles: tuple[Option, ...]
    units: tuple[Option, ...]
    typed: PersonFields
    wrong: tuple[ProblemPage, ...]


def person_page(
    look: Look,
    number: str,
    typed: PersonFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
) -> Shown:
    """One person; raises ProblemError HL4010 for one whom the visitor does not manage."""
    managed = managed_person(look, number)
    status, person = managed.status, managed.status.person
    names = look.names
    units = unit_options(look)
    page = PersonPage(
        row=person_row(look, managed, names.units),
        own=person.account == look.person.account,
        whole=managed.whole,
        officer=person.officer if managed.whole else "",
        officer_name=names.officers.get(person.officer, person.officer) if managed.whole else "",
        has_password=status.has_password,
        has_factor=status.has_factor,
        made=datetime.fromisoformat(status.created_at),
        roles=role_options(look),
        units=units,
        typed=typed or PersonFields("cho-vai-tro", role="viewer", unit=units[0].value if units else ""),
        wrong=wrong,
    )
    status_code = 400 if wrong else 200
    return Shown(
        template="person.html", title=person.name, page=page, crumbs=crumbs(look), status=status_code
    )


@get(PEOPLE + "/{number:str}", opt=needs(MANAGE))
async def shows(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[Any]:
    """One person."""
    return await visit.show(person_page, number)


@post(PEOPLE + "/{number:str}", opt=needs(MANAGE))
async def changes(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[Any]:
    """Change something about a person."""
    fields = await visit.fields(PersonFields)
    managed = await visit.read(managed_person, number)
    person, address = managed.status.person, f"{PEOPLE}/{managed.status.person.account}"
    try:
        days = await visit.read(_read, fields)
        code = await visit.act(_change, person.account, fields, days, visit.visitor.person)
    except ProblemError as error:
        return await visit.show(person_page, number, fields, refused(error, visit.language))
    if code:
        return go_to_link(visit, person.account, code)
    if not await visit.read(_is_managed, number):
        address = PEOPLE  # the last role at a unit of the visitor's was taken
    return visit.go(address, visit.say(_SAID[fields.change]))


def _is_managed(look: Look, number: str) -> bool:
    try:
        managed_person(look, number)
    except ProblemError:
        return False
    return True


Days = tuple[date | None, date | None]


def _read(look: Look, fields: PersonFields) -> Days:
    """The days of a role that is given; raises ProblemError with everything that is wrong with the form."""
    match fields.change:
        case "cho-vai-tro":
            return read_role(look, role=fields.role, unit=fields.unit, first=fields.first, last=fields.last)
        case "bo-vai-tro":
            check_unit(look, fields.unit)
        case "can-bo":
            check_officer(look, fields.officer)
        case "dat-lai-ma" | "dong":
            line(fields.why, "ly_do", required=True)
    return None, None


def _change(act: Act, account: int, fields: PersonFields, days: Days, giver: Person) -> str:
    """Carry it out; the code of a new link, else ""."""
    match fields.change:
        case "cho-vai-tro":
            first, last = days
            give_role(act, account, role=fields.role, unit=fields.unit, first=first, last=last, giver=giver)
        case "bo-vai-tro":
            take_role(act, account, role=fields.role, unit=fields.unit, giver=giver)
        case "duyet" | "thoi-duyet":
            mark_approver(act, account, fields.change == "duyet", giver=giver)
        case "can-bo":
            change_officer(act, account, fields.officer, giver=giver)
        case "dat-lai-ma":
            reset_factor(act, account, line(fields.why, "ly_do"), giver=giver)
        case "dong":
            end_account(act, account, line(fields.why, "ly_do"), giver=giver)
        case "lien-ket":
            return make_link(act, account, kind="password", link_text=link_text, giver=giver)
    return ""


ROUTES = (shows, changes)
