"""Counts that are updated while responses arrive, so that a summary needs to read no response.

A count is how often one answer was given, under one grain:

    grain   period   kept apart by                       grain   period   kept apart by
    D       day      unit                                M       month    unit
    DP      day      unit, procedure                     MP      month    unit, procedure
    DPO     day      unit, procedure, officer            MPO     month    unit, procedure, officer
                                                         MO      month    unit, officer

and always by survey, version, respondent and channel: with unit and day, these decide which plan a response
counts for (see membership.py). A column that a grain does not keep apart is "". `cell` is the number of the
question among those that are not sealed; VISIT holds figures about the visits themselves. Results returned
(see returned.py) are among these, without survey, respondent or channel: a case list has none.

Next to these, `forms_by_plan` holds how many answered forms name a plan, because their terminal was set to
it, by all that decides whether they count for it. They have no `closes`: only administrators get them.

`closes` is "" in the counts of days that are over. The others have the day at whose end everybody may see
them: the later of the day on which a response arrived and its own. Roles that may see everything at once get
the sum of both. When days close (see days_over.py), their counts are added to those under "". A voided
response counts until the day of the response that voids it closes: it is subtracted under that day.

Promises:
- counts change in the transaction that stores or removes the responses they count;
- at any time they equal a count of all stored responses (`counted`, compared in a test), for all of them and
  for those that are published;
- a voided response counts nowhere, in whatever order the two arrived, as long as the response that voids it
  is stored;
- a count that falls to zero is deleted in the same transaction, so erased responses leave no trace here. A
  count that rises to zero, because an equal response was voided before, is deleted when its day closes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from sync.central.store.kept import Kept
from sync.central.store.locks import Lock, hold
from sync.central.store.schema import facts, forms_by_plan, published, responses, returned, rollups, voided
from sync.central.store.statistics import gather
from sync.contract.moments import day_at
from sync.contract.response import ANSWERED

VISIT = -1
# Raised when the rules of counting change: a database with older counts is counted again.
RULES = "6"
_CHUNK = 5_000
# Counts that are gathered before they are stored, when all is counted again: about 60 MB.
_PART = 100_000

# grain, period, unit, survey, version, respondent, channel, procedure, officer, cell, closes, value
Key = tuple[str, str, str, str, int, str, str, str, str, int, str, str]
# plan, unit, survey, respondent, channel, day
PlanKey = tuple[str, str, str, str, str, str]
_K = TypeVar("_K")


class Visit(Struct, frozen=True):
    """The part of a response that is counted. Responses that are equal in this are counted together."""

    day: str
    unit: str
    survey: str
    version: int
    respondent: str
    channel: str
    procedure: str
    officer: str
    tagged: bool
    outcome: str
    cells: str
    handovers: int
    closes: str
    plan: str = ""


class Stored(NamedTuple):
    """The columns of a response that decide what it counts. Every field has the name of its column."""

    id: str
    day: str
    unit: str
    survey: str
    survey_version: int
    respondent: str
    channel: str
    procedure: str | None
    officer: str | None
    tagged: int
    outcome: str
    cells: str
    body: bytes
    plan: str | None
    voids: str | None
    received_at: int


_COUNTS = Kept(rollups)
_BY_PLAN = Kept(forms_by_plan)


def closes_on(row: Stored) -> str:
    """The day at whose end this response may be seen by everybody."""
    return max(row.day, day_at(row.received_at))


def visit(row: Stored, closes: str) -> Visit:
    """What is counted of a response."""
    return Visit(
        day=row.day,
        unit=row.unit,
        survey=row.survey,
        version=row.survey_version,
        respondent=row.respondent,
        channel=row.channel,
        procedure=row.procedure or "",
        officer=row.officer or "",
        tagged=bool(row.tagged),
        outcome=row.outcome,
        cells=row.cells,
        handovers=_handovers(bytes(row.body)) if row.tagged else 0,
        closes=closes,
        plan=row.plan or "",
    )


class _Tag(Struct, frozen=True):
    cases: tuple[str, ...] = ()


class _Tagged(Struct, frozen=True):
    """The part of a tagged response that shows how many results it covers.

    Decoded as a struct: a search in the bytes could match a question, which may have any id.
    """

    tag: _Tag


_tagged = msgspec.json.Decoder(_Tagged)


def _handovers(body: bytes) -> int:
    """How many results one tagged visit covers."""
    if b'"cases"' not in body:
        return 1
    return max(1, len(_tagged.decode(body).tag.cases))


def contribute(found: Counter[Visit], row: Stored, closes: str, voided_on: str | None) -> None:
    """Add what a row counts. closes: "" if it is published; voided_on: `closes` of the row that voids it."""
    if voided_on is not None and voided_on <= closes:
        return
    one = visit(row, closes)
    found[one] += 1
    if voided_on is not None:
        found[replace(one, closes=voided_on)] -= 1


def _grains(day: str, procedure: str, officer: str) -> Iterator[tuple[str, str, str, str]]:
    """The keys of a day, a procedure and an officer: grain, period, procedure, officer."""
    month = day[:7]
    yield "D", day, "", ""
    yield "DP", day, procedure, ""
    yield "DPO", day, procedure, officer
    yield "M", month, "", ""
    yield "MP", month, procedure, ""
    yield "MO", month, "", officer
    yield "MPO", month, procedure, officer


def tally(visits: Counter[Visit]) -> Counter[Key]:
    """The counts of these visits, each as often as its number, under every grain."""
    counts: Counter[Key] = Counter()
    for one, times in visits.items():
        answers = list(answers_of(one))
        for grain, period, procedure, officer in _grains(one.day, one.procedure, one.officer):
            for cell, value, n in answers:
                key = (
                    *(grain, period, one.unit, one.survey, one.version),
                    *(one.respondent, one.channel, procedure, officer, cell, one.closes, value),
                )
                counts[key] += n * times
    return counts


def answers_of(one: Visit) -> Iterator[tuple[int, str, int]]:
    """What one visit adds: cell, value, how often."""
    yield VISIT, one.outcome, 1
    if one.outcome == "voided":
        return
    answered = one.outcome in ANSWERED
    if one.tagged:
        yield VISIT, "tagged", one.handovers
        yield VISIT, "visits", 1
    if answered:
        yield VISIT, "answered" if one.tagged else "untagged", 1
        for cell, value in enumerate(one.cells.split(",")):
            for part in value.split(";"):
                if part:
                    yield cell, part, 1


def tally_by_plan(visits: Counter[Visit]) -> Counter[PlanKey]:
    """The answered forms, under the plan that each names."""
    counts: Counter[PlanKey] = Counter()
    for one, times in visits.items():
        if one.plan and one.outcome in ANSWERED:
            counts[one.plan, one.unit, one.survey, one.respondent, one.channel, one.day] += times
    return _without_zeros(counts)


def tally_returned(results: Mapping[tuple[str, ...], int]) -> Counter[Key]:
    """The counts of results returned, by unit, day, procedure and officer, under every grain.

    They hold no answer of a citizen, so they are published at once.
    """
    counts: Counter[Key] = Counter()
    for (unit, day, procedure, officer), n in results.items():
        for grain, period, kept, by in _grains(day, procedure, officer):
            counts[grain, period, unit, "", 0, "", "", kept, by, VISIT, "", "returned"] += n
    return counts


# --- in the database ------------------------------------------------------------------------------------


def line_up(connection: Connection, rows: Iterable[Stored]) -> None:
    """Wait, before any row is locked, until these rows may be stored.

    Batches are stored concurrently, but one that voids runs alone on PostgreSQL: it has to see whether the
    voided response is here, and a batch that stores that response has to see that it is voided.
    """
    if connection.dialect.name == "postgresql":
        hold(connection, Lock.LINE, shared=not _targets(rows))


def add(connection: Connection, rows: Sequence[Stored]) -> None:
    """Count rows that were just stored, in the transaction that lined up."""
    fresh = {row.id for row in rows}
    counts: Counter[Visit] = Counter()
    voiding: dict[str, str] = {}
    for row in rows:
        for target in _targets([row]):
            voiding[target] = min(voiding.get(target, closes_on(row)), closes_on(row))
    known = _voided(connection, sorted({*voiding, *fresh}))
    earlier = {id: day for id, day in voiding.items() if id not in known or day < known[id]}
    for row, closes in _read(connection, sorted(earlier.keys() - fresh)):
        _recount(counts, row, closes, known.get(row.id), earlier[row.id])
    _note(connection, earlier)
    arrived = fresh & known.keys() - earlier.keys()
    if arrived:
        _date(connection, arrived)
    known |= earlier
    for row in rows:
        contribute(counts, row, closes_on(row), known.get(row.id))
    change(connection, counts)


def take_back(connection: Connection, ids: Sequence[str]) -> None:
    """Subtract these stored responses, which are about to be removed in the same transaction.

    A response that they voided counts again, unless another response that stays voids it too.
    """
    leaving = _read(connection, ids)
    targets = _targets(row for row, _ in leaving)
    known = _voided(connection, sorted({*ids, *targets}))
    counts: Counter[Visit] = Counter()
    for row, closes in leaving:
        contribute(counts, row, closes, known.get(row.id))
    counts = Counter({one: -times for one, times in counts.items()})
    if targets:
        others = _voiding(connection, responses.c.voids.in_(sorted(targets)), without=set(ids))
        for row, closes in _read(connection, sorted(targets - set(ids))):
            _recount(counts, row, closes, known.get(row.id), others.get(row.id))
        connection.execute(delete(voided).where(voided.c.id.in_(sorted(targets))))
        _note(connection, {id: others[id] for id in targets if id in others})
    change(connection, counts)


def _recount(found: Counter[Visit], row: Stored, closes: str, before: str | None, after: str | None) -> None:
    """Change the counts of a stored row that is voided from another day on."""
    was: Counter[Visit] = Counter()
    contribute(was, row, closes, before)
    contribute(found, row, closes, after)
    found.subtract(was)


def _voiding(
    connection: Connection, which: ColumnElement[bool], without: Collection[str] = ()
) -> dict[str, str]:
    """What stored responses of `which` void, except these, and when the first that voids it closes."""
    found: dict[str, str] = {}
    for row, closes in map(_stored, connection.execute(_SELECT.where(which))):
        if row.voids is not None and row.id not in without:
            found[row.voids] = min(found.get(row.voids, closes), closes)
    return found


def count_returned(connection: Connection, results: Mapping[tuple[str, ...], int]) -> None:
    """Add these numbers of results returned, by unit, day, procedure and officer; negative ones subtract."""
    _COUNTS.change(connection, tally_returned(results))


def _targets(rows: Iterable[Stored]) -> set[str]:
    """The earlier responses that these rows void."""
    return {row.voids for row in rows if row.voids is not None}


def _note(connection: Connection, days: Mapping[str, str]) -> None:
    """Store that these are voided, whether they have arrived or not, and the day at whose end that shows."""
    if days:
        connection.execute(delete(voided).where(voided.c.id.in_(sorted(days))))
        rows = [{"id": id, "closes": closes} for id, closes in sorted(days.items())]
        connection.execute(insert(voided), rows)
        _date(connection, days)


def _date(connection: Connection, ids: Iterable[str]) -> None:
    """Store the own days of these voided responses if they have arrived: a pull of one day needs them."""
    own = select(responses.c.day).where(responses.c.id == voided.c.id).scalar_subquery()
    dated = update(voided).values(day=func.coalesce(own, ""))
    connection.execute(dated.where(voided.c.id.in_(sorted(ids))))


def _voided(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Those of `ids` that are voided. Ids begin with their time, so the range of a batch holds few others."""
    if not ids:
        return {}
    rows = connection.execute(_VOIDED, {"first": min(ids), "last": max(ids)})
    wanted = set(ids)
    return {row.id: row.closes for row in rows if row.id in wanted}


