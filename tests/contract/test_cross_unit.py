"""Nobody sees another unit: every route, with every role at one unit, asked for everything of another.

Which routes and parameters there are is read from the OpenAPI document, so a new one is swept as soon as it
is there. The control is a token for everything, to which the other unit's marks do appear.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from pyarrow.parquet import read_table

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office.audit import chain
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.web.routes import is_page
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Unit
from sync.contract.response import Tag
from tests.support.wire import NOW, CentreUnderTest, visit

OURS, THEIRS = "phuong-mot", "xa-mat-mot"
COUNT = 7  # of theirs: enough for no small cell to hide them
THEIR_OFFICER, THEIR_COUNTER, THEIR_PROCEDURE = "xa-mat-mot-an", "quay-kin-77", "9.777777"
THEIR_DEVICE = "kiosk-2"
ROLES = ("admin", "analyst", "viewer")
# Parameters, and what of theirs they may name; others keep their defaults.
NAMED = {
    "unit": THEIRS,
    "officer": THEIR_OFFICER,
    "procedure": THEIR_PROCEDURE,
    "$filter": f"unit eq '{THEIRS}'",
}
NEEDED = {"survey": "kien-hung", "from": "2026-01-01", "to": "2026-12-31", "month": "2026-03"}

Call = tuple[str, str, dict[str, str]]


@pytest.fixture
def two_units(central: CentreUnderTest) -> CentreUnderTest:
    with writing(central.engine) as connection:
        put_bundled_units(
            connection,
            [Unit(code="tinh", name={"vi": "Tỉnh"})]
            + [Unit(code=code, name={"vi": code}, parent="tinh") for code in (OURS, THEIRS)],
            NOW,
        )
        for device, unit in (("kiosk-1", OURS), (THEIR_DEVICE, THEIRS)):
            batch = []
            for seq in range(1, COUNT + 1):
                response = replace(visit(seq, device=device), seq=seq)
                if unit == THEIRS:
                    tag = Tag(THEIRS, counter=THEIR_COUNTER, procedure=THEIR_PROCEDURE, officer=THEIR_OFFICER)
                    response = replace(response, tag=tag)
                batch.append(
                    judge(
                        canonical_bytes(response),
                        device=device,
                        unit=unit,
                        forms=central.centre.devices.forms,
                        received_at=0,
                    )
                )
            store(connection, device, batch, 0, revoked=False)
    central.now = lambda: NOW + timedelta(days=1)  # below admin rows are given out when their day is over
    return central


def their_marks() -> list[bytes]:
    ids = [visit(seq, device=THEIR_DEVICE).id for seq in range(1, COUNT + 1)]
    marks = [THEIRS, THEIR_OFFICER, THEIR_COUNTER, THEIR_PROCEDURE, THEIR_DEVICE, *ids]
    return [mark.encode() for mark in marks]


def calls(document: Any) -> Iterator[Call]:
    """Every GET there is, plain and with each parameter that could name something of theirs."""
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        parameters = {each["name"]: each for each in methods["get"].get("parameters", [])}
        inside = [name for name, each in parameters.items() if each["in"] == "path"]
        for name in inside:
            path = path.replace(f"{{{name}}}", NAMED.get(name, visit(1, device=THEIR_DEVICE).id))
        asked = {
            name: NEEDED[name] for name in parameters if name in NEEDED and parameters[name].get("required")
        }
        formats = parameters.get("format", {}).get("schema", {}).get("enum", [""])
        wanted = [{}, *({name: value} for name, value in NAMED.items() if name in parameters)]
        for form, one in product(formats, wanted):
            yield "GET", path, {**asked, **one, **({"format": form} if form else {})}


# What the OpenAPI document does not describe: the feed has a document of its own.
FEED: list[Call] = [
    ("GET", "/odata/", {}),
    ("GET", "/odata/$metadata", {}),
    ("GET", "/odata/Responses", {}),
    ("GET", "/odata/Responses", {"$filter": f"unit eq '{THEIRS}'"}),
    ("GET", "/odata/Responses", {"$filter": f"officer eq '{THEIR_OFFICER}'"}),
    ("GET", "/odata/Responses", {"$count": "true", "$top": "100"}),
    ("GET", "/odata/Responses/$count", {"$filter": f"unit eq '{THEIRS}'"}),
]


def content(answer: Any) -> bytes:
    """What an answer says, unpacked."""
    data: bytes = answer.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if data[:4] == b"PAR1":
        return str(read_table(io.BytesIO(data)).to_pylist()).encode()
    return data


def shown(client: Any, token: str, call: Call) -> bytes:
    method, path, parameters = call
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.request(method, path, params=parameters, headers=headers)
    # 501: what writes this format is not installed here.
    assert answer.status_code < 500 or answer.status_code == 501, (call, answer.text)
    # What was asked for may be said back in a problem; it is no news.
    return content(answer) if answer.status_code == 200 else b""


def test_no_role_at_a_unit_sees_anything_of_another_by_any_route(two_units: CentreUnderTest) -> None:
    central, marks = two_units, their_marks()
    with TestClient(central.app) as client:
        every = [*calls(client.get("/openapi.json").json()), *FEED]
        assert len(every) > 10
        for role in ROLES:
            token = central.token(role=role, unit=OURS)
            for call in every:
                text = shown(client, token, call)
                found = [mark for mark in marks if mark in text]
                assert not found, (role, call, found)


def test_the_control_sees_both_units(two_units: CentreUnderTest) -> None:
    with TestClient(two_units.app) as client:
        for unit in (None, "tinh"):
            token = two_units.token(role="admin", unit=unit)
            text = shown(client, token, ("GET", "/v1/responses", {"unit": THEIRS}))
            assert all(mark in text for mark in their_marks())


def test_their_numbers_are_in_no_figure_of_ours(two_units: CentreUnderTest) -> None:
    with TestClient(two_units.app) as client:
        for role in ("admin", "analyst"):  # a viewer gets no rows at all
            headers = {"Authorization": f"Bearer {two_units.token(role=role, unit=OURS)}"}
            page = client.get("/v1/responses", headers=headers).json()
            assert len(page["items"]) == COUNT
            page = client.get("/v1/responses", params={"unit": THEIRS}, headers=headers).json()
            assert (page["items"], page["more"]) == ([], False)
            assert client.get("/odata/Responses/$count", headers=headers).text == str(COUNT)
            asked = {"$filter": f"unit eq '{THEIRS}'"}
            assert client.get("/odata/Responses/$count", params=asked, headers=headers).text == "0"


def test_no_route_is_left_out_of_the_sweep(two_units: CentreUnderTest) -> None:
    with TestClient(two_units.app) as client:
        described = set(client.get("/openapi.json").json()["paths"])
    routes = {
        re.sub(r":\w+}", "}", route.path)  # as the document writes it
        for route in two_units.app.app.routes  # type: ignore[attr-defined]
        # Pages are swept by tests of their own; Litestar's own routes show the document.
        if not all(
            is_page(each) or each.fn.__module__.startswith("litestar.") for each in route.route_handlers
        )
    }
    # The feed is swept by name, other addresses in it have nothing.
    feed = {path.rstrip("/") for _, path, _ in FEED}
    assert routes - described == feed | {"/odata/{path}"}


def test_devices_and_administrators_cannot_use_each_others_routes(two_units: CentreUnderTest) -> None:
    with TestClient(two_units.app) as client:
        document = client.get("/openapi.json").json()
        device = {"Authorization": f"Bearer {two_units.token(device='kiosk-1')}"}
        admin = {"Authorization": f"Bearer {two_units.token(role='admin')}"}
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation.get("security") == [{}]:
                    continue
                for_devices = "devices" in operation["tags"]
                headers = admin if for_devices else device
                answer = client.request(method, path, headers=headers, content=b"{}")
                assert answer.status_code in (400, 403), (method, path, answer.text)
                assert client.request(method, path).status_code in (400, 401), (method, path)


def reveals(call: Call) -> bool:
    """Whether a call leaves a line: for responses, officers' figures, and tables."""
    _, path, asked = call
    if path == "/v1/summary":
        return "officer" in asked or asked.get("format", "json") != "json"
    if path == "/odata/Responses/$count":
        return "$filter" in asked
    return path in ("/v1/responses", "/odata/Responses")


def test_whatever_reveals_somebody_is_in_the_audit_log(two_units: CentreUnderTest) -> None:
    with TestClient(two_units.app) as client:
        administrators = [
            call
            for call in [*calls(client.get("/openapi.json").json()), *FEED]
            if call[1].startswith(("/v1/responses", "/v1/summary", "/odata"))
        ]
        token = two_units.token(role="admin", unit=OURS)
        for call in administrators:
            shown(client, token, call)
        assert client.get("/v1/responses", headers={"Authorization": "Bearer wrong"}).status_code == 401
    noted = pulls(two_units)
    assert [line[1] for line in noted] == [call[1] for call in administrators if reveals(call)]
    assert {line[0].split(maxsplit=2)[2] for line in noted} == {f"admin {OURS}"}
    text = str(noted)
    assert f"unit={THEIRS}" in text
    assert THEIR_OFFICER not in text


def pulls(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.exec_driver_sql(
            "SELECT who, subject, detail FROM audit WHERE act = 'pull' ORDER BY number"
        )
        return [tuple(row) for row in rows]
