"""An attack: who may not see small cells asks everything that is allowed, again and again, and compares.

The control is the same attack on the answers that administrators get, who see every row anyway: there it
finds what is hidden, or it would prove nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.intake.ingest import store
from sync.central.store.database import writing
from sync.central.store.schema import surveys
from sync.contract.canonical import canonical_bytes
from sync.contract.response import SurveyRef, Tag
from tests.support.differencing import MARCH, UNTAGGED, VISITS, Shown, arrive, fill, judged, small_cells
from tests.support.wire import NOW, CentreUnderTest, visit


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[Any]:
    fill(central)
    central.now = lambda: NOW + timedelta(days=40)
    with TestClient(central.app) as client:
        client.headers["Authorization"] = f"Bearer {central.token(role='analyst')}"
        yield client


def shown(client: Any) -> Shown:
    """All that the summary by officer says of anybody, under every filter there is."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for unit in ("", "tinh", "phuong-mot", "xa-hai", "xa-ba"):
        for survey in ("", "kien-hung"):
            for by in ("officer", "officer,unit", "unit,officer", "officer,procedure", "officer,day"):
                asked = {**MARCH, "unit": unit, "survey": survey, "by": by}
                answer = client.get("/v1/summary", params=asked).json()
                rows = [row for each in answer.get("surveys", []) for row in each["rows"]]
                for row in [one for one in rows if one["question"] == "result" and one["n"]]:
                    place = f"{unit} {by} {row['by']}"
                    found[row["by"]["officer"]][place] = row["n"]
                for row in answer.get("handovers", {}).get("rows", []):
                    if row["answered"]:
                        place = f"{unit} {survey} {by} {row['by']} handovers"
                        found[row["by"]["officer"]][place] = row["answered"]
    found.pop("", None)
    return found


def test_two_filters_give_no_small_cell_away(client: Any) -> None:
    found = shown(client)
    assert small_cells(found) == set()
    assert {"cb-4", "cb-5"} & set(found)  # something is shown


def test_the_control_finds_the_small_cell_in_what_administrators_are_shown(
    client: Any, central: CentreUnderTest
) -> None:
    client.headers["Authorization"] = f"Bearer {central.token(role='admin')}"
    assert "cb-1" in small_cells(shown(client))


def test_totals_and_rows_less_what_is_shown_leave_no_officer_alone(client: Any) -> None:
    pulled = client.get("/v1/responses", params={"limit": "10000"}).json()["items"]
    for unit in ("phuong-mot", "xa-hai", "xa-ba"):
        total = sum(item["response"]["unit"] == unit for item in pulled)
        answer = client.get("/v1/summary", params={**MARCH, "unit": unit, "by": "officer"}).json()
        rows = [row for row in answer["surveys"][0]["rows"] if row["question"] == "result"]
        named = [row for row in rows if row["by"]["officer"]]
        hidden = [row for row in named if row["hidden"]]
        rest = total - sum(row["n"] or 0 for row in rows)
        if not any(row["n"] for row in rows if row not in named):
            rest -= UNTAGGED.get(unit, 0)
        assert not named or (not hidden and not rest) or (len(hidden) >= 2 and rest >= 5)
    text = client.get("/v1/summary", params={**MARCH, "unit": "xa-ba", "by": "officer"}).text
    assert "cb-6" not in text  # all that is tagged in xa-ba is hers: her name would say whose it is


