"""Which administrator calls, whether they may call now, and what the audit log gets before the answer.

Promises, of every route of a router that `for_administrators` makes:
- a call is answered for a valid token within its rates and turns, or refused; the token is looked up once;
- a route says which act of `permissions.RULES` a call is, and the token's role has to grant it (HL4002); a
  route that doesn't say it is for the role admin alone;
- a call that reveals single responses, words, contacts or officers' figures, and every export, leaves one
  line in the audit log before it is answered; the pages of one pull are one line, see noted.py;
- a request for aggregates writes nothing;
- a route that doesn't declare what it reveals leaves a line at every call;
- a line is short and holds no text of the caller; the number of lines per token is limited (HL4029);
- if the line can't be written, the call is not answered.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ControllerRouterHandler, ExceptionHandlersMap
from msgspec import Struct

from sync.central.http import token_bucket
from sync.central.http.attendance import Attendance, Attended, attendance
from sync.central.http.noted import PullsUnderWay, question
from sync.central.http.threads import look_up, note
from sync.central.http.token_bucket import Rates
from sync.central.office.access import Caller, find_caller
from sync.central.office.audit import chain
from sync.central.office.people.permissions import PermittedAct, grants
from sync.central.store.storage import Storage
from sync.contract.encoded import read_base64
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED, PARAMETER_INVALID, RATE_LIMITED

LONGEST = 200  # characters of a line's detail


class Line(Struct, frozen=True):
    """A pull, as the audit log records it.

    route: its template, never a caller's own path. asked: parameters, see `noted_of`.
    """

    route: str
    asked: str


def _always(_: Mapping[str, str]) -> bool:
    return True


class Audit(Struct, frozen=True):
    """What the audit log records of a route's calls.

    names: the parameters that a line may name; other names are text of the caller. reveals: whether a call
    with these parameters leaves a line.
    """

    names: frozenset[str] = frozenset()
    reveals: Callable[[Mapping[str, str]], bool] = _always

    def option(self) -> dict[str, Any]:
        """The same, for a route's `opt`."""
        return {_AUDIT: self}


_AUDIT = "audit"
_NEEDS = "needs"

ActOf = Callable[[Mapping[str, str]], PermittedAct]
"""Which act a call with these parameters is; a parameter given twice has both values, with a comma."""


def needs(act: PermittedAct | ActOf) -> dict[str, Any]:
    """What a caller of a route must be permitted to do, for its `opt`."""
    return {_NEEDS: act if callable(act) else lambda _: act}


# For a route that reveals only the names of columns.
NOTHING = Audit(reveals=lambda _: False)


