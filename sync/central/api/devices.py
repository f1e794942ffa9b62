"""HTTP for devices: addresses, limits and answers. Devices sign what they send, or bring a bearer token.

Without either answer only /health, /v1/keys, and /v1/enrol, which asks for a one-time code.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.exceptions import InternalServerException
from litestar.openapi import ResponseSpec
from msgspec import Struct

from sync.central.api.device_desk import DeviceDesk
from sync.central.api.device_schemas import (
    BatchOperation,
    EnrolOperation,
    ForgottenOperation,
    HeartbeatOperation,
)
from sync.central.http.admission import Admission, Arrival
from sync.central.http.documented import problems
from sync.central.http.signed import mark_verified, read_call
from sync.central.http.threads import read, write
from sync.central.intake import bodies
from sync.central.office.devices import Device
from sync.contract.batch import BatchReply
from sync.contract.enrolment import EnrolReply
from sync.contract.forgetting import ForgottenReply
from sync.contract.heartbeat import HeartbeatReply
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED, KEY_FILE_UNUSABLE
from sync.contract.problem.wire import (
    ACCESS_DENIED,
    ALLOWANCE_EXCEEDED,
    BATCH_TOO_LARGE,
    BODY_AMBIGUOUS,
    BODY_CUT_SHORT,
    BODY_TYPE_UNSUPPORTED,
    BODY_UNREADABLE,
    BUNDLE_NOT_ISSUED,
    CENTRE_BUSY,
    CLOCK_WRONG,
    DEVICE_REVOKED,
    ENROLMENT_CODE_INVALID,
    REQUEST_REPLAYED,
    REQUEST_TOO_SLOW,
    RESPONSE_OF_OTHER_DEVICE,
    SIGNATURE_WRONG,
    TOKEN_INVALID,
    TOO_MANY_GAPS,
)
from sync.contract.signing import Call


class Health(Struct, frozen=True):
    """The centre answers, can read its database, and could write to it last time (else HL5006).

    lag_seconds: how long the oldest open write transaction has held back what pulls give out.
    """

    status: Literal["ok"]
    epoch: int
    lag_seconds: float


@get("/health", security=[{}], responses=problems(DATABASE_FAILED), tags=["centre"])
async def health(state: State) -> Health:
    """Whether the centre can read its database, and its disk took what was last written."""
    epoch, lag = await read(state, _desk(state).health)
    return Health("ok", epoch, round(lag, 3))


@post(
    "/v1/batches",
    status_code=200,
    operation_class=BatchOperation,
    responses=problems(
        TOKEN_INVALID,
        ACCESS_DENIED,
        BODY_UNREADABLE,
        BATCH_TOO_LARGE,
        RESPONSE_OF_OTHER_DEVICE,
        CENTRE_BUSY,
        BODY_TYPE_UNSUPPORTED,
        SIGNATURE_WRONG,
        REQUEST_TOO_SLOW,
        BODY_CUT_SHORT,
        ALLOWANCE_EXCEEDED,
        TOO_MANY_GAPS,
        BODY_AMBIGUOUS,
        DATABASE_FAILED,
    ),
    tags=["devices"],
)
async def push(request: Request[Any, Any, State]) -> Response[BatchReply]:
    """Store up to 500 responses of the calling device; one receipt a response, durable before the answer."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.BODY_LIMIT)
        checked = await read(state, _desk(state).check, device, call, sent)
        reply = await write(state, _desk(state).receive, checked)
    # Says which encodings a request may have (RFC 7694).
    return Response(reply, headers={"Accept-Encoding": "zstd, gzip"})


@post(
    "/v1/enrol",
    status_code=200,
    operation_class=EnrolOperation,
    security=[{}],
    responses=problems(
        BODY_UNREADABLE,
        BATCH_TOO_LARGE,
        CENTRE_BUSY,
        SIGNATURE_WRONG,
        CLOCK_WRONG,
        REQUEST_REPLAYED,
        ENROLMENT_CODE_INVALID,
        REQUEST_TOO_SLOW,
        BODY_CUT_SHORT,
        BODY_AMBIGUOUS,
        DATABASE_FAILED,
    ),
    tags=["devices"],
)
async def enrol(request: Request[Any, Any, State]) -> EnrolReply:
    """Exchange a one-time code for an identity; the request is signed with the key it brings."""
    state = request.app.state
    with _admission(state).stranger() as arrival:
        call, sent = read_call(request.scope), await _body(request, arrival, bodies.SMALL_LIMIT)
        newcomer = await read(state, _desk(state).newcomer, call, sent)
        mark_verified(request.scope, call)
        return await write(state, _desk(state).enrol, newcomer)


