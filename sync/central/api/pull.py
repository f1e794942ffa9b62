"""HTTP for administrators: addresses and parameters, nothing else.

A table can be of any length: it is made in slices and leaves in pieces, packed where the caller takes that;
a caller who goes away ends it, see callers.py. What goes wrong after the first piece ends the connection
unfinished, so that nobody takes a part for the whole.
"""

from calendar import monthrange
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar, cast

from litestar import Request, Response, get
from litestar.datastructures import ResponseHeader, State
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from sync.central.figures.summary import Axis
from sync.central.figures.summary_query import SummaryReply, SummaryWanted
from sync.central.http import threads
from sync.central.http.attendance import attendance
from sync.central.http.callers import check_names
from sync.central.http.documented import problems
from sync.central.pulling.desk import Administrators, Export, Format, Wanted
from sync.central.pulling.exports import csv, ndjson, parquet, xlsx
from sync.central.pulling.exports.ndjson import Page
from sync.central.pulling.exports.packing import choose, pack
from sync.central.pulling.rows.pull import PAGE_LIMIT
from sync.central.store.arrival import CURSOR_PATTERN
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
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
from sync.contract.response import Channel, Outcome
from sync.tables.column import Headings

T = TypeVar("T")

AXES = whole("((officer|procedure|unit|day)(,(officer|procedure|unit|day))?)?")
CODE = whole("[A-Za-z0-9_.-]{0,64}")
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


def _code(description: str) -> Any:
    return Parameter(description=description, pattern=CODE)


def _day(name: str, description: str) -> Any:
    return QueryParameter(
        name=name,
        description=f"{description}; 01/11/2026 is understood like 2026-11-01",
        schema_extra={"format": "date"},
    )


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
    tags=["administrators"],
)
async def responses(
    request: Request[Any, Any, State],
    after: Annotated[
        str,
        Parameter(
            description="The cursor to go on behind; empty for the beginning",
            pattern=CURSOR_PATTERN,
        ),
    ] = "",
    limit: Annotated[
        int | None,
        Parameter(ge=1, le=PAGE_LIMIT, description="Rows at most; else 1000 in JSON, all in the others"),
    ] = None,
    format: Annotated[  # noqa: A002
        Format, Parameter(description="JSON items, one item a line, a table, or a table as JSON arrays")
    ] = "json",
    bom: Annotated[
        Literal["0", "1"], Parameter(description="1: CSV begins with a byte order mark, as Excel likes it")
    ] = "0",
    headings: Annotated[
        Headings | None,
        Parameter(description="Above the columns: vi as in a workbook, or ids as in CSV; Parquet has ids"),
    ] = None,
    unit: Annotated[str, _code("This unit and all below it")] = "",
    survey: Annotated[str, _code("Of this survey")] = "",
    plan: Annotated[str, _code("Of this plan")] = "",
    procedure: Annotated[str, _code("About this procedure")] = "",
    officer: Annotated[str, _code("About this officer; for the role admin")] = "",
    outcome: Annotated[Outcome | None, Parameter(description="With this outcome")] = None,
    channel: Annotated[Channel | None, Parameter(description="By this channel")] = None,
    first: Annotated[str, _day("from", "From this day on")] = "",
    last: Annotated[str, _day("to", "To this day")] = "",
) -> Response[Any]:
    """Responses, each once: a pull that goes on with `next` never misses a late one.

    For the role admin in the order of arrival; else of days that are over, shuffled.
    """
    check_names(request, PARAMETERS)
    state, call = request.app.state, attendance(request.scope)
    if limit is None and format != "json":
        call.hold(state.callers.exports.taken(call.caller.token))
    wanted = Wanted(
        format=format,
        after=after,
        limit=limit,
        mark=bom == "1",
        headings=headings,
        unit=unit,
        survey=survey,
        plan=plan,
        procedure=procedure,
        officer=officer,
        outcome=outcome or "",
        channel=channel or "",
        first=read_day("from", first),
        last=read_day("to", last),
    )
    export = await threads.pull(state, desk_of(state).responses, call.caller, wanted, call.check)
    return await _answer(request, export)


