"""Which offices still owe their secretariat a report, of plans in which it joins theirs."""

from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.reports.issuing.proposing import plans_of
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.office_reports import (
    SECRETARIAT,
    OfficeReport,
    office_reports,
    report_steps,
)
from sync.central.reports.records.stored import of_these_days
from sync.contract.plan import Plan

_AHEAD = timedelta(days=30)
_LATE = timedelta(days=92)
"""After that nobody waits for them any more."""


class Awaited(Struct, frozen=True, kw_only=True):
    """The reports of one plan's offices. due: their last day, None for none. to: who gets them."""

    plan: Plan
    due: date | None
    to: str
    offices: tuple[OfficeReport, ...]


def awaited_reports(connection: Connection, unit: str, today: date) -> tuple[Awaited, ...]:
    """For each plan of this unit whose offices report now, until what joins their reports was sent."""
    found = []
    for plan in plans_of(connection, unit, today):
        steps = report_steps(plan)
        if plan.unit != unit or len(steps) < 2 or not _is_now(steps[0].starts, steps[0].last_day, today):
            continue
        period = periods.window(plan, today)
        joined = [
            each
            for each in of_these_days(connection, unit, period.first, period.last)
            if (each.asked.kind, each.asked.plan) == (SECRETARIAT, plan.id)
        ]
        if not any(each.issued for each in joined):
            offices = office_reports(connection, plan, period.first, period.last)
            found.append(Awaited(plan=plan, due=steps[0].last_day, to=steps[0].to, offices=offices))
    return tuple(found)


def _is_now(starts: date | None, last: date | None, today: date) -> bool:
    """Whether a step of these days goes on, or ended lately."""
    if last is None:
        return starts is None or starts <= today
    return (starts or last - _AHEAD) <= today <= last + _LATE
