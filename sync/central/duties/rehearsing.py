"""What thresholds would have raised between two days: the same decisions as the watcher's, over the past.

What was not written down can't be looked at again: of silences the centre knows those that became alerts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, FromClause, exists, select, true

from sync.central.duties.patterns import is_low, patterns
from sync.central.figures.deadlines import deadlines
from sync.central.figures.today import HORIZON
from sync.central.office.alerts.thresholds import RuleKind, Threshold
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.corrections import DEVICE
from sync.central.office.hours import duties_of
from sync.central.office.remarks.listing import Reader
from sync.central.office.units.tree import CENTRE
from sync.central.store.alert_tables import alert_steps, alerts
from sync.central.store.schema import remarks, responses, unit_spans, voided
from sync.central.store.surveys import load_surveys
from sync.contract.assignment import OfficeHours
from sync.contract.canonical import decode_response
from sync.contract.plan import Plan
from sync.contract.response import Response


def would_raise(
    connection: Connection,
    reader: Reader,
    unit: str,
    kind: RuleKind,
    thresholds: Sequence[Threshold],
    *,
    first: date,
    last: date,
) -> tuple[int, ...]:
    """How many alerts each of these thresholds would have raised at the unit and those below it, but those
    about the reader as an officer. What is read is read once for all of them."""
    days = (first.isoformat(), last.isoformat())
    match kind:
        case "low":
            raised = _low(connection, reader, unit, thresholds, days)
        case "silent":
            raised = _silent(connection, unit, thresholds, days)
        case "deadline":
            below = _below(connection, unit)
            plans = [plan for plan in read_plans(connection) if plan.unit in below]
            raised = [_deadlines(plans, first, last)] * len(thresholds)
        case _:
            raised = _patterns(connection, reader, unit, kind, thresholds, days)
    return tuple(count if threshold.used else 0 for threshold, count in zip(thresholds, raised, strict=True))


def _low(
    connection: Connection,
    reader: Reader,
    unit: str,
    thresholds: Sequence[Threshold],
    days: tuple[str, str],
) -> list[int]:
    c = responses.c
    query = (
        select(c.cells, c.survey, c.survey_version)
        .join(remarks, remarks.c.id == c.id)
        .where(remarks.c.day.between(*days), _within(unit, remarks), c.device != DEVICE)
        .where(~exists().where(voided.c.id == remarks.c.id), c.id.not_in(sorted(reader.about)))
    )
    if reader.officer:
        query = query.where(c.officer.is_distinct_from(reader.officer))
    surveys = load_surveys(connection)
    rows = connection.execute(query)
    asked = ((row.cells, surveys.get((row.survey, row.survey_version))) for row in rows)
    known = [(cells, survey) for cells, survey in asked if survey is not None]
    return [sum(is_low(cells, survey, each.bound) for cells, survey in known) for each in thresholds]


def _silent(
    connection: Connection, unit: str, thresholds: Sequence[Threshold], days: tuple[str, str]
) -> list[int]:
    a, s = alerts.c, alert_steps.c
    query = (
        select(a.since, s.at)
        .outerjoin(alert_steps, (s.alert == a.id) & (s.step == "recover"))
        .where(a.kind.in_(("silent", "silent-unit")), a.day.between(*days), _within(unit, alerts))
    )
    lasted = [
        datetime.fromisoformat(row.at) - datetime.fromisoformat(row.since) if row.at else timedelta.max
        for row in connection.execute(query)
    ]
    bounds = [timedelta(minutes=each.bound) for each in thresholds]
    return [sum(each > bound for each in lasted) for bound in bounds]


def _deadlines(plans: Iterable[Plan], first: date, last: date) -> int:
    horizon = timedelta(days=HORIZON)
    looks = (first + horizon * number for number in range((last - first) // horizon + 1))
    dues = {
        (due.plan, due.day, str(due.name))
        for plan in plans
        for day in looks
        for due in deadlines((plan,), day, (), ())
    }
    return sum(first <= day <= last for _, day, _ in dues)


def _patterns(
    connection: Connection,
    reader: Reader,
    unit: str,
    kind: RuleKind,
    thresholds: Sequence[Threshold],
    days: tuple[str, str],
) -> list[int]:
    c = responses.c
    query = (
        select(c.day, c.device, c.unit, c.body)
        .where(c.day.between(*days), _within(unit, responses), c.channel == "kiosk", c.device != DEVICE)
        .order_by(c.day)
    )
    plans = read_plans(connection)
    duties = duties_of(connection, _below(connection, unit))
    counts = [0] * len(thresholds)
    for day, rows in groupby(
        connection.execution_options(yield_per=1000).execute(query), lambda row: row.day
    ):
        visits: defaultdict[tuple[str, str], list[Response]] = defaultdict(list)
        for row in rows:
            visits[row.device, row.unit].append(decode_response(bytes(row.body)))
        for (_, of), together in visits.items():
            for at, threshold in enumerate(thresholds):
                alarms = patterns(
                    together,
                    unit=of,
                    day=date.fromisoformat(day),
                    threshold=partial(_alone, kind, threshold),
                    hours=duties[of].hours if of in duties else OfficeHours(),
                    plans=plans,
                )
                counts[at] += sum(reader.officer not in alarm.officers for alarm in alarms)
    return counts


def _alone(tried: RuleKind, threshold: Threshold, kind: RuleKind) -> Threshold:
    """This threshold for the kind that is tried; no other kind is used."""
    return threshold if kind == tried else Threshold(1, used=False)


def _within(unit: str, rows: FromClause) -> ColumnElement[bool]:
    """The condition for rows of the unit and of those that were below it on their day."""
    if unit == CENTRE:
        return true()
    spans = unit_spans.c
    return exists().where(
        spans.root == unit,
        spans.unit == rows.c.unit,
        spans.first_day <= rows.c.day,
        rows.c.day <= spans.last_day,
    )


def _below(connection: Connection, unit: str) -> set[str]:
    """The unit and all that were ever below it; every unit for the whole centre."""
    query = select(unit_spans.c.unit)
    if unit != CENTRE:
        query = query.where(unit_spans.c.root == unit)
    return {unit, *connection.execute(query.distinct()).scalars()}
