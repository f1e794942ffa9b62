"""A person's own account: roles, password, second factor, and the browsers in which they are signed in."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.office.people.accounts import account_status
from sync.central.office.people.permissions import needs_second_factor
from sync.central.office.people.second_factor import recovery_codes_left
from sync.central.office.people.sessions import end_other_sessions, end_session, list_sessions
from sync.central.office.people.visitor import Visitor
from sync.central.presenting.browsers import browser_words
from sync.central.web.look import Look
from sync.central.web.pages.signing_in import browser_of
from sync.central.web.people_rows import OWN, RoleRow, role_rows
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import SESSION, Visit, cookie
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID


class SessionRow(Struct, frozen=True, kw_only=True):
    """A browser in which the person is signed in. own: this one."""

    id: int
    browser: str
    address: str
    begun: datetime
    seen: datetime
    own: bool


class OwnPage(Struct, frozen=True, kw_only=True):
    """One's own account. codes_left: unused recovery codes. factor_needed: by what one may do."""

    name: str
    login: str
    roles: tuple[RoleRow, ...]
    approver: bool
    officer: str
    has_password: bool
    has_factor: bool
    factor_needed: bool
    codes_left: int
    sessions: tuple[SessionRow, ...]
    wrong: ProblemPage | None


def own_page(look: Look, visitor: Visitor, wrong: ProblemPage | None = None) -> Shown:
    """The account of the visitor."""
    status = account_status(look.connection, visitor.person.account)
    person, names = status.person, look.names
    page = OwnPage(
        name=person.name,
        login=person.login,
        roles=role_rows(look, person.roles, names.units),
        approver=person.approver,
        officer=names.officers.get(person.officer, person.officer),
        has_password=status.has_password,
        has_factor=status.has_factor,
        factor_needed=needs_second_factor(person),
        codes_left=recovery_codes_left(look.connection, person.account),
        sessions=_sessions(look, visitor),
        wrong=wrong,
    )
    title = look.say("Tài khoản của tôi")
    return Shown(template="own_account.html", title=title, page=page, status=400 if wrong else 200)


def _sessions(look: Look, visitor: Visitor) -> tuple[SessionRow, ...]:
    now = int(look.now.timestamp())
    opened = list_sessions(look.connection, visitor.person.account, own=visitor.session, now=now)
    return tuple(
        SessionRow(
            id=each.id,
            browser=browser_words(each.browser),
            address=each.address,
            begun=datetime.fromtimestamp(each.begun_at, UTC),
            seen=look.now if each.own else datetime.fromtimestamp(each.seen_at, UTC),
            own=each.own,
        )
        for each in opened
    )


@get(OWN, opt=needs(None))
async def own(visit: NamedDependency[Visit]) -> Response[Any]:
    """The account of the visitor."""
    return await visit.show(own_page, visit.visitor)


class OwnFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the forms send; session: one to end. login: for password managers."""

    act: Literal["mat-khau", "phien", "phien-khac"] = field(name="viec")
    session: int = field(default=0, name="phien")
    old: Annotated[str, Meta(max_length=1000)] = field(default="", name="cu")
    new: Annotated[str, Meta(max_length=1000)] = field(default="", name="moi")
    again: Annotated[str, Meta(max_length=1000)] = field(default="", name="lan_hai")
    login: str = field(default="", name="ten")


@post(OWN, opt=needs(None))
async def changes(visit: NamedDependency[Visit]) -> Response[Any]:
    """Change the password, or end sessions."""
    fields, account = await visit.fields(OwnFields), visit.visitor.person.account
    if fields.act == "mat-khau":
        return await _new_password(visit, fields)
    if fields.act == "phien":
        await visit.act(end_session, account, fields.session)
        return visit.go(OWN, visit.say("Đã đăng xuất ở nơi đó."))
    await visit.act(end_other_sessions, account, own=visit.visitor.session)
    return visit.go(OWN, visit.say("Đã đăng xuất ở mọi nơi khác."))


async def _new_password(visit: Visit, fields: OwnFields) -> Response[Any]:
    desk = visit.desk
    try:
        if fields.new != fields.again:
            detail = "hai lần nhập mật khẩu mới không giống nhau"
            raise ProblemError(FORM_INVALID(where="lan_hai", detail=detail))
        session = await visit.sign(
            desk.new_password, visit.session, fields.new, fields.old, browser_of(visit)
        )
    except ProblemError as error:
        wrong = problem_page(error.problem, visit.language)
        return await visit.show(own_page, visit.visitor, wrong)
    response = visit.go(OWN, visit.say("Đã đổi mật khẩu; các phiên khác đã kết thúc."))
    response.set_cookie(cookie(SESSION, session))
    return response


ROUTES = (own, changes)
