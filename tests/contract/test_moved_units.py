"""Summaries around a reform: a unit counts where it belonged on the day, however the days are asked for."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import event

from sync.central.figures.summary_query import SummaryWanted, read_summary
from sync.central.office.units.stored import put_bundled_units
from sync.central.office.units.tree import UnitTree
from sync.central.store.database import reading, writing
from sync.central.store.rollups import Visit, change
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Unit
from tests.support.wire import NOW, CentreUnderTest

FIRST, DAYS = date(2026, 1, 1), 90
MOVES, RETURNS = date(2026, 2, 10), date(2026, 3, 5)
_DAY = timedelta(days=1)
NAME = {"vi": "x"}
UNITS = (
    Unit(code="nuoc", name=NAME),
    Unit(code="tinh", name=NAME, parent="nuoc"),
    Unit(code="tinh-hai", name=NAME, parent="nuoc", valid_from=date(2026, 1, 15)),
    Unit(code="xa-o-lai", name=NAME, parent="tinh"),
    Unit(code="xa-doi", name=NAME, parent="tinh", valid_to=MOVES - _DAY),
    Unit(code="xa-doi", name=NAME, parent="tinh-hai", valid_from=MOVES, valid_to=RETURNS - _DAY),
    Unit(code="xa-doi", name=NAME, parent="tinh", valid_from=RETURNS),
    Unit(code="xa-bo", name=NAME, parent="tinh", valid_to=date(2026, 2, 20)),
    Unit(code="xa-la", name=NAME),
)
# One day, days around one change and around both, a month, most of it, months.
PERIODS = (
    (MOVES, MOVES),
    (MOVES - _DAY, MOVES),
    (FIRST, FIRST + 75 * _DAY),
    (date(2026, 2, 1), date(2026, 2, 28)),
    (date(2026, 2, 1), date(2026, 2, 26)),
    (date(2026, 1, 1), date(2026, 3, 31)),
)


@pytest.fixture
def centre(central: CentreUnderTest) -> CentreUnderTest:
    with writing(central.engine) as connection:
        put_bundled_units(connection, UNITS, NOW)
        change(connection, Counter(visit(unit, day) for unit, day in visits()))
    return central


def visits() -> Iterator[tuple[str, date]]:
    """One visit in every unit on every day, whether the unit exists then or not."""
    return product(sorted({unit.code for unit in UNITS}), (FIRST + _DAY * n for n in range(DAYS)))


def visit(unit: str, day: date) -> Visit:
    return Visit(
        day=day.isoformat(),
        unit=unit,
        survey="kien-hung",
        version=1,
        respondent="citizen",
        channel="kiosk",
        procedure="1.001193",
        officer="",
        tagged=True,
        outcome="complete",
        cells="5,4",
        handovers=1,
        closes="",
    )


def counted(wanted: SummaryWanted) -> int:
    """The visits of the request by the tree itself: of months, as the unit was on their first days."""
    tree, found = UnitTree(UNITS), 0
    for unit, day in visits():
        if wanted.first <= day <= wanted.last:
            at = day.replace(day=1) if wanted.months else day
            asked = not wanted.unit or unit == wanted.unit or unit in tree.subtree(wanted.unit, at)
            found += asked and (wanted.scope is None or unit in tree.subtree(wanted.scope, at))
    return found


def test_a_unit_counts_where_it_belonged_on_the_day(centre: CentreUnderTest) -> None:
    units = ("", "nuoc", "tinh", "tinh-hai", "xa-doi", "xa-bo")
    with reading(centre.engine) as connection:
        surveys = load_surveys(connection)
        for unit, scope, (first, last) in product(units, (None, "nuoc", "tinh", "xa-doi"), PERIODS):
            wanted = SummaryWanted(first=first, last=last, unit=unit, scope=scope)
            reply = read_summary(connection, wanted, surveys, admin=True)
            assert reply.handovers.visits == counted(wanted), wanted


def test_counts_of_one_period_are_compared_with_no_span(centre: CentreUnderTest) -> None:
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    month = SummaryWanted(first=date(2026, 2, 1), last=date(2026, 2, 28), unit="nuoc", scope="nuoc")
    with reading(centre.engine) as connection:
        surveys = load_surveys(connection)
        event.listen(connection, "before_cursor_execute", note)
        read_summary(connection, month, surveys, admin=True)
    counts = [each for each in statements if "rollups.survey_version" in each]
    assert counts
    assert not any("EXISTS" in each for each in counts)
    assert {each.count("unit_spans.root") for each in counts} == {1}
