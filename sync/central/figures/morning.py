"""Reads what a unit's page of the morning shows: the four sentences, and what is below them.

Every figure comes from `read_summary`, as `/v1/summary` gives it, or is held equal to it by a test. The
number of queries depends neither on the number of devices nor on that of units (test_morning.py).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, or_, select

from sync.central.figures.branch_query import (
    Leaf,
    Signs,
    branches_by_unit,
    read_branches,
    read_leaves,
    read_signs,
)
from sync.central.figures.branches import Branch, call_first
from sync.central.figures.deadlines import REGULAR, Reported, deadlines
from sync.central.figures.procedure_lines import ProcedureLine, procedure_lines
from sync.central.figures.summary import HandoverRow
from sync.central.figures.summary_query import SummaryReply, SummaryWanted, allow, read_summary
from sync.central.figures.today import Asked, Due, Machines, Silent, Today, open_dues, today
from sync.central.figures.working_days import last_worked
from sync.central.office.configuration.inherited import holding, holidays_of
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.devices import SILENT, DeviceStatus, read_devices
from sync.central.office.hours import Duty, Spot, duty_of
from sync.central.office.names import Names
from sync.central.office.planning.tasks import without_done
from sync.central.office.remarks.listing import RemarkCounts
from sync.central.office.units.tree import CENTRE
from sync.central.store.issuing import reports
from sync.central.store.schema import bundles, devices, offices, plans, returned_days, unit_spans
from sync.contract.assignment import OfficeHours
from sync.contract.opening import is_working_day
from sync.contract.plan import VIET_NAM

STRIP = 14
"""Days of a strip."""
_DAY = timedelta(days=1)
Window = Literal["today", "day", "week", "month", "last week"]


class Place(Struct, frozen=True):
    """What decides how a unit is read.

    branches: it has units below it. deep: some of these have others below them. hours: when terminals are
    used. duty: when its own terminals ask; None if they were never given a configuration.
    """

    branches: bool
    hours: OfficeHours
    duty: Duty | None = None
    deep: bool = False


class Looking(Struct, frozen=True, kw_only=True):
    """Who looks at which unit, and when. scope: the unit at which the role is held; None: all.

    Below the role `admin` only days that are over are read: they have to be closed before, see days_over.py.
    So `today` is a window for that role alone.
    """

    unit: str
    scope: str | None
    admin: bool
    now: datetime
    window: Window = "day"

    @property
    def day(self) -> date:
        """The day in Viet Nam."""
        return self.now.astimezone(VIET_NAM).date()


class StripDay(Struct, frozen=True):
    """One day of a strip. closed: a day off. row: None if nothing was counted on it.

    known: whether the counts are; they are not where few visits were counted under no counter instead.
    """

    day: date
    closed: bool
    row: HandoverRow | None
    known: bool = True


class Strip(Struct, frozen=True):
    """One counter, day by day; counter: "" for visits that name none.

    folded: below the role `admin`, "" also has those of counters to which few came on a day.
    """

    counter: str
    name: str
    days: tuple[StripDay, ...]
    folded: bool = False


class Morning(Struct, frozen=True, kw_only=True):
    """All that the page shows. reply: by procedure, or without axes of a unit with branches.

    strips and procedures are of a unit without branches; leaves are of one whose branches have branches.
    working_day: the last one that is over.
    """

    asked: Asked
    today: Today
    working_day: date
    reply: SummaryReply
    procedures: tuple[ProcedureLine, ...] = ()
    strips: tuple[Strip, ...] = ()
    branches: tuple[Branch, ...] = ()
    leaves: tuple[Leaf, ...] = ()


def read_morning(
    connection: Connection,
    looking: Looking,
    names: Names,
    remarks: Mapping[str, RemarkCounts] | None = None,
) -> Morning:
    """The page; names: from a NameBook. remarks: of this unit and those below it, by unit; None if the reader
    may not see them.

    Raises ProblemError as `allow`.
    """
    place = read_place(connection, looking.unit, looking.day)
    asked = days_asked(looking, place)
    wanted = SummaryWanted(
        first=asked.first,
        last=asked.last,
        unit=looking.unit,
        scope=looking.scope,
        over=not looking.admin,
        by=() if place.branches else ("procedure",),
        alone=not place.branches,
    )
    allow(wanted, admin=looking.admin, today=looking.day)
    reply = read_summary(connection, wanted, names.surveys, admin=looking.admin)
    branches: tuple[Branch, ...] = ()
    if place.branches:
        signs = read_signs(connection, looking.unit, looking.now)
        counted = {each.unit: each for each in read_branches(connection, wanted, names.surveys)}
        overdue = _overdue(connection, looking, remarks)
        joined = {
            unit: replace(
                _with_signs(counted.get(unit), unit, signs, names),
                overdue=None if remarks is None else overdue[unit],
            )
            for unit in {*counted, *signs, *overdue}
        }
        branches = call_first(joined.values(), _working_day(looking.day, place.hours))
        machines = machines_of_branches(branches)
    else:
        below = _below(looking.unit, looking.day)
        listed = read_devices(connection, units=below)
        machines = machines_of(_expected(listed, place.duty, looking.now), looking.now, names)
    total = None if remarks is None else sum(remarks.values(), RemarkCounts())
    due = read_due(connection, looking.unit, looking.day, place.hours)
    return Morning(
        asked=asked,
        today=today(
            asked,
            machines=machines,
            reply=reply,
            remarks=total,
            due=due,
            unlisted=_unlisted(connection, asked, reply, place.hours, names),
        ),
        working_day=_working_day(looking.day, place.hours),
        reply=reply,
        procedures=() if place.branches else procedure_lines(reply, names.procedures),
        strips=() if place.branches else _strips(connection, looking, names, place.hours),
        branches=branches,
        leaves=read_leaves(connection, wanted) if place.deep else (),
    )


# --- when -------------------------------------------------------------------------------------------------


def days_asked(looking: Looking, place: Place) -> Asked:
    """The days of the page: yesterday or the working day before it, its week or month so far, or today.

    For a message: the last week that is over.
    """
    yesterday = last = looking.day - _DAY
    if looking.window == "today":
        first = last = looking.day
    elif looking.window == "day":
        first = last = _working_day(looking.day, place.hours)
    elif looking.window == "week":
        first = yesterday - _DAY * yesterday.weekday()
    elif looking.window == "last week":
        last = looking.day - _DAY * (looking.day.weekday() + 1)
        first = last - _DAY * 6
    else:
        first = yesterday.replace(day=1)
    return Asked(
        unit=looking.unit,
        today=looking.day,
        first=first,
        last=last,
        branches=place.branches,
        off=yesterday if looking.window == "day" and last < yesterday else None,
    )


def _working_day(day: date, hours: OfficeHours) -> date:
    """The last working day that is over; yesterday if there was none for a month."""
    return last_worked(day - _DAY, hours.opening, hours.special_days) or day - _DAY


# --- the place --------------------------------------------------------------------------------------------


def read_place(connection: Connection, unit: str, day: date) -> Place:
    """Whether a unit has branches on a day, and the hours that it, or a unit above it, has decided.

    No unit below it is asked: the holiday of one commune is none of its province's.
    """
    c, at = unit_spans.c, day.isoformat()
    spans, higher = unit_spans.alias(), unit_spans.alias()
    above = select(spans.c.root).where(spans.c.unit == unit, spans.c.first_day <= at, at <= spans.c.last_day)
    # The more units are above a unit, the nearer it is; the whole centre, of which nothing is above, is last.
    depth = (
        select(func.count())
        .where(higher.c.unit == offices.c.unit, higher.c.first_day <= at, at <= higher.c.last_day)
        .scalar_subquery()
    )
    deciding = or_(offices.c.unit.in_((unit, CENTRE)), offices.c.unit.in_(above))
    nearest_last = (offices.c.unit == unit, offices.c.unit != CENTRE, depth)
    # Every unit is below the whole centre.
    below = () if unit == CENTRE else (c.root == unit, c.unit != unit)
    branches = exists().where(*below, c.first_day <= at, at <= c.last_day)
    child = unit_spans.alias().c
    on_day = (child.first_day <= at, at <= child.last_day)
    below_unit = (
        () if unit == CENTRE else (child.root == unit, child.unit != unit, child.unit == c.root, *on_day)
    )
    deep = exists().where(*below_unit, c.root != c.unit, c.first_day <= at, at <= c.last_day)
    own = select(bundles.c.files).where(bundles.c.unit == unit).order_by(bundles.c.version.desc()).limit(1)
    query = select(
        branches.label("branches"),
        deep.label("deep"),
        own.scalar_subquery().label("files"),
        offices.c.unit,
        offices.c.body,
    ).select_from(select(literal(1)).subquery().outerjoin(offices, deciding))
    rows = connection.execute(query.order_by(*(each.desc() for each in nearest_last))).all()
    decided = {row.unit: msgspec.json.decode(row.body, type=OfficeRow) for row in rows if row.body}
    special = tuple(holiday.special for holiday in holidays_of(decided))
    hours = OfficeHours(holding(decided, "opening").value or (), special)
    duty = duty_of(rows[0].files) if rows[0].files else None
    return Place(bool(rows[0].branches), hours, duty, bool(rows[0].deep))


def _below(unit: str, day: date) -> Select[tuple[str]]:
    """The unit and those below it on a day."""
    c, at = unit_spans.c, day.isoformat()
    below = select(c.unit).where(c.root == unit, c.first_day <= at, at <= c.last_day)
    return select(below.union_all(select(literal(unit))).subquery().c.unit)


# --- machines ---------------------------------------------------------------------------------------------


def machines_of(devices: Sequence[DeviceStatus], now: datetime, names: Names) -> Machines:
    """What the first sentence needs to know of these devices; their places are called by their counters."""
    active = [each for each in devices if each.enrolled and each.state == "active"]
    silent = sorted(
        (each for each in active if each.silent(now) is not None), key=lambda each: (each.seen_at, each.id)
    )
    return Machines(
        all=len(active),
        silent=tuple(
            Silent(
                names.counters.get((each.unit, each.counter)) or each.counter or each.id,
                datetime.fromisoformat(each.seen_at) if each.seen_at else None,
            )
            for each in silent
        ),
        closed=sum(not each.expected for each in active),
        unsent=sum(each.unsent for each in active),
        waiting=sum(
            not each.enrolled and each.state == "active" and each.kind == "terminal" for each in devices
        ),
    )


def _expected(devices: Sequence[DeviceStatus], duty: Duty | None, now: datetime) -> list[DeviceStatus]:
    """The devices of a unit; of those that are silent, only some have to send anything now."""
    return [
        replace(each, expected=False)
        if duty is not None and each.silent(now) is not None and duty.rests(each.id, _spot(each), now, SILENT)
        else each
        for each in devices
    ]


def _spot(device: DeviceStatus) -> Spot:
    heard = datetime.fromisoformat(device.seen_at) if device.seen_at else None
    return Spot(device.unit, device.counter, heard)


def machines_of_branches(branches: Sequence[Branch]) -> Machines:
    """The same of many units: who is silent is called by its unit."""
    silent = [
        Silent(each.name or each.unit, each.silent_since)
        for each in branches
        for _ in range(each.machines - each.sending - each.closed)
    ]
    return Machines(
        all=sum(each.machines for each in branches),
        silent=tuple(silent),
        closed=sum(each.closed for each in branches),
    )


def _with_signs(branch: Branch | None, unit: str, signs: dict[str, Signs], names: Names) -> Branch:
    seen = signs.get(unit, Signs())
    return replace(
        branch or Branch(unit=unit),
        name=names.units.get(unit, ""),
        machines=seen.machines,
        sending=seen.sending,
        closed=seen.closed,
        silent_since=seen.silent_since,
        never=seen.never,
    )


def _overdue(
    connection: Connection, looking: Looking, remarks: Mapping[str, RemarkCounts] | None
) -> Counter[str]:
    """How many remarks are overdue in each branch that has any."""
    late = {unit: each.overdue for unit, each in (remarks or {}).items() if each.overdue}
    branches = branches_by_unit(connection, looking.unit, looking.day, late) if late else {}
    found: Counter[str] = Counter()
    for unit, branch in branches.items():
        found[branch] += late[unit]
    return found


def _unlisted(
    connection: Connection, asked: Asked, reply: SummaryReply, hours: OfficeHours, names: Names
) -> list[str]:
    """The units with machines in use that have no list for some working day, where others have all."""
    if reply.handovers.returned is None or not asked.branches:
        return []
    days = [asked.first + _DAY * at for at in range((asked.last - asked.first).days + 1)]
    worked = [day.isoformat() for day in days if is_working_day(hours.opening, hours.special_days, day)]
    c = returned_days.c
    lists = select(func.count()).where(c.unit == devices.c.unit, c.day.in_(worked)).scalar_subquery()
    query = (
        select(devices.c.unit)
        .distinct()
        .where(
            devices.c.unit.in_(_below(asked.unit, asked.last)),
            devices.c.state == "active",
            devices.c.enrolled_at < (asked.first + _DAY).isoformat(),
            lists < len(worked),
        )
    )
    return sorted(names.units.get(unit, unit) for unit in connection.execute(query).scalars())


# --- due, and strips --------------------------------------------------------------------------------------


def read_due(connection: Connection, unit: str, day: date, hours: OfficeHours) -> tuple[Due, ...] | None:
    """What plans of the unit, of those above and below it ask for from `day` on; None without a plan.

    Of regular reports it says whether they were drafted and sent, also of some that were due before: by the
    unit itself, but for the plan of a unit below by that one.
    """
    below = _below(unit, day)
    found = read_plans(connection, or_(plans.c.unit.in_(_above(unit, day)), plans.c.unit.in_(below)))
    if not found:
        return None
    found = tuple(without_done(connection, plan) for plan in found)
    by_unit = read_reported(connection, reports.c.unit.in_(below))
    reported = [
        report
        for plan in found
        for report in by_unit.get(plan.unit) or by_unit.get(unit) or []
        if report.plan == plan.id
    ]
    return deadlines(found, day, hours.opening, hours.special_days, reported)


def reports_to_draft(connection: Connection, unit: str, day: date) -> list[Due]:
    """The regular reports that a unit owes and has not begun, as its page of the morning counts them."""
    due = read_due(connection, unit, day, read_place(connection, unit, day).hours) or ()
    own = read_plans(connection, or_(plans.c.unit == unit, plans.c.unit.in_(_above(unit, day))))
    ids = {plan.id for plan in own}
    return [each for each in open_dues(due, day) if each.regular and not each.report and each.plan in ids]


def _above(unit: str, day: date) -> Select[tuple[str]]:
    """The units above a unit on a day."""
    c, at = unit_spans.c, day.isoformat()
    return select(c.root).where(c.unit == unit, c.first_day <= at, at <= c.last_day)


def read_reported(connection: Connection, *conditions: ColumnElement[bool]) -> dict[str, list[Reported]]:
    """The regular reports for plans that were neither taken back nor replaced, by the unit that reports."""
    c = reports.c
    regular = (c.kind == REGULAR, c.plan != "", c.plan_group == "")
    query = select(c.id, c.unit, c.plan, c.last_day, c.state, c.sent_number).where(*regular, *conditions)
    by_unit: defaultdict[str, list[Reported]] = defaultdict(list)
    for row in connection.execute(query.where(c.state.not_in(("withdrawn", "replaced"))).order_by(c.id)):
        sent = bool(row.sent_number) or row.state == "published"
        by_unit[row.unit].append(Reported(row.plan, date.fromisoformat(row.last_day), row.id, sent))
    return by_unit


def _strips(connection: Connection, looking: Looking, names: Names, hours: OfficeHours) -> tuple[Strip, ...]:
    days = [looking.day - _DAY * back for back in range(STRIP, 0, -1)]
    wanted = SummaryWanted(
        first=days[0],
        last=days[-1],
        unit=looking.unit,
        scope=looking.scope,
        over=not looking.admin,
        by=("counter", "day"),
    )
    allow(wanted, admin=looking.admin, today=looking.day)
    reply = read_summary(connection, wanted, names.surveys, admin=looking.admin)
    rows = {(row.by["counter"], row.by["day"]): row for row in reply.handovers.rows}
    closed = {day: not is_working_day(hours.opening, hours.special_days, day) for day in days}
    return tuple(
        Strip(
            counter,
            names.counters.get((looking.unit, counter), ""),
            tuple(strip_day(day, closed[day], counter, rows, over=not looking.admin) for day in days),
            folded=not counter and not looking.admin,
        )
        for counter in sorted({counter for counter, _ in rows})
    )


def strip_day(
    day: date, closed: bool, counter: str, rows: Mapping[tuple[str, str], HandoverRow], *, over: bool
) -> StripDay:
    """The day of a counter. rows: by counter and day; over: as they are published, see days_over.py."""
    row = rows.get((counter, day.isoformat()))
    if row is None:
        folded = over and counter != "" and ("", day.isoformat()) in rows
        return StripDay(day, closed, None, not folded)
    return StripDay(day, closed, row, not row.hidden)
