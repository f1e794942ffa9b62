"""The routers of the pages: one for people who are signed in, one for strangers, one for citizens' phones.

Promises, of every route of `for_people`:
- it answers a person whose session is open and whose role allows the route's act at some unit; at which unit
  is checked by the page, with `Look.place`. The session is looked up once;
- a request that changes something comes from a form of this session, see forms.py; what was typed into a form
  of a session that has ended comes back to its person, where the route says so, and is stored nowhere;
- a route whose act needs it is answered only to a person who has shown within minutes who they are;
- a route that reveals leaves one line in the audit log before it is answered, which says what was asked as
  the line of a program does; its subject is what the address names, a response by its digest; a route that
  doesn't declare what it needs stops the start of the centre;
- a person has a limited number of requests at once and a second;
- a file that is sent stays in memory, see page_request.py.

Of every route of `for_strangers`: a request that changes something comes from a page of this site, and one
address has a limited number of requests a second. Of every route of `for_phones`: the same, but by the code
in the address, and the address of who asks is not looked at.
"""

import zlib
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler, ExceptionHandlersMap, Receive, Scope, Send
from msgspec import Struct

from sync.central.http import threads
from sync.central.http.attendance import Attendance, Attended, attendance
from sync.central.http.callers import noted_of
from sync.central.office.people.permissions import PermittedAct, may_anywhere, needs_step_up
from sync.central.office.people.visitor import Visitor
from sync.central.store.response_digest import digest_of
from sync.central.web.desk import WebDesk
from sync.central.web.forms import LARGEST, check_origin, check_token
from sync.central.web.kept_form import has_typed, kept_form
from sync.central.web.page_request import PageRequest
from sync.central.web.problems import HANDLERS, SIGN_IN, STEP_UP, LedError
from sync.central.web.translation import chosen
from sync.central.web.visit import LANGUAGE, SESSION, Visit
from sync.contract.ids import is_response_id
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.wire import ADDRESS_UNKNOWN, RATE_LIMITED

