"""HTTP for administrators: addresses and parameters, nothing else.

A table can be of any length: it is made in slices and sent in pieces, compressed if the caller accepts that;
it ends when the caller disconnects, see attendance.py. An error after the first piece closes the connection
before the answer is complete, so that nobody takes a part for the whole.
"""

from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from litestar import Request, Response, Router, get
from litestar.datastructures import ResponseHeader, State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.response import Stream

from sync.central.figures.summary_query import SummaryReply
from sync.central.http import threads
from sync.central.http.attendance import Attendance
from sync.central.http.callers import Audit, for_administrators
from sync.central.http.documented import problems
from sync.central.http.problems import HANDLERS
from sync.central.http.queries import names, query
from sync.central.pulling.asked import ResponsesAsked, SummaryAsked
from sync.central.pulling.desk import Administrators, Export
from sync.central.pulling.exports import csv, ndjson, parquet, xlsx
from sync.central.pulling.exports.ndjson import Page
from sync.central.pulling.exports.packing import choose, pack
from sync.contract.problem.centre import DATABASE_FAILED, PLAN_UNKNOWN
from sync.contract.problem.wire import (
    ACCESS_DENIED,
    CENTRE_LACKS_PARQUET,
    CENTRE_STOPPING,
    CURSOR_STALE,
    FILTER_CODE_UNKNOWN,
    PARAMETER_INVALID,
    RATE_LIMITED,
    SCRATCH_DISK_FULL,
    SHEET_TOO_LONG,
    SUMMARY_UNSUPPORTED,
    TOKEN_INVALID,
    TOO_MANY_PULLS,
)

NEXT = ResponseHeader(
    name="Next-Cursor", description="The cursor behind the last row", documentation_only=True
)
MORE = ResponseHeader(
    name="More", description="true where there is something behind it", documentation_only=True
)


def _tables(*types: str) -> type[Operation]:
    """An operation that may answer with a table of these types, too."""

    @dataclass
    class TableOperation(Operation):
        def __post_init__(self) -> None:
            answer = (self.responses or {})["200"]
            if isinstance(answer, OpenAPIResponse) and answer.content is not None:
                for name in types:
                    answer.content[name] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))

    return TableOperation


@get(
    "/v1/responses",
    operation_class=_tables(csv.MEDIA_TYPE, ndjson.MEDIA_TYPE, xlsx.MEDIA_TYPE, parquet.MEDIA_TYPE),
    responses={
        **problems(
            TOKEN_INVALID,
            ACCESS_DENIED,
            PARAMETER_INVALID,
            CURSOR_STALE,
            TOO_MANY_PULLS,
            SCRATCH_DISK_FULL,
            CENTRE_STOPPING,
            RATE_LIMITED,
            SHEET_TOO_LONG,
        ),
        **problems(CENTRE_LACKS_PARQUET, FILTER_CODE_UNKNOWN, DATABASE_FAILED, PLAN_UNKNOWN),
        200: ResponseSpec(
            Page,
            description="JSON items, or a table; the cursor behind it is in the header Next-Cursor too",
            generate_examples=False,
        ),
    },
    response_headers=[NEXT, MORE],
    opt=Audit(names(ResponsesAsked)).option(),
    dependencies={"asked": query(ResponsesAsked)},
)
async def responses(
    request: Request[Any, Any, State],
    call: NamedDependency[Attendance],
    asked: NamedDependency[ResponsesAsked],
) -> Response[Any]:
    """Responses, each once: a pull that continues with `next` never misses a late one.

    For the role admin in the order of arrival; else of days that are over, shuffled.
    """
    state = request.app.state
    if asked.whole:
        call.hold(state.callers.exports.taken(call.caller.token))
    export = await threads.pull(state, desk_of(state).responses, call.caller, asked, call.check)
    if export.more:
        call.more(export.next)
    return await _answer(request, call, export)


async def _answer(request: Request[Any, Any, State], call: Attendance, export: Export) -> Response[Any]:
    """The export in one piece or as a stream; a problem in its first piece is still answered as a problem."""
    state = request.app.state
    encoding = choose(request.headers.get("accept-encoding", ""))
    headers = {"Next-Cursor": export.next, "More": str(export.more).lower(), "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    body = pack(export.body, encoding)
    if export.whole:
        content = await threads.pull(state, lambda: b"".join(body))
        return Response(content, media_type=export.media_type, headers=headers)
    # Both are generators: if the caller disconnects, they stop half-way, and one of them has an open file.
    for made in (export.body, body):
        call.hold(closing(cast("Generator[bytes, None, None]", made)))
    first: bytes | None = b""
    while first == b"":
        first = await threads.pull(state, _next, body)
    return Stream(_pieces(state, first, body), media_type=export.media_type, headers=headers)


async def _pieces(state: State, first: bytes | None, body: Iterator[bytes]) -> AsyncIterator[bytes]:
    piece = first
    while piece is not None:
        yield piece
        piece = await threads.pull(state, _next, body)


def _next(body: Iterator[bytes]) -> bytes | None:
    """The next piece; empty if it takes more work before there is one, None at the end."""
    return next(body, None)


def desk_of(state: State) -> Administrators:
    """The calls of administrators to the centre of this application."""
    desk: Administrators = state.pulling
    return desk


def _reveals(parameters: Mapping[str, str]) -> bool:
    """Whether a summary has officers' figures, or is an exported table; other requests are not audited."""
    by, table = parameters.get("by", ""), parameters.get("format", "json") != "json"
    return table or "officer" in by or bool(parameters.get("officer"))


@get(
    "/v1/summary",
    operation_class=_tables(csv.MEDIA_TYPE, xlsx.MEDIA_TYPE),
    responses={
        **problems(
            TOKEN_INVALID,
            ACCESS_DENIED,
            PARAMETER_INVALID,
            TOO_MANY_PULLS,
            RATE_LIMITED,
            SUMMARY_UNSUPPORTED,
            FILTER_CODE_UNKNOWN,
            DATABASE_FAILED,
            PLAN_UNKNOWN,
        ),
        200: ResponseSpec(SummaryReply, description="The summary, or a table", generate_examples=False),
    },
    opt=Audit(names(SummaryAsked), _reveals).option(),
    dependencies={"asked": query(SummaryAsked)},
)
async def summary(
    request: Request[Any, Any, State], call: NamedDependency[Attendance], asked: NamedDependency[SummaryAsked]
) -> Response[Any]:
    """How often each level was chosen, each share with its n; officers with few forms are hidden.

    Next to it, under the same values: results returned (null where that is not known), handovers tagged and
    visits answered.
    """
    state = request.app.state
    content, media_type = await threads.pull(state, desk_of(state).summary, call.caller, asked)
    return Response(content, media_type=media_type)


def router() -> Router:
    """The routes for administrators' programs."""
    return for_administrators("/", [responses, summary], problems=HANDLERS, tags=["administrators"])
