"""HTTP in front of the centre: addresses, limits and problems, nothing else.

Devices and administrators come with a bearer token; only /health and /openapi.json answer without one.
Every error is an RFC 9457 document with a number of `sync/contract/problem.py`.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from anyio import CapacityLimiter, to_thread
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    Operation,
    RequestBody,
    Schema,
    SecurityScheme,
)
from litestar.params import Parameter
from msgspec import Struct

from sync.central import bodies
from sync.central.centre import Centre
from sync.central.pull import PAGE_LIMIT, Page, StaleCursorError
from sync.contract.batch import BATCH_LIMIT, BatchReply
from sync.contract.problem import KINDS, Problem, ProblemError, problem

T = TypeVar("T")
log = logging.getLogger("hailong.central")

PROBLEM_JSON = "application/problem+json"
# Batches that may wait for the one that is being stored; more are told to come back.
WAITING_LIMIT = 64


class ProblemDocument(Struct, frozen=True, omit_defaults=True):
    """RFC 9457. number: see the list of problems; restart: with HL4014, the cursor to begin again with."""

    type: str
    status: int
    title: str
    remedy: str
    number: str
    detail: str = ""
    where: str = ""
    restart: str = ""


class Health(Struct, frozen=True):
    """The centre answers and can read its database."""

    status: Literal["ok"]
    epoch: int


def _problems(*numbers: str) -> dict[int, ResponseSpec]:
    """The documented answers for these problems."""
    by_status: dict[int, list[str]] = {}
    for number in (*numbers, "HL5000"):
        by_status.setdefault(KINDS[number].status, []).append(f"{number} {KINDS[number].title_en}")
    return {
        status: ResponseSpec(
            ProblemDocument, description="; ".join(lines), media_type=PROBLEM_JSON, generate_examples=False
        )
        for status, lines in by_status.items()
    }


class BatchOperation(Operation):
    """Describes the body of a batch: the handler itself takes bytes, for it has to hash them."""

    def __post_init__(self) -> None:
        """Put the body's schema in."""
        response = Schema(type="object", description="The canonical bytes of a response")  # type: ignore[arg-type]
        self.request_body = RequestBody(
            required=True,
            description="Responses of one device, oldest first; zstd, gzip or as it is.",
            content={
                "application/json": OpenAPIMediaType(
                    schema=Schema(
                        type="object",  # type: ignore[arg-type]
                        required=["device", "responses"],
                        additional_properties=False,
                        properties={
                            "device": Schema(type="string"),  # type: ignore[arg-type]
                            "responses": Schema(
                                type="array",  # type: ignore[arg-type]
                                items=response,
                                max_items=BATCH_LIMIT,
                            ),
                        },
                    )
                )
            },
        )


@get("/health", security=[{}], responses=_problems("HL5006"), tags=["centre"])
async def health(state: State) -> Health:
    """Whether the centre can read its database."""
    return Health("ok", await _read(state, _centre(state).healthy))


@post(
    "/v1/batches",
    status_code=200,
    operation_class=BatchOperation,
    responses=_problems(
        "HL4001", "HL4002", "HL4003", "HL4005", "HL4007", "HL4009", "HL4015", "HL4016", "HL5006"
    ),
    tags=["devices"],
)
async def push(request: Request[Any, Any, State]) -> Response[BatchReply]:
    """Store up to 500 responses of the calling device; one receipt a response, durable before the answer."""
    centre = _centre(request.app.state)
    writer: CapacityLimiter = request.app.state.writer
    device = await _read(request.app.state, centre.device, request.headers.get("authorization", ""))
    if writer.statistics().tasks_waiting >= WAITING_LIMIT:
        raise ProblemError(problem("HL4015"))
    sent = await bodies.read_limited(request.stream(), request.headers.get("content-length"))
    encoding = request.headers.get("content-encoding", "").strip().lower()
    work = partial(_receive, centre, device.device, sent, encoding)
    reply = await to_thread.run_sync(work, limiter=writer)
    # Says which encodings a request may have (RFC 7694).
    return Response(reply, headers={"Accept-Encoding": "zstd, gzip"})


