"""When offices are open, how busy a day is, and at which minutes citizens come. Pure.

Tết and the Hùng kings' day follow the moon, so their days are a table; a year that is not in it has only the
fixed holidays.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sync.contract.opening import WEEKDAYS, Opening, SpecialDay, Weekday
from sync.contract.plan import VIET_NAM

WORKING: tuple[Weekday, ...] = WEEKDAYS[:5]
USUAL = (
    Opening(WORKING, time(7, 30), time(11, 30)),
    Opening(WORKING, time(13, 30), time(17, 0)),
)
SATURDAY = Opening(("sat",), time(7, 30), time(11, 30))
TET = {
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 3),
}
HUNG_KINGS = {
    2025: date(2025, 4, 7),
    2026: date(2026, 4, 26),
    2027: date(2027, 4, 16),
    2028: date(2028, 4, 4),
    2029: date(2029, 4, 23),
    2030: date(2030, 4, 12),
}
TET_DAYS = range(-2, 6)  # around the first day of the year
_GAP = 150  # seconds
# How many come on a weekday, and in each hour from 7 to 17; 1 is the average.
_WEEKDAYS = (1.28, 1.06, 0.97, 0.92, 0.87, 0.6, 0.0)
_HOURS = {7: 0.6, 8: 1.5, 9: 1.7, 10: 1.2, 11: 0.4, 13: 0.6, 14: 1.4, 15: 1.2, 16: 0.6}


def holidays(first: date, last: date) -> tuple[SpecialDay, ...]:
    """The holidays from `first` to `last`, as an office enters them."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found[date(year, 1, 1)] = "Tết Dương lịch"
        found[date(year, 4, 30)] = "Ngày Giải phóng miền Nam"
        found[date(year, 5, 1)] = "Ngày Quốc tế Lao động"
        found[date(year, 9, 1)] = found[date(year, 9, 2)] = "Quốc khánh"
        if year in HUNG_KINGS:
            found[HUNG_KINGS[year]] = "Giỗ Tổ Hùng Vương"
        if year in TET:
            found |= {TET[year] + timedelta(days=at): "Tết Nguyên đán" for at in TET_DAYS}
    return tuple(SpecialDay(day, found[day]) for day in sorted(found) if first <= day <= last)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def busyness(day: date) -> float:
    """How many come on this day, where 1 is the average: more on Mondays and before Tết, few after it."""
    factor = _WEEKDAYS[day.weekday()]
    before_tet = (TET[day.year] - day).days if day.year in TET else 365
    if 3 <= before_tet <= 20:
        factor *= 1.35
    elif -14 <= before_tet < -5:
        factor *= 0.55
    return factor


def arrivals(chance: random.Random, day: date, opening: Sequence[Opening], count: int) -> list[datetime]:
    """The moments at which `count` citizens get their results, at least two and a half minutes apart."""
    minutes: list[int] = []
    weights: list[float] = []
    for span in opening:
        if WEEKDAYS[day.weekday()] in span.days:
            begins, ends = (at.hour * 60 + at.minute for at in (span.start, span.end))
            minutes += range(begins + 5, ends - 5)
            weights += [_HOURS.get(minute // 60, 0.3) for minute in range(begins + 5, ends - 5)]
    if not minutes or not count:
        return []
    seconds = sorted(
        60 * minute + chance.randrange(60) for minute in chance.choices(minutes, weights, k=count)
    )
    midnight = datetime.combine(day, time(), VIET_NAM)
    found: list[datetime] = []
    before = -_GAP
    for second in seconds:
        before = max(second, before + _GAP)
        found.append(midnight + timedelta(seconds=before))
    return found
