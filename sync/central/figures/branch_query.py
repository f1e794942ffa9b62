"""Reads the figures of every unit below a unit, each with all that is below it: folded by the database.

The country has thousands of units. Only one line for each unit directly below it leaves the database.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from sync.central.figures.branches import Answered, Branch
from sync.central.figures.periods import month_before
from sync.central.figures.statistics import rule_for
from sync.central.figures.summary import percent
from sync.central.figures.summary_query import SummaryWanted, grain, in_parts
from sync.central.office.devices import SILENT, spot_of
from sync.central.office.hours import at_rest
from sync.central.office.units.tree import CENTRE
from sync.central.store.cells import columns
from sync.central.store.rollups import VISIT
from sync.central.store.schema import devices, returned_days, rollups, unit_spans, units
from sync.contract.plan import VIET_NAM
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey


class Signs(Struct, frozen=True, kw_only=True):
    """The enrolled machines of a branch: how many there are, how many are sending, and the longest silent.

    closed: those that send nothing and have nothing to ask now, each by its own unit's hours and plans.
    """

    machines: int = 0
    sending: int = 0
    closed: int = 0
    silent_since: datetime | None = None
    never: bool = False


class Leaf(Struct, frozen=True):
    """A unit without others below it, in its branch. now: its visits, and how many were answered."""

    branch: str
    unit: str
    now: Answered


def branches_of(connection: Connection, unit: str, day: date) -> tuple[str, ...]:
    """The units directly below a unit on `day`, by code."""
    return tuple(row.code for row in connection.execute(_children(unit, day).order_by(units.c.code)))


def read_branches(
    connection: Connection, wanted: SummaryWanted, surveys: Mapping[tuple[str, int], Survey]
) -> tuple[Branch, ...]:
    """The figures of each unit directly below `wanted.unit` on the last day, by code; call `allow` before.

    What the unit itself has without those below it is a line of its own, under its own code.
    `before` is the month before the one in which the days begin.
    """
    folds = _folds(wanted)
    parts = in_parts(connection, wanted)
    first_ratings = {key: _first_rating(survey) for key, survey in surveys.items()}
    visits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    earlier: defaultdict[str, Counter[str]] = defaultdict(Counter)
    answers: defaultdict[tuple[str, int], defaultdict[str, Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for is_before, branch, survey, version, cell, value, n in connection.execute(
        _counts(wanted, parts, folds, {cell for cell in first_ratings.values() if cell is not None})
    ):
        if cell == VISIT:
            (earlier if is_before else visits)[branch][value] += int(n)
        elif not is_before and cell == first_ratings[survey, version] and value != NOT_APPLICABLE:
            answers[survey, version][branch][int(value)] += int(n)
    # One form for all lines: shares of different questions are not to be read below each other.
    form = max(answers, key=lambda key: sum(each.total() for each in answers[key].values()), default=None)
    levels = answers[form] if form else {}
    satisfied = _satisfied(surveys[form]) if form else None
    known = _known(connection, wanted, folds)
    counted = {
        branch
        for table in (visits, earlier, levels)
        for branch, counts in table.items()
        if any(counts.values())
    }
    found = []
    for branch in sorted({*counted, *branches_of(connection, wanted.unit, wanted.last)}):
        rated = levels.get(branch, Counter())
        share = None if satisfied is None else percent(sum(rated[each] for each in satisfied), rated.total())
        found.append(
            Branch(
                unit=branch,
                returned=visits[branch]["returned"] if branch in known else None,
                tagged=visits[branch]["tagged"],
                now=Answered(visits[branch]["visits"], visits[branch]["answered"]),
                before=Answered(earlier[branch]["visits"], earlier[branch]["answered"]),
                satisfied=share,
                n=rated.total(),
            )
        )
    return tuple(found)


def read_leaves(connection: Connection, wanted: SummaryWanted) -> tuple[Leaf, ...]:
    """How many answered in each unit that has none below it on the last day, by branch and code."""
    c, at = unit_spans.c, wanted.last.isoformat()
    within = unit_spans.alias()
    below = exists().where(
        within.c.root == c.unit, within.c.unit != c.unit, within.c.first_day <= at, at <= within.c.last_day
    )
    there = c.root.in_(_children(wanted.unit, wanted.last)), c.first_day <= at, at <= c.last_day
    leaves = select(c.root, c.unit, literal(0), literal(0)).where(*there, ~below)
    r = rollups.c
    over = (r.closes == "",) if wanted.over else ()
    visits, answered = (
        func.sum(case((r.value == value, r.n), else_=0)).label(value) for value in ("visits", "answered")
    )
    counts = [
        select(literal(""), r.unit, sign * visits, sign * answered)
        .where(*_periods(part), r.cell == VISIT, *over)
        .group_by(r.unit)
        for part, sign in in_parts(connection, wanted)
    ]
    # Joined here: PostgreSQL expects one leaf, and would compare each of thousands with every count.
    branches, now = [], dict[str, Answered]()
    for branch, unit, n, answers in connection.execute(union_all(leaves, *counts)):
        if branch:
            branches.append((branch, unit))
        else:
            before = now.get(unit, _NONE)
            now[unit] = Answered(before.visits + int(n), before.answered + int(answers))
    return tuple(Leaf(branch, unit, now.get(unit, _NONE)) for branch, unit in sorted(branches))


_NONE = Answered(0, 0)


def branches_by_unit(connection: Connection, unit: str, day: date, below: Collection[str]) -> dict[str, str]:
    """The branch of `unit` to which each of these units belongs on a day, if to any."""
    folds, at = _folds(SummaryWanted(first=day, last=day, unit=unit)), day.isoformat()
    on = (folds.c.first_day <= at, at <= folds.c.last_day)
    query = select(folds.c.unit, folds.c.branch).where(folds.c.unit.in_(sorted(below)), *on)
    return {row.unit: row.branch for row in connection.execute(query)}


def read_signs(connection: Connection, unit: str, now: datetime) -> dict[str, Signs]:
    """The machines of each unit directly below `unit`, with all below it; its own under its own code."""
    today = now.astimezone(VIET_NAM).date()
    folds = _folds(SummaryWanted(first=today, last=today, unit=unit))
    day = today.isoformat()
    query = (
        select(
            *(folds.c.branch, devices.c.id, devices.c.unit, devices.c.counter),
            *(devices.c.seen_at, devices.c.enrolled_at),
        )
        .join(devices, devices.c.unit == folds.c.unit)
        .where(
            folds.c.first_day <= day,
            day <= folds.c.last_day,
            devices.c.state == "active",
            devices.c.public_key.is_not(None),
        )
    )
    rows = connection.execute(query).all()
    seen = {row.id: datetime.fromisoformat(row.seen_at) if row.seen_at else None for row in rows}
    quiet = {row.id: spot_of(row) for row in rows if (at := seen[row.id]) is None or now - at > SILENT}
    resting = at_rest(connection, quiet, now, SILENT)
    machines: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        machines[row.branch].append(row.id)
    return {branch: _signs(ids, seen, quiet.keys(), resting) for branch, ids in machines.items()}


def _signs(
    ids: Sequence[str], seen: Mapping[str, datetime | None], quiet: Collection[str], resting: Collection[str]
) -> Signs:
    silent = [seen[id] for id in ids if id in quiet and id not in resting]
    return Signs(
        machines=len(ids),
        sending=sum(id not in quiet for id in ids),
        closed=sum(id in resting for id in ids),
        silent_since=min((at for at in silent if at is not None), default=None),
        never=None in silent,
    )


def _children(unit: str, day: date) -> Select[tuple[str]]:
    at = day.isoformat()
    last = or_(units.c.valid_to == "", units.c.valid_to >= at)
    parent = units.c.parent.is_(None) if unit == CENTRE else units.c.parent == unit
    return select(units.c.code).where(parent, units.c.valid_from <= at, last)


def _folds(wanted: SummaryWanted) -> Subquery:
    """Which branch each unit belonged to, and when; the unit itself is a branch of its own."""
    c = unit_spans.c
    below = select(c.root.label("branch"), c.unit, c.first_day, c.last_day).where(
        c.root.in_(_children(wanted.unit, wanted.last))
    )
    own = select(literal(wanted.unit), literal(wanted.unit), literal("0001-01-01"), literal("9999-12-31"))
    return below.union_all(own).subquery("folds")


def _counts(
    wanted: SummaryWanted, parts: Sequence[tuple[SummaryWanted, int]], folds: Subquery, ratings: set[int]
) -> CompoundSelect[Any]:
    """The counts of the days, and those of the visits of the month before; each along its own key."""
    c = rollups.c
    asked = or_(c.cell == VISIT, c.cell.in_(ratings))
    now = [(0, sign, (*_periods(part), asked)) for part, sign in parts]
    month = month_before(wanted.first).isoformat()[:7]
    earlier = (1, 1, (c.grain == "M", c.period == month, c.cell == VISIT))
    over = (c.closes == "",) if wanted.over else ()
    key = (folds.c.branch, c.survey, c.survey_version, c.cell, c.value)
    return union_all(
        *(
            select(literal(is_before), *key, sign * func.sum(c.n))
            .join(folds, _within(folds, c.unit, c.period + "-01"))
            .where(*conditions, *over)
            .group_by(*key)
            for is_before, sign, conditions in (*now, earlier)
        )
    )


def _periods(wanted: SummaryWanted) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the counts of these days, of the grain that answers this."""
    c, kind = rollups.c, grain(wanted)
    size = 7 if kind[0] == "M" else 10
    return c.grain == kind, c.period.between(wanted.first.isoformat()[:size], wanted.last.isoformat()[:size])


