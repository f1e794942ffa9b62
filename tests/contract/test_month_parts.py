"""Summaries, branches and leaves of most of a month are those that its days alone would give."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from sync.central.figures import summary_query
from sync.central.figures.branch_query import read_branches, read_leaves
from sync.central.figures.month_parts import Part
from sync.central.figures.summary import Axis
from sync.central.figures.summary_query import SummaryWanted, read_summary
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Unit
from tests.contract.test_summary import various, voiding
from tests.support.wire import NOW, CentreUnderTest, store_unasked

FIRST = NOW.date()
# Days of March that have visits, to its end and not; over the end of March; all there are.
PERIODS = [
    (FIRST + timedelta(days=begin), FIRST + timedelta(days=end))
    for begin, end in ((-1, 24), (3, 29), (2, 40), (-20, 60))
]
AXES: tuple[tuple[Axis, ...], ...] = ((), ("officer",), ("procedure", "channel"), ("officer", "procedure"))


@pytest.fixture
def centre(central: CentreUnderTest) -> CentreUnderTest:
    name = {"vi": "x"}
    with writing(central.engine) as connection:
        tree = [Unit(code="nuoc", name=name), Unit(code="tinh", name=name, parent="nuoc")]
        put_bundled_units(connection, [*tree, Unit(code="phuong-mot", name=name, parent="tinh")], NOW)
    visits = various(60)
    assert set(store_unasked(central, [*visits, voiding(visits[3], 61)])) == {"stored"}
    return central


def figures(central: CentreUnderTest, wanted: SummaryWanted) -> Iterator[Any]:
    with reading(central.engine) as connection:
        surveys = load_surveys(connection)
        yield read_summary(connection, wanted, surveys, admin=not wanted.over or "officer" in wanted.by)
        if not wanted.by:
            yield read_branches(connection, wanted, surveys)
            yield read_leaves(connection, wanted)


@pytest.mark.parametrize("lists", [False, True])
def test_the_parts_of_a_month_give_what_its_days_give(
    centre: CentreUnderTest, monkeypatch: pytest.MonkeyPatch, lists: bool
) -> None:
    if lists:
        with writing(centre.engine) as connection:
            take_in(connection, "phuong-mot", FIRST, FIRST, {(FIRST.isoformat(), "1.001193", ""): 20})
    asked = [
        SummaryWanted(first=first, last=last, by=by, unit=unit, scope=scope, over=over, procedure=procedure)
        for (first, last), by, (unit, scope, over, procedure) in product(
            PERIODS,
            AXES,
            (("nuoc", "nuoc", False, ""), ("tinh", None, True, "1.001193")),
        )
    ]
    parts = [list(figures(centre, wanted)) for wanted in asked]
    monkeypatch.setattr(summary_query, "read_parts", lambda _, first, last: (Part(first, last),))
    for wanted, found in zip(asked, parts, strict=True):
        assert found == list(figures(centre, wanted)), wanted


def test_only_a_few_periods_are_read_of_most_of_a_month(centre: CentreUnderTest) -> None:
    wanted = SummaryWanted(first=date(2026, 3, 1), last=date(2026, 4, 19))
    with reading(centre.engine) as connection:
        parts = summary_query.in_parts(connection, wanted)
    assert next((part.months, sign) for part, sign in parts) == (True, 1)
    assert sum(1 if part.months else len(part.days) for part, _ in parts) < 5
