"""Which responses count for a plan: the same rule for summary, figures, progress and pull. Pure.

A response counts for the first group of a plan that it fits: by its unit (the plan's own, or one below it on
that day), its form in any version, its respondent, its channel, and its day within the group's window, or
within a top-up of its unit.

Promises:
- the plan's id that a terminal wrote is not used, so a plan that is issued late, backdated or changed counts
  every response that it describes, whenever that arrived;
- the same condition is applied to the responses and to the counts kept of them.
"""

from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    String,
    and_,
    column,
    exists,
    false,
    func,
    not_,
    or_,
    text,
    true,
)

from sync.central.store.schema import responses, rollups, unit_spans
from sync.contract.plan import Plan, PlanGroup, TopUp

_DAY = timedelta(days=1)


def counted_days(connection: Connection) -> FromClause:
    """The counts of days that are kept by unit alone, each with its `day`, read by form and not by period.

    SQLite needs a hint: without statistics it chooses the longer key of all counts.
    """
    along = " INDEXED BY ix_rollups_group" if connection.dialect.name == "sqlite" else ""
    names = ", ".join(rollups.c.keys())
    query = text(f"SELECT {names}, period AS day FROM rollups{along} WHERE grain = 'D'")
    return query.columns(*rollups.c, column("day", String)).subquery("counted_days")


def in_plan(plan: Plan, rows: FromClause) -> ColumnElement[bool]:
    """The condition for rows of `responses` or of counts to count for `plan`."""
    return and_(
        _in_subtree(plan.unit, rows), or_(false(), *(_fits(plan, group, rows) for group in plan.groups))
    )


def in_group(plan: Plan, group: PlanGroup, rows: FromClause) -> ColumnElement[bool]:
    """The condition for rows of `responses` or of counts to count for this group: the first they fit."""
    earlier = plan.groups[: plan.groups.index(group)]
    return and_(
        _in_subtree(plan.unit, rows),
        _fits(plan, group, rows),
        *(not_(_fits(plan, other, rows)) for other in earlier),
    )


def to_pull(plan: Plan) -> ColumnElement[bool]:
    """The condition for the rows of `responses` that a pull of this plan returns.

    These are the rows that count for it, and all rows of its forms with the outcome `voided`, whatever their
    day: such a row may void another one.
    """
    forms = {group.survey for group in plan.groups}
    voids = and_(responses.c.outcome == "voided", responses.c.survey.in_(sorted(forms)))
    return or_(in_plan(plan, responses), voids)


def cuts_a_month(plan: Plan, first: date, last: date) -> bool:
    """Whether a window of the plan begins or ends within a month between these days."""
    for group in plan.groups:
        starts, ends = plan.window(group)
        if starts and first < starts <= last and starts.day != 1:
            return True
        if ends and first <= ends < last and (ends + _DAY).day != 1:
            return True
        for each in group.top_ups:
            if (first < each.starts <= last and each.starts.day != 1) or (
                first <= each.ends < last and (each.ends + _DAY).day != 1
            ):
                return True
    return False


def _fits(plan: Plan, group: PlanGroup, rows: FromClause) -> ColumnElement[bool]:
    c = rows.c
    days = or_(_in_window(plan, group, rows), *(_topped_up(each, rows) for each in group.top_ups))
    asked = (c.survey == group.survey, c.respondent.in_(group.respondents), c.channel.in_(group.channels))
    return and_(*asked, days)


def _topped_up(each: TopUp, rows: FromClause) -> ColumnElement[bool]:
    first, last = each.starts.isoformat(), each.ends.isoformat()
    return and_(_in_subtree(each.unit, rows), _day(rows) >= first, _day(rows) <= last)


def _in_window(plan: Plan, group: PlanGroup, rows: FromClause) -> ColumnElement[bool]:
    c = rows.c
    conditions: list[ColumnElement[bool]] = [true()]
    first, last = plan.window(group)
    if first:
        conditions.append(_day(rows) >= first.isoformat())
    if last:
        conditions.append(_day(rows) <= last.isoformat())
    if rows is rollups:
        # Wider, but on the column itself, so that the key finds the window.
        conditions += [c.period >= first.isoformat()[:7]] if first else []
        conditions += [c.period <= last.isoformat()] if last else []
    return and_(*conditions)


def _in_subtree(unit: str, rows: FromClause) -> ColumnElement[bool]:
    spans, day = unit_spans.c, _day(rows)
    below = exists().where(
        spans.root == unit, spans.unit == rows.c.unit, spans.first_day <= day, day <= spans.last_day
    )
    return or_(rows.c.unit == unit, below)


def _day(rows: FromClause) -> ColumnElement[str]:
    """The day of a response; for a monthly count the first day of the month."""
    return func.substr(rows.c.period + "-01", 1, 10) if rows is rollups else rows.c.day