class CallerDesk:
    """Identifies administrators by their tokens, and writes the audit log before they are answered.

    Args:
        storage: the database, through the connections of administrators.
        now: the time, with its offset.
        calls: how often a token may call.
        lines: how many lines of the audit log a token may cause.

    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        calls: Rates | None = None,
        lines: Rates | None = None,
    ) -> None:
        self._storage = storage
        self._now = now
        self.calls = calls or token_bucket.calls()
        self.lines = lines or token_bucket.lines()
        self.pulls = PullsUnderWay()

    def identify(self, authorization: str) -> Caller:
        """The administrator who calls; raises ProblemError HL4001 or HL4002."""
        with self._storage.reading() as connection:
            caller = find_caller(connection, authorization, self._now())
        if caller.role == "device":
            raise ProblemError(ACCESS_DENIED(where="Authorization", detail="mã của một máy"))
        return caller

    def note(self, caller: Caller, line: Line) -> None:
        """Record in the audit log who is about to get what; raises ProblemError HL5006."""
        who = f"token {caller.token} {caller.role} {caller.unit or '*'}"
        with self._storage.changing() as connection:
            chain.record(
                connection, now=self._now(), who=who, act="pull", subject=line.route, detail=line.asked
            )


def for_administrators(
    path: str,
    routes: Sequence[ControllerRouterHandler],
    *,
    problems: ExceptionHandlersMap,
    **described: Any,
) -> Router:
    """A router whose routes all keep the promises above, without any code of their own.

    A route may take `call`, its `Attendance`. problems: how its errors look. described: see litestar.Router.
    """
    return Router(
        path,
        route_handlers=routes,
        middleware=[Attended],
        guards=[_admit],
        dependencies={"call": Provide(_attendance, sync_to_thread=False)},
        exception_handlers=problems,
        **described,
    )


def is_for_administrators(route: HTTPRouteHandler) -> bool:
    """Whether `for_administrators` holds this route to its promises."""
    guards = [layer.guards or () for layer in route.ownership_layers]
    return any(_admit in each for each in guards) and Attended in route.resolve_middleware()


def _attendance(request: Request[Any, Any, State]) -> Attendance:
    return attendance(request.scope)


async def _admit(request: ASGIConnection[Any, Any, Any, State], route: BaseRouteHandler) -> None:
    """Pass an administrator's call on to its route, or refuse it."""
    state, call = request.app.state, attendance(request.scope)
    desk: CallerDesk = state.tokens
    # A call without a token, or over its rate, never uses the devices' writer.
    call.caller = await look_up(state, desk.identify, bearer(request.headers.get("authorization", "")))
    token = call.caller.token
    if not desk.calls.take(token):
        raise ProblemError(RATE_LIMITED())
    call.hold(state.callers.calls.taken(token))
    _check_role(call.caller.role, request, route)
    asked, path = list(request.query_params.multi_items()), str(request.scope["path_template"])
    parameters, audit = dict(asked), route.opt.get(_AUDIT, Audit())
    # If a parameter is given twice, it is unclear which value the route uses.
    if len(parameters) == len(asked) and not audit.reveals(parameters):
        return
    pull = question(path, asked)
    cursor = next((parameters[name] for name in _CURSORS if name in parameters), "")
    begun = desk.pulls.begun(token, pull, cursor)
    if begun is None:
        if not desk.lines.take(token):
            raise ProblemError(RATE_LIMITED())
        await note(state, desk.note, call.caller, Line(path, noted_of(asked, audit.names)))
        begun = desk.pulls.begins()
    since = begun
    call.on_more(lambda more: desk.pulls.goes_on(token, pull, more, since))


def _check_role(role: str, request: ASGIConnection[Any, Any, Any, State], route: BaseRouteHandler) -> None:
    act_of: ActOf = route.opt.get(_NEEDS, lambda _: "see-words")
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        given[name] = f"{given[name]},{value}" if name in given else value
    if not grants(role, act_of(given)):
        raise ProblemError(ACCESS_DENIED(where="Authorization", detail=f"vai trò {role} không có quyền này"))


_CURSORS = ("after", "$skiptoken", "skiptoken")
# Parameters whose values are recorded; of others only the name, because a value can be a person's name.
_NOTED = frozenset(
    {"by", "channel", "format", "from", "outcome", "plan", "procedure", "survey", "to", "unit"}
)
_PLAIN = re.compile(r"[A-Za-z0-9_.,/-]{1,64}", re.ASCII)


def noted_of(asked: Sequence[tuple[str, str]], names: frozenset[str]) -> str:
    """What a line says of a request's parameters: those with these names, and plain values of filters."""
    words = {
        f"{name}={value}" if name in _NOTED and _PLAIN.fullmatch(value) else name
        for name, value in asked
        if name in names
    }
    return " ".join(sorted(words))[:LONGEST]


def refuse_nul(request: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
    """Refuse a request with a NUL: no parameter needs one, and PostgreSQL accepts none. Raises HL4013."""
    if b"%00" in request.scope["raw_path"] + request.scope["query_string"]:
        raise ProblemError(PARAMETER_INVALID(where="path", detail="có ký tự NUL (%00)"))


def bearer(authorization: str) -> str:
    """The header as a Bearer header: in Basic (RFC 7617) the password is the token."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        _, _, password = (read_base64(text) or b"").decode().partition(":")
    except UnicodeDecodeError:
        return ""
    return f"Bearer {password}"