# Statements of every batch are made once: making one costs more than SQLite needs to answer it.
_VOIDED = select(voided).where(voided.c.id.between(bindparam("first"), bindparam("last")))


# A row, and when it closes: "" if it is published.
_Closing = tuple[Stored, str]


def _read(connection: Connection, ids: Sequence[str]) -> list[_Closing]:
    query = _SELECT.where(responses.c.id.in_(ids))
    return [_stored(row) for row in connection.execute(query)] if ids else []


_SELECT = select(*(responses.c[name] for name in Stored._fields), published.c.place).select_from(
    responses.outerjoin(published, published.c.id == responses.c.id)
)


def _stored(row: Any) -> _Closing:
    *values, place = row
    stored = Stored(*values)
    return stored, closes_on(stored) if place is None else ""


def change(connection: Connection, visits: Counter[Visit]) -> None:
    """Add these visits to the counts, each as often as its number; negative numbers subtract."""
    _BY_PLAN.change(connection, tally_by_plan(visits))
    _COUNTS.change(connection, tally(visits))


def stored_visits(
    connection: Connection, which: Sequence[ColumnElement[bool]], *, over: bool
) -> Iterator[tuple[Visit, str]]:
    """The stored responses of `which` that count, each with its counter. over: only published ones.

    A published response has the counter under which it was published.
    """
    counter = published.c.counter if over else responses.c.counter
    columns = [responses.c[name] for name in Stored._fields]
    query = select(*columns, counter).outerjoin(voided, voided.c.id == responses.c.id)
    if over:
        query = query.join(published, published.c.id == responses.c.id)
        which = [*which, (voided.c.id.is_(None)) | (voided.c.closes != "")]
    else:
        which = [*which, voided.c.id.is_(None)]
    for *values, at in connection.execute(query.where(*which)):
        yield visit(Stored(*values), ""), at


