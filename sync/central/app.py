"""HTTP in front of the centre: addresses, limits and problems, nothing else.

Devices sign what they send, or bring a bearer token, as administrators do. Without either answer only
/health, /openapi.json, and /v1/enrol, which asks for a one-time code.
Every error is an RFC 9457 document with a number of `sync/contract/problem.py`.
"""

import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar, get_args

import msgspec
import psycopg
from anyio import CapacityLimiter, create_task_group, sleep, to_thread
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.exceptions import HTTPException, InternalServerException
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
from litestar.types import Scope
from msgspec import Struct
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sync.central.api import odata, pull
from sync.central.api.device_desk import Centre
from sync.central.http.admission import Admission, Arrival, Limits
from sync.central.http.callers import Attended, Callers, attendance
from sync.central.http.documented import PROBLEM_JSON, problems
from sync.central.http.noted import LONGEST, Line
from sync.central.http.signed import SignedReplies, mark_verified, read_call
from sync.central.intake import bodies
from sync.central.intake.moment import day_begins
from sync.central.office.devices import Device
from sync.central.pulling.odata.query import OPTIONS
from sync.central.store.arrival import StaleCursorError
from sync.contract.batch import BATCH_LIMIT, BatchReply
from sync.contract.enrolment import EnrolReply, EnrolRequest
from sync.contract.forgetting import LIMIT, ForgottenReply
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.patterns import whole
from sync.contract.problem import Problem, ProblemError, problem
from sync.contract.response import Uuid
from sync.contract.signing import Call
from sync.contract.text import Id

T = TypeVar("T")
log = logging.getLogger("hailong.central")

MONTHS_EVERY = 6 * 3600  # seconds
SCRUB_EVERY = 60.0  # seconds
SEAL_EVERY = 60.0  # seconds
CLOSE_EVERY = 60.0  # seconds; it is done once a day
DISK_EVERY = 5.0  # seconds
DAY = 86_400_000  # milliseconds
RETRY_AFTER = "2"  # seconds; devices add their jitter, which grows with every time they are turned away
EXPORT_RETRY_AFTER = "15"  # seconds


class Health(Struct, frozen=True):
    """The centre answers, can read its database, and could write to it last time (else HL5006).

    lag_seconds: how long the oldest open write transaction has held back what pulls give out.
    """

    status: Literal["ok"]
    epoch: int
    lag_seconds: float


def _body_operation(description: str, schema: Schema) -> type[Operation]:
    """An operation that describes its body: the handlers take bytes, for they have to hash them."""

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                required=True,
                description=description,
                content={"application/json": OpenAPIMediaType(schema=schema)},
            )

    return Described


def _schema(type: type[Struct]) -> Schema:
    """The JSON Schema of a struct, whole, for it has no other struct inside."""
    (found,), _ = msgspec.json.schema_components([type])
    definition = msgspec.json.schema(type)["$defs"][type.__name__]
    assert found
    return _as_schema(definition)


def _as_schema(definition: dict[str, Any]) -> Schema:
    names = {"type", "format", "pattern", "minimum", "maximum", "required", "description"}
    values: dict[str, Any] = {name: value for name, value in definition.items() if name in names}
    if "properties" in definition:
        values["properties"] = {name: _as_schema(each) for name, each in definition["properties"].items()}
        values["additional_properties"] = definition.get("additionalProperties", True)
    if "items" in definition:
        values["items"] = _as_schema(definition["items"])
        values["max_items"] = definition.get("maxItems")
    if "maxLength" in definition:
        values["max_length"] = definition["maxLength"]
    if "anyOf" in definition:
        values["any_of"] = [_as_schema(each) for each in definition["anyOf"]]
    return Schema(**values)


def _pattern(text: object) -> str:
    """The pattern of one of the contract's kinds of text."""
    (_, meta) = get_args(text)
    return str(meta.pattern)


def _tombstone() -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "pattern": _pattern(Uuid)},
        "key": {"type": "string", "pattern": _pattern(Id)},
        "signature": {"type": "string", "pattern": whole("[A-Za-z0-9+/]{86}==")},
    }
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


