"""Days of a summary as parts whose counts are few: a month so far is the month without the days after it.

A unit has one count in a month where it has thirty in its days, so most of a month is read as the whole of
it, less the days that were not asked for. Counts of months are the sums of those of their days, see
store/rollups.py; only which unit is below which is looked up on the first of a month instead of every day. So
where a unit came, went or moved within the months, days are read.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection, and_, exists, func, or_, select

from sync.central.store.schema import rollups, unit_spans

# Fewer days than these are few anyway.
_FEWEST = 5
_DAY = timedelta(days=1)


class Part(Struct, frozen=True):
    """Whole months or days, both ends included. sign: 1 to add their counts, -1 to take them away."""

    first: date
    last: date
    sign: int = 1


def read_parts(connection: Connection, first: date, last: date) -> tuple[Part, ...]:
    """The parts of these days, whose counts are the same in sum."""
    days = (Part(first, last),)
    if _days(*days) < _FEWEST:
        return days
    begin, end = first.replace(day=1).isoformat(), _end(last).isoformat()
    spans = unit_spans.c
    moved = exists().where(
        or_(
            and_(spans.first_day > begin, spans.first_day <= end),
            and_(spans.last_day >= begin, spans.last_day < end),
        )
    )
    newest = select(func.max(rollups.c.period)).where(rollups.c.grain == "D").scalar_subquery()
    row = connection.execute(select(newest.label("newest"), moved.label("moved"))).one()
    if row.moved or row.newest is None:
        return days
    return parts_of(first, last, date.fromisoformat(row.newest))


def parts_of(first: date, last: date, newest: date) -> tuple[Part, ...]:
    """The parts of these days. newest: the last day that has counts."""
    return tuple(_joined(part for month in _months(first, last) for part in _of_month(*month, newest)))


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days in each month."""
    while _end(first) < last:  # no day follows the last month there is
        yield first, _end(first)
        first = _end(first) + _DAY
    yield first, last


def _of_month(first: date, last: date, newest: date) -> Iterator[Part]:
    """The parts of days of one month."""
    begin, end = first.replace(day=1), min(_end(last), newest)
    without = []
    if begin < first:
        without.append(Part(begin, first - _DAY, -1))
    if last < end:
        without.append(Part(last + _DAY, end, -1))
    if 1 + sum(map(_days, without)) < _days(Part(first, last)):
        yield Part(begin, _end(last))
        yield from without
    else:
        yield Part(first, last)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """The parts with whole months that follow each other as one."""
    before: Part | None = None
    for part in parts:
        if before is not None and _whole(before) and _whole(part) and part.first == before.last + _DAY:
            before = Part(before.first, part.last)
            continue
        if before is not None:
            yield before
        before = part
    if before is not None:
        yield before


def _days(part: Part) -> int:
    return (part.last - part.first).days + 1


def _whole(part: Part) -> bool:
    return part.sign > 0 and part.first.day == 1 and part.last == _end(part.last)


def _end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
