"""Lists, counts and single remarks, each for the person who asks.

Every query goes through `seen`: the subtree of the reader's units on the day of the visit, what is visible by
now, nothing about the reader, and nothing that was voided. A list of a few units reads the index of each, any
other list the index of the days, and counts that of what is not closed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from sync.central.office.keys.unsealing import Opener
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remarks.calendar import Calendar, Calendars, read_calendars
from sync.central.office.remarks.opening import words_of
from sync.central.office.remarks.stages import COURSE, Stage, State, StepName
from sync.central.office.units.tree import CENTRE
from sync.central.office.work.owned import stage_in
from sync.central.store.database import along_the_index
from sync.central.store.schema import remark_steps, remarks, responses, unit_spans, voided
from sync.central.store.singly import is_of_staff
from sync.contract.patterns import whole
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REMARK_UNKNOWN
from sync.contract.problem.wire import PARAMETER_INVALID
from sync.contract.text import Text

RemarkAct = Literal["see-remarks", "handle-remarks", "reveal-contact"]
PAGE = 25
FEW = 12  # units whose lists are read one by one and merged
_CURSOR = re.compile(whole("([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9a-f-]{36})"), re.ASCII)
_OPEN = literal_column("remarks.state") != literal_column("'closed'")  # as the index says it
_WAITING: tuple[State, ...] = ("new", "taken")  # without an answer, so that they can be overdue


class Reader(Struct, frozen=True):
    """Who asks: made only for an account that may see or handle remarks (`reader_of`).

    units: where it may, with the units below them; CENTRE: everywhere. officer: the id of this person
    as a rated officer, "" for none. about: the ids of responses in whose chain of corrections this officer is
    named, see `corrections.naming`.
    """

    account: int
    units: tuple[str, ...]
    officer: str = ""
    about: frozenset[str] = frozenset()


class Asked(Struct, frozen=True, kw_only=True):
    """Filters; an empty one leaves everything in.

    unit: with those below it. state: "open" is every one but `closed`. question: one with words in it.
    owner: an account. called: only who asked to be called. first, last: days of the visit.
    """

    unit: str = CENTRE
    procedure: str = ""
    question: str = ""
    state: State | Literal["", "open"] = ""
    owner: int | None = None
    overdue: bool = False
    called: bool = False
    first: date | None = None
    last: date | None = None


EVERYTHING = Asked()


class Said(Struct, frozen=True):
    """What was written to one question, masked."""

    question: str
    asked: Text
    text: str


class Remark(Struct, frozen=True, kw_only=True):
    """One remark as it is listed.

    said: empty if only contact details were left. readable: whether its box could be opened here. called:
    None as long as it was not opened. held_since: when its owner took it. due: the last day for an answer;
    steps: how many were done.
    """

    id: str
    day: date
    unit: str
    procedure: str
    counter: str
    officer: str
    survey: str
    said: tuple[Said, ...]
    readable: bool
    called: bool | None
    stage: Stage
    held_since: datetime | None
    due: date
    overdue: bool
    steps: int


class RemarkStep(Struct, frozen=True, kw_only=True):
    """Something that was done about a remark."""

    at: datetime
    account: int
    step: StepName
    result: str
    note: str


class RemarkHistory(Struct, frozen=True):
    """One remark with everything that was done, in its order. possible: what the reader may do now."""

    remark: Remark
    steps: tuple[RemarkStep, ...]
    possible: tuple[StepName, ...]


class RemarkPage(Struct, frozen=True):
    """Remarks from the newest on; next: the cursor of the following page, "" on the last one."""

    remarks: tuple[Remark, ...]
    next: str


class RemarkCounts(Struct, frozen=True):
    """open: not closed; new: taken by nobody; overdue: without an answer after their due day.

    longest: days by which the oldest of these is overdue.
    """

    open: int = 0
    new: int = 0
    overdue: int = 0
    longest: int = 0

    def __add__(self, other: "RemarkCounts") -> "RemarkCounts":
        return RemarkCounts(
            self.open + other.open,
            self.new + other.new,
            self.overdue + other.overdue,
            max(self.longest, other.longest),
        )


def reader_of(
    person: Person, day: date, act: RemarkAct = "see-remarks", about: Collection[str] = ()
) -> Reader | None:
    """The reader that a person is on this day, where this act is allowed; None if it is allowed nowhere.

    about: see Reader.
    """
    units = may_anywhere(person, act, day)
    return Reader(person.account, units, person.officer, frozenset(about)) if units else None


def remarks_of(
    connection: Connection, reader: Reader, asked: Asked, *, now: datetime, opener: Opener, after: str = ""
) -> RemarkPage:
    """One page of remarks, the newest visit first; raises ProblemError HL4013 for a cursor that is none."""
    calendars = read_calendars(connection, _today(now))
    r = remarks.c
    query = _rows(reader, calendars, now).where(*_filters(asked, calendars, now))
    if after:
        query = query.where(tuple_(r.day, r.id) < tuple_(*_read_cursor(after)))
    query = query.order_by(r.day.desc(), r.id.desc()).limit(PAGE + 1)
    units = _few_units(connection, (asked.unit,) if asked.unit else reader.units)
    along_the_index(connection)
    parts = [query.where(r.unit == unit) for unit in units] if units is not None else [query]
    rows = sorted(
        (row for part in parts for row in connection.execute(part)),
        key=lambda row: (row.day, row.id),
        reverse=True,
    )
    shown = tuple(_remark(row, calendars.of(row.unit), now, opener) for row in rows[:PAGE])
    return RemarkPage(shown, f"{shown[-1].day}_{shown[-1].id}" if len(rows) > PAGE else "")


def remark_of(
    connection: Connection, reader: Reader, id: str, *, now: datetime, opener: Opener
) -> RemarkHistory:
    """One remark with its history; raises ProblemError HL5120 if there is none that the reader may see."""
    calendars = read_calendars(connection, _today(now))
    row = connection.execute(_rows(reader, calendars, now).where(remarks.c.id == id)).first()
    if row is None:
        raise ProblemError(REMARK_UNKNOWN(where="remark"))
    steps = select(remark_steps).where(remark_steps.c.remark == id).order_by(remark_steps.c.position)
    shown = _remark(row, calendars.of(row.unit), now, opener)
    history = tuple(map(_step, connection.execute(steps)))
    return RemarkHistory(shown, history, COURSE.possible(shown.stage, reader.account))


def counts_of(
    connection: Connection,
    reader: Reader,
    asked: Asked = EVERYTHING,
    *,
    now: datetime,
    by: Literal["unit", "procedure"] = "unit",
) -> dict[str, RemarkCounts]:
    """How much is not closed, by unit or procedure; those without any are left out. Add them for a total."""
    calendars = read_calendars(connection, _today(now))
    late = _overdue(calendars, now)
    axes = [remarks.c.unit, *([remarks.c.procedure] if by == "procedure" else [])]
    query = (
        select(
            remarks.c[by].label("axis"),
            remarks.c.unit,
            func.count(),
            func.sum(case((remarks.c.state == "new", 1), else_=0)),
            func.sum(case((late, 1), else_=0)),
            func.min(case((late, remarks.c.since))),
        )
        .where(_OPEN, _ever_within((asked.unit,) if asked.unit else reader.units))
        .where(seen(reader, calendars, now), *_filters(asked, calendars, now))
        .group_by(*axes)
    )
    counts: defaultdict[str, RemarkCounts] = defaultdict(RemarkCounts)
    for name, unit, count, new, overdue, oldest in connection.execute(query):
        due = calendars.of(unit).due(date.fromisoformat(oldest)) if oldest else _today(now)
        counts[name] += RemarkCounts(count, int(new), int(overdue), (_today(now) - due).days)
    return dict(sorted(counts.items()))


def seen(reader: Reader, calendars: Calendars, now: datetime) -> ColumnElement[bool]:
    """The condition for rows of `remarks` that this reader may see now."""
    r = remarks.c
    ripe = _before(r.day, calendars, lambda calendar: calendar.visible_before(now))
    # Who asks to be called back has said who they are.
    hidden = and_(r.called == 0, is_of_staff(r.id))
    conditions = [
        or_(r.called == 1, ripe),
        ~hidden,
        ~exists().where(voided.c.id == r.id),
        _within(reader.units),
    ]
    if reader.officer:
        conditions.append(r.officer != reader.officer)
    if reader.about:
        conditions.append(r.id.not_in(sorted(reader.about)))
    return and_(*conditions)


def _rows(reader: Reader, calendars: Calendars, now: datetime) -> Select[Any]:
    """The rows of remarks that the reader sees, with their boxes."""
    s, r = remark_steps.c, responses.c
    steps = select(func.count()).where(s.remark == remarks.c.id).scalar_subquery()
    taken = select(s.at).where(s.remark == remarks.c.id, s.step == "take").order_by(s.position.desc())
    return (
        select(
            *(remarks, r.counter, r.sealed_key, r.sealed_box, r.survey, r.survey_version),
            steps.label("steps"),
            taken.limit(1).scalar_subquery().label("taken"),
        )
        .join(responses, r.id == remarks.c.id)
        .where(seen(reader, calendars, now))
    )


def _within(units: Sequence[str]) -> ColumnElement[bool]:
    """The condition for remarks of these units and those below them, on the day of the visit."""
    if CENTRE in units:
        return true()
    r, spans = remarks.c, unit_spans.c
    return exists().where(
        spans.root.in_(units), spans.unit == r.unit, spans.first_day <= r.day, r.day <= spans.last_day
    )


def _ever_within(units: Sequence[str]) -> ColumnElement[bool]:
    """The same on any day: a condition that an index by unit can serve."""
    if CENTRE in units:
        return true()
    return remarks.c.unit.in_(select(unit_spans.c.unit).where(unit_spans.c.root.in_(units)))


def _few_units(connection: Connection, roots: Sequence[str]) -> list[str] | None:
    """The units that ever were in these subtrees; None if they are not few."""
    if CENTRE in roots:
        return None
    query = select(unit_spans.c.unit).where(unit_spans.c.root.in_(roots)).distinct().limit(FEW + 1)
    units = sorted(connection.execute(query).scalars())
    return units if len(units) <= FEW else None


def _filters(asked: Asked, calendars: Calendars, now: datetime) -> Iterator[ColumnElement[bool]]:
    r = remarks.c
    if asked.unit:
        yield _within((asked.unit,))
    if asked.procedure:
        yield r.procedure == asked.procedure
    if asked.question:
        yield r.questions.contains(f'"{asked.question}"', autoescape=True)
    if asked.state:
        yield _OPEN if asked.state == "open" else r.state == asked.state
    if asked.owner is not None:
        yield r.owner == asked.owner
    if asked.overdue:
        yield _overdue(calendars, now)
    if asked.called:
        yield r.called == 1
    if asked.first:
        yield r.day >= asked.first.isoformat()
    if asked.last:
        yield r.day <= asked.last.isoformat()


def _overdue(calendars: Calendars, now: datetime) -> ColumnElement[bool]:
    late = _before(remarks.c.since, calendars, lambda calendar: calendar.overdue_before(now))
    return and_(remarks.c.state.in_(_WAITING), late)


def _before(
    column: ColumnElement[str], calendars: Calendars, of: Callable[[Calendar], date]
) -> ColumnElement[bool]:
    """The condition that a day is before one that depends on the calendar of the remark's unit."""
    usual = of(calendars.usual)
    others: defaultdict[date, list[str]] = defaultdict(list)
    for calendar, units in calendars.groups():
        if (limit := of(calendar)) != usual:
            others[limit] += units
    if not others:
        return column < usual.isoformat()
    chosen = [(remarks.c.unit.in_(units), limit.isoformat()) for limit, units in sorted(others.items())]
    return column < case(*chosen, else_=usual.isoformat())


