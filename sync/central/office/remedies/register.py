"""The register of remedies: lists, single remedies, and what reports and publications say of them.

A remedy belongs to its unit and to the units that were above it on the day on which it was made. Nobody
sees one that comes from an alert about oneself, not even in a count.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select, true, tuple_

from sync.central.office.alerts.listing import concerns
from sync.central.office.people.accounts import account_names
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.stages import WAITING, Stage, State, StepName, possible
from sync.central.office.units.tree import CENTRE
from sync.central.store.alert_tables import alerts, remedies, remedy_steps
from sync.central.store.schema import unit_spans
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REMEDY_UNKNOWN
from sync.contract.problem.wire import PARAMETER_INVALID

RemedyAct = Literal["see-remedies", "handle-remedies"]
PAGE = 50
_OF_ALERT = "alert "
_CURSOR = re.compile(whole("([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9a-f]{12})"), re.ASCII)


class Remedy(Struct, frozen=True, kw_only=True):
    """One remedy.

    figure: the one that showed the problem, with its n; after: the same one later. first, last: its period.
    question: of a form, "" for none. source: the alert or report it comes from, "" for none. account: who has
    to do it, person: the same in words. due: the last day. finished_on: when it was done or given up. result:
    what came of it, or why it was given up. steps: how many were done.
    """

    id: str
    unit: str
    problem: str
    figure: str
    question: str
    first: date | None
    last: date | None
    source: str
    measure: str
    account: int | None
    person: str
    due: date
    made_at: datetime
    state: State
    result: str
    after: str
    finished_on: date | None
    steps: int

    def overdue(self, day: date) -> bool:
        """Whether it should have been done before `day`, and is not."""
        return self.state in WAITING and self.due < day


class RemedyStep(Struct, frozen=True, kw_only=True):
    """Something that was done about a remedy."""

    at: datetime
    account: int
    step: StepName
    note: str
    after: str


class RemedyHistory(Struct, frozen=True):
    """One remedy with everything that was done, in its order. possible: what this account may do now."""

    remedy: Remedy
    steps: tuple[RemedyStep, ...]
    possible: tuple[StepName, ...]


class RemediesAsked(Struct, frozen=True, kw_only=True):
    """Filters; an empty one leaves everything in. unit: with those below it. account: who has to do it.

    checker: an account that neither finished them nor had to do them.
    """

    unit: str = CENTRE
    state: State | Literal["", "waiting"] = ""
    account: int | None = None
    checker: int | None = None
    due_before: date | None = None


class RemedyPage(Struct, frozen=True):
    """Remedies by their due day; next: the cursor of the following page, "" on the last one."""

    remedies: tuple[Remedy, ...]
    next: str


class RemedyCounts(Struct, frozen=True):
    """waiting: not done yet; overdue: of these, past their due day; unchecked: done and not checked."""

    waiting: int = 0
    overdue: int = 0
    unchecked: int = 0


def remedy_reader(person: Person, day: date, act: RemedyAct, about: Collection[str] = ()) -> Reader | None:
    """The reader that a person is on this day, where this act is allowed; None if it is allowed nowhere.

    about: the ids of responses in whose chain of corrections this officer is named.
    """
    units = may_anywhere(person, act, day)
    return Reader(person.account, units, person.officer, frozenset(about)) if units else None


def open_remedies(connection: Connection, unit: str, day: date) -> tuple[Remedy, ...]:
    """What was not done by the end of `day` at the unit and those below it, for its report: by due day."""
    return _of_unit(connection, unit, _made_by(day), _unfinished(day))


def finished_remedies(connection: Connection, unit: str, first: date, last: date) -> tuple[Remedy, ...]:
    """What was done between these days at the unit and those below it, for its report and publication."""
    r = remedies.c
    done = r.state.in_(("done", "checked"))
    return _of_unit(connection, unit, done, r.finished_on.between(first.isoformat(), last.isoformat()))


def remedies_of(
    connection: Connection, reader: Reader, asked: RemediesAsked, *, after: str = ""
) -> RemedyPage:
    """One page of the remedies that this reader may see; raises ProblemError HL4013."""
    r = remedies.c
    query = _rows().where(seen(reader), *_filters(asked))
    if after:
        query = query.where(tuple_(r.due, r.id) > tuple_(*_read_cursor(after)))
    rows = connection.execute(query.order_by(r.due, r.id).limit(PAGE + 1)).all()
    shown = _named(connection, rows[:PAGE])
    return RemedyPage(shown, f"{shown[-1].due}_{shown[-1].id}" if len(rows) > PAGE else "")


def remedy_counts(connection: Connection, reader: Reader, unit: str, day: date) -> RemedyCounts:
    """How much is left to do of what this reader may see, at `unit` and those below it."""
    r = remedies.c
    filters = _filters(RemediesAsked(unit=unit))
    late = (r.state.in_(WAITING)) & (r.due < day.isoformat())
    waiting, overdue, unchecked = (
        func.count().filter(condition) for condition in (r.state.in_(WAITING), late, r.state == "done")
    )
    row = connection.execute(select(waiting, overdue, unchecked).where(seen(reader), *filters)).one()
    return RemedyCounts(*map(int, row))


def remedy_of(connection: Connection, reader: Reader, id: str) -> RemedyHistory:
    """One remedy with its history; raises ProblemError HL5170 if there is none that this reader may see."""
    row = connection.execute(_rows().where(remedies.c.id == id, seen(reader))).first()
    if row is None:
        raise ProblemError(REMEDY_UNKNOWN(where="remedy"))
    steps = tuple(map(_step, connection.execute(_steps_of(id))))
    (remedy,) = _named(connection, [row])
    return RemedyHistory(remedy, steps, possible(stage_of(row, steps), reader.account, row.account))


def remedies_from(connection: Connection, reader: Reader, source: str) -> tuple[Remedy, ...]:
    """The remedies that come from this alert or report and that this reader may see, by due day."""
    query = _rows().where(remedies.c.source == source, seen(reader)).order_by(remedies.c.due, remedies.c.id)
    return _named(connection, connection.execute(query).all())


def seen(reader: Reader) -> ColumnElement[bool]:
    """The condition for remedies that this reader may see: of their units, and of no alert about oneself."""
    source = remedies.c.source
    own = exists().where(alerts.c.id == func.substr(source, len(_OF_ALERT) + 1), concerns(reader))
    return and_(within(reader.units), ~(source.startswith(_OF_ALERT) & own))


def within(units: Sequence[str]) -> ColumnElement[bool]:
    """The condition for remedies of these units and those below them, on the day they were made."""
    if CENTRE in units:
        return true()
    r, spans = remedies.c, unit_spans.c
    day = func.substr(r.made_at, 1, 10)
    return exists().where(
        spans.root.in_(units), spans.unit == r.unit, spans.first_day <= day, day <= spans.last_day
    )


def stage_of(row: Row[Any], steps: Iterable[RemedyStep]) -> Stage:
    """Where the remedy of this row is, after these steps of it."""
    finishers = [step.account for step in steps if step.step in ("finish", "drop")]
    finisher = finishers[-1] if finishers and row.state not in WAITING else None
    return Stage(row.state, finisher, row.result, row.after)


def steps_done(connection: Connection, id: str) -> tuple[RemedyStep, ...]:
    """What was done about a remedy, in its order."""
    return tuple(map(_step, connection.execute(_steps_of(id))))


def _of_unit(connection: Connection, unit: str, *conditions: ColumnElement[bool]) -> tuple[Remedy, ...]:
    query = _rows().where(within((unit,)), *conditions).order_by(remedies.c.due, remedies.c.id)
    return _named(connection, connection.execute(query).all())


def _made_by(day: date) -> ColumnElement[bool]:
    return func.substr(remedies.c.made_at, 1, 10) <= day.isoformat()


def _unfinished(day: date) -> ColumnElement[bool]:
    return or_(remedies.c.finished_on == "", remedies.c.finished_on > day.isoformat())


def _rows() -> Select[Any]:
    steps = select(func.count()).where(remedy_steps.c.remedy == remedies.c.id).scalar_subquery()
    return select(remedies, steps.label("steps"))


def _steps_of(id: str) -> Select[Any]:
    return select(remedy_steps).where(remedy_steps.c.remedy == id).order_by(remedy_steps.c.position)


def _filters(asked: RemediesAsked) -> Iterator[ColumnElement[bool]]:
    r = remedies.c
    if asked.unit:
        yield within((asked.unit,))
    if asked.state:
        yield r.state.in_(WAITING) if asked.state == "waiting" else r.state == asked.state
    if asked.account is not None:
        yield r.account == asked.account
    if asked.checker is not None:
        s = remedy_steps.c
        last = select(s.account).where(s.remedy == r.id, s.step == "finish").order_by(s.position.desc())
        yield last.limit(1).scalar_subquery() != asked.checker
        yield or_(r.account.is_(None), r.account != asked.checker)
    if asked.due_before:
        yield r.due < asked.due_before.isoformat()


def _named(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Remedy, ...]:
    """These rows, with the names of the accounts that have something to do."""
    accounts = {row.account for row in rows if row.account is not None}
    names = account_names(connection, accounts) if accounts else {}
    return tuple(_remedy(row, names.get(row.account, row.person)) for row in rows)


def _remedy(row: Row[Any], person: str) -> Remedy:
    return Remedy(
        id=row.id,
        unit=row.unit,
        problem=row.problem,
        figure=row.figure,
        question=row.question,
        first=_day(row.first_day),
        last=_day(row.last_day),
        source=row.source,
        measure=row.measure,
        account=row.account,
        person=person,
        due=date.fromisoformat(row.due),
        made_at=datetime.fromisoformat(row.made_at),
        state=row.state,
        result=row.result,
        after=row.after,
        finished_on=_day(row.finished_on),
        steps=row.steps,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _step(row: Row[Any]) -> RemedyStep:
    at = datetime.fromisoformat(row.at)
    return RemedyStep(at=at, account=row.account, step=row.step, note=row.note, after=row.after)


def _read_cursor(after: str) -> tuple[str, str]:
    match = _CURSOR.match(after)
    if match is None:
        raise ProblemError(PARAMETER_INVALID(where="after", detail="dùng con trỏ mà trang trước đưa"))
    return match[1], match[2]
