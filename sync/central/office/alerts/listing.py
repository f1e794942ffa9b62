"""Lists, counts and single alerts, each for the person who asks.

Every query goes through `seen`: the subtree of the reader's units on the day of the alert, what is visible by
now, nothing about the reader, and no response that was voided.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)

from sync.central.office.alerts.alarms import AlertKind
from sync.central.office.alerts.stages import COURSE, Stage, State, StepName
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remarks.listing import Reader
from sync.central.office.units.tree import CENTRE
from sync.central.office.work.owned import stage_in
from sync.central.store.alert_tables import alert_steps, alerts
from sync.central.store.schema import remarks, unit_spans, voided
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ALERT_UNKNOWN
from sync.contract.problem.wire import PARAMETER_INVALID

AlertAct = Literal["see-alerts", "handle-alerts"]
PAGE = 25
_MANY = 500  # ids of a query
_CURSOR = re.compile(whole("([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9a-f]{32})"), re.ASCII)


class AlertsAsked(Struct, frozen=True, kw_only=True):
    """Filters; an empty one leaves everything in. unit: with those below it. owner: an account."""

    unit: str = CENTRE
    kinds: tuple[AlertKind, ...] = ()
    state: State | Literal["", "open"] = ""
    owner: int | None = None


class Alert(Struct, frozen=True, kw_only=True):
    """One alert; see `Alarm`. steps: how many were done."""

    id: str
    kind: AlertKind
    subject: str
    unit: str
    day: date
    since: datetime
    officers: tuple[str, ...]
    n: int
    name: str
    raised_at: datetime
    stage: Stage
    steps: int


class AlertStep(Struct, frozen=True, kw_only=True):
    """Something that was done about an alert. account: 0 for the centre itself."""

    at: datetime
    account: int
    step: StepName
    result: str
    note: str


class AlertHistory(Struct, frozen=True):
    """One alert with everything that was done, in its order. possible: what the reader may do now."""

    alert: Alert
    steps: tuple[AlertStep, ...]
    possible: tuple[StepName, ...]


class AlertPage(Struct, frozen=True):
    """Alerts from the newest day on; next: the cursor of the following page, "" on the last one."""

    alerts: tuple[Alert, ...]
    next: str


class AlertCounts(Struct, frozen=True):
    """open: not closed; new: of these, taken by nobody; own: of these, held by the reader."""

    open: int = 0
    new: int = 0
    own: int = 0


def alert_reader(person: Person, day: date, act: AlertAct, about: Collection[str] = ()) -> Reader | None:
    """The reader that a person is on this day, where this act is allowed; None if it is allowed nowhere.

    about: the ids of responses in whose chain of corrections this officer is named.
    """
    units = may_anywhere(person, act, day)
    return Reader(person.account, units, person.officer, frozenset(about)) if units else None


def alerts_of(connection: Connection, reader: Reader, asked: AlertsAsked, *, after: str = "") -> AlertPage:
    """One page of alerts, the newest day first; raises ProblemError HL4013 for a cursor that is none."""
    a = alerts.c
    query = _rows(reader).where(*_filters(asked))
    if after:
        query = query.where(tuple_(a.day, a.id) < tuple_(*_read_cursor(after)))
    rows = connection.execute(query.order_by(a.day.desc(), a.id.desc()).limit(PAGE + 1)).all()
    shown = tuple(map(_alert, rows[:PAGE]))
    return AlertPage(shown, f"{shown[-1].day}_{shown[-1].id}" if len(rows) > PAGE else "")


def alert_of(connection: Connection, reader: Reader, id: str) -> AlertHistory:
    """One alert with its history; raises ProblemError HL5174 if there is none that the reader may see."""
    row = connection.execute(_rows(reader).where(alerts.c.id == id)).first()
    if row is None:
        raise ProblemError(ALERT_UNKNOWN(where="alert"))
    steps = select(alert_steps).where(alert_steps.c.alert == id).order_by(alert_steps.c.position)
    alert = _alert(row)
    history = tuple(map(_step, connection.execute(steps)))
    return AlertHistory(alert, history, COURSE.possible(alert.stage, reader.account))


def visible_among(connection: Connection, reader: Reader, ids: Sequence[str]) -> set[str]:
    """Those of these alerts that the reader may see."""
    visible = set[str]()
    for first in range(0, len(ids), _MANY):
        query = select(alerts.c.id).where(alerts.c.id.in_(ids[first : first + _MANY]), seen(reader))
        visible.update(connection.execute(query).scalars())
    return visible


def alert_counts(connection: Connection, reader: Reader, asked: AlertsAsked) -> AlertCounts:
    """How many alerts are open by these filters, whatever their state."""
    a = alerts.c
    filters = _filters(msgspec.structs.replace(asked, state="", owner=None))
    query = select(
        func.count(),
        func.count().filter(a.state == "new"),
        func.count().filter(a.owner == reader.account),
    ).where(a.state != "closed", seen(reader), *filters)
    return AlertCounts(*map(int, connection.execute(query).one()))


def seen(reader: Reader) -> ColumnElement[bool]:
    """The condition for rows of `alerts` that this reader may see."""
    a = alerts.c
    valid = ~exists().where(voided.c.id == a.subject)
    return and_(a.shown_at.is_not(None), valid, _within(reader.units), ~concerns(reader))


def concerns(reader: Reader) -> ColumnElement[bool]:
    """The condition for rows of `alerts` that are about this reader as an officer."""
    a, r = alerts.c, remarks.c
    conditions: list[ColumnElement[bool]] = []
    if reader.officer:
        name = msgspec.json.encode(reader.officer).decode()
        conditions += [
            a.officers.contains(name, autoescape=True),
            exists().where(r.id == a.subject, r.officer == reader.officer),
        ]
    if reader.about:
        conditions.append(a.subject.in_(sorted(reader.about)))
    return or_(false(), *conditions)


def _within(units: Sequence[str]) -> ColumnElement[bool]:
    """The condition for alerts of these units and those below them, on their day."""
    if CENTRE in units:
        return true()
    a, spans = alerts.c, unit_spans.c
    return exists().where(
        spans.root.in_(units), spans.unit == a.unit, spans.first_day <= a.day, a.day <= spans.last_day
    )


def _rows(reader: Reader) -> Select[Any]:
    steps = select(func.count()).where(alert_steps.c.alert == alerts.c.id).scalar_subquery()
    return select(alerts, steps.label("steps")).where(seen(reader))


def _filters(asked: AlertsAsked) -> Iterator[ColumnElement[bool]]:
    a = alerts.c
    if asked.unit:
        yield _within((asked.unit,))
    if asked.kinds:
        yield a.kind.in_(asked.kinds)
    if asked.state:
        yield a.state != "closed" if asked.state == "open" else a.state == asked.state
    if asked.owner is not None:
        yield a.owner == asked.owner


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        unit=row.unit,
        day=date.fromisoformat(row.day),
        since=datetime.fromisoformat(row.since),
        officers=tuple(msgspec.json.decode(row.officers, type=list[str])),
        n=row.n,
        name=row.name,
        raised_at=datetime.fromisoformat(row.raised_at),
        stage=stage_in(row),
        steps=row.steps,
    )


def _step(row: Row[Any]) -> AlertStep:
    at = datetime.fromisoformat(row.at)
    return AlertStep(at=at, account=row.account, step=row.step, result=row.result, note=row.note)


def _read_cursor(after: str) -> tuple[str, str]:
    match = _CURSOR.match(after)
    if match is None:
        raise ProblemError(PARAMETER_INVALID(where="after", detail="dùng con trỏ mà trang trước đưa"))
    return match[1], match[2]
