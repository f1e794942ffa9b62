"""Which device calls, and a place for its request before any work for it.

Promises, of every route of a router that `for_devices` makes:
- a request is handled only in a place, see admission.py, and gives it up before its answer is sent;
- the device is verified by the head of its request, before a byte of the body is read; it is looked up once;
- the answer to a request that a device has signed is signed, see signed.py;
- a route that doesn't declare whom it is open to is for devices only.

The changes of a device are documented by its responses and receipts, so they have no line in the audit log.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Literal

from litestar import Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import InternalServerException
from litestar.handlers import HTTPRouteHandler
from litestar.types import (
    ASGIApp,
    ControllerRouterHandler,
    ExceptionHandlersMap,
    Message,
    Receive,
    Scope,
    Send,
)
from msgspec import Struct

from sync.central.http.admission import Admission, Arrival
from sync.central.http.signed import mark_verified, read_call
from sync.central.http.threads import read
from sync.central.office.devices import Device
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BODY_CUT_SHORT
from sync.contract.signing import Call

OpenTo = Literal["devices", "strangers", "anyone"]
"""strangers: callers without an identity yet, in places of their own. anyone: only who signs has a place."""

_OPEN_TO = "open_to"


def open_to(whom: OpenTo) -> dict[str, Any]:
    """Whom a route is open to, for its `opt`."""
    return {_OPEN_TO: whom}


class DeviceCall(Struct, frozen=True):
    """A request that has its place. call: its head. device: None for a stranger."""

    call: Call
    device: Device | None = None
    arrival: Arrival | None = None

    def known(self) -> Device:
        """The device, in a route that is for devices only."""
        assert self.device is not None
        return self.device

    async def body(self, request: Request[Any, Any, State], limit: int) -> bytes:
        """The body as sent; raises ProblemError HL4007, HL4015, HL4036 or HL4047."""
        assert self.arrival is not None
        try:
            return await self.arrival.body(request.stream(), request.headers.get("content-length"), limit)
        except InternalServerException as error:
            # Litestar raises this for an incomplete body: a broken line, a wrong length, invalid chunks.
            raise ProblemError(BODY_CUT_SHORT(where="body")) from error


class Admitted:
    """ASGI middleware of devices' routers: a request has a place until its answer is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        with ExitStack() as place:

            async def leaving(message: Message) -> None:
                place.close()
                await send(message)

            scope["state"]["device_call"] = await _enter(scope, place)
            await self.app(scope, receive, leaving)


async def _enter(scope: Scope, place: ExitStack) -> DeviceCall:
    """Take a place for a request; without a free place it is refused before any work."""
    state, call = scope["litestar_app"].state, read_call(scope)
    admission: Admission = state.admission
    whom: OpenTo = scope["route_handler"].opt.get(_OPEN_TO, "devices")
    if whom == "strangers":
        return DeviceCall(call, arrival=place.enter_context(admission.stranger()))
    if whom == "anyone" and "signature-input" not in call.headers:
        return DeviceCall(call)
    arriving: Callable[[Call], Device] = state.arriving
    admission.glance()
    device = await read(state, arriving, call)
    if device.claimed is not None:
        mark_verified(scope, call)
    return DeviceCall(call, device, place.enter_context(admission.device(device.id)))


def for_devices(
    path: str,
    routes: Sequence[ControllerRouterHandler],
    *,
    problems: ExceptionHandlersMap,
    **described: Any,
) -> Router:
    """A router whose routes all keep the promises above, without any code of their own.

    A route may take `asked`, its `DeviceCall`. problems: how its errors look. described: see litestar.Router.
    """
    return Router(
        path,
        route_handlers=routes,
        middleware=[Admitted],
        dependencies={"asked": Provide(_device_call, sync_to_thread=False)},
        exception_handlers=problems,
        **described,
    )


def is_for_devices(route: HTTPRouteHandler) -> bool:
    """Whether `for_devices` holds this route to its promises."""
    return Admitted in route.resolve_middleware()


def _device_call(request: Request[Any, Any, State]) -> DeviceCall:
    call: DeviceCall = request.scope["state"]["device_call"]
    return call
