"""The people of the units that the visitor manages, and a new one with a first role and a link.

A link opens an account, so the centre stores its digest alone. The browser of who made it keeps it in a
cookie until it ends, so that its page can be loaded again; nobody else's browser shows it.
"""

import secrets
from datetime import UTC, date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import check_new_account
from sync.central.office.people.managed import Managed, managed_account, managed_accounts
from sync.central.office.people.one_time_links import LASTS, link_ends, make_link
from sync.central.office.people.permissions import Person, may_anywhere, needs_second_factor
from sync.central.office.people.roles import add_person
from sync.central.web.catalogue_entries import page_of
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.signing_in import LINK
from sync.central.web.people_rows import PEOPLE, ROLE_NAMES, RoleRow, role_rows
from sync.central.web.problems import ProblemPage
from sync.central.web.role_fields import (
    MANAGE,
    check_officer,
    read_role,
    role_options,
    unit_options,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit, cookie
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.centre import ACCOUNT_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

NEW = f"{PEOPLE}/moi"
NEW_LINK = "__Host-hl-link"
"""A cookie with the newest link that this browser made, as long as it opens a session."""


class PeopleAsked(Struct, frozen=True):
    """text: part of a name or of a unit. role: who holds it. page: from 1."""

    text: Annotated[str, Meta(max_length=100)] = field(default="", name="tim")
    role: Annotated[str, Meta(max_length=16)] = field(default="", name="vai_tro")
    page: Annotated[int, Meta(ge=1, le=10_000)] = field(default=1, name="trang")


class PersonRow(Struct, frozen=True, kw_only=True):
    """Somebody in the list. waits: what they still have to do. ended: when the account ended."""

    address: str
    name: str
    login: str
    roles: tuple[RoleRow, ...]
    elsewhere: bool
    approver: bool
    waits: str
    ended: datetime | None


class PeoplePage(Struct, frozen=True, kw_only=True):
    """The list. count: on all pages. ended: accounts that have ended, folded."""

    asked: PeopleAsked
    roles: tuple[Option, ...]
    rows: tuple[PersonRow, ...]
    count: int
    ended: tuple[PersonRow, ...]
    before: str
    after: str


def people_page(look: Look, asked: PeopleAsked) -> Shown:
    """The people whom the visitor manages."""
    units = look.names.units
    managed = managed_accounts(look.connection, look.person, look.today)
    rows = [row for each in managed if _is_asked(asked, row := person_row(look, each, units))]
    current = [row for row in rows if row.ended is None]
    shown, before, after = page_of(current, asked.page)
    page = PeoplePage(
        asked=asked,
        roles=(
            Option("", look.say("mọi vai trò")),
            *(Option(role, look.say(name)) for role, name in ROLE_NAMES.items()),
        ),
        rows=tuple(shown),
        count=len(current),
        ended=tuple(row for row in rows if row.ended is not None),
        before=_at(asked, before),
        after=_at(asked, after),
    )
    return Shown(template="people.html", title=look.say("Tài khoản"), page=page)


def person_row(look: Look, managed: Managed, units: dict[str, str]) -> PersonRow:
    """One of them."""
    status, person = managed.status, managed.status.person
    waits = ""
    if not status.has_password:
        waits = look.say("chưa đặt mật khẩu")
    elif needs_second_factor(person) and not status.has_factor:
        waits = look.say("chưa cài mã xác thực")
    return PersonRow(
        address=f"{PEOPLE}/{person.account}",
        name=person.name,
        login=person.login,
        roles=role_rows(look, person.roles, units),
        elsewhere=not managed.whole,
        approver=person.approver,
        waits="" if status.ended_at else waits,
        ended=datetime.fromisoformat(status.ended_at) if status.ended_at else None,
    )


def _is_asked(asked: PeopleAsked, row: PersonRow) -> bool:
    if asked.role and all(role.role != asked.role for role in row.roles):
        return False
    said = " ".join((row.name, row.login, *(f"{role.unit} {role.place}" for role in row.roles)))
    return asked.text.casefold() in said.casefold()


def _at(asked: PeopleAsked, number: int) -> str:
    values = {"tim": asked.text, "vai_tro": asked.role, "trang": str(number)}
    return f"{PEOPLE}?{urlencode(values)}" if number else ""


@get(PEOPLE, opt=needs(MANAGE), dependencies={"asked": query(PeopleAsked)})
async def lists(visit: NamedDependency[Visit], asked: NamedDependency[PeopleAsked]) -> Response[Any]:
    """The list."""
    return await visit.show(people_page, asked)


# --- a link that opens a session once ---------------------------------------------------------------------


class NewLinkPage(Struct, frozen=True, kw_only=True):
    """A link with which a person sets the password. ends: None if it was used or ended. back: their page."""

    name: str
    login: str
    link: str
    ends: datetime | None
    back: str


def new_link_page(look: Look, number: str, *, site: str, code: str) -> Shown:
    """The page with a link; raises ProblemError HL4010 for a person whom the visitor does not manage."""
    person = managed_person(look, number).status.person
    moment = int(look.now.timestamp())
    ends = link_ends(look.connection, code, person.account, moment) if code else None
    page = NewLinkPage(
        name=person.name,
        login=person.login,
        link=f"{site}{LINK}/{code}" if ends else "",
        ends=datetime.fromtimestamp(ends, UTC) if ends else None,
        back=f"{PEOPLE}/{person.account}",
    )
    return Shown(template="new_link.html", title=look.say("Liên kết một lần"), page=page, crumbs=crumbs(look))


def managed_person(look: Look, number: str) -> Managed:
    """The account with this number in an address; raises ProblemError HL4010."""
    try:
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise ProblemError(ACCOUNT_UNKNOWN())
        return managed_account(look.connection, look.person, int(number), look.today)
    except ProblemError as error:
        raise ProblemError(ADDRESS_UNKNOWN()) from error


def go_to_link(visit: Visit, account: int, code: str) -> Response[None]:
    """Lead to the page with a new link, which this browser keeps until it ends."""
    response = visit.go(f"{PEOPLE}/{account}/lien-ket")
    response.set_cookie(cookie(NEW_LINK, code, seconds=LASTS))
    return response


@get(PEOPLE + "/{number:str}/lien-ket", opt=needs(MANAGE))
async def new_link(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[Any]:
    """The link that this browser made for a person."""
    code = visit.request.cookies.get(NEW_LINK, "")
    return await visit.show(new_link_page, number, site=visit.site, code=code)


def crumbs(look: Look) -> tuple[Link, ...]:
    """The pages above one of a person."""
    return (Link(PEOPLE, look.say("Tài khoản")),)


def link_text() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


# --- a new person -----------------------------------------------------------------------------------------


class NewPersonFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends; first, last: days, "" without a limit."""

    name: str = field(default="", name="ho_ten")
    login: str = field(default="", name="ten")
    role: str = field(default="", name="vai_tro")
    unit: str = field(default="", name="don_vi")
    first: str = field(default="", name="tu")
    last: str = field(default="", name="den")
    officer: str = field(default="", name="can_bo")


class NewPersonPage(Struct, frozen=True, kw_only=True):
    """The form. units: none if they are too many to choose from."""

    typed: NewPersonFields
    roles: tuple[Option, ...]
    units: tuple[Option, ...]
    wrong: tuple[ProblemPage, ...]


def new_person_page(
    look: Look, typed: NewPersonFields | None = None, wrong: tuple[ProblemPage, ...] = ()
) -> Shown:
    """The form of a new person; typed: what was refused."""
    unit = may_anywhere(look.person, MANAGE, look.today)[0]
    page = NewPersonPage(
        typed=typed or NewPersonFields(role="viewer", unit=unit),
        roles=role_options(look),
        units=unit_options(look),
        wrong=wrong,
    )
    title, status = look.say("Thêm người"), 400 if wrong else 200
    return Shown(template="new_person.html", title=title, page=page, crumbs=crumbs(look), status=status)


@get(NEW, opt=needs(MANAGE))
async def new(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form of a new person."""
    return await visit.show(new_person_page)


@post(NEW, opt=needs(MANAGE))
async def adds(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make an account with its first role, and lead to its link."""
    fields = await visit.fields(NewPersonFields)
    try:
        first, last = await visit.read(_read, fields)
        account, code = await visit.act(_add, visit.visitor.person, fields, first, last)
    except ProblemError as error:
        return await visit.show(new_person_page, fields, refused(error, visit.language))
    return go_to_link(visit, account, code)


def _read(look: Look, fields: NewPersonFields) -> tuple[date | None, date | None]:
    """The days of the first role; raises ProblemsError with everything that is wrong with the form."""
    wrong = Wrong()
    days: tuple[date | None, date | None] = (None, None)
    with wrong:
        check_new_account(look.connection, login=fields.login, name=fields.name)
    with wrong:
        days = read_role(look, role=fields.role, unit=fields.unit, first=fields.first, last=fields.last)
    with wrong:
        check_officer(look, fields.officer)
    wrong.check()
    return days


def _add(
    act: Act, giver: Person, fields: NewPersonFields, first: date | None, last: date | None
) -> tuple[int, str]:
    account = add_person(
        act,
        login=fields.login,
        name=fields.name,
        officer=fields.officer,
        role=fields.role,
        unit=fields.unit,
        first=first,
        last=last,
        giver=giver,
    )
    return account, make_link(act, account, kind="password", link_text=link_text, giver=giver)


ROUTES = (lists, new, adds, new_link)
