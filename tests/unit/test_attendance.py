"""How many calls administrators have at once, and when one ends."""

import asyncio
from typing import Any, cast

import pytest
from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.exceptions import LitestarException

from sync.central.http.attendance import Attended, Callers, Turns, attendance
from sync.central.office.access import Caller
from sync.contract.problem import ProblemError


def test_turns_are_so_many_of_one_token_and_of_all_and_come_back() -> None:
    turns = Turns(total=3, each=2)
    with turns.taken(1), turns.taken(1):
        with pytest.raises(ProblemError, match="HL4024"), turns.taken(1):
            pass
        with turns.taken(2), pytest.raises(ProblemError, match="HL4024"), turns.taken(3):
            pass
        with turns.taken(3):
            pass
    with turns.taken(1), turns.taken(1), turns.taken(2):
        pass


@get("/")
async def table(request: Request[Any, Any, State]) -> str:
    call = attendance(request.scope)
    call.caller = Caller(7, "viewer")
    call.hold(request.app.state.callers.exports.taken(7))
    return "a table"


def test_a_caller_who_takes_nothing_keeps_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.central.http.attendance.TAKEN_SECONDS", 0.01)
    known = Callers()
    app = Litestar([table], middleware=[Attended], state=State({"callers": known}), logging_config=None)
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"centre")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
        "extensions": {},
    }

    async def never(*_: object) -> Any:
        await asyncio.Event().wait()

    async def asked() -> None:
        async with asyncio.timeout(30):
            with pytest.raises(LitestarException):
                await app(scope, cast("Any", never), never)

    asyncio.run(asked())
    with known.exports.taken(7), known.exports.taken(7):
        pass
