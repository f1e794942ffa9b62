"""An attack: who may not see small cells asks everything that is allowed, and compares the answers.

The control is the same attack on the answers that administrators get, who see every row anyway: there it
finds what is hidden, or it would prove nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.database import writing
from sync.central.ingest import store
from sync.central.judge import Judged, judge
from sync.central.unit_store import take_in_bundle
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Unit
from sync.contract.response import Tag
from tests.support.wire import NOW, CentreUnderTest, visit

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
# Unit, officer, procedure: visits. cb-1 helps out in xa-hai, where few were hers; xa-ba has one officer.
VISITS = {
    ("phuong-mot", "cb-1", "1.001193"): 20,
    ("phuong-mot", "cb-2", "1.001193"): 9,
    ("phuong-mot", "cb-3", "2.000815"): 3,
    ("xa-hai", "cb-1", "1.001193"): 2,
    ("xa-hai", "cb-4", "1.001193"): 8,
    ("xa-hai", "cb-5", "2.000815"): 11,
    ("xa-hai", "", "2.000815"): 6,
    ("xa-ba", "cb-6", "1.001193"): 3,
}
# Officer -> every n that some answer shows, by what was asked for.
Shown = dict[str, dict[str, int]]


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[Any]:
    units = sorted({unit for unit, _, _ in VISITS})
    with writing(central.engine) as connection:
        tree = [Unit(code="tinh", name={"vi": "Tỉnh"})]
        tree += [Unit(code=unit, name={"vi": unit}, parent="tinh") for unit in units]
        take_in_bundle(connection, tree)
        batch: list[Judged] = []
        for (unit, officer, procedure), count in VISITS.items():
            for _ in range(count):
                seq = len(batch) + 1
                tag = Tag(unit, counter="1", procedure=procedure, officer=officer or None)
                body = canonical_bytes(replace(visit(seq), seq=seq, tag=tag))
                batch.append(
                    judge(body, device="kiosk-1", unit=unit, forms=central.centre.forms, received_at=0)
                )
        store(connection, "kiosk-1", batch, 0, revoked=False)
    central.now = lambda: NOW + timedelta(days=40)
    with TestClient(central.app) as client:
        client.headers["Authorization"] = f"Bearer {central.token(role='viewer')}"
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


def small_cells(found: Shown) -> set[str]:
    """Officers of whom a figure below 5 is shown, or is the difference of two that are."""
    return {
        officer
        for officer, places in found.items()
        if any(0 < n < 5 for n in places.values())
        or any(0 < abs(one - other) < 5 for one, other in combinations(places.values(), 2))
    }


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
        hidden = [row for row in rows if row["hidden"]]
        rest = total - sum(row["n"] or 0 for row in rows)
        assert not rows or (not hidden and not rest) or (len(hidden) >= 2 and rest >= 5)
    text = client.get("/v1/summary", params={**MARCH, "unit": "xa-ba", "by": "officer"}).text
    assert "cb-6" not in text  # all of xa-ba is hers: her name would say whose it is


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
