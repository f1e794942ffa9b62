"""HTTP for devices: addresses, limits and answers. Devices sign their requests, or send a bearer token.

Without either, only /health, /v1/keys and /v1/enrol answer; the last one needs a one-time code.
"""

from typing import Annotated, Any, Literal

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter
from msgspec import Meta, Struct

from sync.central.api.device_desk import DeviceDesk
from sync.central.api.device_schemas import (
    BatchOperation,
    EnrolOperation,
    ForgottenOperation,
    HeartbeatOperation,
)
from sync.central.http.device_calls import DeviceCall, for_devices, open_to
from sync.central.http.documented import problems
from sync.central.http.problems import HANDLERS
from sync.central.http.queries import query
from sync.central.http.signed import mark_verified
from sync.central.http.threads import read, write
from sync.central.intake import bodies
from sync.contract.batch import BatchReply
from sync.contract.enrolment import EnrolReply
from sync.contract.heartbeat import HeartbeatReply
from sync.contract.offer import PIECE_LIMIT
from sync.contract.problem.centre import DATABASE_FAILED, KEY_FILE_UNUSABLE
from sync.contract.problem.updates import RELEASE_PIECE_MISSING
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
    PARAMETER_INVALID,
    REQUEST_REPLAYED,
    REQUEST_TOO_SLOW,
    RESPONSE_OF_OTHER_DEVICE,
    SIGNATURE_WRONG,
    TOKEN_INVALID,
    TOO_MANY_GAPS,
)
from sync.contract.tombstones import ForgottenReply

_OCTETS = "application/octet-stream"


class Health(Struct, frozen=True):
    """The centre answers, can read its database, and could write to it last time (else HL5006).

    lag_seconds: how long the oldest open write transaction has delayed the rows that pulls return.
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
)
async def push(request: Request[Any, Any, State], asked: NamedDependency[DeviceCall]) -> Response[BatchReply]:
    """Store up to 500 responses of the calling device; one receipt a response, durable before the answer."""
    state = request.app.state
    sent = await asked.body(request, bodies.BODY_LIMIT)
    checked = await read(state, _desk(state).check, asked.known(), asked.call, sent)
    reply = await write(state, _desk(state).receive, checked)
    # The encodings that a request may have (RFC 7694).
    return Response(reply, headers={"Accept-Encoding": "zstd, gzip"})


@post(
    "/v1/enrol",
    status_code=200,
    operation_class=EnrolOperation,
    security=[{}],
    opt=open_to("strangers"),
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
)
async def enrol(request: Request[Any, Any, State], asked: NamedDependency[DeviceCall]) -> EnrolReply:
    """Exchange a one-time code for an identity; the request is signed with the key it brings."""
    state = request.app.state
    sent = await asked.body(request, bodies.SMALL_LIMIT)
    newcomer = await read(state, _desk(state).newcomer, asked.call, sent)
    mark_verified(request.scope, asked.call)
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
)
async def heartbeat(request: Request[Any, Any, State], asked: NamedDependency[DeviceCall]) -> HeartbeatReply:
    """Say how the device is; learn what the centre holds of it and which configuration is the newest."""
    state, sent = request.app.state, await asked.body(request, bodies.SMALL_LIMIT)
    return await write(state, _desk(state).heartbeat, asked.known(), asked.call, sent)


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
)
async def forgotten(request: Request[Any, Any, State], asked: NamedDependency[DeviceCall]) -> ForgottenReply:
    """What the device is to erase; it may bring back tombstones that a restored centre no longer has."""
    state, sent = request.app.state, await asked.body(request, bodies.BODY_LIMIT)
    return await write(state, _desk(state).forgotten, asked.known(), asked.call, sent)


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
)
async def config(request: Request[Any, Any, State], asked: NamedDependency[DeviceCall]) -> Response[Any]:
    """The newest configuration; with If-None-Match only if it is another one."""
    state = request.app.state
    configuration = await read(state, _desk(state).config, asked.known(), asked.call)
    return Response(
        configuration.body,
        status_code=304 if configuration.body is None else 200,
        media_type=MediaType.JSON,
        headers={"ETag": configuration.tag},
    )


class PieceAsked(Struct, frozen=True):
    """Which piece of a release file."""

    at: Annotated[int, Meta(ge=0, le=2**40, description="From this byte on")] = 0
    most: Annotated[int, Meta(ge=1, le=PIECE_LIMIT, description="At most so many bytes")] = PIECE_LIMIT


@get(
    "/v1/releases/{digest:str}",
    responses={
        **problems(
            TOKEN_INVALID,
            ACCESS_DENIED,
            PARAMETER_INVALID,
            CENTRE_BUSY,
            DEVICE_REVOKED,
            SIGNATURE_WRONG,
            RELEASE_PIECE_MISSING,
            DATABASE_FAILED,
        ),
        200: ResponseSpec(bytes, description="The piece", media_type=_OCTETS, generate_examples=False),
    },
    dependencies={"piece": query(PieceAsked)},
)
async def release(
    request: Request[Any, Any, State],
    asked: NamedDependency[DeviceCall],
    piece: NamedDependency[PieceAsked],
    digest: Annotated[
        str, PathParameter(description="SHA-256 of the file, as the heartbeat's answer names it")
    ],
) -> Response[bytes]:
    """A piece of a release of the terminals' software; behind its end there is none (HL4248)."""
    state = request.app.state
    found = await read(
        state, _desk(state).release_piece, asked.known(), asked.call, digest, piece.at, piece.most
    )
    return Response(found, media_type=_OCTETS)


@get(
    "/v1/keys",
    security=[{}],
    responses=problems(CENTRE_BUSY, SIGNATURE_WRONG, DATABASE_FAILED),
    opt=open_to("anyone"),
)
async def keys(state: State) -> Response[Any]:
    """The lists of the centre's keys that its offline root has signed; anyone can verify that signature.

    A device that knows no root yet signs its request, and so gets a signed answer.
    """
    return Response(msgspec.json.encode(_desk(state).keys(), order="sorted"), media_type=MediaType.JSON)


def _desk(state: State) -> DeviceDesk:
    desk: DeviceDesk = state.devices
    return desk


def router() -> Router:
    """The routes for devices."""
    routes = [push, enrol, heartbeat, forgotten, config, release, keys]
    return for_devices("/", routes, problems=HANDLERS, tags=["devices"])
