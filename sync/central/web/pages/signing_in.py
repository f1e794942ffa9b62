"""Signing in and out, the second factor, a first password, and showing again who one is."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.people.sessions import Browser
from sync.central.web.look import Look
from sync.central.web.problems import SIGN_IN, STEP_UP, ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.translation import LANGUAGES
from sync.central.web.visit import LANGUAGE, SESSION, Visit, cookie, next_address
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import CONNECTION_OPEN, FORM_INVALID

CODE, PASSWORD, LINK = "/dang-nhap/ma", "/mat-khau", "/bat-dau"
_YEAR = 365 * 24 * 3600


class OnwardsAsked(Struct, frozen=True):
    """next: the address to open afterwards."""

    next: Annotated[str, Meta(description="Where to go on")] = field(default="/", name="tiep")


class SignInPage(Struct, frozen=True, kw_only=True):
    """The form to sign in with; wrong: why the last try was refused."""

    login: str
    next: str
    wrong: ProblemPage | None


class CodePage(Struct, frozen=True, kw_only=True):
    """A form for a code, or for the password where there is no second factor. action: where it is sent."""

    title: str
    action: str
    with_code: bool
    next: str
    wrong: ProblemPage | None


class PasswordPage(Struct, frozen=True, kw_only=True):
    """A form for a first password, or for one in place of a forgotten one."""

    login: str
    wrong: ProblemPage | None


class OneTimePage(Struct, frozen=True):
    """The button that spends a link: a program that only looks at addresses must not spend it."""

    address: str


def browser_of(visit: Visit) -> Browser:
    """Where a request comes from."""
    return Browser(visit.desk.client(visit.request), visit.request.headers.get("user-agent", ""))


def _safe(visit: Visit) -> None:
    if not visit.desk.is_safe(visit.request):
        raise ProblemError(CONNECTION_OPEN())


def _begun(visit: Visit, session: str, address: str) -> Response[None]:
    response = visit.go(address)
    response.set_cookie(cookie(SESSION, session))
    return response


# --- signing in -------------------------------------------------------------------------------------------


def sign_in_page(look: Look, page: SignInPage) -> Shown:
    """The page to sign in on."""
    status = 401 if page.wrong else 200
    return Shown(template="sign_in.html", title=look.say("Đăng nhập"), page=page, status=status)


@get(SIGN_IN, dependencies={"asked": query(OnwardsAsked)})
async def sign_in(visit: NamedDependency[Visit], asked: NamedDependency[OnwardsAsked]) -> Response[Any]:
    """The page to sign in on."""
    _safe(visit)
    page = SignInPage(login="", next=next_address(asked.next), wrong=None)
    return await visit.show(sign_in_page, page)


class SignInFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends."""

    login: Annotated[str, Meta(max_length=64)] = field(name="ten")
    password: Annotated[str, Meta(max_length=1000)] = field(name="mat_khau")
    next: str = field(default="/", name="tiep")


@post(SIGN_IN)
async def signs_in(visit: NamedDependency[Visit]) -> Response[Any]:
    """Begin a session; it waits for the code where the account has a second factor."""
    _safe(visit)
    fields = await visit.fields(SignInFields)
    onwards = next_address(fields.next)
    try:
        session = await visit.sign(
            visit.desk.signing.sign_in,
            fields.login,
            fields.password,
            browser_of(visit),
        )
    except ProblemError as error:
        wrong = problem_page(error.problem, visit.language)
        return await visit.show(sign_in_page, SignInPage(login=fields.login, next=onwards, wrong=wrong))
    return _begun(visit, session, onwards)


# --- the second factor, and showing again who one is ------------------------------------------------------


def code_page(look: Look, page: CodePage) -> Shown:
    """The page for a code."""
    return Shown(template="code.html", title=page.title, page=page, status=401 if page.wrong else 200)


def _code(visit: Visit, onwards: str, wrong: ProblemPage | None = None) -> CodePage:
    title = visit.say("Nhập mã xác thực")
    return CodePage(title=title, action=CODE, with_code=True, next=onwards, wrong=wrong)


def _step_up(visit: Visit, onwards: str, wrong: ProblemPage | None = None) -> CodePage:
    title, with_code = visit.say("Xác nhận lại là chính bạn"), visit.visitor.has_factor
    return CodePage(title=title, action=STEP_UP, with_code=with_code, next=onwards, wrong=wrong)


@get(CODE, opt=needs(None, due=True), dependencies={"asked": query(OnwardsAsked)})
async def code(visit: NamedDependency[Visit], asked: NamedDependency[OnwardsAsked]) -> Response[Any]:
    """The page for the second factor."""
    return await visit.show(code_page, _code(visit, next_address(asked.next)))


class CodeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends: a code, or the password."""

    code: Annotated[str, Meta(max_length=64)] = field(default="", name="ma")
    password: Annotated[str, Meta(max_length=1000)] = field(default="", name="mat_khau")
    next: str = field(default="/", name="tiep")


@post(CODE, opt=needs(None, due=True))
async def gives_code(visit: NamedDependency[Visit]) -> Response[Any]:
    """Pass the second factor."""
    fields = await visit.fields(CodeFields)
    onwards = next_address(fields.next)
    try:
        session = await visit.sign(
            visit.desk.signing.give_code,
            visit.session,
            fields.code,
            browser_of(visit),
        )
    except ProblemError as error:
        return await visit.show(code_page, _code(visit, onwards, problem_page(error.problem, visit.language)))
    return _begun(visit, session, onwards)


@get(STEP_UP, opt=needs(None, due=True), dependencies={"asked": query(OnwardsAsked)})
async def step_up(visit: NamedDependency[Visit], asked: NamedDependency[OnwardsAsked]) -> Response[Any]:
    """The page to show again who one is."""
    return await visit.show(code_page, _step_up(visit, next_address(asked.next)))


@post(STEP_UP, opt=needs(None, due=True))
async def steps_up(visit: NamedDependency[Visit]) -> Response[Any]:
    """Show again who one is."""
    fields = await visit.fields(CodeFields)
    onwards = next_address(fields.next)
    secret = fields.code if visit.visitor.has_factor else fields.password
    try:
        await visit.sign(visit.desk.signing.step_up, visit.session, secret, browser_of(visit))
    except ProblemError as error:
        wrong = problem_page(error.problem, visit.language)
        return await visit.show(code_page, _step_up(visit, onwards, wrong))
    return visit.go(onwards)


# --- one-time links and passwords -------------------------------------------------------------------------


@get(LINK + "/{text:str}")
async def link(visit: NamedDependency[Visit], text: FromPath[str]) -> Response[Any]:
    """The page of a one-time link; opening it does not spend the link."""
    _safe(visit)
    page = OneTimePage(f"{LINK}/{text}")

    def make(look: Look) -> Shown:
        return Shown(template="one_time.html", title=look.say("Vào bằng liên kết một lần"), page=page)

    return await visit.show(make)


@post(LINK + "/{text:str}")
async def uses_link(visit: NamedDependency[Visit], text: FromPath[str]) -> Response[Any]:
    """Spend a one-time link and begin a session."""
    _safe(visit)
    session = await visit.sign(visit.desk.signing.use_link, text, browser_of(visit))
    return _begun(visit, session, "/")


def password_page(look: Look, page: PasswordPage) -> Shown:
    """The page for a new password."""
    status = 400 if page.wrong else 200
    return Shown(template="first_password.html", title=look.say("Đặt mật khẩu"), page=page, status=status)


@get(PASSWORD, opt=needs(None, due=True))
async def password(visit: NamedDependency[Visit]) -> Response[Any]:
    """The page for a first password."""
    return await visit.show(password_page, PasswordPage(login=visit.visitor.person.login, wrong=None))


class PasswordFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends; login: for password managers."""

    new: Annotated[str, Meta(max_length=1000)] = field(name="moi")
    again: Annotated[str, Meta(max_length=1000)] = field(name="lan_hai")
    old: Annotated[str, Meta(max_length=1000)] = field(default="", name="cu")
    login: str = field(default="", name="ten")


@post(PASSWORD, opt=needs(None, due=True))
async def sets_password(visit: NamedDependency[Visit]) -> Response[Any]:
    """Set a password; all other sessions end."""
    fields = await visit.fields(PasswordFields)
    try:
        if fields.new != fields.again:
            detail = "hai lần nhập mật khẩu mới không giống nhau"
            raise ProblemError(FORM_INVALID(where="lan_hai", detail=detail))
        session = await visit.sign(
            visit.desk.new_password,
            visit.session,
            fields.new,
            fields.old,
            browser_of(visit),
        )
    except ProblemError as error:
        wrong = problem_page(error.problem, visit.language)
        login = visit.visitor.person.login
        return await visit.show(password_page, PasswordPage(login=login, wrong=wrong))
    return _begun(visit, session, "/")


# --- leaving ----------------------------------------------------------------------------------------------


@post("/dang-xuat", opt=needs(None, due=True))
async def signs_out(visit: NamedDependency[Visit]) -> Response[Any]:
    """End the session."""
    await visit.sign(visit.desk.signing.sign_out, visit.session)
    response = visit.go(SIGN_IN)
    response.set_cookie(cookie(SESSION, "", seconds=0))
    return response


class LanguageFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends."""

    language: str = field(name="ngon_ngu")
    next: str = field(default="/", name="tiep")


@post("/ngon-ngu")
async def chooses_language(visit: NamedDependency[Visit]) -> Response[Any]:
    """Show pages in another language, in this browser."""
    fields = await visit.fields(LanguageFields)
    if fields.language not in LANGUAGES:
        raise ProblemError(FORM_INVALID(where="ngon_ngu"))
    response = visit.go(next_address(fields.next))
    response.set_cookie(cookie(LANGUAGE, fields.language, seconds=_YEAR))
    return response


FOR_STRANGERS = (sign_in, signs_in, link, uses_link, chooses_language)
FOR_PEOPLE = (code, gives_code, step_up, steps_up, password, sets_password, signs_out)
