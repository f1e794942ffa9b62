"""Opening hours: which days and hours an office, or an assignment, is open. Pure.

A day that is named (a holiday, or a day that is worked instead of another) is decided by its own hours alone;
every other day by its weekday.
"""

import collections
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Literal, get_args

from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID, ID_REPEATED

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NOT_AFTER_START = "không sau giờ bắt đầu"
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """One span of opening hours, in the terminal's local time; it ends at `end`, which is not within it."""

    days: tuple[Weekday, ...]
    start: time
    end: time


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """One span of hours within a day."""

    start: time
    end: time


class SpecialDay(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day with hours of its own, set each year by decision: a holiday, or a day worked instead of another.

    hours: when it is open; none: it is closed all day.
    """

    day: date
    name: str = ""
    hours: tuple[Hours, ...] = ()


def is_open(opening: Sequence[Opening], special_days: Sequence[SpecialDay], now: datetime) -> bool:
    """Whether `now`, in local time, is within the hours; without any, a day that is not special is open."""
    clock = now.time().replace(tzinfo=None)
    special = [day for day in special_days if day.day == now.date()]
    if special:
        return any(span.start <= clock < span.end for day in special for span in day.hours)
    today = WEEKDAYS[now.weekday()]
    return not opening or any(today in span.days and span.start <= clock < span.end for span in opening)


def is_working_day(opening: Sequence[Opening], special_days: Sequence[SpecialDay], day: date) -> bool:
    """Whether the office works on this day; from Monday to Friday where nobody has decided its hours."""
    special = [each for each in special_days if each.day == day]
    if special:
        return any(each.hours for each in special)
    today = WEEKDAYS[day.weekday()]
    return any(today in span.days for span in opening) if opening else today not in ("sat", "sun")


def overlap(one: Sequence[Opening], other: Sequence[Opening]) -> bool:
    """Whether some moment of a week is within both; no spans at all is every moment."""
    if not one or not other:
        return True
    return any(set(a.days) & set(b.days) and a.start < b.end and b.start < a.end for a in one for b in other)


def opening_problems(opening: Sequence[Opening], special_days: Sequence[SpecialDay]) -> Iterator[Problem]:
    """All faults of an office's hours; `where` is the key."""
    for index, span in enumerate(opening):
        if not span.days:
            yield ENTRY_INVALID(where=f"opening[{index}].days", detail="cần ít nhất một")
        if span.start >= span.end:
            yield ENTRY_INVALID(where=f"opening[{index}].end", detail=NOT_AFTER_START)
    for day, count in collections.Counter(special.day for special in special_days).items():
        if count > 1:
            yield ID_REPEATED(where=f"special_days {day}", detail=f"“{day}”")
    for special in special_days:
        for index, hours in enumerate(special.hours):
            if hours.start >= hours.end:
                where = f"special_days {special.day}.hours[{index}].end"
                yield ENTRY_INVALID(where=where, detail=NOT_AFTER_START)