def store_ratings(central: CentreUnderTest, visits: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Visits in a month of their own, by officer, survey and answers."""
    at = NOW - timedelta(days=40)
    batch = []
    for seq, (officer, survey, answers) in enumerate(visits, 1000):
        tag = Tag("xa-hai", counter="1", procedure="1.001193", officer=officer)
        one = replace(visit(seq), seq=seq, tag=tag, survey=SurveyRef(survey, 1), answers=answers, timing={})
        one = replace(one, started_at=at, finished_at=at)
        batch.append(judged(central, canonical_bytes(one), "xa-hai"))
    with writing(central.engine) as connection:
        receipts, _ = store(connection, "kiosk-1", batch, 0, revoked=False)
    assert {receipt.status for receipt in receipts} == {"stored"}


def by_officer(client: Any, central: CentreUnderTest) -> Any:
    asked = {"from": "2026-01-01", "to": "2026-01-31", "unit": "xa-hai", "by": "officer"}
    return client.get("/v1/summary", params=asked).json()


def add_survey(central: CentreUnderTest, id: str, change: Callable[[Any], None]) -> None:
    """Another survey, made of the one that is there."""
    with writing(central.engine) as connection:
        survey = msgspec.json.decode(connection.execute(select(surveys.c.body)).scalar_one())
        survey["id"] = id
        change(survey)
        body = msgspec.json.encode(survey).decode()
        connection.execute(surveys.insert().values(id=id, version=1, body=body))
    central.open()


def test_who_found_that_a_question_does_not_apply_is_not_counted_towards_the_minimum(
    client: Any, central: CentreUnderTest
) -> None:
    def change(survey: Any) -> None:
        for question in survey["questions"]:
            if question["id"] in ("result", "service"):
                question["not_applicable"] = True

    add_survey(central, "with-na", change)
    good: dict[str, Any] = {"result": 5, "service": 4}
    not_asked = {"result": "na", "service": 4}
    people = [("cb-1", "with-na", good)] * 3 + [("cb-1", "with-na", not_asked)] * 2
    store_ratings(central, people + [("cb-2", "with-na", good)] * 9)
    (summary,) = by_officer(client, central)["surveys"]
    found = {(row["by"]["officer"], row["question"]): row["n"] for row in summary["rows"]}
    assert found["cb-1", "result"] is None
    assert found["cb-1", "service"] == 5


def test_a_survey_without_a_rating_cannot_be_told_from_handovers_and_the_other_survey(
    client: Any, central: CentreUnderTest
) -> None:
    def change(survey: Any) -> None:
        survey["questions"] = [{"kind": "yes_no", "id": "q", "text": {"vi": "x"}}]

    add_survey(central, "yes-no", change)
    rated, other = {"result": 5, "service": 4}, {"q": True}
    people: list[tuple[str, str, dict[str, Any]]] = []
    for officer, count in (("cb-1", 2), ("cb-2", 7)):
        people += [(officer, "kien-hung", rated)] * 9
        people += [(officer, "yes-no", other)] * count
    store_ratings(central, people)
    answer = by_officer(client, central)
    ratings = {row["by"]["officer"]: row["n"] for row in answer["surveys"][0]["rows"]}
    assert ratings == {"cb-1": 9, "cb-2": 9}
    for row in answer["handovers"]["rows"]:
        assert not 0 < row["answered"] - ratings[row["by"]["officer"]] < 5


def test_periods_that_overlap_or_still_run_are_not_cut_by_officer(
    client: Any, central: CentreUnderTest
) -> None:
    for first, last in (("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-03-31"), ("2026-03-02",) * 2):
        asked = {"from": first, "to": last, "by": "officer"}
        assert client.get("/v1/summary", params=asked).json()["number"] == "HL4035"
    for days, refused in ((29, True), (30, False)):
        central.now = lambda days=days: NOW + timedelta(days=days)  # type: ignore[misc]
        answer = client.get("/v1/summary", params={**MARCH, "by": "officer"}).json()
        assert (answer.get("number") == "HL4035") == refused


@pytest.mark.parametrize(
    "asked",
    [
        "/v1/responses?officer=cb-3",
        "/v1/summary?officer=cb-3",
        "/odata/Responses?$filter=officer eq 'cb-3'",
        "/odata/Responses?$filter=unit eq 'xa-hai' and officer eq 'cb-1'&$count=true&$top=0",
        "/odata/Responses/$count?$filter=officer eq 'cb-3'",
        "/odata/Responses?$select=officer",
        "/odata/Responses?$orderby=officer",
    ],
)
def test_no_pull_and_no_feed_counts_or_sorts_by_an_officer(client: Any, asked: str) -> None:
    answer = client.get(asked)
    assert answer.json()["number"] in ("HL4002", "HL4030", "HL4031")


# --- time: the same question before and after a visit -------------------------------------------------------

Polled = dict[str, Any]
ELSEWHERE = "/odata/Responses/$count?$filter=unit eq 'phuong-mot'"
TODAY = "/v1/summary?from=2026-04-11&to=2026-04-11"


def polled(client: Any) -> Polled:
    """All that the pull, the feed and the summary say now, by what was asked."""
    asked = [f"/v1/responses?limit=10000&unit={unit}" for unit in ("", "xa-hai")]
    asked += [f"/v1/summary?from=2026-01-01&to=2026-12-31&by={by}" for by in ("", "unit", "procedure", "day")]
    asked += [TODAY, ELSEWHERE, "/odata/Responses?$count=true&$top=1"]
    asked += ["/odata/Responses/$count?$filter=unit eq 'xa-hai'"]
    return {question: client.get(question).content for question in asked}


@pytest.mark.parametrize("days", [0, 1, 30])
def test_two_times_give_no_visit_away(client: Any, central: CentreUnderTest, days: int) -> None:
    before = polled(client)
    for seq in (500, 501):
        arrive(central, seq, timedelta(days=days))
        assert polled(client) == before
    today = central.now
    central.now = lambda: today() + timedelta(days=1)
    same = {question for question, answer in polled(client).items() if answer == before[question]}
    assert same == ({ELSEWHERE, TODAY} if days else {ELSEWHERE})


def test_the_control_sees_a_visit_in_what_administrators_are_answered(
    client: Any, central: CentreUnderTest
) -> None:
    client.headers["Authorization"] = f"Bearer {central.token(role='admin')}"
    before = polled(client)
    arrive(central, 500, timedelta())
    same = {question for question, answer in polled(client).items() if answer == before[question]}
    assert same == {ELSEWHERE}


def test_no_row_says_where_in_its_day_it_was(client: Any) -> None:
    items = client.get("/v1/responses", params={"limit": "10000"}).json()["items"]
    assert {"device", "seq"}.isdisjoint({name for item in items for name in item["response"]})
    units = [item["response"]["unit"] for item in items]
    changes = sum(one != other for one, other in pairwise(units))
    assert changes > len(VISITS) + len(UNTAGGED)  # in the order of arrival, one unit follows another