_NEEDS = "needs"
# Where a person is led who has something else to do first.
_DUE = {"code": "/dang-nhap/ma", "password": "/mat-khau", "factor": "/tai-khoan/xac-thuc"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What a page sends when it asks by itself, see pages.js: it keeps no session open.
POLL = "x-hailong-poll"
# Bytes of a form; pages that take a file in allow more.
FORM_BYTES = 256 * 1024


class Needs(Struct, frozen=True, kw_only=True):
    """What a route needs of a person.

    act: they may do it somewhere; None: to be signed in is enough. reveals: it leaves a line at each request.
    due: it is answered also while something is due, such as the second factor. names: the parameters that a
    line may name. keeps: what was typed comes back where the session has ended, see kept_form.py.
    """

    act: PermittedAct | None
    reveals: bool
    due: bool
    names: frozenset[str]
    keeps: bool


def needs(
    act: PermittedAct | None,
    *,
    reveals: bool = False,
    due: bool = False,
    names: frozenset[str] = frozenset(),
    keeps: bool = False,
) -> dict[str, Any]:
    """What a route needs, for its `opt`."""
    return {_NEEDS: Needs(act=act, reveals=reveals, due=due, names=names, keeps=keeps)}


class Visited:
    """ASGI middleware: what a request holds is released when it ends, or its browser goes away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._attended = Attended(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == ScopeType.HTTP and scope["method"] in _SAFE:
            await self._attended(scope, receive, send)
            return
        call = Attendance(scope["litestar_app"].state.callers.check)
        scope["state"]["attendance"] = call
        try:
            await self.app(scope, receive, send)
        finally:
            call.end()


def for_people(routes: Sequence[ControllerRouterHandler]) -> Router:
    """A router whose routes all keep the promises above; a route may take `visit`."""
    return Router(
        "/",
        route_handlers=routes,
        middleware=[Visited],
        guards=[_admit_person],
        before_request=_check_form_of_person,
        request_class=PageRequest,
        dependencies={"visit": Provide(_visit, sync_to_thread=False)},
        exception_handlers=HANDLERS,
        request_max_body_size=FORM_BYTES,
        include_in_schema=False,
    )


def for_strangers(routes: Sequence[ControllerRouterHandler]) -> Router:
    """A router for the pages before signing in; a route may take `visit`, which has no visitor."""
    return Router(
        "/",
        route_handlers=routes,
        middleware=[Visited],
        guards=[_admit_stranger],
        before_request=_check_form_of_stranger,
        request_class=PageRequest,
        dependencies={"visit": Provide(_visit, sync_to_thread=False)},
        exception_handlers=HANDLERS,
        request_max_body_size=FORM_BYTES,
        include_in_schema=False,
    )


def for_phones(
    routes: Sequence[ControllerRouterHandler], handlers: ExceptionHandlersMap, largest: int
) -> Router:
    """A router for forms on citizens' own phones; a route may take `visit`, and its address names a `code`.

    handlers: how a problem is shown. largest: bytes of a form.
    """
    return Router(
        "/",
        route_handlers=routes,
        middleware=[Visited],
        guards=[_admit_phone],
        before_request=_check_form_of_stranger,
        dependencies={"visit": Provide(_visit, sync_to_thread=False)},
        exception_handlers=handlers,
        request_max_body_size=largest,
        include_in_schema=False,
    )


def is_page(route: HTTPRouteHandler) -> bool:
    """Whether one of the routers holds this route to its promises, and it declares what it needs."""
    if Visited not in route.resolve_middleware():
        return False
    guards = [guard for layer in route.ownership_layers for guard in layer.guards or ()]
    strangers = _admit_stranger in guards or _admit_phone in guards
    return strangers or (_admit_person in guards and _NEEDS in route.opt)


async def _admit_person(request: ASGIConnection[Any, Any, Any, State], route: BaseRouteHandler) -> None:
    """Pass a person's request on to its route, or refuse it."""
    state, call = request.app.state, attendance(request.scope)
    desk: WebDesk = state.web
    if any(isinstance(value, int) and value > LARGEST for value in request.path_params.values()):
        raise ProblemError(ADDRESS_UNKNOWN())
    by_itself = POLL in request.headers
    visitor = await threads.look_up(state, desk.find, request.cookies.get(SESSION, ""), by_itself)
    wanted: Needs = route.opt[_NEEDS]
    if wanted.keeps and (visitor is None or visitor.due) and _changes(request):
        await _admit_stranger(request, route)
        return
    if visitor is None:
        raise LedError(SIGN_IN)
    _take(desk, state, call, visitor.person.account)
    request.scope["state"]["visitor"] = visitor
    if visitor.due and not wanted.due:
        raise LedError(_DUE[visitor.due])
    if wanted.act is not None:
        if not may_anywhere(visitor.person, wanted.act, desk.today()):
            raise ProblemError(NOT_PERMITTED())
        if needs_step_up(wanted.act) and not visitor.stepped_up:
            raise LedError(STEP_UP)
    if wanted.reveals:
        await threads.note(state, desk.note, visitor, *_noted(request, wanted.names))


def _changes(request: ASGIConnection[Any, Any, Any, State]) -> bool:
    return request.scope["type"] == ScopeType.HTTP and request.scope["method"] not in _SAFE


def _noted(request: ASGIConnection[Any, Any, Any, State], names: frozenset[str]) -> tuple[str, str]:
    """Subject and detail of the line that a request leaves."""
    path, asked = (
        str(request.scope["path_template"]),
        noted_of(list(request.query_params.multi_items()), names),
    )
    if report := request.path_params.get("report"):
        asked = f"{report} {asked}".strip()
    if "id" not in request.path_params:
        return path, asked
    id = str(request.path_params["id"])
    # As of every act on a response; the log keeps the line after the response is forgotten.
    return (digest_of(id) if is_response_id(id) else id), f"{path} {asked}".strip()


async def _admit_stranger(request: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
    state, call = request.app.state, attendance(request.scope)
    desk: WebDesk = state.web
    # Strangers are counted by address: a negative number, so that none is an account's.
    _take(desk, state, call, -1 - zlib.crc32(desk.client(request).encode()))


async def _admit_phone(request: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
    """By the code alone: a whole office has one address, and no phone's address is looked at."""
    state, call = request.app.state, attendance(request.scope)
    desk: WebDesk = state.web
    caller = zlib.crc32(str(request.path_params["code"]).encode()) % _CODES
    if not desk.codes.take(caller):
        raise ProblemError(RATE_LIMITED())
    call.hold(state.callers.pages.taken(-1 - 2**32 - caller))


_CODES = 1 << 16
"""Under how many numbers codes are counted: made-up ones fill no memory, and two real ones hardly meet."""


def _take(desk: WebDesk, state: State, call: Attendance, caller: int) -> None:
    if not desk.views.take(caller):
        raise ProblemError(RATE_LIMITED())
    call.hold(state.callers.pages.taken(caller))


async def _check_form_of_person(request: Request[Any, Any, State]) -> Response[str] | None:
    """Let a form of this session pass; the answer to one whose session has ended, if its route keeps it."""
    if request.method in _SAFE:
        return None
    check_origin(request.headers)
    visitor: Visitor | None = request.scope["state"].get("visitor")
    form = await request.form()
    try:
        if visitor is None:
            raise LedError(SIGN_IN)
        check_token(form, visitor.csrf)
    except ProblemError as error:
        wanted: Needs = request.route_handler.opt[_NEEDS]
        if wanted.keeps and has_typed(form):
            return kept_form(request, form, visitor, error.problem)
        raise
    return None


async def _check_form_of_stranger(request: Request[Any, Any, State]) -> None:
    if request.method not in _SAFE:
        check_origin(request.headers)


def _visit(request: Request[Any, Any, State]) -> Visit:
    language = chosen(request.cookies.get(LANGUAGE, ""), request.headers.get("accept-language", ""))
    return Visit(
        request,
        request.app.state.web,
        visitor=request.scope["state"].get("visitor"),
        language=language,
    )


def needs_of(route: HTTPRouteHandler) -> Needs | None:
    """What this page needs of a person; None for a page that strangers may open."""
    declared: Needs | None = route.opt.get(_NEEDS)
    return declared
