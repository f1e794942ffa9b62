"""What a token may ask follows from the table of permissions, and never exceeds its person."""

from datetime import date, timedelta
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from sync.central.app import build_app
from sync.central.http.callers import is_for_administrators
from sync.central.office.access import ROLES, create_token, list_tokens
from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import end_account
from sync.central.office.people.permissions import PermittedAct, grants
from sync.central.office.people.roles import give_role, take_role
from sync.central.store.database import reading
from sync.contract.problem import ProblemError
from tests.contract.conftest import Run
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest

CALLS: dict[str, PermittedAct] = {
    "/v1/summary": "see-figures",
    "/v1/summary?by=unit,procedure": "see-figures",
    "/v1/summary?format=json&by=day": "see-figures",
    "/v1/summary?by=officer": "see-officers",
    "/v1/summary?by=unit,officer": "see-officers",
    "/v1/summary?officer=a01": "see-officers",
    "/v1/summary?by=officer&by=unit": "see-officers",
    "/v1/summary?officer=a01&officer=": "see-officers",
    "/v1/summary?format=csv": "export",
    "/v1/summary?format=xlsx": "export",
    "/v1/summary?format=csv&format=json": "export",
    "/v1/responses": "see-rows",
    "/v1/responses?format=csv": "see-rows",
    "/v1/responses?format=xlsx": "see-rows",
    "/v1/responses?limit=1": "see-rows",
    "/odata/": "see-rows",
    "/odata/$metadata": "see-rows",
    "/odata/Responses": "see-rows",
    "/odata/Responses?$top=1": "see-rows",
    "/odata/Responses/$count": "see-rows",
}


def asked(client: Any, token: str, path: str) -> tuple[int, str]:
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    document = answer.json() if "problem" in answer.headers["content-type"] else {}
    return answer.status_code, str(document.get("number", ""))


def test_a_role_gets_what_the_table_grants_it_and_nothing_else(central: CentreUnderTest) -> None:
    with TestClient(central.app) as client:
        for role in ROLES:
            token = central.token(role=role)
            for path, act in CALLS.items():
                status, number = asked(client, token, path)
                refused = (status, number) == (403, "HL4002")
                # Filtering by one officer is for the role admin, by figures/summary_query.py.
                narrower = role == "analyst" and path.endswith("officer=a01")
                assert refused is (narrower or not grants(role, act)), (role, path, status, number)
    # A viewer's refused calls reveal nothing, so they left no line; its aggregates leave none anyway.
    with reading(central.engine) as connection:
        who = [row.who for row in connection.exec_driver_sql("SELECT who FROM audit WHERE act = 'pull'")]
    assert [line for line in who if "viewer" in line] == []


def test_every_route_of_administrators_says_which_act_it_is(central: CentreUnderTest) -> None:
    application: Any = build_app(central.centre)
    handlers: list[HTTPRouteHandler] = [
        handler
        for route in application.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if is_for_administrators(handler)
    ]
    assert len(handlers) > 5
    own = [handler for handler in handlers if not handler.fn.__module__.startswith("litestar.")]
    assert [str(handler.paths) for handler in own if "needs" not in handler.opt] == []


def test_a_token_of_a_person_does_no_more_than_the_person(central: CentreUnderTest, run: Run) -> None:
    account = make_person(central, "vi.du", ("analyst", "phuong-mot"))

    def token(role: str, unit: str | None) -> str:
        with acting(central.engine, By("test", NOW)) as act:
            return create_token(
                act, token_text=lambda: f"{role}{unit}", role=role, unit=unit, account=account
            )

    for role, unit in (("admin", "phuong-mot"), ("analyst", None), ("viewer", None)):
        with pytest.raises(ProblemError, match="HL5105"):
            token(role, unit)
    analyst, viewer = token("analyst", "phuong-mot"), token("viewer", "phuong-mot")
    rows, figures = "/v1/responses", "/v1/summary"
    with TestClient(central.app) as client:

        def answers() -> list[tuple[int, str]]:
            pairs = [(analyst, rows), (analyst, figures), (viewer, rows), (viewer, figures)]
            return [asked(client, each, path) for each, path in pairs]

        refused = (403, "HL4002")
        assert answers() == [(200, ""), (200, ""), refused, (200, "")]
        with acting(central.engine, By("test", NOW)) as act:
            give_role(act, account, role="viewer", unit="", last=date(2026, 3, 2))
            take_role(act, account, role="analyst", unit="phuong-mot")
        assert answers() == [refused, refused, refused, (200, "")]
        central.now = lambda: NOW + timedelta(days=1)
        assert answers() == [refused] * 4
        with acting(central.engine, By("test", NOW)) as act:
            give_role(act, account, role="admin", unit="")
        assert answers() == [(200, ""), (200, ""), refused, (200, "")]
        with acting(central.engine, By("test", NOW)) as act:
            give_role(act, account, role="viewer", unit="")
        make_person(central, "nguoi.khac", ("admin", ""))
        with acting(central.engine, By("test", NOW)) as act:
            end_account(act, account, "left")
        assert answers() == [(401, "HL4001")] * 4
    with reading(central.engine) as connection:
        assert {(each.login, each.state) for each in list_tokens(connection, NOW)} == {("vi.du", "ended")}
    assert run("tokens", "create", "--role", "viewer", "--account", "khong.co") == "HL5100"
    assert run("tokens", "create", "--role", "viewer", "--account", "vi.du") == "HL5108"
    assert run("tokens", "create", "--role", "viewer", "--account", "nguoi.khac").startswith("hl_")
    assert run("tokens", "create", "--device", "kiosk-1", "--account", "nguoi.khac") == "HL5105"
