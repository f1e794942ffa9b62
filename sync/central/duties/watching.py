"""Looks at what arrived, at devices and at deadlines, and raises an alert for what somebody must know.

Promises (office/alerts/__init__.py has the list):
- a round first reads, and writes only if there is something to write: at most one short transaction;
- what arrived is read once, in its order (store/arrival.py); where a round ended is written together with
  what it raised, and a round that another process was faster with writes nothing;
- after a restore it begins a day before the last response that was looked at: what was raised stays raised;
- what arrives more than LATE after its day raises nothing: nobody can do anything about it any more;
- who is to be told is told in the transaction that makes an alert visible, once; the last of several rounds
  does it, so that what they raised is told together.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, literal, select

from sync.central.duties.patterns import is_low, patterns
from sync.central.duties.silence import Machine, over, silences
from sync.central.figures.deadlines import Reported, deadlines
from sync.central.figures.morning import read_reported
from sync.central.figures.said import value_in_words
from sync.central.figures.today import Due
from sync.central.office.alerts.alarms import (
    Alarm,
    Ended,
    Shown,
    end_alerts,
    open_among,
    raise_alarms,
    read_ripe,
    read_silences,
    show,
    unraised,
)
from sync.central.office.alerts.thresholds import (
    RuleKind,
    Threshold,
    Thresholds,
    in_milliseconds,
    read_thresholds,
)
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.corrections import DEVICE
from sync.central.office.devices import spot_of
from sync.central.office.hours import duties_of
from sync.central.office.remarks.calendar import Calendars, read_calendars
from sync.central.store.arrival import Place, behind, order
from sync.central.store.database import one_at_a_time
from sync.central.store.facts import read_epoch
from sync.central.store.issuing import reports
from sync.central.store.schema import devices, facts, responses, voided
from sync.central.store.singly import STAFF
from sync.central.store.storage import Storage
from sync.central.store.surveys import load_surveys
from sync.contract.assignment import OfficeHours
from sync.contract.canonical import decode_response
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.response import Response

CHUNK = 1000  # responses a round
LATE = timedelta(days=30)
_REPORTED = timedelta(days=62)  # older reports are of no day that plans still ask for
_DAY_BEFORE = 24 * 3600 * 1000  # milliseconds; no transaction is open that long
_FACT = "watched"
_COLUMNS = (
    "position",
    "xid",
    "id",
    "device",
    "unit",
    "day",
    "officer",
    "respondent",
    "survey",
    "survey_version",
    "channel",
    "cells",
    "received_at",
    "finished_at",
)

Rows = Sequence[Any]  # of the driver
Announce = Callable[[Connection, Sequence[Shown]], None]


class Watched(Struct, frozen=True, kw_only=True):
    """What one round did. shown: what became visible. more: the next round has something to do already."""

    raised: tuple[Alarm, ...] = ()
    shown: tuple[Shown, ...] = ()
    closed: int = 0
    more: bool = False


class _Mark(Struct, frozen=True, array_like=True):
    """Where a round ended. received_at: the latest of what was looked at, in milliseconds since 1970."""

    epoch: int = 0
    place: Place = Place()
    received_at: int = 0


class _Found(Struct, frozen=True):
    """What a round read. before: the mark that it began at."""

    before: _Mark
    after: _Mark
    alarms: tuple[Alarm, ...]
    over: tuple[Ended, ...]
    more: bool


def watch(storage: Storage, now: datetime, announce: Announce = lambda _, __: None) -> Watched:
    """Do one round; returns what it did. announce: called with what became visible, in the same transaction.

    Raises ProblemError HL5006.
    """
    with storage.reading() as connection:
        found = _look(connection, now)
        idle = found.before == found.after and not found.over
        if idle and not unraised(connection, found.alarms) and not read_ripe(connection, now):
            return Watched()
    with storage.changing() as connection:
        one_at_a_time(connection)
        if _read_mark(connection) != found.before:
            return Watched(more=True)
        raised = raise_alarms(connection, found.alarms, now)
        closed = end_alerts(connection, found.over, now)
        shown = [] if found.more else read_ripe(connection, now)
        show(connection, shown, now)
        if shown:
            announce(connection, shown)
        if found.after != found.before:
            _write_mark(connection, found.after)
    return Watched(raised=tuple(raised), shown=tuple(shown), closed=closed, more=found.more)


def _look(connection: Connection, now: datetime) -> _Found:
    today = now.astimezone(VIET_NAM).date()
    before = _read_mark(connection)
    rows, after = _arrived(connection, before)
    thresholds = read_thresholds(connection, today)
    plans = read_plans(connection)
    calendars = read_calendars(connection, today)
    machines, known = _machines(connection, thresholds, now)
    reported = read_reported(connection, reports.c.last_day > (today - _REPORTED).isoformat())
    asked, sent = _of_deadlines(plans, calendars, thresholds, reported, now)
    alarms = (*_of_arrivals(connection, rows, thresholds, plans), *silences(machines, known, now), *asked)
    done = (Ended(id, "sent") for id in sorted(open_among(connection, (alarm.id for alarm in sent))))
    return _Found(before, after, alarms, (*over(machines, known), *done), len(rows) == CHUNK)


# --- what arrived -----------------------------------------------------------------------------------------


def _read_mark(connection: Connection) -> _Mark:
    text = connection.execute(select(facts.c.value).where(facts.c.name == _FACT)).scalar()
    return msgspec.json.decode(text, type=_Mark) if text else _Mark()


def _write_mark(connection: Connection, mark: _Mark) -> None:
    connection.execute(delete(facts).where(facts.c.name == _FACT))
    connection.execute(insert(facts).values(name=_FACT, value=msgspec.json.encode(mark).decode()))


def _arrived(connection: Connection, mark: _Mark) -> tuple[Rows, _Mark]:
    """The next responses in the order of arrival, and where they end."""
    c, epoch = responses.c, read_epoch(connection)
    place = mark.place if mark.epoch == epoch else _restarted(connection, mark)
    sealed = c.sealed_box.is_not(None).label("sealed")
    query = select(*(c[name] for name in _COLUMNS), sealed).where(behind(connection, place))
    rows = connection.execute(query.order_by(*order(connection)).limit(CHUNK)).all()
    if rows:
        place = Place(rows[-1].xid, rows[-1].position)
    received = max((row.received_at for row in rows), default=0)
    return rows, _Mark(epoch, place, max(mark.received_at, received))


def _restarted(connection: Connection, mark: _Mark) -> Place:
    """Where to go on in a restored database, whose order is that of positions alone."""
    c = responses.c
    first = select(func.min(c.position)).where(c.received_at >= mark.received_at - _DAY_BEFORE)
    last = select(func.max(c.position))
    begin = connection.execute(first).scalar()
    return Place(0, (connection.execute(last).scalar() or 0) if begin is None else begin - 1)


def _of_arrivals(
    connection: Connection, rows: Rows, thresholds: Thresholds, plans: Sequence[Plan]
) -> Iterator[Alarm]:
    """What these responses give reason to raise, alone and together with others of their device and day."""
    rows = [row for row in rows if row.device != DEVICE and not _is_late(row)]
    if not rows:
        return
    yield from _low(connection, rows, thresholds)
    latest = {(row.device, row.day): row for row in rows if row.channel == "kiosk"}
    if not latest:
        return
    duties = duties_of(connection, {row.unit for row in latest.values()})
    for key, visits in _visits(connection, latest):
        row = latest[key]
        yield from patterns(
            visits,
            unit=row.unit,
            day=date.fromisoformat(row.day),
            threshold=partial(_threshold, thresholds, row),
            hours=duties[row.unit].hours if row.unit in duties else OfficeHours(),
            plans=plans,
        )


def _threshold(thresholds: Thresholds, row: Row[Any], kind: RuleKind) -> Threshold:
    return thresholds.of(row.unit, kind, row.received_at)


def _is_late(row: Row[Any]) -> bool:
    """Whether it arrived too late after its day for anybody to do anything about it."""
    arrived = datetime.fromtimestamp(row.received_at / 1000, VIET_NAM).date()
    return arrived - date.fromisoformat(row.day) > LATE


def _low(connection: Connection, rows: Rows, thresholds: Thresholds) -> Iterator[Alarm]:
    written = [row for row in rows if row.sealed and row.respondent != STAFF]
    if not written:
        return
    ids = [row.id for row in written]
    taken_back = set(connection.execute(select(voided.c.id).where(voided.c.id.in_(ids))).scalars())
    surveys = load_surveys(connection)
    for row in written:
        threshold = thresholds.of(row.unit, "low", row.received_at)
        survey = surveys.get((row.survey, row.survey_version))
        if row.id in taken_back or survey is None or not threshold.used:
            continue
        if is_low(row.cells, survey, threshold.bound):
            yield Alarm(
                kind="low",
                subject=row.id,
                unit=row.unit,
                day=date.fromisoformat(row.day),
                episode="",
                since=datetime.fromisoformat(row.finished_at),
                officers=frozenset({row.officer} if row.officer else ()),
            )


_Key = tuple[str, str]  # a device and a day


def _visits(connection: Connection, wanted: Collection[_Key]) -> Iterator[tuple[_Key, list[Response]]]:
    """All visits of each of these devices on its day.

    A round can touch a thousand devices that had a hundred visits each: where these are stored is found in
    one query, but only about as many are decoded at a time as a round has.
    """
    c = responses.c
    days = sorted({day for _, day in wanted})
    # Not by the index of a device, which has years: by that of the days.
    device = literal("").op("||")(c.device)
    names = sorted({name for name, _ in wanted})
    query = select(c.device, c.day, c.position).where(
        c.day.in_(days), device.in_(names), c.channel == "kiosk"
    )
    places: dict[_Key, list[int]] = {key: [] for key in wanted}
    for name, day, position in connection.execute(query):
        if (name, day) in places:
            places[name, day].append(position)
    for portion in _portions(places):
        yield from _decoded(connection, portion).items()


def _portions(places: Mapping[_Key, list[int]]) -> Iterator[dict[_Key, list[int]]]:
    """The same in parts, each of whole devices and days and at least CHUNK visits, but for the last."""
    portion: dict[_Key, list[int]] = {}
    size = 0
    for key, positions in places.items():
        portion[key] = positions
        size += len(positions)
        if size >= CHUNK:
            yield portion
            portion, size = {}, 0
    if portion:
        yield portion


def _decoded(connection: Connection, places: Mapping[_Key, Sequence[int]]) -> dict[_Key, list[Response]]:
    c = responses.c
    visits: dict[_Key, list[Response]] = {key: [] for key in places}
    days = sorted({day for _, day in places})  # the parts of the table that have them
    positions = [position for each in places.values() for position in each]
    for begin in range(0, len(positions), CHUNK):
        some = positions[begin : begin + CHUNK]
        # Always the same number of values: the driver keeps statements, and one of thousands takes megabytes.
        some += some[-1:] * (CHUNK - len(some))
        query = select(c.device, c.day, c.body).where(c.position.in_(some), c.day.in_(days))
        for name, day, body in connection.execute(query):
            visits[name, day].append(decode_response(bytes(body)))
    return visits


# --- devices ----------------------------------------------------------------------------------------------


def _machines(
    connection: Connection, thresholds: Thresholds, now: datetime
) -> tuple[list[Machine], list[Any]]:
    """The devices in use, and what was raised about the silence of those that are silent."""
    c, at = devices.c, in_milliseconds(now)
    query = select(c.id, c.unit, c.counter, c.seen_at, c.enrolled_at).where(
        c.state == "active", c.public_key.is_not(None)
    )
    spots = {row.id: spot_of(row) for row in connection.execute(query.order_by(c.id))}
    limits = {unit: thresholds.of(unit, "silent", at) for unit in {spot.unit for spot in spots.values()}}
    machines, quiet = [], set[str]()
    for id, spot in spots.items():
        limit = limits[spot.unit]
        span = timedelta(minutes=limit.bound) if limit.used else None
        machine = Machine(id=id, unit=spot.unit, heard=spot.heard or now, limit=span)
        machines.append(machine)
        if machine.silent(now):
            quiet.add(id)
    known = read_silences(
        connection,
        sorted({*quiet, *(spots[id].unit for id in quiet)}),
        min((each.heard for each in machines if each.id in quiet), default=now),
    )
    if quiet:
        duties = duties_of(connection, {spots[id].unit for id in quiet})
        machines = [
            msgspec.structs.replace(
                each, rests=duties[each.unit].rests(each.id, spots[each.id], now, each.limit)
            )
            if each.id in quiet and each.limit is not None and each.unit in duties
            else each
            for each in machines
        ]
    return machines, known


# --- deadlines --------------------------------------------------------------------------------------------


def _of_deadlines(
    plans: Sequence[Plan],
    calendars: Calendars,
    thresholds: Thresholds,
    reported: Mapping[str, Sequence[Reported]],
    now: datetime,
) -> tuple[list[Alarm], list[Alarm]]:
    """What plans ask for within the working days that their unit wants to know ahead, and what was sent."""
    today, at = now.astimezone(VIET_NAM).date(), in_milliseconds(now)
    asked, sent = list[Alarm](), list[Alarm]()
    for plan in plans:
        threshold, calendar = thresholds.of(plan.unit, "deadline", at), calendars.of(plan.unit)
        of_unit = reported.get(plan.unit, ())
        for due in deadlines((plan,), today, calendar.opening, calendar.special_days, of_unit):
            from_day = calendar.before(due.working, threshold.bound) if threshold.bound else due.working
            if due.sent:
                sent.append(_deadline(plan, due, now))
            elif threshold.used and from_day <= today <= due.day:
                asked.append(_deadline(plan, due, now))
    return asked, sent


def _deadline(plan: Plan, due: Due, now: datetime) -> Alarm:
    name = value_in_words(due.name, "vi", now)
    return Alarm(
        kind="deadline",
        subject=plan.id,
        unit=plan.unit,
        day=due.day,
        episode=f"{due.day} {name}",
        since=datetime.combine(due.day, datetime.min.time(), VIET_NAM),
        name=name,
    )
