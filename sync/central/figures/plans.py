"""Reads the kept counts of a plan, for its figures and its progress."""

from collections import Counter, defaultdict
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, func, not_, or_, select

from sync.central.figures.statistics import SELF_CHOSEN, Counted, PlanFigures, plan_figures
from sync.central.store.cells import columns
from sync.central.store.membership import counted_days, in_group, in_plan
from sync.central.store.rollups import VISIT
from sync.central.store.schema import forms_by_plan
from sync.central.store.surveys import load_surveys
from sync.contract.plan import Plan

# The value under which the counts of visits have those with an answer.
_ANSWERED = ("answered", "untagged")


class Outside(Struct, frozen=True, kw_only=True):
    """Answered responses that name the plan, because a terminal was set to it, but don't count for it."""

    unit: str
    survey: str
    respondent: str
    channel: str
    first: str
    last: str
    forms: int


def read_figures(connection: Connection, plan: Plan, *, over: bool = False) -> PlanFigures:
    """The figures of a plan. over: only of days that are over, see days_over.py."""
    surveys = load_surveys(connection)
    asked = {key: columns(survey) for key, survey in surveys.items()}
    counted: defaultdict[str, list[Counted]] = defaultdict(list)
    days = counted_days(connection)
    c = days.c
    for group in plan.groups:
        key = (c.survey_version, c.channel, c.cell, c.value)
        wanted = or_(c.cell != VISIT, c.value.in_(_ANSWERED))
        query = select(*key, func.sum(c.n)).where(wanted, in_group(plan, group, days), *_over(days, over))
        query = query.group_by(*key)
        for version, channel, cell, value, n in connection.execute(query):
            question = "" if cell == VISIT else asked[group.survey, version][cell]
            chosen = channel in SELF_CHOSEN
            counted[group.id].append(
                Counted(version=version, question=question, value=value, chosen=chosen, n=int(n))
            )
    return plan_figures(plan, surveys, counted)


def read_forms(connection: Connection, plan: Plan, *, over: bool = False) -> Counter[tuple[str, str]]:
    """How many answered forms count for the plan, by group and unit. over: as of `read_figures`."""
    counts: Counter[tuple[str, str]] = Counter()
    days = counted_days(connection)
    c = days.c
    for group in plan.groups:
        query = (
            select(c.unit, func.sum(c.n))
            .where(c.cell == VISIT, c.value.in_(_ANSWERED), in_group(plan, group, days), *_over(days, over))
            .group_by(c.unit)
        )
        for unit, n in connection.execute(query):
            counts[group.id, unit] += int(n)
    return counts


def read_days(connection: Connection, plan: Plan, *, over: bool = False) -> Counter[tuple[str, str, date]]:
    """The forms of `read_forms` by group, unit and day. over: as of `read_figures`."""
    counts: Counter[tuple[str, str, date]] = Counter()
    days = counted_days(connection)
    c = days.c
    for group in plan.groups:
        wanted = (c.cell == VISIT, c.value.in_(_ANSWERED), in_group(plan, group, days), *_over(days, over))
        query = select(c.unit, c.day, func.sum(c.n)).where(*wanted).group_by(c.unit, c.day)
        for unit, day, n in connection.execute(query):
            counts[group.id, unit, date.fromisoformat(day)] += int(n)
    return counts


def _over(days: FromClause, over: bool) -> tuple[ColumnElement[bool], ...]:
    return (days.c.closes == "",) if over else ()


def read_outside(connection: Connection, plan: Plan) -> tuple[Outside, ...]:
    """The forms that name this plan but don't count for it, by the values that decide this."""
    c = forms_by_plan.c
    key = (c.unit, c.survey, c.respondent, c.channel)
    query = (
        select(*key, func.min(c.day), func.max(c.day), func.sum(c.n))
        .where(c.plan == plan.id, not_(in_plan(plan, forms_by_plan)))
        .group_by(*key)
        .order_by(*key)
    )
    return tuple(
        Outside(
            unit=unit,
            survey=survey,
            respondent=respondent,
            channel=channel,
            first=first,
            last=last,
            forms=int(n),
        )
        for unit, survey, respondent, channel, first, last, n in connection.execute(query)
    )
