"""The OData feed: what clients read first, what they may ask, and an independent client on a real socket."""

import base64
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.contract.response import Response
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered, store_unasked

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


class Office:
    """Stores responses, and reads the feed."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}

    def store(self, responses: list[Response]) -> None:
        """Store these, and let their day pass."""
        self.central.now = lambda: NOW
        store_unasked(self.central, responses)
        self.central.now = lambda: NOW + timedelta(days=1)

    def get(self, path: str, role: str = "admin", **headers: str) -> Any:
        token = base64.b64encode(f"excel:{self.tokens[role]}".encode()).decode()
        return self.client.get(path, headers={"Authorization": f"Basic {token}", **headers})

    def seqs(self, query: str) -> list[int]:
        return [one["seq"] for one in self.get(f"/odata/Responses?{query}").json()["value"]]


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def various() -> list[Response]:
    found = numbered(5)
    tag = found[0].tag
    assert tag
    found[1] = replace(found[1], tag=replace(tag, procedure="2.000815"))
    found[2] = replace(found[2], tag=replace(tag, officer="a02"))
    found[3] = replace(found[3], outcome="partial", answers={"result": 1})
    found[4] = replace(found[4], plan="plan-a", channel="paper")
    return found


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("$filter=procedure eq '2.000815'", [2]),
        ("$filter=officer eq 'a02' and day ge 2026-03-02 and day le 2026-03-02", [3]),
        ("$filter=(outcome eq 'partial') and (seq le 4)", [4]),
        ("$filter=seq ge 2 and seq le 3", [2, 3]),
        ("$filter=plan eq null and seq ge 4", [4]),
        ("$filter=unit eq 'it''s'", []),
        ("$filter=day ge 2026-03-01 and day lt 2026-04-01", [1, 2, 3, 4, 5]),
        ("$filter=day gt 2026-03-02 or day lt 2026-03-02", []),
        ("$filter=seq gt 4 or seq lt 2", [1, 5]),
        ("$filter=seq eq 1 or seq eq 2 and outcome eq 'partial'", [1]),
        ("$filter=(seq eq 1 or seq eq 4) and outcome eq 'partial'", [4]),
        ("$filter=seq in (1,3, 5) and officer ne 'a02'", [1, 5]),
        ("$filter=plan ne 'plan-a'", [1, 2, 3, 4]),
        ("$filter=plan ne null", [5]),
        ("$filter=plan in ('plan-a',null)and(seq ge 4)", [4, 5]),
        ("$filter=counts eq true and counts ne false", [1, 2, 3, 4, 5]),
        ("$filter=counts eq false", []),
        ("$top=1&sap-client=100&api-version=2", [1]),
        ("$orderby=position&$top=2", [1, 2]),
        ("$top=0", []),
        ("filter=seq eq 5&$format=json", [5]),
    ],
)
def test_the_feed_holds_what_was_asked(office: Office, query: str, seqs: list[int]) -> None:
    office.store(various())
    assert office.seqs(query) == seqs


# What Excel and Power BI make of the filters that a person sets there.
FOLDED: tuple[tuple[str, list[int]], ...] = (
    ("not (seq gt 2)", [1, 2]),
    ("not seq in (1,2) and not(seq eq 3)", [4, 5]),
    ("not (plan gt 'plan-0')", [1, 2, 3, 4]),
    ("not not (plan eq 'plan-a')", [5]),
    ("contains(procedure,'000')", [2]),
    ("contains(procedure,'%') or contains(outcome,'PART')", []),
    ("contains(tolower(outcome),'part')", [4]),
    ("startswith(channel,'pa') and endswith(channel,'er')", [5]),
    ("endswith(channel,'aaaaaaaapaper')", []),
    ("startswith(unit,'it''s') eq true", []),
    ("contains(officer,'a02') eq false", [1, 2, 4, 5]),
    ("not contains(plan,'b')", [5]),
    ("toupper(officer) eq 'A02'", [3]),
    ("length(trim(officer)) eq 3 and seq le 2", [1, 2]),
    ("year(day) eq 2026 and month(day) eq 3 and day(day) in (1,2)", [1, 2, 3, 4, 5]),
    ("month(day) lt 3", []),
)
NOT_FOLDED = (
    ("indexof(unit,'x') eq 1", "HL4030"),
    ("substring(unit,1) eq 'x'", "HL4030"),
    ("seq eq 1 or concat(unit,'x') eq 'x'", "HL4030"),
    ("contains(seq,1)", "HL4031"),
    ("contains(unit)", "HL4031"),
    ("contains(plan,null)", "HL4031"),
    ("contains(unit,'x') eq 1", "HL4031"),
    ("contains(answers_result,'x')", "HL4031"),
    ("year(unit) eq 2026", "HL4031"),
    ("year(day) eq '2026'", "HL4031"),
    ("tolower(seq) eq 'x'", "HL4031"),
    ("not", "HL4031"),
    ("" + "not " * 300 + "seq eq 1", "HL4031"),
    ("" + "tolower(" * 200 + "unit" + ")" * 200 + " eq 'x'", "HL4031"),
)


def test_functions_and_not_find_what_they_say(office: Office) -> None:
    office.store(various())
    for text, seqs in FOLDED:
        assert office.seqs(f"$filter={text}") == seqs, text


def test_other_functions_and_values_of_another_type_are_numbered_problems(office: Office) -> None:
    for text, number in NOT_FOLDED:
        answer = office.get(f"/odata/Responses?$filter={text}")
        assert (answer.status_code >= 400, answer.json()["number"]) == (True, number), text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("$filter=seq add 1 eq 2", "HL4030"),
        ("skip=5", "HL4030"),
        ("$nonsense=5", "HL4030"),
        ("$filter=seq in 1", "HL4031"),
        ("$filter=seq in ()", "HL4031"),
        ("$filter=seq in (1", "HL4031"),
        ("$filter=seq eq 1 or", "HL4031"),
        ("$filter=seq gt null", "HL4031"),
        ("$filter=counts gt true", "HL4031"),
        ("$filter=" + "(" * 100 + "seq eq 1" + ")" * 100, "HL4031"),
        ("$orderby=day", "HL4030"),
        ("$orderby=position desc", "HL4030"),
        ("$expand=officer", "HL4030"),
        ("$apply=aggregate($count)", "HL4030"),
        ("$skip=5", "HL4030"),
        ("$format=xml", "HL4030"),
        ("$filter=", "HL4031"),
        ("$filter=seq eq", "HL4031"),
        ("$filter=seq eq 'one'", "HL4031"),
        ("$filter=day ge 2026-02-30", "HL4031"),
        ("$filter=(seq eq 1", "HL4031"),
        ("$filter=seq eq 1)", "HL4031"),
        ("$filter=seq eq 1 seq eq 2", "HL4031"),
        ("$filter=seq eq 1;drop", "HL4031"),
        ("$filter=answers_result eq 5", "HL4031"),
        ("$filter=nothing eq 5", "HL4031"),
        ("$select=nothing", "HL4031"),
        ("$top=-1", "HL4031"),
        ("$count=yes", "HL4031"),
        ("$top=1&$top=2", "HL4031"),
        ("$skiptoken=abc", "HL4013"),
        ("$skiptoken=0-1", "HL4014"),
    ],
)
def test_what_the_feed_does_not_know_is_a_numbered_problem(office: Office, query: str, number: str) -> None:
    answer = office.get(f"/odata/Responses?{query}")
    assert answer.status_code >= 400
    assert (answer.json()["number"], answer.json()["error"]["code"]) == (number, number)


def test_pages_lead_to_the_next_until_all_is_read_once(office: Office) -> None:
    office.store(various())
    address, seen, pages = "/odata/Responses?$count=true", [], 0
    while address:
        page = office.get(address, Prefer="odata.maxpagesize=2").json()
        seen += [one["seq"] for one in page["value"]]
        pages += 1
        assert page.get("@odata.count", 5) == 5
        address = page.get("@odata.nextLink", "").removeprefix("http://testserver.local")
    assert (seen, pages) == ([1, 2, 3, 4, 5], 3)
    page = office.get("/odata/Responses?$top=3", Prefer="odata.maxpagesize=2").json()
    rest = office.get(page["@odata.nextLink"]).json()
    assert len(page["value"]) + len(rest["value"]) == 3
    assert "@odata.nextLink" not in rest


def test_a_count_by_itself_is_plain_text(office: Office) -> None:
    office.store(various())
    assert office.get("/odata/Responses/$count?$filter=outcome eq 'complete'").text == "4"


def test_select_gives_what_was_selected(office: Office) -> None:
    office.store(various())
    page = office.get("/odata/Responses?$select=seq,answers_result&$top=1").json()
    assert page["value"] == [{"seq": 1, "answers_result": 5}]
    assert page["@odata.context"].endswith("$metadata#Responses(seq,answers_result)")


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_the_schema_says_what_entities_hold(office: Office, role: str) -> None:
    office.store(various())
    service = office.get("/odata/", role)
    assert service.headers["odata-version"] == "4.0"
    assert [each["url"] for each in service.json()["value"]] == ["Responses"]
    schema = Xml.fromstring(office.get("/odata/$metadata", role).content)
    (entity,) = schema.iter(f"{EDM}EntityType")
    declared = {each.get("Name"): each for each in entity.iter(f"{EDM}Property")}
    (key,) = entity.iter(f"{EDM}PropertyRef")
    assert declared[key.get("Name")].get("Nullable") == "false"
    checks: dict[str, type] = dict.fromkeys(("Edm.String", "Edm.Date", "Edm.DateTimeOffset"), str)
    checks |= {"Edm.Int64": int, "Edm.Boolean": bool}
    for one in office.get("/odata/Responses", role).json()["value"]:
        assert list(one) == list(declared)
        for name, value in one.items():
            kind, nullable = declared[name].get("Type"), declared[name].get("Nullable") != "false"
            assert (value is None and nullable) or isinstance(value, checks[str(kind)])


def test_below_admin_the_feed_tells_no_officer_minute_or_id(office: Office) -> None:
    office.store(numbered(1))
    text = office.get("/odata/Responses", "analyst").text
    assert "2026-03-02" in text
    for hidden in ("08:0", "a01", "Cán bộ", numbered(1)[0].id):
        assert hidden not in text
    assert office.get("/odata/Responses?$filter=officer eq 'a01'", "analyst").json()["number"] == "HL4031"


def test_without_a_token_excel_is_asked_for_one(office: Office) -> None:
    answer = office.client.get("/odata/")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert office.client.get("/odata/", headers={"Authorization": "Basic ???"}).status_code == 401


def test_an_independent_client_reads_the_feed(tmp_path: Path) -> None:
    odata = pytest.importorskip("odata")
    requests = pytest.importorskip("requests")
    central = CentreUnderTest(tmp_path / "centre")
    with TestClient(central.app) as client:
        Office(central, client).store(various())
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    serve = [
        sys.executable,
        "-m",
        "sync.central",
        "serve",
        "--port",
        str(port),
        "--data",
        str(central.folder),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "log").open("wb") as log, running([*serve, "--port", str(port)], environment, log=log):
        wait_until(lambda: _answers(address))
        session = requests.Session()
        session.auth = ("excel", central.token(role="admin"))
        service = odata.ODataService(f"{address}/odata/", session=session, reflect_entities=True)
        entity = service.entities["Responses"]
        query = service.query(entity).filter(entity.procedure == "2.000815").filter(entity.seq >= 1)
        assert [(one.seq, one.answers_result) for one in query] == [(2, 5)]
        assert [one.seq for one in service.query(entity)] == [1, 2, 3, 4, 5]
    central.close()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.HTTPError:
        return False