def _receive(centre: Centre, device: str, sent: bytes, encoding: str) -> BatchReply:
    return centre.receive(device, bodies.unpack(sent, encoding), hashlib.sha256(sent).hexdigest())


@get(
    "/v1/responses",
    responses={
        **_problems("HL4001", "HL4002", "HL4013", "HL4014", "HL5006"),
        200: ResponseSpec(
            Page,
            description="JSON items; with format=csv a table, its next cursor in the header Next-Cursor",
            generate_examples=False,
        ),
    },
    response_headers=[
        ResponseHeader(
            name="Next-Cursor",
            description="With format=csv: the cursor behind the table's last row",
            documentation_only=True,
        )
    ],
    tags=["administrators"],
)
async def responses(
    request: Request[Any, Any, State],
    after: Annotated[
        str, Parameter(description="The cursor to go on behind; empty for the beginning", max_length=40)
    ] = "",
    limit: Annotated[int, Parameter(ge=1, le=PAGE_LIMIT, description="Rows at most")] = 1000,
    format: Annotated[Literal["json", "csv"], Parameter(description="JSON items or a CSV table")] = "json",  # noqa: A002
) -> Response[Any]:
    """Responses in the order of arrival: a pull that goes on with `next` never misses a late one."""
    state = request.app.state
    centre = _centre(state)
    caller = await _read(state, centre.administrator, request.headers.get("authorization", ""))
    if format == "csv":
        table, cursor = await _read(state, centre.table, caller, after, limit)
        return Response(table, media_type="text/csv; charset=utf-8", headers={"Next-Cursor": cursor})
    page = await _read(state, centre.page, caller, after, limit)
    return Response(msgspec.json.encode(page), media_type=MediaType.JSON)


def _centre(state: State) -> Centre:
    centre: Centre = state.centre
    return centre


async def _read(state: State, call: Callable[..., T], *arguments: object) -> T:
    return await to_thread.run_sync(call, *arguments, limiter=state.readers)


# --- problems -----------------------------------------------------------------------------------------------


def _on_problem(request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
    document = error.problem.rfc9457(_language(request))
    if isinstance(error, StaleCursorError):
        document["restart"] = error.restart
    headers = {}
    if error.problem.kind.status in (429, 503):
        headers["Retry-After"] = "2"
    if error.problem.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        msgspec.json.encode(document),
        status_code=error.problem.kind.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


_BY_STATUS = {400: "HL4013", 404: "HL4011", 405: "HL4012", 413: "HL4007", 415: "HL4016"}


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    number = _BY_STATUS.get(error.status_code, "HL4013" if error.status_code < 500 else "HL5000")
    response = _on_problem(request, ProblemError(Problem(number, where=_parameters(error))))
    if error.status_code == 405 and error.headers:
        response.headers.update({name: value for name, value in error.headers.items() if name == "Allow"})
    return response


def _parameters(error: HTTPException) -> str:
    """The names of the parameters that are wrong, never their values."""
    extra = error.extra if isinstance(error.extra, list) else []
    return ", ".join(str(each.get("key", "")) for each in extra if isinstance(each, dict))


def _on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    # The type and the place only: an exception's text can quote what a citizen said.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("HL5000 %s at %s", type(error).__name__, place)
    return _on_problem(request, ProblemError(problem("HL5000")))


def _language(request: Request[Any, Any, Any]) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "vi"


def build_app(centre: Centre) -> Litestar:
    """The ASGI application of a centre."""
    return Litestar(
        [health, push, responses],
        state=State({"centre": centre, "writer": CapacityLimiter(1), "readers": CapacityLimiter(8)}),
        request_max_body_size=None,
        exception_handlers={
            ProblemError: _on_problem,
            HTTPException: _on_http,
            Exception: _on_unexpected,
        },
        openapi_config=OpenAPIConfig(
            title="Hài Lòng",
            version="1",
            description="Takes responses in from devices and gives them to administrators.",
            path="/",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"token": []}],
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
