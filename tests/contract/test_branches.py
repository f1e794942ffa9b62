"""One line for each unit below a unit: the same figures as its own summary gives."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import delete, insert, update

from sync.central.figures.branch_query import Signs, branches_of, read_branches, read_signs
from sync.central.figures.branches import Branch
from sync.central.figures.summary_query import SummaryWanted, read_summary
from sync.central.intake.ingest import store
from sync.central.intake.judge import Judged, judge
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import bundles, devices
from sync.central.store.surveys import load_surveys
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Unit
from sync.contract.response import Tag
from tests.support.wire import NOW, CentreUnderTest, visit

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
TODAY = NOW.date()
# Unit: its parent. xa-ba ended before; xa-hai has a village of its own.
PARENTS: dict[str, str | None] = {"tinh": None, "phuong-mot": "tinh", "xa-hai": "tinh", "thon": "xa-hai"}
# Unit: days before today, visits, and how they were answered; None: not at all.
VISITS: dict[str, list[tuple[int, int, int | None]]] = {
    "phuong-mot": [(0, 9, 5), (0, 4, 1), (0, 3, None), (28, 40, 4)],
    "xa-hai": [(0, 2, 2), (1, 6, 4)],
    "thon": [(0, 5, 3), (28, 7, None)],
    "tinh": [(1, 2, 5)],
}


@pytest.fixture
def centre(central: CentreUnderTest) -> CentreUnderTest:
    with writing(central.engine) as connection:
        tree = [Unit(code=code, name={"vi": code}, parent=parent) for code, parent in PARENTS.items()]
        gone = Unit(code="xa-ba", name={"vi": "x"}, parent="tinh", valid_to=date(2025, 6, 30))
        put_bundled_units(connection, [*tree, gone], NOW)
        batch: list[Judged] = []
        for unit, series in VISITS.items():
            for ago, count, level in series:
                for _ in range(count):
                    batch.append(judged(central, unit, len(batch) + 1, timedelta(days=ago), level))
        store(connection, "kiosk-1", batch, 0, revoked=False)
    return central


def judged(central: CentreUnderTest, unit: str, seq: int, ago: timedelta, level: int | None) -> Judged:
    one = replace(visit(seq), seq=seq, tag=Tag(unit, counter="1", procedure="1.001193", officer="a01"))
    one = replace(one, started_at=one.started_at - ago, finished_at=one.finished_at - ago)
    if level is None:
        one = replace(one, answers={}, timing={}, outcome="timed_out")
    else:
        one = replace(one, answers={**one.answers, "result": level})
    body = canonical_bytes(one)
    return judge(body, device="kiosk-1", unit=unit, forms=central.centre.devices.forms, received_at=0)


def lines(central: CentreUnderTest, first: date, last: date, *, over: bool = False) -> dict[str, Branch]:
    with reading(central.engine) as connection:
        wanted = SummaryWanted(first=first, last=last, unit="tinh", over=over)
        found = read_branches(connection, wanted, load_surveys(connection))
    return {branch.unit: branch for branch in found}


def summary(central: CentreUnderTest, unit: str, first: date, last: date) -> Any:
    with reading(central.engine) as connection:
        wanted = SummaryWanted(first=first, last=last, unit=unit)
        return read_summary(connection, wanted, load_surveys(connection), admin=True)


def test_each_line_has_the_figures_of_its_own_summary(centre: CentreUnderTest) -> None:
    with writing(centre.engine) as connection:
        listed = {(TODAY.isoformat(), "1.001193", ""): 20}
        take_in(connection, "phuong-mot", TODAY, TODAY, listed)
    for first, last in ((TODAY, TODAY), (TODAY - timedelta(days=1), TODAY), (MARCH, date(2026, 3, 31))):
        found = lines(centre, first, last)
        for unit in ("phuong-mot", "xa-hai"):
            reply, line = summary(centre, unit, first, last), found[unit]
            row = reply.surveys[0].rows[0]
            assert (line.satisfied, line.n) == (row.percent, row.n)
            shown = reply.handovers
            assert (line.tagged, line.now.visits, line.now.answered, line.now.percent, line.returned) == (
                shown.tagged,
                shown.visits,
                shown.answered,
                shown.percent,
                shown.returned,
            )
            before = summary(centre, unit, FEBRUARY, date(2026, 2, 28)).handovers
            assert (line.before.visits, line.before.answered) == (before.visits, before.answered)
        assert found["phuong-mot"].returned == 20
        assert found["xa-hai"].returned is None
        own = {"tinh": 2} if first < TODAY else {}
        assert {unit: found[unit].now.visits for unit in found.keys() - {"phuong-mot", "xa-hai"}} == own


def test_a_line_of_days_that_are_over_has_only_those(centre: CentreUnderTest) -> None:
    assert lines(centre, TODAY, TODAY, over=True)["phuong-mot"].now.visits == 0
    centre.now = lambda: NOW + timedelta(days=3)
    with TestClient(centre.app) as client:
        token = centre.token(role="analyst")
        client.get("/v1/summary", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    assert lines(centre, TODAY, TODAY, over=True)["phuong-mot"].now.visits == 16


def test_a_unit_that_is_no_more_has_no_line(centre: CentreUnderTest) -> None:
    with reading(centre.engine) as connection:
        assert branches_of(connection, "tinh", TODAY) == ("phuong-mot", "xa-hai")
        assert branches_of(connection, "tinh", date(2025, 6, 1)) == ("phuong-mot", "xa-ba", "xa-hai")
        assert branches_of(connection, "thon", TODAY) == ()


def test_machines_are_counted_for_the_branch_that_their_unit_belongs_to(centre: CentreUnderTest) -> None:
    silent = NOW - timedelta(hours=2)
    places = {"kiosk-1": ("thon", NOW), "kiosk-2": ("xa-hai", silent), "desk-1": ("phuong-mot", None)}
    with writing(centre.engine) as connection:
        for device, (unit, seen) in places.items():
            values = {"unit": unit, "seen_at": seen.isoformat() if seen else None, "public_key": b"k" * 32}
            connection.execute(update(devices).where(devices.c.id == device).values(**values))
    with reading(centre.engine) as connection:
        signs = read_signs(connection, "tinh", NOW)
    assert signs == {
        "xa-hai": Signs(machines=2, sending=1, silent_since=silent),
        "phuong-mot": Signs(machines=1, never=True),
    }


def test_a_machine_is_closed_by_the_hours_of_its_own_unit(centre: CentreUnderTest) -> None:
    sundays = 'opening = [{days = ["sun"], start = 08:00:00, end = 09:00:00}]'
    heard = NOW - timedelta(hours=30)
    with writing(centre.engine) as connection:
        for device, unit in {"kiosk-1": "thon", "kiosk-2": "phuong-mot"}.items():
            values = {"unit": unit, "seen_at": heard.isoformat(), "public_key": b"k" * 32}
            connection.execute(update(devices).where(devices.c.id == device).values(**values))
        connection.execute(delete(bundles))
        for version, (unit, office) in enumerate({"thon": sundays, "phuong-mot": ""}.items(), start=1):
            row = {"version": version, "unit": unit, "issued_at": NOW.isoformat(), "basis": "", "digest": ""}
            files = msgspec.json.encode({"office.toml": office}).decode()
            connection.execute(insert(bundles).values(**row, files=files))
    with reading(centre.engine) as connection:
        signs = read_signs(connection, "tinh", NOW)
    assert signs == {
        "xa-hai": Signs(machines=1, closed=1),
        "phuong-mot": Signs(machines=1, silent_since=heard),
    }