# --- from the beginning ---------------------------------------------------------------------------------


def counted(connection: Connection) -> Counter[Key]:
    """The counts of all stored responses, made by reading every one."""
    counts = _of_lists(connection)
    for visits in _visits(connection):
        counts.update(tally(visits))
    return _without_zeros(counts)


def counted_by_plan(connection: Connection) -> Counter[PlanKey]:
    """The forms that name a plan among all stored responses, made by reading every one."""
    counts: Counter[PlanKey] = Counter()
    for visits in _visits(connection):
        counts.update(tally_by_plan(visits))
    return _without_zeros(counts)


def _in_parts(connection: Connection, part: int) -> Iterator[tuple[Counter[Key], Counter[PlanKey]]]:
    """All of `counted` and `counted_by_plan`, in parts that add up to them, each of a size that memory has.

    A database with millions of counts also hears of them before it takes the connection for a forgotten one.
    """
    counts, by_plan = _of_lists(connection), Counter[PlanKey]()
    for visits in _visits(connection, min(part, _CHUNK)):
        counts.update(tally(visits))
        by_plan.update(tally_by_plan(visits))
        if len(counts) > part:
            yield _without_zeros(counts), _without_zeros(by_plan)
            counts, by_plan = Counter(), Counter()
    yield _without_zeros(counts), _without_zeros(by_plan)