@post(
    "/v1/heartbeat",
    status_code=200,
    operation_class=HeartbeatOperation,
    responses=problems(
        TOKEN_INVALID,
        ACCESS_DENIED,
        BODY_UNREADABLE,
        BATCH_TOO_LARGE,
        CENTRE_BUSY,
        DEVICE_REVOKED,
        SIGNATURE_WRONG,
        CLOCK_WRONG,
        REQUEST_REPLAYED,
        REQUEST_TOO_SLOW,
        BODY_CUT_SHORT,
        BODY_AMBIGUOUS,
        DATABASE_FAILED,
    ),
    tags=["devices"],
)
async def heartbeat(request: Request[Any, Any, State]) -> HeartbeatReply:
    """Say how the device is; learn what the centre holds of it and which configuration is the newest."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.SMALL_LIMIT)
        return await write(state, _desk(state).heartbeat, device, call, sent)


@post(
    "/v1/forgotten",
    status_code=200,
    operation_class=ForgottenOperation,
    responses=problems(
        TOKEN_INVALID,
        ACCESS_DENIED,
        BODY_UNREADABLE,
        BATCH_TOO_LARGE,
        CENTRE_BUSY,
        DEVICE_REVOKED,
        SIGNATURE_WRONG,
        REQUEST_TOO_SLOW,
        BODY_CUT_SHORT,
        BODY_AMBIGUOUS,
        DATABASE_FAILED,
    ),
    tags=["devices"],
)
async def forgotten(request: Request[Any, Any, State]) -> ForgottenReply:
    """What the device is to erase; it may bring back tombstones that a restored centre no longer has."""
    state, call = request.app.state, read_call(request.scope)
    async with _admitted(request, call) as (device, arrival):
        sent = await _body(request, arrival, bodies.BODY_LIMIT)
        return await write(state, _desk(state).forgotten, device, call, sent)


@get(
    "/v1/config",
    responses={
        **problems(
            TOKEN_INVALID,
            ACCESS_DENIED,
            CENTRE_BUSY,
            DEVICE_REVOKED,
            SIGNATURE_WRONG,
            BUNDLE_NOT_ISSUED,
            KEY_FILE_UNUSABLE,
            DATABASE_FAILED,
        ),
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
        document = await read(state, _desk(state).config, device, call)
    body = msgspec.json.encode(document, order="sorted")
    tag = f'"{document.version}-{bodies.sha256(body)[:16]}"'
    if call.headers.get("if-none-match", "") == tag:
        return Response(None, status_code=304, headers={"ETag": tag})
    return Response(body, media_type=MediaType.JSON, headers={"ETag": tag})


@get(
    "/v1/keys",
    security=[{}],
    responses=problems(CENTRE_BUSY, SIGNATURE_WRONG, DATABASE_FAILED),
    tags=["devices"],
)
async def keys(request: Request[Any, Any, State]) -> Response[Any]:
    """The lists of the centre's keys that its offline root has signed; they prove themselves to anybody.

    A device that knows no root yet signs its request, and so has a signed answer.
    """
    state, call = request.app.state, read_call(request.scope)
    if "signature-input" in call.headers:
        async with _admitted(request, call):
            pass
    return Response(msgspec.json.encode(_desk(state).keys(), order="sorted"), media_type=MediaType.JSON)


@asynccontextmanager
async def _admitted(request: Request[Any, Any, State], call: Call) -> AsyncIterator[tuple[Device, Arrival]]:
    """Who calls, with a place for its request; who finds none is told so before any work is done for it."""
    state = request.app.state
    admission = _admission(state)
    admission.glance()
    device = await read(state, _desk(state).arriving, call)
    if device.claimed is not None:
        mark_verified(request.scope, call)
    with admission.device(device.id) as arrival:
        yield device, arrival


async def _body(request: Request[Any, Any, State], arrival: Arrival, limit: int) -> bytes:
    try:
        return await arrival.body(request.stream(), request.headers.get("content-length"), limit)
    except InternalServerException as error:
        # Litestar's word for a body that breaks off: the line, a length or chunks that do not fit.
        raise ProblemError(BODY_CUT_SHORT(where="body")) from error


def _admission(state: State) -> Admission:
    admission: Admission = state.admission
    return admission


def _desk(state: State) -> DeviceDesk:
    desk: DeviceDesk = state.devices
    return desk


ROUTES = (health, push, enrol, heartbeat, forgotten, config, keys)
