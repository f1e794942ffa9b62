"""Administrators' calls: how many there are at once; each ends when its caller disconnects.

Promises:
- the calls under way, and the exports among them, are limited for one token and for all tokens together; a
  call beyond that is refused at once (HL4024), before any work;
- a call whose caller has disconnected ends within a slice of its work, and releases what it held; so does one
  whose caller reads nothing for TAKEN_SECONDS, such as a machine that lost its power;
- when the server stops, exports end within a slice too (HL4026).
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import anyio
from litestar.types import ASGIApp, HTTPDisconnectEvent, Message, Receive, Scope, Send

from sync.central.office.access import Caller
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import CENTRE_STOPPING, TOO_MANY_PULLS

TAKEN_SECONDS = 60.0  # in which a caller has to read a piece


class Turns:
    """A limit of calls at once: `total` for all tokens, `each` for one. For the event loop's thread only."""

    def __init__(self, total: int, each: int) -> None:
        self._total = total
        self._each = each
        self._taken: Counter[int] = Counter()

    @contextmanager
    def taken(self, token: int) -> Iterator[None]:
        """A turn of this token while the context lasts; raises ProblemError HL4024."""
        if self._taken[token] >= self._each or self._taken.total() >= self._total:
            raise ProblemError(TOO_MANY_PULLS())
        self._taken[token] += 1
        try:
            yield
        finally:
            self._taken[token] -= 1
            if not self._taken[token]:
                del self._taken[token]


class Callers:
    """The turns of one process.

    calls: of administrators' programs. pages: of people. exports: tables without a limit, which can be of any
    length.
    """

    def __init__(self) -> None:
        self.calls = Turns(total=64, each=16)
        self.pages = Turns(total=128, each=16)
        self.exports = Turns(total=4, each=2)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End exports, because the server stops."""
        self._stopping.set()

    def check(self) -> None:
        """Raise ProblemError HL4026 once the server stops; exports call this between two slices."""
        if self._stopping.is_set():
            raise ProblemError(CENTRE_STOPPING())


class Attendance:
    """One call while its caller waits for it; what it holds is released when it ends.

    caller: the administrator, once known.
    `more` is called if an answer leaves rows after its cursor: the next page continues its pull.
    `check` raises ProblemError HL4026 once the caller has disconnected, or the server stops.
    """

    caller: Caller

    def __init__(self, stopping: Callable[[], None]) -> None:
        self.gone = threading.Event()
        self._stopping = stopping
        self._held = ExitStack()
        self._on_more: Callable[[str], None] = lambda _: None

    def on_more(self, remember: Callable[[str], None]) -> None:
        """Set the function that stores a cursor that is returned with rows left after it."""
        self._on_more = remember

    def more(self, cursor: str) -> None:
        """Note that this cursor is returned now, with rows left after it."""
        self._on_more(cursor)

    def hold(self, held: AbstractContextManager[object]) -> None:
        """Enter this now, and leave it when the call ends."""
        self._held.enter_context(held)

    def check(self) -> None:
        """Return while the caller waits and the server runs; else raise ProblemError HL4026."""
        self._stopping()
        if self.gone.is_set():
            raise ProblemError(CENTRE_STOPPING())

    def end(self) -> None:
        """Release what is held."""
        self.gone.set()
        self._held.close()


def attendance(scope: Any) -> Attendance:
    """The attendance of an administrator's call."""
    found: Attendance = scope["state"]["attendance"]
    return found


class Attended:
    """ASGI middleware of administrators' routers: a call is cancelled as soon as its caller disconnects."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        call = Attendance(scope["litestar_app"].state.callers.check)
        scope["state"]["attendance"] = call
        left = anyio.Event()

        async def watch(scope: anyio.CancelScope) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            call.gone.set()
            left.set()
            scope.cancel()

        async def heard() -> HTTPDisconnectEvent:
            await left.wait()
            return {"type": "http.disconnect"}

        async def taken(message: Message) -> None:
            with anyio.fail_after(TAKEN_SECONDS):
                await send(message)

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(watch, group.cancel_scope)
                await self.app(scope, heard, taken)
                group.cancel_scope.cancel()
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            call.end()
