"""Every route keeps its router's rules, in the OpenAPI document or out of it; so does one that is added.

Routes are read from the application itself. Two are added that say nothing of callers, limits or audit.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Router, asgi, get
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send

from sync.central.api import devices, odata, pull
from sync.central.app import OPEN, Centre, RouteWithoutRulesError, build_app
from sync.central.http.admission import Limits
from sync.central.http.attendance import Callers, Turns
from sync.central.http.callers import is_for_administrators
from sync.central.http.device_calls import is_for_devices
from sync.central.http.token_bucket import Rates
from tests.contract.test_noted_pulls import pulls
from tests.support.wire import CentreUnderTest

# Looks that write nothing down; each other route of administrators leaves a line.
COUNTS = {"/v1/summary", "/odata", "/odata/$metadata", "/odata/Responses/$count", "/odata/{path:path}"}
ADDED = {"/v1/added-pull", "/v1/added-device"}
NONE = Rates(burst=0, a_second=0)


@get("/v1/added-pull", include_in_schema=False)
async def added_pull() -> str:
    return "a secret"


@get("/v1/added-device", include_in_schema=False)
async def added_device() -> str:
    return "a secret"


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each router has a route more."""
    for module, route in ((pull, added_pull), (devices, added_device)):
        made = module.router

        def router(made: Any = made, route: HTTPRouteHandler = route) -> Any:
            found = made()
            found.register(route)
            return found

        monkeypatch.setattr(module, "router", router)


def routes(app: Any) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, template and handler of every route; OPTIONS is Litestar's own, and gives methods alone."""
    application: Litestar = app.app
    for route in application.routes:
        handlers: Any = route.route_handler_map  # type: ignore[union-attr]
        yield from ((method, route.path, each[0]) for method, each in handlers.items() if method != "OPTIONS")


def answers(app: Any, wanted: Any, token: str = "") -> dict[str, tuple[int, str]]:
    """How each route of a kind answers one token: status and the problem's number, by template."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found = {}
    with TestClient(app) as client:
        for method, path, handler in routes(app):
            if wanted(handler):
                answer = client.request(method, path.replace("{path:path}", "x"), headers=headers)
                body = answer.json() if "problem" in answer.headers.get("content-type", "") else {}
                found[path] = (answer.status_code, body.get("number", ""))
    return found


def test_only_what_is_named_as_open_belongs_to_no_router(central: CentreUnderTest) -> None:
    app = build_app(central.centre)
    assert [route.paths for route in OPEN] == [{"/health"}]
    assert {path for _, path, _ in routes(app)} > ADDED


@get("/v1/loose")
async def loose() -> str:
    return "a secret"


@asgi("/v1/loose", copy_scope=True)
async def loose_application(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotImplementedError


@pytest.mark.parametrize("route", [loose, loose_application], ids=["route", "application"])
def test_a_centre_does_not_start_with_a_route_that_has_no_rules(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch, route: Any
) -> None:
    monkeypatch.setattr(odata, "router", lambda: Router("/", route_handlers=[route]))
    with pytest.raises(RouteWithoutRulesError, match="/v1/loose"):
        build_app(central.centre)


def test_every_route_of_administrators_asks_who_calls_and_how_often(central: CentreUnderTest) -> None:
    admin, device = central.token(role="admin"), central.token(device="kiosk-1")
    app = build_app(central.centre)
    assert set(answers(app, is_for_administrators)) == COUNTS | {
        "/v1/added-pull",
        "/v1/responses",
        "/odata/Responses",
    }
    assert set(answers(app, is_for_administrators).values()) == {(401, "HL4001")}
    assert set(answers(app, is_for_administrators, device).values()) == {(403, "HL4002")}
    often = Centre(central.engine, now=central.now, keys=central.keys, calls=NONE)
    assert set(answers(build_app(often), is_for_administrators, admin).values()) == {(429, "HL4029")}
    turns = Callers()
    turns.calls = Turns(total=0, each=0)
    at_once = answers(build_app(central.centre, callers=turns), is_for_administrators, admin)
    assert set(at_once.values()) == {(429, "HL4024")}
    assert pulls(central) == []


def test_every_route_of_administrators_is_written_down_unless_it_says_what_it_counts(
    central: CentreUnderTest,
) -> None:
    admin = central.token(role="admin")
    found = answers(build_app(central.centre), is_for_administrators, admin)
    assert {status for status, _ in found.values()} == {200, 404}
    assert sorted(path for path, _ in pulls(central)) == sorted(set(found) - COUNTS)
    # What can't be written down is not given out.
    full = Centre(central.engine, now=central.now, keys=central.keys, lines=NONE)
    refused = answers(build_app(full), is_for_administrators, admin)
    assert {path for path, answer in refused.items() if answer == (429, "HL4029")} == set(found) - COUNTS


def test_every_route_of_devices_asks_who_calls_and_has_no_more_than_its_places(
    central: CentreUnderTest,
) -> None:
    admin, device = central.token(role="admin"), central.token(device="kiosk-1")
    app = build_app(central.centre)
    strangers, anyone = {"/v1/enrol"}, {"/v1/keys"}
    for token, refusal in (("", (401, "HL4001")), (admin, (403, "HL4002"))):
        found = answers(app, is_for_devices, token)
        assert {path for path, answer in found.items() if answer != refusal} == strangers | anyone
        assert found["/v1/enrol"] == (400, "HL4003")
    full = answers(build_app(central.centre, Limits(admitted=0, strangers=0)), is_for_devices, device)
    assert {path for path, answer in full.items() if answer != (429, "HL4015")} == anyone
    assert set(full) > {"/v1/added-device"}
    assert full["/v1/keys"] == (200, "")


def test_a_token_is_looked_up_once(central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, seen = central.token(role="admin"), []
    identify = central.centre.callers.identify

    def counted(authorization: str) -> Any:
        seen.append(authorization)
        return identify(authorization)

    monkeypatch.setattr(central.centre.callers, "identify", counted)
    found = answers(build_app(central.centre), is_for_administrators, admin)
    assert len(seen) == len(found)