def _of_lists(connection: Connection) -> Counter[Key]:
    return tally_returned({tuple(row[:-1]): row.n for row in connection.execute(select(returned))})


def _visits(connection: Connection, chunk: int = _CHUNK) -> Iterator[Counter[Visit]]:
    """The visits of all stored responses, `chunk` responses at a time.

    One unit comes after another: nearly all counts of a unit are complete before they are stored, and only
    once. In the order of arrival each month's counts would be changed with every part.
    """
    away = {row.id: row.closes for row in connection.execute(select(voided))}
    units = connection.execute(select(responses.c.unit).distinct().order_by(responses.c.unit)).scalars()
    for unit in units.all():
        query = _SELECT.where(responses.c.unit == unit).execution_options(yield_per=chunk)
        for rows in connection.execute(query).partitions():
            visits: Counter[Visit] = Counter()
            for row, closes in map(_stored, rows):
                contribute(visits, row, closes, away.get(row.id))
            yield visits


def _without_zeros(counts: Counter[_K]) -> Counter[_K]:
    return Counter({key: n for key, n in counts.items() if n})


_RULES = select(facts.c.value).where(facts.c.name == "rollups")


def counted_by_these_rules(connection: Connection) -> bool:
    """Whether `ensure` has nothing to do, in a database of this version's tables."""
    return connection.execute(_RULES).scalar() == RULES


def ensure(connection: Connection, part: int = _PART) -> None:
    """Count everything again if the database was written before there were counts, or by older rules.

    part: counts that are gathered before they are stored.
    """
    there = connection.execute(_RULES).scalar()
    if there == RULES:
        return
    for table in (rollups, forms_by_plan, voided):
        connection.execute(delete(table))
    _note(connection, _voiding(connection, responses.c.voids.is_not(None)))
    for counts, by_plan in _in_parts(connection, part):
        _COUNTS.change(connection, counts)
        _BY_PLAN.change(connection, by_plan)
    gather(connection, rollups, forms_by_plan, voided)
    if there is None:
        connection.execute(insert(facts).values(name="rollups", value=RULES))
    else:
        connection.execute(update(facts).where(facts.c.name == "rollups").values(value=RULES))


# --- when days close -------------------------------------------------------------------------------------


def close(connection: Connection, today: str) -> None:
    """Add the counts that close before `today` to those of days that are over, while no batch is stored.

    All three statements read the open counts alone, along their index: a centre has millions of closed ones.
    """
    # SQLite's planner would scan the table: it does not know how few counts are open.
    on_sqlite = connection.dialect.name == "sqlite"
    opened = "rollups INDEXED BY ix_rollups_closes" if on_sqlite else "rollups"
    key = [name for name in _COUNTS.key if name != "closes"]
    names, over = ", ".join(key), "closes <> '' AND closes < :today"
    days = {"today": today}
    connection.execute(
        text(
            f"{_COUNTS.insert} SELECT {', '.join(_CLOSED)}, sum(n) FROM {opened} "
            f"WHERE {over} GROUP BY {names} HAVING sum(n) <> 0 {_COUNTS.add}"
        ),
        days,
    )
    lowered = connection.execute(text(f"SELECT {names} FROM {opened} WHERE {over} AND n < 0"), days).all()
    if lowered:
        ours = " AND ".join(f"{name} = :{name}" for name in key)
        connection.execute(
            text(f"DELETE FROM rollups WHERE closes = '' AND n = 0 AND {ours}"),
            [dict(zip(key, row, strict=True)) for row in lowered],
        )
    connection.execute(text(f"DELETE FROM {opened} WHERE {over}"), days)


_CLOSED = ["''" if name == "closes" else name for name in _COUNTS.key]
