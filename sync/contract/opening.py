"""Opening hours: which days and hours an office, or an assignment, is open. Pure.

A day that is named (a holiday, or a day that is worked instead of another) is decided by its own hours alone;
every other day by its weekday.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal, get_args

from msgspec import Struct

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
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


def overlap(one: Sequence[Opening], other: Sequence[Opening]) -> bool:
    """Whether some moment of a week is within both; no spans at all is every moment."""
    if not one or not other:
        return True
    return any(set(a.days) & set(b.days) and a.start < b.end and b.start < a.end for a in one for b in other)
