"""What a look at the centre found. It becomes an alert once, however often it is found.

The id of an alert is the digest of what it is about and of its episode: a silence begins when a device was
last heard, a pattern has its device and day, a deadline its day, and a response happens once.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, exists, func, insert, select, update

from sync.central.office.alerts.stages import COURSE, OwnResult, Step
from sync.central.office.remarks.calendar import read_calendars
from sync.central.office.work.owned import stage_in
from sync.central.store.alert_tables import alert_steps, alerts
from sync.central.store.schema import remarks, voided
from sync.contract.plan import VIET_NAM

AlertKind = Literal["low", "burst", "streak", "after-hours", "silent", "silent-unit", "deadline"]
OF_VISITS: tuple[AlertKind, ...] = ("low", "burst", "streak", "after-hours")
SILENCE: tuple[AlertKind, ...] = ("silent", "silent-unit")
CENTRE_ITSELF = 0
"""The account of steps that the centre does by itself."""
_MANY = 500  # ids of a query


class Alarm(Struct, frozen=True, kw_only=True):
    """Something that somebody must know.

    subject: a device, a unit, a response, or a plan. episode: what makes it another one about the same
    subject. since: when it began. officers: whom it may concern. n: how many visits or devices. name: of a
    deadline.
    """

    kind: AlertKind
    subject: str
    unit: str
    day: date
    episode: str
    since: datetime
    officers: frozenset[str] = frozenset()
    n: int = 1
    name: str = ""

    @property
    def id(self) -> str:
        """The same for the same thing."""
        named = "\n".join((self.kind, self.subject, self.episode))
        return hashlib.sha256(named.encode()).hexdigest()[:32]


class Shown(Struct, frozen=True, kw_only=True):
    """An alert that has just become visible to those who may read it; see Alarm."""

    id: str
    kind: AlertKind
    subject: str
    unit: str
    day: date
    since: datetime
    officers: frozenset[str]
    n: int
    name: str


class Ended(Struct, frozen=True):
    """An open alert about something that is over; result: why."""

    id: str
    result: OwnResult = "recovered"


def raise_alarms(connection: Connection, alarms: Iterable[Alarm], now: datetime) -> list[Alarm]:
    """Make an alert of each alarm that is not one yet; returns these. The write lock is held.

    A pattern that has grown since it was raised names all visits and officers that belong to it now.
    """
    by_id = {alarm.id: alarm for alarm in alarms}
    known: dict[str, Row[Any]] = {}
    ids = sorted(by_id)
    for first in range(0, len(ids), _MANY):
        query = select(alerts).where(alerts.c.id.in_(ids[first : first + _MANY]))
        known |= {row.id: row for row in connection.execute(query)}
    new = [alarm for id, alarm in sorted(by_id.items()) if id not in known]
    if new:
        connection.execute(insert(alerts), [_row(alarm, now) for alarm in new])
    for id, row in known.items():
        officers = by_id[id].officers | _officers(row.officers)
        n = max(by_id[id].n, row.n)
        if (officers, n) != (_officers(row.officers), row.n):
            values = {"officers": _listed(officers), "n": n}
            connection.execute(update(alerts).where(alerts.c.id == id).values(values))
    return new


def end_alerts(connection: Connection, over: Iterable[Ended], now: datetime) -> int:
    """Close these alerts, if nobody has done so; how many were closed. The write lock is held."""
    results = {each.id: each.result for each in over}
    still_open = alerts.c.id.in_(sorted(results)) & (alerts.c.state != "closed")
    rows = connection.execute(select(alerts).where(still_open)).all()
    for row in rows:
        step = Step(step="recover", account=CENTRE_ITSELF, result=results[row.id])
        record(connection, row, step, now)
    return len(rows)


def record(connection: Connection, row: Row[Any], step: Step, now: datetime) -> None:
    """Let this step be done to the alert of a row; raises ProblemError as `advance`."""
    stage = COURSE.advance(stage_in(row), step)
    values = {"state": stage.state, "owner": stage.owner, "result": stage.result}
    connection.execute(update(alerts).where(alerts.c.id == row.id).values(values))
    connection.execute(
        insert(alert_steps).values(
            alert=row.id,
            at=now.isoformat(),
            account=step.account,
            step=step.step,
            result=step.result,
            note=step.note,
        )
    )


def unraised(connection: Connection, alarms: Iterable[Alarm]) -> bool:
    """Whether one of these is no alert yet."""
    ids = sorted({alarm.id for alarm in alarms})
    known = 0
    for first in range(0, len(ids), _MANY):
        query = select(func.count()).where(alerts.c.id.in_(ids[first : first + _MANY]))
        known += connection.execute(query).scalar_one()
    return known < len(ids)


def open_among(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of these alerts that there are and that are not closed."""
    wanted = sorted(set(ids))
    found = set[str]()
    for first in range(0, len(wanted), _MANY):
        query = select(alerts.c.id).where(alerts.c.id.in_(wanted[first : first + _MANY]))
        found.update(connection.execute(query.where(alerts.c.state != "closed")).scalars())
    return found


