"""Which regular report an office writes now, for which days, and by when it is due."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, or_, select

from sync.central.figures.working_days import last_worked
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.hours import hours_of
from sync.central.office.plans import plan_named
from sync.central.presenting.days import period_words
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.described import Kind
from sync.central.reports.records.stored import Report, living_of, same_period
from sync.central.store.schema import plans, unit_spans
from sync.contract.plan import Plan, report_days
from sync.contract.text import pick

# A report is due within this time after the last day of its period.
_WITHIN = timedelta(days=31)


class Proposal(Struct, frozen=True, kw_only=True):
    """A regular report. plan: None for the month of the calendar. due: None where no plan sets a day.

    working: that day, or the working day before it. report: the one that there is, None for none yet; of
    several the one that was issued. revision: what is being made to take its place.
    """

    asked: Asked
    plan: Plan | None
    due: date | None
    working: date | None
    report: Report | None
    revision: Report | None


def plans_of(connection: Connection, unit: str, today: date) -> tuple[Plan, ...]:
    """The plans in force of this unit and of those above it; of all units for the whole centre."""
    if not unit:
        return read_plans(connection)
    c, on = unit_spans.c, today.isoformat()
    above = select(c.root).where(c.unit == unit, c.first_day <= on, on <= c.last_day)
    return read_plans(connection, or_(plans.c.unit == unit, plans.c.unit.in_(above)))


def propose(connection: Connection, kind: Kind[Any], unit: str, today: date) -> tuple[Proposal, ...]:
    """The regular report of each plan that asks for one, else that of the month of the calendar."""
    asking = [plan for plan in plans_of(connection, unit, today) if plan.report_day]
    found: Sequence[Plan | None] = asking or [None]
    return tuple(_proposal(connection, kind, unit, plan, today) for plan in found)


def _proposal(connection: Connection, kind: Kind[Any], unit: str, plan: Plan | None, today: date) -> Proposal:
    period = kind.period(plan, today)
    asked = Asked(
        kind=kind.name, unit=unit, first=period.first, last=period.last, plan=plan.id if plan else ""
    )
    due = due_of(plan, period.last) if plan else None
    report, revision = _issued_first(living_of(same_period(connection, asked)))
    return Proposal(
        asked=asked,
        plan=plan,
        due=due,
        working=working_day(connection, unit, due) if due else None,
        report=report,
        revision=revision,
    )


def _issued_first(living: Sequence[Report]) -> tuple[Report | None, Report | None]:
    """The report of a period, and the revision of it that was begun and is not issued yet."""
    issued = [each for each in living if each.issued]
    report = next(reversed(issued or living), None)
    return report, next((each for each in reversed(living) if report and each.revises == report.id), None)


def group_name(connection: Connection, asked: Asked) -> str:
    """The name of the group that a report is about, "" for all."""
    if not asked.group:
        return ""
    groups = plan_named(connection, asked.plan).groups if asked.plan else ()
    return next((pick(each.name, "vi") for each in groups if each.id == asked.group), asked.group)


def named(connection: Connection, kind: Kind[Any], asked: Asked) -> str:
    """The document within a list: “Báo cáo tháng, tháng 3/2026”, with the one group that it is about."""
    period = period_words(asked.first, asked.last)
    return ", ".join(filter(None, (kind.title, period, group_name(connection, asked))))


def due_of(plan: Plan, last: date) -> date | None:
    """The report day of a period that ends on `last`; None if the plan sets none then."""
    return next(iter(report_days(plan, last, last + _WITHIN)), None)


def sent_by(connection: Connection, asked: Asked, today: date) -> date | None:
    """The working day by which a report has to be sent; None where no plan sets a day."""
    if not asked.plan:
        return None
    plan = next((each for each in plans_of(connection, asked.unit, today) if each.id == asked.plan), None)
    due = due_of(plan, asked.last) if plan else None
    return working_day(connection, asked.unit, due) if due else None


def working_day(connection: Connection, unit: str, day: date) -> date:
    """`day`, or the working day before it, in the hours of this unit."""
    hours = hours_of(connection, unit)
    return last_worked(day, hours.opening, hours.special_days) or day