BatchOperation = _body_operation(
    "Responses of one device, oldest first; zstd, gzip or as it is.",
    _as_schema(
        {
            "type": "object",
            "required": ["device", "responses"],
            "additionalProperties": False,
            "properties": {
                "device": {"type": "string", "pattern": _pattern(Id)},
                "responses": {
                    "type": "array",
                    "maxItems": BATCH_LIMIT,
                    "items": {
                        "type": "object",
                        "description": "The canonical bytes of a response",
                        "required": ["id", "seq"],
                        "properties": {
                            "id": {"type": "string", "pattern": _pattern(Uuid)},
                            "seq": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
                        },
                    },
                },
            },
        }
    ),
)
EnrolOperation = _body_operation("The code's secret and the device's key.", _schema(EnrolRequest))
HeartbeatOperation = _body_operation("How the device is.", _schema(Heartbeat))
ForgottenOperation = _body_operation(
    "How far the device's tombstones go.",
    _as_schema(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "after": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
                "known": {"type": "array", "maxItems": LIMIT, "items": _tombstone()},
            },
        }
    ),
)


@get("/health", security=[{}], responses=problems("HL5006"), tags=["centre"])
async def health(state: State) -> Health:
    """Whether the centre can read its database, and its disk took what was last written."""
    epoch, lag = await _read(state, _centre(state).healthy)
    return Health("ok", epoch, round(lag, 3))


@post(
    "/v1/batches",
    status_code=200,
    operation_class=BatchOperation,
    responses=problems(
        *("HL4001", "HL4002", "HL4003", "HL4007", "HL4009", "HL4015", "HL4016", "HL4018"),
        *("HL4036", "HL4047", "HL4049", "HL4053", "HL4054", "HL5006"),
    ),
    tags=["devices"],
)
async def push(request: Request[Any, Any, State]) -> Response[BatchReply]:
    """Store up to 500 responses of the calling device; one receipt a response, durable before the answer."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.BODY_LIMIT)
        checked = await _read(state, _centre(state).check, device, call, sent)
        reply = await _write(state, _centre(state).receive, checked)
    # Says which encodings a request may have (RFC 7694).
    return Response(reply, headers={"Accept-Encoding": "zstd, gzip"})


@post(
    "/v1/enrol",
    status_code=200,
    operation_class=EnrolOperation,
    security=[{}],
    responses=problems(
        *("HL4003", "HL4007", "HL4015", "HL4018", "HL4019", "HL4020", "HL4021", "HL4036"),
        *("HL4047", "HL4054", "HL5006"),
    ),
    tags=["devices"],
)
async def enrol(request: Request[Any, Any, State]) -> EnrolReply:
    """Exchange a one-time code for an identity; the request is signed with the key it brings."""
    state = request.app.state
    with _admission(state).stranger() as arrival:
        call, sent = read_call(request.scope), await _body(request, arrival, bodies.SMALL_LIMIT)
        newcomer = await _read(state, _centre(state).newcomer, call, sent)
        mark_verified(request.scope, call)
        return await _write(state, _centre(state).enrol, newcomer)


@post(
    "/v1/heartbeat",
    status_code=200,
    operation_class=HeartbeatOperation,
    responses=problems(
        *("HL4001", "HL4002", "HL4003", "HL4007", "HL4015", "HL4017", "HL4018", "HL4019", "HL4020"),
        *("HL4036", "HL4047", "HL4054", "HL5006"),
    ),
    tags=["devices"],
)
async def heartbeat(request: Request[Any, Any, State]) -> HeartbeatReply:
    """Say how the device is; learn what the centre holds of it and which configuration is the newest."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.SMALL_LIMIT)
        return await _write(state, _centre(state).heartbeat, device, call, sent)