def read_ripe(connection: Connection, now: datetime) -> list[Shown]:
    """What may be seen by now, and could not before.

    What comes from visits waits as remarks do, and a response that was voided meanwhile is never shown.
    """
    query = (
        select(alerts, remarks.c.called)
        .outerjoin(remarks, (alerts.c.kind == "low") & (remarks.c.id == alerts.c.subject))
        .where(alerts.c.shown_at.is_(None), ~exists().where(voided.c.id == alerts.c.subject))
        .order_by(alerts.c.day, alerts.c.id)
    )
    rows = connection.execute(query).all()
    if not rows:
        return []
    calendars = read_calendars(connection, now.astimezone(VIET_NAM).date())

    def is_ripe(row: Row[Any]) -> bool:
        waits = row.kind in OF_VISITS and not row.called
        return not waits or date.fromisoformat(row.day) < calendars.of(row.unit).visible_before(now)

    return [_shown(row) for row in rows if is_ripe(row)]


def show(connection: Connection, ripe: Sequence[Shown], now: datetime) -> None:
    """Let these be visible from now on. The write lock is held."""
    for first in range(0, len(ripe), _MANY):
        ids = [each.id for each in ripe[first : first + _MANY]]
        connection.execute(update(alerts).where(alerts.c.id.in_(ids)).values(shown_at=now.isoformat()))


class Silence(Struct, frozen=True, kw_only=True):
    """An alert about a silence that was raised before. since: when its device was last heard.

    ended: the device was heard again, or is not used any more.
    """

    id: str
    kind: AlertKind
    subject: str
    since: datetime
    open: bool
    ended: bool


def read_silences(connection: Connection, subjects: Sequence[str], since: datetime) -> list[Silence]:
    """The alerts about silences that are open, and those of these devices and units that began since then."""
    of_these = alerts.c.subject.in_(subjects) & (alerts.c.since >= in_order(since))
    query = select(alerts).where(alerts.c.kind.in_(SILENCE), of_these)
    still_open = select(alerts).where(alerts.c.kind.in_(SILENCE), alerts.c.state != "closed")
    rows = {row.id: row for each in (query, still_open) for row in connection.execute(each)}
    return [
        Silence(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            since=datetime.fromisoformat(row.since),
            open=row.state != "closed",
            ended=row.result in get_args(OwnResult),
        )
        for row in rows.values()
    ]


def in_order(moment: datetime) -> str:
    """A moment as it is stored: such texts are in the order of their moments."""
    return moment.astimezone(VIET_NAM).isoformat(timespec="microseconds")


def _row(alarm: Alarm, now: datetime) -> dict[str, object]:
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "unit": alarm.unit,
        "day": alarm.day.isoformat(),
        "since": in_order(alarm.since),
        "officers": _listed(alarm.officers),
        "n": alarm.n,
        "name": alarm.name,
        "raised_at": now.isoformat(),
    }


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        unit=row.unit,
        day=date.fromisoformat(row.day),
        since=datetime.fromisoformat(row.since),
        officers=_officers(row.officers),
        n=row.n,
        name=row.name,
    )


def _officers(text: str) -> frozenset[str]:
    return frozenset(msgspec.json.decode(text, type=list[str]))


def _listed(officers: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(officers)).decode()
