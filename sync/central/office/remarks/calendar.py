"""Working days: from when a remark is visible, and until when it is due.

Both are decided when they are asked for, by the opening hours and special days that hold then: a holiday that
is announced later counts for what is here already. A unit without opening hours works
from Monday to Friday.

Each rule is one day of a unit: remarks of visits before `visible_before` are visible, and those whose working
days count from a day before `overdue_before` are overdue. So a query compares columns with constants.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, literal, select

from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import offices, unit_spans
from sync.contract.opening import Opening, SpecialDay, is_working_day
from sync.contract.plan import VIET_NAM

SHOWN_FROM = time(7)
DUE_AFTER = 3  # working days after the visit, or after its response arrived late
_FURTHEST = 366  # days that are searched for a working day
_DAY = timedelta(days=1)


class Calendar(Struct, frozen=True):
    """The working days of a unit."""

    opening: tuple[Opening, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()

    def after(self, day: date, count: int) -> date:
        """The working day that is `count` after `day`."""
        return self._step(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The working day that is `count` before `day`."""
        return self._step(day, count, -_DAY)

    def due(self, since: date) -> date:
        """The last day on which a remark can be answered in time."""
        return self.after(since, DUE_AFTER)

    def visible_before(self, now: datetime) -> date:
        """Remarks of visits before this day are visible."""
        here = now.astimezone(VIET_NAM)
        if self.works(here.date()) and here.time() >= SHOWN_FROM:
            return here.date()
        return self.before(here.date(), 1)

    def overdue_before(self, now: datetime) -> date:
        """Remarks whose working days count from a day before this one are past their due day."""
        return self.before(now.astimezone(VIET_NAM).date(), DUE_AFTER)

    def works(self, day: date) -> bool:
        """Whether the unit is open on this day."""
        return is_working_day(self.opening, self.special_days, day)

    def _step(self, day: date, count: int, step: timedelta) -> date:
        for _ in range(_FURTHEST):
            day += step
            count -= self.works(day)
            if count == 0:
                break
        return day


class Calendars(Struct, frozen=True):
    """The working days of every unit. usual: of those that are not named."""

    usual: Calendar
    by_unit: Mapping[str, Calendar]

    def of(self, unit: str) -> Calendar:
        """The working days of a unit."""
        return self.by_unit.get(unit, self.usual)

    def groups(self) -> list[tuple[Calendar, list[str]]]:
        """Each calendar with the units that have it."""
        found: dict[int, tuple[Calendar, list[str]]] = {}
        for unit, calendar in self.by_unit.items():
            found.setdefault(id(calendar), (calendar, []))[1].append(unit)
        return list(found.values())


class _Hours(Struct, frozen=True):
    """The part of an `OfficeRow` that is read here."""

    opening: tuple[Opening, ...] | None = None
    special_days: tuple[SpecialDay, ...] = ()


_decoder = msgspec.json.Decoder(_Hours)


def read_calendars(connection: Connection, today: date) -> Calendars:
    """The working days that hold for each unit today: its own, joined with those of the units above it."""
    spans, day = unit_spans.c, today.isoformat()
    below = select(spans.root, literal(""), spans.unit).where(
        spans.root.in_(select(offices.c.unit)), spans.first_day <= day, day <= spans.last_day
    )
    # Each office with its decisions and no unit, then those below it, one a row.
    rows = connection.execute(
        select(offices.c.unit.label("root"), offices.c.body, literal("").label("unit")).union_all(below)
    ).all()
    decided = {row.root: _decoder.decode(row.body) for row in rows if not row.unit}
    decided = {unit: hours for unit, hours in decided.items() if hours != _Hours()}
    above: defaultdict[str, set[str]] = defaultdict(set)
    for unit in decided:
        above[unit].add(unit)
    for row in rows:
        if row.unit and row.root in decided:
            above[row.unit].add(row.root)
    joined: dict[tuple[str, ...], Calendar] = {}
    by_unit: dict[str, Calendar] = {}
    for unit, roots in above.items():
        # The deeper of two units above has more deciding units above itself.
        nearest = (*sorted(roots - {CENTRE}, key=lambda root: (-len(above[root]), root)), CENTRE)
        if nearest not in joined:
            joined[nearest] = _join([decided[each] for each in nearest if each in decided])
        by_unit[unit] = joined[nearest]
    return Calendars(_join([decided[CENTRE]] if CENTRE in decided else []), by_unit)


def _join(hours: Sequence[_Hours]) -> Calendar:
    """What these decide together, the nearest first."""
    special: dict[date, SpecialDay] = {}
    for each in reversed(hours):
        special |= {day.day: day for day in each.special_days}
    opening = next((each.opening for each in hours if each.opening is not None), ())
    return Calendar(opening, tuple(special[day] for day in sorted(special)))