@post(
    "/v1/forgotten",
    status_code=200,
    operation_class=ForgottenOperation,
    responses=problems(
        *("HL4001", "HL4002", "HL4003", "HL4007", "HL4015", "HL4017", "HL4018", "HL4036"),
        *("HL4047", "HL4054", "HL5006"),
    ),
    tags=["devices"],
)
async def forgotten(request: Request[Any, Any, State]) -> ForgottenReply:
    """What the device is to erase; it may bring back tombstones that a restored centre no longer has."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.BODY_LIMIT)
        return await _write(state, _centre(state).forgotten, device, call, sent)


@get(
    "/v1/config",
    responses={
        **problems("HL4001", "HL4002", "HL4015", "HL4017", "HL4018", "HL4022", "HL5002", "HL5006"),
        304: ResponseSpec(
            None, description="The one in If-None-Match is the newest", media_type=MediaType.JSON
        ),
    },
    response_headers=[
        ResponseHeader(name="ETag", description="Names this configuration", documentation_only=True)
    ],
    tags=["devices"],
)
async def config(request: Request[Any, Any, State]) -> Response[Any]:
    """The newest configuration; with If-None-Match only if it is another one."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, _):
        document = await _read(state, _centre(state).config, device, call)
    body = msgspec.json.encode(document, order="sorted")
    tag = f'"{document.version}-{bodies.sha256(body)[:16]}"'
    if call.headers.get("if-none-match", "") == tag:
        return Response(None, status_code=304, headers={"ETag": tag})
    return Response(body, media_type=MediaType.JSON, headers={"ETag": tag})


@get("/v1/keys", security=[{}], responses=problems("HL4015", "HL4018", "HL5006"), tags=["devices"])
async def keys(request: Request[Any, Any, State]) -> Response[Any]:
    """The lists of the centre's keys that its offline root has signed; they prove themselves to anybody.

    A device that knows no root yet signs its request, and so has a signed answer.
    """
    state, call = request.app.state, read_call(request.scope)
    if "signature-input" in call.headers:
        async with _admitted(request, call):
            pass
    return Response(msgspec.json.encode(_centre(state).keys(), order="sorted"), media_type=MediaType.JSON)


@asynccontextmanager
async def _admitted(request: Request[Any, Any, State], call: Call) -> AsyncIterator[tuple[Device, Arrival]]:
    """Who calls, with a place for its request; who finds none is told so before any work is done for it."""
    state = request.app.state
    admission = _admission(state)
    admission.glance()
    device = await _read(state, _centre(state).arriving, call)
    if device.claimed is not None:
        mark_verified(request.scope, call)
    with admission.device(device.id) as arrival:
        yield device, arrival


async def _body(request: Request[Any, Any, State], arrival: Arrival, limit: int) -> bytes:
    try:
        return await arrival.body(request.stream(), request.headers.get("content-length"), limit)
    except InternalServerException as error:
        # Litestar's word for a body that breaks off: the line, a length or chunks that do not fit.
        raise ProblemError(problem("HL4047", where="body")) from error


def _admission(state: State) -> Admission:
    admission: Admission = state.admission
    return admission


def _centre(state: State) -> Centre:
    centre: Centre = state.centre
    return centre


async def _read(state: State, call: Callable[..., T], *arguments: object) -> T:
    return await to_thread.run_sync(call, *arguments, limiter=state.readers)


async def _write(state: State, call: Callable[..., T], *arguments: object) -> T:
    # SQLite has one writer, and waiting here is cheaper than waiting for its lock.
    return await to_thread.run_sync(call, *arguments, limiter=state.writer)


# --- the audit log of pulls ---------------------------------------------------------------------------------


def _refuse_nul(scope: Scope) -> None:
    """Nothing that the centre is asked has a NUL in it, and PostgreSQL takes none. Raises HL4013."""
    if b"%00" in scope["raw_path"] + scope["query_string"]:
        raise ProblemError(problem("HL4013", where="path", detail="có ký tự NUL (%00)"))


# Parameters whose values are noted; of others the name alone: what somebody looked for can be a name. Where a
# page begins is left out, so that the pages of one pull are one line.
_NOTED = ("format", "from", "to", "unit")
_NAMES = pull.PARAMETERS | pull.SUMMARY_PARAMETERS | OPTIONS
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


async def _note_pull(request: Request[Any, Any, State]) -> None:
    """Note every call of an administrator before it is answered, whichever route it takes."""
    _refuse_nul(request.scope)
    if "administrators" not in (request.route_handler.tags or ()):
        return
    asked = {
        f"{name}={value}" if name in _NOTED and _PLAIN.fullmatch(value) else name
        for name, value in request.query_params.multi_items()
        if name in _NAMES
    }
    path = str(request.scope["path_template"])
    line = Line(odata.known_path(request.path_params) or path, " ".join(sorted(asked))[:LONGEST])
    state, authorization = request.app.state, odata.bearer(request.headers.get("authorization", ""))
    # Who has no token, or asks too often, never comes near the devices' writer.
    caller = await to_thread.run_sync(_centre(state).pulling, authorization, limiter=state.lookups)
    call = attendance(request.scope)
    call.caller = caller
    call.hold(state.callers.calls.taken(caller.token))
    if not _centre(state).is_noted(caller, line):
        await to_thread.run_sync(_centre(state).note_pull, caller, line, limiter=state.notes)


