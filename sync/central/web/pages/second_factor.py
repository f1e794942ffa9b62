"""Setting up the second factor: an authenticator app, its first code, and recovery codes on paper.

A secret is shown until its first code has confirmed it; recovery codes are shown once, as the answer to the
form that made them. A person who has a second factor already shows again who they are before any of it.
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.people.second_factor import provisioning_uri
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.drawing.qr_code import qr_code
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.signing_in import OnwardsAsked
from sync.central.web.people_rows import OWN
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import SESSION, Visit, cookie, next_address
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import CODE_WRONG

FACTOR = "/tai-khoan/xac-thuc"
BEGIN, RENEW = f"{FACTOR}/bat-dau", f"{FACTOR}/ma-du-phong"


class FactorPage(Struct, frozen=True, kw_only=True):
    """Steps to set up the app. picture: None while no secret was proposed; secret, uri: the same as text.

    due: the person has to do it before anything else. has_factor: there is one already, which this replaces.
    """

    picture: Svg | None
    secret: str
    uri: str
    due: bool
    has_factor: bool
    next: str
    wrong: ProblemPage | None


class RecoveryPage(Struct, frozen=True, kw_only=True):
    """Recovery codes, to be printed or written down now. codes: none before the person asked for new ones."""

    login: str
    codes: tuple[str, ...]
    next: str


class FactorFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the forms send."""

    code: Annotated[str, Meta(max_length=64)] = field(default="", name="ma")
    next: str = field(default="/", name="tiep")


def factor_page(visit: Visit, secret: str, onwards: str, wrong: ProblemPage | None = None) -> FactorPage:
    """What the page draws for this secret, "" before there is one."""
    visitor = visit.visitor
    uri = provisioning_uri(secret, visitor.person.login) if secret else ""
    return FactorPage(
        picture=qr_code(uri, visit.say("Mã QR của ứng dụng xác thực")) if secret else None,
        uri=uri,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        due=visitor.due == "factor",
        has_factor=visitor.has_factor,
        next=onwards,
        wrong=wrong,
    )


def _factor(look: Look, page: FactorPage) -> Shown:
    return Shown(
        template="second_factor.html",
        title=look.say("Mã xác thực"),
        page=page,
        crumbs=() if page.due else _crumbs(look),
        status=401 if page.wrong else 200,
    )


def _recovery(look: Look, page: RecoveryPage) -> Shown:
    return Shown(
        template="recovery_codes.html", title=look.say("Mã dự phòng"), page=page, crumbs=_crumbs(look)
    )


def _crumbs(look: Look) -> tuple[Link, ...]:
    return (Link(OWN, look.say("Tài khoản của tôi")),)


@get(FACTOR, opt=needs(None, due=True), dependencies={"asked": query(OnwardsAsked)})
async def factor(visit: NamedDependency[Visit], asked: NamedDependency[OnwardsAsked]) -> Response[Any]:
    """The page to set up the app."""
    secret = await visit.sign(visit.desk.signing.proposed_factor, visit.session)
    return await visit.show(_factor, factor_page(visit, secret, next_address(asked.next)))


@post(BEGIN, opt=needs(None, due=True))
async def begins(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make a secret for the app, in place of one that was not confirmed."""
    fields = await visit.fields(FactorFields)
    await visit.sign(visit.desk.signing.propose_factor, visit.session)
    return visit.go(f"{FACTOR}?{urlencode({'tiep': next_address(fields.next)})}")


@post(FACTOR, opt=needs(None, due=True))
async def confirms(visit: NamedDependency[Visit]) -> Response[Any]:
    """Confirm the app by a code; the answer shows the recovery codes."""
    fields = await visit.fields(FactorFields)
    onwards, signing = next_address(fields.next), visit.desk.signing
    try:
        session, codes = await visit.sign(signing.confirm_factor, visit.session, fields.code)
    except ProblemError as error:
        if error.problem.kind is not CODE_WRONG:
            raise
        secret = await visit.sign(signing.proposed_factor, visit.session)
        wrong = problem_page(error.problem, visit.language)
        return await visit.show(_factor, factor_page(visit, secret, onwards, wrong))
    visitor = await visit.sign(visit.desk.find, session)
    # The forms of this page are of the session under its new cookie.
    fresh = Visit(visit.request, visit.desk, visitor=visitor, language=visit.language)
    page = RecoveryPage(login=visit.visitor.person.login, codes=codes, next=onwards)
    response = await fresh.show(_recovery, page)
    response.set_cookie(cookie(SESSION, session))
    return response


@get(RENEW, opt=needs(None))
async def renewal(visit: NamedDependency[Visit]) -> Response[Any]:
    """The page to ask for new recovery codes."""
    if not visit.visitor.has_factor:
        return visit.go(FACTOR)
    await visit.sign(visit.desk.signing.proposed_factor, visit.session)  # leads to a step-up where one is due
    return await visit.show(_recovery, RecoveryPage(login=visit.visitor.person.login, codes=(), next=OWN))


@post(RENEW, opt=needs(None))
async def renews(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make new recovery codes in place of those before, and show them."""
    await visit.fields(FactorFields)
    if not visit.visitor.has_factor:
        return visit.go(FACTOR)
    codes = await visit.sign(visit.desk.signing.renew_recovery_codes, visit.session)
    return await visit.show(_recovery, RecoveryPage(login=visit.visitor.person.login, codes=codes, next=OWN))


ROUTES = (factor, begins, confirms, renewal, renews)