def _remark(row: Row[Any], calendar: Calendar, now: datetime, opener: Opener) -> Remark:
    words = opener.words(row.sealed_key, row.sealed_box)
    form = opener.surveys.get((row.survey, row.survey_version))
    said = [Said(id, form.question(id).text, text) for id, text in words_of(words, form)] if form else []
    since = date.fromisoformat(row.since)
    return Remark(
        id=row.id,
        day=date.fromisoformat(row.day),
        unit=row.unit,
        procedure=row.procedure,
        counter=row.counter,
        officer=row.officer,
        survey=row.survey,
        said=tuple(said),
        readable=bool(words),
        called=None if row.called is None else bool(row.called),
        stage=stage_in(row),
        held_since=None if row.owner is None else datetime.fromisoformat(row.taken),
        due=calendar.due(since),
        overdue=row.state in _WAITING and since < calendar.overdue_before(now),
        steps=row.steps,
    )


def _step(row: Row[Any]) -> RemarkStep:
    at = datetime.fromisoformat(row.at)
    return RemarkStep(at=at, account=row.account, step=row.step, result=row.result, note=row.note)


def _read_cursor(after: str) -> tuple[str, str]:
    match = _CURSOR.match(after)
    if match is None:
        raise ProblemError(PARAMETER_INVALID(where="after", detail="dùng con trỏ mà trang trước đưa"))
    return match[1], match[2]


def _today(now: datetime) -> date:
    return now.astimezone(VIET_NAM).date()
