"""Which days a report is about. Pure.

A report belongs to a month and ends on that month's report day, such as the 20th; without a report day it
ends with the month of the calendar.

Promises, each with a test:
- the reports of a plan join without a gap and without an overlap, in February and after a 31st too: each
  begins on the day after the one before ended;
- the first one begins with the plan's window, also before the day on which the plan was issued; the last one
  ends with it;
- a report day on a day off changes no period: only the working day by which it is sent is earlier.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from sync.central.figures.periods import Period, before, month_before
from sync.central.presenting.days import roman_quarter
from sync.contract.official import written_day
from sync.contract.plan import Plan

AHEAD = timedelta(days=10)
"""A report that ends within these days is the one that an office writes now; else it writes the last one."""
_DAY = timedelta(days=1)

Rule = Callable[[Plan | None, date], Period]
"""The period of the report that an office writes on a day."""


def monthly(plan: Plan | None, today: date) -> Period:
    """From the report day of a month to that of the next one."""
    return _written(plan, today, 1)


def quarterly(plan: Plan | None, today: date) -> Period:
    """Three of these months: those that end in one quarter of the calendar."""
    return _written(plan, today, 3)


def window(plan: Plan | None, today: date) -> Period:
    """All days on which a plan collects; up to today where it sets no end."""
    if plan is None:
        return monthly(plan, today)
    starts, ends = _window(plan)
    last = ends or max(today, starts or today)
    return Period(starts or plan.issued or last.replace(month=1, day=1), last)


def previous(plan: Plan | None, period: Period) -> Period | None:
    """The period of the report before; None if the plan had not begun. Of any other days: as many before."""
    first, last = _month_of_report(plan, period.first), _month_of_report(plan, period.last)
    if _months(plan, first, last) != period:
        return before(period)
    length = 12 * (last.year - first.year) + last.month - first.month + 1
    return _months(plan, month_before(first, length), month_before(first))


def year_before(period: Period) -> Period:
    """The same days a year earlier; 28/2 for 29/2."""
    return Period(*(_last_year(day) for day in (period.first, period.last)))


def _last_year(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def named(plan: Plan | None, period: Period) -> str:
    """The period within a title: “tháng 11 năm 2026”, “quý IV năm 2026”, else its days."""
    first, last = _month_of_report(plan, period.first), _month_of_report(plan, period.last)
    if _months(plan, first, last) == period:
        if first == last:
            return f"tháng {last.month} năm {last.year}"
        if last.month % 3 == 0 and first == month_before(last, 2):
            return f"quý {roman_quarter(last)} năm {last.year}"
    return from_to(period)


def from_to(period: Period) -> str:
    """The days as an official document writes them."""
    if period.first == period.last:
        return f"ngày {written_day(period.first)}"
    return f"từ ngày {written_day(period.first)} đến ngày {written_day(period.last)}"


def _written(plan: Plan | None, today: date, months: int) -> Period:
    """The last report of this many months that has ended or will soon."""
    soon = today + AHEAD
    month = _month_of_report(plan, soon + _DAY)
    month = _whole(month_before(month), months, back=True)
    starts, ends = _window(plan) if plan else (None, None)
    if ends:
        month = min(month, _whole(_month_of_report(plan, ends), months))
    if starts:
        month = max(month, _whole(_month_of_report(plan, starts), months))
    period = _months(plan, month_before(month, months - 1), month)
    assert period is not None, "a month between the first and the last one has days"
    return period


def _whole(month: date, months: int, *, back: bool = False) -> date:
    """This month, or the next or last one that ends a group of this many months."""
    return month_before(month, month.month % months if back else -(-month.month % months))


def _months(plan: Plan | None, first: date, last: date) -> Period | None:
    """The days of the reports of these months, within the plan's window; None if there are none."""
    begins, ends = _ends_on(plan, month_before(first)) + _DAY, _ends_on(plan, last)
    if plan:
        starts, stops = _window(plan)
        begins, ends = max(begins, starts or begins), min(ends, stops or ends)
    return Period(begins, ends) if begins <= ends else None


def _month_of_report(plan: Plan | None, day: date) -> date:
    """The first day of the month to whose report this day belongs."""
    month = day.replace(day=1)
    return month if day <= _ends_on(plan, month) else month_before(month, -1)


def _ends_on(plan: Plan | None, month: date) -> date:
    """The last day of a month's report."""
    days = monthrange(month.year, month.month)[1]
    return month.replace(day=min(plan.report_day or days, days) if plan else days)


def _window(plan: Plan) -> tuple[date | None, date | None]:
    """The first and the last day of all groups; None where one of them has no limit."""
    starts, ends = zip(*(plan.window(group) for group in plan.groups), strict=True)
    ends = (*ends, *(each.ends for group in plan.groups for each in group.top_ups))
    firsts, lasts = [day for day in starts if day], [day for day in ends if day]
    return (
        min(firsts) if len(firsts) == len(starts) else None,
        max(lasts) if len(lasts) == len(ends) else None,
    )