# --- problems -----------------------------------------------------------------------------------------------


def _on_problem(request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
    document = error.problem.rfc9457(_language(request))
    if isinstance(error, StaleCursorError):
        document["restart"] = error.restart
    if error.problem.number == "HL4019":
        document["server_time"] = _centre(request.app.state).now().isoformat()
    feed = request.url.path.startswith(odata.ROOT.rstrip("/"))
    if feed:
        document["error"] = odata.error_member(error.problem)
    headers = {}
    if error.problem.kind.status in (429, 503):
        headers["Retry-After"] = EXPORT_RETRY_AFTER if error.problem.number == "HL4024" else RETRY_AFTER
    if error.problem.number == "HL4049":
        now = int(_centre(request.app.state).now().timestamp() * 1000)
        headers["Retry-After"] = str((day_begins(now + DAY) - now) // 1000)
    if error.problem.kind.status == 401:
        headers["WWW-Authenticate"] = odata.CHALLENGE if feed else "Bearer"
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


def _on_database(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if isinstance(error, DataError):
        # A value of the caller's that its column can't hold: nothing that the next try would change.
        return _on_problem(
            request, ProblemError(problem("HL4013", where="query", detail="giá trị ngoài phạm vi"))
        )
    # The kind alone: the database's own words can quote a row.
    return _on_problem(request, ProblemError(problem("HL5006", detail=type(error).__name__)))


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


@asynccontextmanager
async def _keeping_house(centre: Centre, _: Litestar) -> AsyncIterator[None]:
    """While the centre runs, see to the months ahead, to what was removed and to days that are over.

    What fails is done the next time: the months that come are there already, and the nightly purge scrubs.
    """

    async def keep(every: float, work: Callable[[], None]) -> None:
        while True:
            await sleep(every)
            try:
                await to_thread.run_sync(work)
            except ProblemError as error:
                log.warning("%s %s", error.problem.number, error.problem.detail)
            except SQLAlchemyError as error:
                # The kind alone: its words can quote a row.
                log.warning("HL5006 %s", type(error).__name__)

    async with create_task_group() as group:
        group.start_soon(keep, MONTHS_EVERY, centre.keep_months)
        group.start_soon(keep, SCRUB_EVERY, centre.scrub_removed)
        group.start_soon(keep, SEAL_EVERY, centre.seal_audit)
        group.start_soon(keep, CLOSE_EVERY, centre.close_days)
        group.start_soon(keep, DISK_EVERY, centre.try_disk)
        yield
        group.cancel_scope.cancel()


def build_app(centre: Centre, limits: Limits | None = None, callers: Callers | None = None) -> SignedReplies:
    """The ASGI application of a centre; its answers to verified requests of devices are signed.

    Administrators have threads of their own, few, for they compute for long; those heard by `readers`
    and `writer` wait for none of them. `lookups` are for knowing an administrator by the token.
    """
    writer = CapacityLimiter(centre.writers)
    application = Litestar(
        [health, push, enrol, heartbeat, forgotten, config, keys, *pull.ROUTES, odata.odata],
        state=State(
            {
                "centre": centre,
                "admission": Admission(limits or Limits()),
                "writer": writer,
                "readers": CapacityLimiter(8),
                "administrators": CapacityLimiter(2),
                "lookups": CapacityLimiter(2),
                # PostgreSQL has many writers: who waits there for the log's turn waits apart from devices.
                "notes": writer if centre.writers == 1 else CapacityLimiter(1),
                "callers": callers or Callers(),
            }
        ),
        before_request=_note_pull,
        middleware=[Attended],
        request_max_body_size=None,
        exception_handlers={
            ProblemError: _on_problem,
            HTTPException: _on_http,
            DBAPIError: _on_database,
            PoolTimeoutError: _on_database,
            psycopg.Error: _on_database,
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
        lifespan=[partial(_keeping_house, centre)],
    )
    key_id, key = centre.signing_key()
    return SignedReplies(application, key_id, key, centre.now)
