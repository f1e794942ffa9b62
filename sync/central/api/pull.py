"""HTTP for administrators: addresses and parameters, nothing else; sending.py sends what they get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import ResponseHeader, State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType

from sync.central.figures.summary_query import SummaryReply
from sync.central.http import threads
from sync.central.http.attendance import Attendance
from sync.central.http.callers import Audit, for_administrators, needs
from sync.central.http.documented import problems
from sync.central.http.problems import HANDLERS
from sync.central.http.queries import names, query
from sync.central.office.people.permissions import PermittedAct
from sync.central.pulling.asked import ResponsesAsked, SummaryAsked
from sync.central.pulling.desk import Administrators
from sync.central.pulling.exports import csv, ndjson, parquet, xlsx
from sync.central.pulling.exports.ndjson import Page
from sync.central.pulling.sending import send_export
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
    opt=Audit(names(ResponsesAsked)).option() | needs("see-rows"),
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
    return await send_export(request, call, export)


def desk_of(state: State) -> Administrators:
    """The calls of administrators to the centre of this application."""
    desk: Administrators = state.pulling
    return desk


def _reveals(parameters: Mapping[str, str]) -> bool:
    """Whether a summary has officers' figures, or is an exported table; other requests are not audited."""
    by, table = parameters.get("by", ""), parameters.get("format", "json") != "json"
    return table or "officer" in by or bool(parameters.get("officer"))


def _act(parameters: Mapping[str, str]) -> PermittedAct:
    """What a summary with these parameters is: officers' figures, an exported table, or aggregates."""
    if "officer" in parameters.get("by", "") or parameters.get("officer"):
        return "see-officers"
    return "see-figures" if parameters.get("format", "json") == "json" else "export"


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
    opt=Audit(names(SummaryAsked), _reveals).option() | needs(_act),
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