# Every parameter there is.
PARAMETERS = frozenset(
    {
        *("after", "limit", "format", "bom", "headings", "from", "to"),
        *("unit", "survey", "plan", "procedure", "officer", "outcome", "channel"),
    }
)


async def _answer(request: Request[Any, Any, State], export: Export) -> Response[Any]:
    """The export in one piece or as a stream; problems of its first piece are still answered as such."""
    state, call = request.app.state, attendance(request.scope)
    encoding = choose(request.headers.get("accept-encoding", ""))
    headers = {"Next-Cursor": export.next, "More": str(export.more).lower(), "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    body = pack(export.body, encoding)
    if export.whole:
        content = await threads.pull(state, lambda: b"".join(body))
        return Response(content, media_type=export.media_type, headers=headers)
    # Both are generators: who goes away leaves them in the middle, and a file behind one of them.
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
    """The next piece; empty where there is more to do before there is one, None at the end."""
    return next(body, None)


def read_day(name: str, text: str) -> date | None:
    """A day as a person may write it, None for ""; raises HL4013 with the parameter's own name."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no offset
        except ValueError:
            continue
    raise ProblemError(PARAMETER_INVALID(where=name, detail="ghi ngày như 2026-11-01 hoặc 01/11/2026"))


def desk_of(state: State) -> Administrators:
    """What administrators get out of the centre behind this application."""
    desk: Administrators = state.pulling
    return desk


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
    tags=["administrators"],
)
async def summary(
    request: Request[Any, Any, State],
    by: Annotated[
        str, Parameter(description="Up to two of officer, procedure, unit, day, with a comma", pattern=AXES)
    ] = "",
    first: Annotated[str, _day("from", "From this day on; else this month's first")] = "",
    last: Annotated[str, _day("to", "To this day; else the end of that month")] = "",
    unit: Annotated[str, _code("This unit and all below it")] = "",
    survey: Annotated[str, _code("Of this survey")] = "",
    plan: Annotated[str, _code("Of this plan")] = "",
    procedure: Annotated[str, _code("About this procedure")] = "",
    officer: Annotated[str, _code("About this officer; for the role admin")] = "",
    format: Annotated[  # noqa: A002
        Literal["json", "csv", "xlsx"], Parameter(description="JSON, or a table with a line a question")
    ] = "json",
    bom: Annotated[
        Literal["0", "1"], Parameter(description="1: CSV begins with a byte order mark, as Excel likes it")
    ] = "0",
    headings: Annotated[
        Headings | None,
        Parameter(description="Above the columns: vi as in a workbook, or ids as in CSV; Parquet has ids"),
    ] = None,
) -> Response[Any]:
    """How often each level was chosen, each share with its n; officers with few forms are hidden.

    Beside it, under the same values: results returned (null where that is not known), handovers tagged and
    visits answered.
    """
    check_names(request, SUMMARY_PARAMETERS)
    state, caller = request.app.state, attendance(request.scope).caller
    desk = desk_of(state)
    start = read_day("from", first) or desk.today().replace(day=1)
    wanted = SummaryWanted(
        first=start,
        last=read_day("to", last) or start.replace(day=monthrange(start.year, start.month)[1]),
        by=cast("tuple[Axis, ...]", tuple(by.split(",")) if by else ()),
        unit=unit,
        survey=survey,
        plan=plan,
        procedure=procedure,
        officer=officer,
    )
    content, media_type = await threads.pull(
        state, desk.summary, caller, wanted, format, bom == "1", headings
    )
    return Response(content, media_type=media_type)


# Every parameter of a summary.
SUMMARY_PARAMETERS = frozenset(
    {"by", "from", "to", "unit", "survey", "plan", "procedure", "officer", "format", "bom", "headings"}
)

ROUTES = (responses, summary)
