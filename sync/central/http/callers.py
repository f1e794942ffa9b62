"""Which administrator calls, whether they may ask now, and what is written down before they are answered.

Promise: what can't be written down is not given out.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.types import Scope

from sync.central.http.attendance import attendance
from sync.central.http.noted import LONGEST, Line, NotedPulls
from sync.central.http.threads import look_up, note
from sync.central.http.token_bucket import Rates
from sync.central.office.access import Caller, find_caller
from sync.central.office.audit import chain
from sync.central.store.database import one_at_a_time
from sync.central.store.storage import Storage
from sync.contract.encoded import read_base64
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED, PARAMETER_INVALID, RATE_LIMITED


class CallerDesk:
    """Knows administrators by their tokens.

    Args:
        storage: the database, by connections of administrators.
        now: the time, with its offset.
        rates: how often a token may ask.

    """

    def __init__(self, storage: Storage, *, now: Callable[[], datetime], rates: Rates) -> None:
        self._storage = storage
        self._now = now
        self._rates = rates
        self._noted = NotedPulls()

    def identify(self, authorization: str) -> Caller:
        """The administrator who calls; raises ProblemError HL4001 or HL4002."""
        with self._storage.reading() as connection:
            caller = find_caller(connection, authorization, self._now())
        if caller.role == "device":
            raise ProblemError(ACCESS_DENIED(where="Authorization", detail="mã của một máy"))
        return caller

    def admit(self, authorization: str) -> Caller:
        """The administrator who may ask now, as far as that is known without writing.

        Raises ProblemError as `identify`, or HL4029.
        """
        caller = self.identify(authorization)
        if self._rates.exhausted(caller.token, self._now().timestamp()):
            raise ProblemError(RATE_LIMITED())
        return caller

    def is_noted(self, caller: Caller, line: Line) -> bool:
        """Whether what was written before covers this call too: its line, and its share of calls."""
        known = self._noted.missing(caller.token, line, self._now()) is None
        return known and self._rates.spend(caller.token)

    def note(self, caller: Caller, line: Line) -> None:
        """Write down who is about to be given what; raises ProblemError HL4029 or HL5006."""
        now = self._now()
        who = f"token {caller.token} {caller.role} {caller.unit or '*'}"
        missing = self._noted.missing(caller.token, line, now)
        with self._storage.changing() as connection:
            # The audit log is written one at a time anyway: taking that turn first, a token's row needs none.
            one_at_a_time(connection)
            if not self._rates.take(connection, caller.token, now.timestamp()):
                raise ProblemError(RATE_LIMITED())
            if missing:
                chain.record(
                    connection, now=now, who=who, act="pull", subject=missing.route, detail=missing.asked
                )
        if missing:
            self._noted.add(caller.token, missing, now)


# Parameters whose values are noted; of others the name alone: what somebody looked for can be a name. Where a
# page begins is left out, so that the pages of one pull are one line.
_NOTED = ("format", "from", "to", "unit")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def noting(
    desk: CallerDesk, names: frozenset[str], known_path: Callable[[Mapping[str, Any]], str]
) -> Callable[[Request[Any, Any, State]], Awaitable[None]]:
    """What is done before each request: every call of an administrator is noted before it is answered.

    names: every parameter there is. known_path: the path to note, from a request's own path parameters.
    """

    async def note_pull(request: Request[Any, Any, State]) -> None:
        refuse_nul(request.scope)
        if "administrators" not in (request.route_handler.tags or ()):
            return
        asked = {
            f"{name}={value}" if name in _NOTED and _PLAIN.fullmatch(value) else name
            for name, value in request.query_params.multi_items()
            if name in names
        }
        path = known_path(request.path_params) or str(request.scope["path_template"])
        line = Line(path, " ".join(sorted(asked))[:LONGEST])
        state, authorization = request.app.state, bearer(request.headers.get("authorization", ""))
        # Who has no token, or asks too often, never comes near the devices' writer.
        caller = await look_up(state, desk.admit, authorization)
        call = attendance(request.scope)
        call.caller = caller
        call.hold(state.callers.calls.taken(caller.token))
        if not desk.is_noted(caller, line):
            await note(state, desk.note, caller, line)

    return note_pull


def refuse_nul(scope: Scope) -> None:
    """Nothing that the centre is asked has a NUL in it, and PostgreSQL takes none. Raises HL4013."""
    if b"%00" in scope["raw_path"] + scope["query_string"]:
        raise ProblemError(PARAMETER_INVALID(where="path", detail="có ký tự NUL (%00)"))


def check_names(request: Request[Any, Any, State], known: frozenset[str]) -> None:
    """Refuse a parameter that is unknown, or there twice: a misspelt filter must not mean "everything"."""
    names = [name for name, _ in request.query_params.multi_items()]
    if not known.issuperset(names) or len(set(names)) < len(names):
        raise ProblemError(PARAMETER_INVALID(where="query", detail="tham số lạ hoặc ghi hai lần"))


def bearer(authorization: str) -> str:
    """The header as a bearer's: from Basic (RFC 7617) the password is the token."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        _, _, password = (read_base64(text) or b"").decode().partition(":")
    except UnicodeDecodeError:
        return ""
    return f"Bearer {password}"