def _within(folds: Subquery, unit: ColumnElement[str], day: ColumnElement[str]) -> ColumnElement[bool]:
    """That a unit belonged to a branch on a day; of a month, on its first."""
    on = func.substr(day, 1, 10)
    return and_(folds.c.unit == unit, folds.c.first_day <= on, on <= folds.c.last_day)


def _known(connection: Connection, wanted: SummaryWanted, folds: Subquery) -> set[str]:
    """The branches of which it is known what was returned: none has a visit on a day without a list."""
    days, c = returned_days.c, rollups.c
    period = (wanted.first.isoformat(), wanted.last.isoformat())
    some = (
        select(folds.c.branch)
        .join(returned_days, _within(folds, days.unit, days.day))
        .where(days.day.between(*period))
        .distinct()
    )
    listed = set(connection.execute(some).scalars())
    if not listed:
        return listed
    unlisted = ~exists().where(days.unit == c.unit, days.day == c.period)
    visits = [c.grain == "D", c.period.between(*period), c.cell == VISIT, c.value == "visits"]
    if wanted.over:
        visits.append(c.closes == "")
    missing = select(folds.c.branch).join(rollups, _within(folds, c.unit, c.period))
    missing = missing.where(*visits, unlisted).group_by(folds.c.branch, c.unit, c.period)
    return listed - set(connection.execute(missing.having(func.sum(c.n) > 0)).scalars())


def _first_rating(survey: Survey) -> int | None:
    """The cell of a form's first rating."""
    ratings = (
        cell for cell, question in enumerate(columns(survey)) if isinstance(survey.question(question), Rating)
    )
    return next(ratings, None)


def _satisfied(survey: Survey) -> tuple[int, ...] | None:
    rule = rule_for(level.value for level in survey.levels)
    return rule.satisfied if rule else None
