"""From the kept counts to a summary: which grain answers a request, and who may make it.

A whole month is read from the counts of months, and so is most of one, see month_parts.py; everything else,
also a plan, from those of days: see store/membership.py for what counts for a plan. A month's count belongs
to the parents that its unit had on the first of that month. By procedure and officer together the counts of
days are many: at most MOST_FINE days are read, enough for a quarter that begins on the 21st.

A field is the sum of its procedures, made before anything is hidden. Counters are in no kept count, for they
are asked about for few days at a time: the responses themselves are counted, of at most MOST_COUNTED days of
one unit and those below it. Below the role `admin` they are counted as their rows are published, where a
counter to which few came on a day has no name, see store/days_over.py.

Comparing many summaries can reveal what each of them hides. So below the role `admin` a summary by officer is
of one whole month that is over, and filtered only by unit and survey: see guarded.py.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import add, itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    SelectBase,
    Text,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from sync.central.figures.guarded import Cell, Guarded, guard
from sync.central.figures.month_parts import read_parts
from sync.central.figures.summary import (
    SMALLEST,
    UNLISTED,
    Axis,
    HandoverRow,
    Key,
    Summary,
    counter_key,
    handover_rows,
    percent,
    summary_of,
)
from sync.central.office.configuration.procedures import procedure_fields
from sync.central.office.plans import plan_named
from sync.central.store.cells import columns as asked_by
from sync.central.store.database import along_the_index
from sync.central.store.membership import cuts_a_month, in_group, in_plan
from sync.central.store.rollups import VISIT, answers_of, stored_visits
from sync.central.store.schema import responses, returned, returned_days, rollups, unit_spans
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED, SUMMARY_UNSUPPORTED
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey

MOST_DAYS = 3660
# The most days by procedure and officer together that are no whole months.
MOST_FINE = 92
# The most days by counter.
MOST_COUNTED = 31


class SummaryWanted(Struct, frozen=True, kw_only=True):
    """The request. first, last: both days are counted. by: at most two axes. scope: see pull.Filters.

    group: of the plan, "" for all of its groups. over: only published rows, see days_over.py.
    alone: the unit has none below it, so that counts of its days are few, see `in_parts`.
    """

    first: date
    last: date
    by: tuple[Axis, ...] = ()
    scope: str | None = None
    unit: str = ""
    survey: str = ""
    plan: str = ""
    group: str = ""
    procedure: str = ""
    officer: str = ""
    over: bool = False
    alone: bool = False

    @property
    def months(self) -> bool:
        """Whether these days are whole months."""
        return self.first.day == 1 and self.last.day == monthrange(self.last.year, self.last.month)[1]

    @property
    def few(self) -> bool:
        """Whether these are at most MOST_FINE days: each can be looked up by itself."""
        return (self.last - self.first).days < MOST_FINE

    @property
    def days(self) -> list[date]:
        """All of these days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class HandoverFigures(Struct, frozen=True, kw_only=True):
    """Three figures side by side: results returned, handovers tagged, visits answered.

    returned: from the lists of the one-stop software; None, not 0, where that is not known: where a list is
    missing for a day on which a unit handed something over (`unlisted` names these units), or where a survey,
    a plan, counters, channels or respondents were asked for, which no list knows; of one officer, also where
    a list left out who it was.
    tagged: results whose handover was scanned. tagged_percent: tagged of returned. visits: one can cover
    several results. answered: of those visits. percent: answered of visits. Percentages have one decimal.
    untagged: answered visits without a tag, reported apart. voided: visits that staff took back, counted in
    none of these. outcomes: of all.
    rows: the same under each value of the axes.
    """

    returned: int | None
    tagged: int
    tagged_percent: str | None
    visits: int
    answered: int
    percent: str | None
    untagged: int
    voided: int
    outcomes: dict[str, int]
    unlisted: tuple[str, ...]
    rows: tuple[HandoverRow, ...]


class SummaryReply(Struct, frozen=True, kw_only=True):
    """A summary of every survey that was answered in these days, and the handovers behind it."""

    first: date
    last: date
    handovers: HandoverFigures
    surveys: tuple[Summary, ...]


def allow(wanted: SummaryWanted, *, admin: bool, today: date) -> None:
    """Return if this request is allowed; raises ProblemError HL4002 or HL4035."""
    by = wanted.by
    if len(by) > 2 or len(set(by)) < len(by):
        raise ProblemError(SUMMARY_UNSUPPORTED(where="by", detail="nhiều nhất hai cách chia khác nhau"))
    if wanted.last < wanted.first or (wanted.last - wanted.first).days > MOST_DAYS:
        raise ProblemError(SUMMARY_UNSUPPORTED(where="to", detail=f"từ 1 đến {MOST_DAYS} ngày"))
    if "counter" in by:
        if not wanted.unit or (wanted.last - wanted.first).days >= MOST_COUNTED:
            detail = f"theo quầy: nêu đơn vị, và nhiều nhất {MOST_COUNTED} ngày"
            raise ProblemError(SUMMARY_UNSUPPORTED(where="by", detail=detail))
    else:
        grain(wanted)
    if admin:
        return
    if wanted.officer:
        raise ProblemError(ACCESS_DENIED(where="officer"))
    if "officer" in by:
        one_month = wanted.months and wanted.first.replace(day=1) == wanted.last.replace(day=1)
        if not one_month or wanted.last >= today or wanted.procedure or wanted.plan:
            detail = "theo cán bộ: đúng một tháng đã qua, không kèm thủ tục hay kế hoạch"
            raise ProblemError(SUMMARY_UNSUPPORTED(where="by", detail=detail))
        if not {"officer", "unit"}.issuperset(by):
            raise ProblemError(
                SUMMARY_UNSUPPORTED(where="by", detail="theo cán bộ: một mình, hoặc cùng đơn vị")
            )


def grain(wanted: SummaryWanted, axes: Sequence[Axis] | None = None) -> str:
    """The grain that answers this, by `axes` instead if they are given; raises ProblemError HL4035."""
    by = wanted.by if axes is None else axes
    officers = "officer" in by or wanted.officer
    procedures = "procedure" in by or "field" in by or wanted.procedure
    # A plan needs days: which units belonged to it on each day, and when it began and ended.
    by_the_day = bool(wanted.plan) and (not (officers and procedures) or wanted.few)
    if wanted.months and "day" not in by and not by_the_day:
        return "M" + ("P" if procedures else "") + ("O" if officers else "")
    if officers and procedures and not wanted.few:
        detail = f"thủ tục cùng cán bộ: tháng tròn, hoặc nhiều nhất {MOST_FINE} ngày"
        raise ProblemError(SUMMARY_UNSUPPORTED(where="by", detail=detail))
    return "DPO" if officers else "DP" if procedures else "D"


def in_parts(
    connection: Connection, wanted: SummaryWanted, axes: Sequence[Axis] = ()
) -> list[tuple[SummaryWanted, int]]:
    """Requests whose counts are the same in sum and fewer, each with 1 to add it or -1 to take it away."""
    if wanted.months or wanted.plan or wanted.alone or "day" in axes:
        return [(wanted, 1)]
    parts = read_parts(connection, wanted.first, wanted.last)
    return [(replace(wanted, first=part.first, last=part.last), part.sign) for part in parts]


def read_summary(
    connection: Connection,
    wanted: SummaryWanted,
    surveys: Mapping[tuple[str, int], Survey],
    *,
    admin: bool,
) -> SummaryReply:
    """The summary; call `allow` before.

    Raises ProblemError HL5020, or HL4035 if a plan begins or ends within a month.
    """
    if "officer" in wanted.by and not admin:
        return _fixed(connection, wanted, surveys)
    (reply,) = read_summaries(connection, wanted, (wanted.by,), surveys)
    return reply


def read_summaries(
    connection: Connection,
    wanted: SummaryWanted,
    cuts: Sequence[tuple[Axis, ...]],
    surveys: Mapping[tuple[str, int], Survey],
) -> tuple[SummaryReply, ...]:
    """For an administrator, the summary by the axes of each of `cuts` instead of its own.

    Each is what `read_summary` gives; counts that several of them need are read once. Raises as that does.
    """
    by_grain: defaultdict[str, list[tuple[Axis, ...]]] = defaultdict(list)
    for axes in dict.fromkeys(cuts):
        by_grain["" if "counter" in axes else grain(wanted, axes)].append(axes)
    plan = _plan(connection, wanted, by_grain)
    minimum = max(SMALLEST, plan.officer_minimum) if plan else SMALLEST
    lists = _NOT_LISTED if all(map(UNLISTED.intersection, cuts)) else _listed(connection, wanted)
    made: dict[tuple[Axis, ...], SummaryReply] = {}
    for together in by_grain.values():
        found, _ = _read(connection, wanted, together, surveys, plan)
        for axes, tables in zip(together, found, strict=True):
            visits = tables.pop(_VISITS, {})
            listed = _NOT_LISTED if UNLISTED.intersection(axes) else lists
            made[axes] = SummaryReply(
                first=wanted.first,
                last=wanted.last,
                handovers=_handovers(
                    visits,
                    listed,
                    handover_rows(visits, axes, known=listed.known, minimum=minimum) if axes else (),
                ),
                surveys=tuple(
                    summary_of(surveys[key], tables[key], axes, minimum=minimum) for key in sorted(tables)
                ),
            )
    return tuple(made[axes] for axes in cuts)


def _fixed(
    connection: Connection, wanted: SummaryWanted, surveys: Mapping[tuple[str, int], Survey]
) -> SummaryReply:
    """The fixed table by officer, for those who may not see everything: see guarded.py."""
    axes: tuple[Axis, ...] = ("unit", "officer")
    plan = _plan(connection, wanted, (grain(wanted, axes),))
    (found,), answered = _read(connection, wanted, (axes,), surveys, plan)
    visits = found.pop(_VISITS, {})
    listed = _NOT_LISTED if UNLISTED.intersection(wanted.by) else _listed(connection, wanted)
    guards = {key: guard(_sizes(cells)) for key, cells in found.items()}
    summaries = []
    for key in sorted(found):
        cells, hidden = _folded(found[key], guards[key], wanted.by)
        summaries.append(summary_of(surveys[key], cells, wanted.by, hidden=hidden))
    rows: tuple[HandoverRow, ...] = ()
    # With several surveys, also without a rating, the sum minus all but one would reveal that one.
    if not wanted.survey and len(answered) < 2:
        cells, hidden = _folded(visits, _of_visits(visits, guards.values()), wanted.by)
        rows = handover_rows(cells, wanted.by, known=listed.known, hidden=hidden)
    return SummaryReply(
        first=wanted.first,
        last=wanted.last,
        handovers=_handovers(visits, listed, rows),
        surveys=tuple(summaries),
    )


def _plan(connection: Connection, wanted: SummaryWanted, grains: Iterable[str]) -> Plan | None:
    """The plan of the request; raises ProblemError HL5020, or HL4035 if it cuts a month of these grains."""
    plan = plan_named(connection, wanted.plan) if wanted.plan else None
    if plan and "MPO" in grains and cuts_a_month(plan, wanted.first, wanted.last):
        detail = "kế hoạch bắt đầu hoặc kết thúc giữa tháng: không tính được cùng lúc theo thủ tục và cán bộ"
        raise ProblemError(SUMMARY_UNSUPPORTED(where="plan", detail=detail))
    return plan


# --- reading ------------------------------------------------------------------------------------------------

# Counts under each key: a value of every axis, and last the question, or "" for the visits themselves.
_Found = dict[Key, dict[Any, int]]
_VISITS = ("", 0)
_PROCEDURE: Axis = "procedure"


def _read(
    connection: Connection,
    wanted: SummaryWanted,
    cuts: Sequence[Sequence[Axis]],
    surveys: Mapping[tuple[str, int], Survey],
    plan: Plan | None,
) -> tuple[list[dict[tuple[str, int], _Found]], set[tuple[str, int]]]:
    """For each of these cuts, which one grain answers, the answers by survey and version, with the visits
    under _VISITS; and the surveys with answers."""
    answered = Counter[tuple[str, int]]()
    ratings = {key: _ratings(survey) for key, survey in surveys.items()}
    tables = [_Cut(axes, defaultdict(dict)) for axes in cuts]
    axes = tuple(dict.fromkeys(axis for cut in tables for axis in cut.read))
    fields = procedure_fields(connection) if any("field" in cut.axes for cut in tables) else {}
    places = [(cut.found, cut.placed(axes, fields), cut.unlisted) for cut in tables]
    rows = _of_responses if "counter" in axes else _summed
    levels = _Levels()
    for survey, version, cell, values, numbers, place in rows(connection, wanted, axes, plan):
        answers: dict[Any, int]
        if cell == VISIT:
            key, question, answers = _VISITS, "", dict(zip(values, numbers, strict=False))
            answered[survey, version] += answers.get("answered", 0)
        else:
            name = ratings[survey, version].get(cell)
            if name is None:
                continue
            key, question = (survey, version), name
            answers = dict(zip(levels[values], numbers, strict=False))
        for found, placed, unlisted in places:
            if survey or not unlisted:  # counts of results returned name no survey
                _add(found[key], (*(placed(place) if placed else place), question), answers)
    with_answers = {form for form, n in answered.items() if n > 0}
    return [_without_empty(cut.found) for cut in tables], with_answers


class _Cut(Struct, frozen=True):
    """What one cut of the rows becomes: its axes, and the tables that its rows are added to."""

    axes: Sequence[Axis]
    found: defaultdict[tuple[str, int], _Found]

    @property
    def read(self) -> list[Axis]:
        """The axes to read: a field is read by its procedures."""
        return [_PROCEDURE if axis == "field" else axis for axis in self.axes]

    @property
    def unlisted(self) -> bool:
        """Whether no list of results returned knows one of its axes."""
        return bool(UNLISTED.intersection(self.axes))

    def placed(
        self, axes: Sequence[Axis], fields: Mapping[str, str]
    ) -> Callable[[tuple[str, ...]], Sequence[str]] | None:
        """What makes the place of a row within this cut of its place by `axes`; None where it is the same."""
        if tuple(axes) == tuple(self.axes):
            return None
        at = [axes.index(axis) for axis in self.read]
        if "field" not in self.axes:
            return lambda place: [place[each] for each in at]
        of_field = [axis == "field" for axis in self.axes]
        return lambda place: [
            fields.get(place[each], "") if field else place[each]
            for each, field in zip(at, of_field, strict=True)
        ]


def _without_empty(found: Mapping[tuple[str, int], _Found]) -> dict[tuple[str, int], _Found]:
    """The tables that hold any count."""
    return {key: kept for key, table in found.items() if (kept := _without_zeros(table))}


class _Levels(dict[tuple[str, ...], tuple[int | None, ...]]):
    """The levels that stored values are, each combination converted once; None for NOT_APPLICABLE."""

    def __missing__(self, values: tuple[str, ...]) -> tuple[int | None, ...]:
        made = tuple(None if value == NOT_APPLICABLE else int(value) for value in values)
        self[values] = made
        return made


def _add(table: _Found, key: Key, answers: Mapping[Any, int]) -> None:
    """Add these counts to the table."""
    there = table.get(key)
    if there is None:
        table[key] = dict(answers)
    else:
        for answer, n in answers.items():
            there[answer] = there.get(answer, 0) + n


def _without_zeros(table: _Found) -> _Found:
    """The table without counts of zero, and without keys that have no other counts."""
    for key in [key for key, answers in table.items() if not all(answers.values())]:
        answers = {answer: n for answer, n in table[key].items() if n}
        if answers:
            table[key] = answers
        else:
            del table[key]
    return table


# survey, version, cell, different values of it, at least as many numbers, the values of the axes
_Row = tuple[str, int, int, tuple[str, ...], Sequence[int], tuple[str, ...]]


def _summed(
    connection: Connection, wanted: SummaryWanted, axes: Sequence[Axis], plan: Plan | None
) -> Iterator[_Row]:
    """What has to be added up, from the counts that are kept."""
    for part, sign in in_parts(connection, wanted, axes):
        rows = _rows(connection, part, axes, plan)
        if sign > 0:
            yield from rows
        else:
            for survey, version, cell, values, numbers, place in rows:
                yield survey, version, cell, values, [-n for n in numbers], place


def _rows(
    connection: Connection, wanted: SummaryWanted, axes: Sequence[Axis], plan: Plan | None
) -> Iterator[_Row]:
    c = rollups.c
    columns: dict[Axis, Any] = {"officer": c.officer, "procedure": c.procedure, "unit": c.unit}
    columns |= {"channel": c.channel, "respondent": c.respondent, "day": c.period}
    kept = [columns[axis] for axis in axes]
    conditions = _conditions(wanted, grain(wanted, axes))
    if plan:
        conditions.append(_counts(plan, wanted.group, rollups))
    query: Any
    if connection.dialect.name == "sqlite" or {"officer", "procedure"}.issubset(axes):
        # Rows are read in the order in which they are stored, and all counts of a key come as one row: as an
        # array, next to the texts that say of what they are. SQLite would sort every count instead; on
        # PostgreSQL, of pairs nearly every key has one count of each value.
        along_the_index(connection)
        query = (
            select(*_together(connection), *kept)
            .where(*conditions)
            .group_by(*(c[name] for name in _KEY_WITHOUT_VALUES))
        )
        parts = _Parts()
        rows = ((tuple(key), _decode(counts)) for counts, *key in connection.execute(query))
        # Days and units mostly differ in nothing else. Of officers nearly every key does.
        for key, numbers in rows if "officer" in axes else _added(rows):
            survey, version, cells, answers, *place = key
            at = tuple(place)
            for cell, values, pick in parts[cells, answers]:
                yield survey, version, cell, values, pick(numbers), at
        return
    # Rows are sorted into groups: what differs most is compared first, which takes a third less.
    query = (
        select(c.survey, c.survey_version, c.cell, c.value, func.sum(c.n), *kept)
        .where(*conditions)
        .group_by(*kept, c.cell, c.value, c.survey_version, c.survey)
    )
    for survey, version, cell, value, n, *place in connection.execute(query):
        yield survey, version, cell, (value,), (int(n),), tuple(place)


def _added(rows: Iterable[tuple[tuple[Any, ...], list[int]]]) -> Iterable[tuple[tuple[Any, ...], list[int]]]:
    """Keys with their counts, each key once: arrays of one key are of the same counts."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for key, numbers in rows:
        there = found.get(key)
        found[key] = numbers if there is None else list(map(add, there, numbers))
    return found.items()


def _counts(plan: Plan, group: str, rows: FromClause) -> ColumnElement[bool]:
    """The condition for rows to count for a plan, or for one group of it."""
    return in_group(plan, plan.group(group), rows) if group else in_plan(plan, rows)


def _together(connection: Connection) -> tuple[Any, ...]:
    """The rows of a group: a JSON array of the counts; and what they are of, which is the form, its version,
    and two texts in the order of the counts: cells, values.

    No value has a comma: it is a name, or a part of a cell. A text for each row would cost as much as
    reading the rows.
    """
    c = rollups.c
    form = (c.survey, c.survey_version)
    if connection.dialect.name == "sqlite":
        return func.json_group_array(c.n), *form, func.group_concat(c.cell), func.group_concat(c.value)
    cells = func.string_agg(cast(c.cell, Text), ",")
    return cast(func.json_agg(c.n), Text), *form, cells, func.string_agg(c.value, ",")


_Part = tuple[int, tuple[str, ...], Callable[[Sequence[int]], tuple[int, ...]]]


class _Parts(dict[tuple[str, str], tuple[_Part, ...]]):
    """What the counts of a group are of, by its texts: a cell, values of it, and where their counts are.

    There are few different texts. A value that comes twice, as its counts close on two days, is in two parts.
    """

    def __missing__(self, what: tuple[str, str]) -> tuple[_Part, ...]:
        places: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
        times: Counter[tuple[str, str]] = Counter()
        for at, each in enumerate(zip(*(text.split(",") for text in what), strict=True)):
            cell, value = each
            places[int(cell), times[each]][value] = at
            times[each] += 1
        # The first place once more: for one place, itemgetter would give no tuple.
        made = tuple(
            (cell, tuple(at), itemgetter(*at.values(), next(iter(at.values()))))
            for (cell, _), at in places.items()
        )
        self[what] = made
        return made


def _of_responses(
    connection: Connection, wanted: SummaryWanted, axes: Sequence[Axis], plan: Plan | None
) -> Iterator[_Row]:
    """What `_rows` gives, from the responses themselves."""
    c = responses.c
    first, last = wanted.first.isoformat(), wanted.last.isoformat()
    named = ("survey", "procedure", "officer")
    conditions = [
        c.day.between(first, last),
        *_within(wanted, c.unit, c.day),
        *(c[name] == getattr(wanted, name) for name in named if getattr(wanted, name)),
    ]
    if plan:
        conditions.append(_counts(plan, wanted.group, responses))
    found: Counter[tuple[str, int, int, str, tuple[str, ...]]] = Counter()
    for one, counter in stored_visits(connection, conditions, over=wanted.over):
        at = counter_key(wanted.unit, one.unit, counter)
        place = tuple(at if axis == "counter" else str(getattr(one, axis)) for axis in axes)
        for cell, value, n in answers_of(one):
            found[one.survey, one.version, cell, value, place] += n
    for (survey, version, cell, value, place), n in found.items():
        yield survey, version, cell, (value,), (n,), place


def _without_officer(wanted: SummaryWanted) -> list[ColumnElement[bool]]:
    """The conditions for results returned of these days, units and procedure that name no officer."""
    c = returned.c
    named = [c.officer == "", c.n > 0, *([c.procedure == wanted.procedure] if wanted.procedure else [])]
    days = c.day.between(wanted.first.isoformat(), wanted.last.isoformat())
    return [days, *_within(wanted, c.unit, c.day), *named]


# The order in which counts of a grain are stored, up to what is counted.
_KEY_WITHOUT_VALUES = [
    column.name for column in rollups.primary_key if column.name not in ("grain", "cell", "closes", "value")
]
_decode = msgspec.json.Decoder(list[int]).decode


def _conditions(wanted: SummaryWanted, found: str) -> list[ColumnElement[bool]]:
    named = ("survey", "procedure", "officer")
    asked = [rollups.c[name] == getattr(wanted, name) for name in named if getattr(wanted, name)]
    return [*_places(wanted, found), *asked]


def _places(wanted: SummaryWanted, found: str) -> list[ColumnElement[bool]]:
    """The conditions for counts of this grain in the days and units of the request."""
    c = rollups.c
    size = 7 if found[0] == "M" else 10
    first, last = wanted.first.isoformat()[:size], wanted.last.isoformat()[:size]
    conditions = [c.grain == found]
    if first == last:
        conditions.append(c.period == first)
    elif wanted.few and (wanted.unit or wanted.scope is not None):
        # Periods and units by name: look-ups in the key instead of a scan of all units.
        conditions.append(c.period.in_(sorted({day.isoformat()[:size] for day in wanted.days})))
    else:
        conditions.append(c.period.between(first, last))
    if wanted.over:
        conditions.append(c.closes == "")
    # For a month, the units that belonged there on its first day.
    days = [f"{period}-01"[:10] for period in (first, last)]
    return [*conditions, *_within(wanted, c.unit, func.substr(c.period + "-01", 1, 10), days)]


def _within(
    wanted: SummaryWanted,
    unit: ColumnElement[str],
    day: ColumnElement[str],
    days: Sequence[str] = (),
) -> list[ColumnElement[bool]]:
    """The conditions for a unit, on a day, to be requested and visible.

    days: the first and the last that `day` can be; those of the request if they are not given.
    """
    first, last = days or (wanted.first.isoformat(), wanted.last.isoformat())
    conditions: list[ColumnElement[bool]] = []
    # A subtree is smaller than the same subtree with its root on all days.
    if wanted.unit and wanted.unit != wanted.scope:
        conditions += _below(wanted.unit, unit, day, first, last, or_itself=True)
    if wanted.scope is not None:
        conditions += _below(wanted.scope, unit, day, first, last)
    return conditions


def _below(
    root: str,
    unit: ColumnElement[str],
    day: ColumnElement[str],
    first: str,
    last: str,
    *,
    or_itself: bool = False,
) -> list[ColumnElement[bool]]:
    """The conditions for a unit to be below `root` on a day. or_itself: or to be `root`, on any day.

    Most units were there on all of the days. These are looked up in one set; only the others are compared
    with their spans, row by row.
    """
    spans = unit_spans.c

    def units(*when: ColumnElement[bool]) -> SelectBase:
        there = select(spans.unit).where(spans.root == root, *when)
        return there.union_all(select(literal(root))) if or_itself else there

    always = unit.in_(units(spans.first_day <= first, last <= spans.last_day))
    if first == last:
        return [always]
    on_the_day = exists().where(
        spans.root == root, spans.unit == unit, spans.first_day <= day, day <= spans.last_day
    )
    # The units of any day, which the key of the table finds.
    return [unit.in_(units()), or_(always, on_the_day)]


def _ratings(survey: Survey) -> dict[int, str]:
    """The ratings by their cell."""
    return {
        cell: question
        for cell, question in enumerate(asked_by(survey))
        if isinstance(survey.question(question), Rating)
    }


# --- the fixed table by unit and officer, see guarded.py ----------------------------------------------------


def _sizes(cells: _Found) -> dict[Cell, int]:
    """How many people gave a rating, in each cell; "does not apply" is not a rating."""
    return {
        (unit, officer, question): sum(answers.values()) - answers.get(None, 0)
        for (unit, officer, question), answers in cells.items()
    }


def _of_visits(visits: _Found, guards: Iterable[Guarded]) -> Guarded:
    """What to hide of the visits: officers with few visits, and those with a hidden answer."""
    answered = {
        (unit, officer, ""): figures.get("answered", 0) for (unit, officer, _), figures in visits.items()
    }
    own = guard(answered)
    hidden, absent = set(own.hidden), set(own.absent)
    for one in guards:
        hidden |= {(unit, officer, "") for unit, officer, _ in one.hidden}
        absent |= {(unit, officer, "") for unit, officer, _ in one.absent}
    return Guarded(frozenset(hidden - absent), frozenset(absent))


def _folded(cells: _Found, guarded: Guarded, axes: Sequence[Axis]) -> tuple[_Found, set[Key]]:
    """The table by the requested axes: its cells, and which of them to hide."""
    found: _Found = {}
    hidden: set[Key] = set()
    for (unit, officer, question), answers in cells.items():
        cell = (unit, officer, question)
        if cell in guarded.absent:
            continue
        key = (*(unit if axis == "unit" else officer for axis in axes), question)
        if cell in guarded.hidden:
            hidden.add(key)
        _add(found, key, answers)
    return found, hidden


# --- returned -----------------------------------------------------------------------------------------------


class _Listed(Struct, frozen=True, kw_only=True):
    """Whether the results returned are known. missing: units and days with handovers and without a list.

    any: whether there is any list of these days; complete: whether those name everybody asked for.
    """

    any: bool = False
    complete: bool = True
    missing: frozenset[tuple[str, str]] = frozenset()
    # Of these: looked up for each row of a table.
    without: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()

    @property
    def units(self) -> tuple[str, ...]:
        """The units with handovers on days without a list."""
        return tuple(sorted(self.without))

    def known(self, by: Mapping[str, str]) -> bool:
        """Whether they are known under these values of axes."""
        if not (self.any and self.complete):
            return False
        if "unit" in by and "day" in by:
            return (by["unit"], by["day"]) not in self.missing
        if "unit" in by:
            return by["unit"] not in self.without
        if "day" in by:
            return by["day"] not in self.days
        return not self.missing


_NOT_LISTED = _Listed()


def _listed(connection: Connection, wanted: SummaryWanted) -> _Listed:
    """What lists there are for this request, by axes that lists know."""
    if wanted.survey or wanted.plan:
        return _NOT_LISTED
    days = returned_days.c
    first, last = wanted.first.isoformat(), wanted.last.isoformat()
    some = select(days.unit).where(days.day.between(first, last), *_within(wanted, days.unit, days.day))
    any_list = connection.execute(some.limit(1)).first() is not None
    missing = frozenset(_unlisted(connection, wanted) if any_list else _handing(connection, wanted))
    complete = True
    if wanted.officer:
        nobodys = select(returned.c.n).where(*_without_officer(wanted))
        complete = connection.execute(nobodys.limit(1)).first() is None
    return _Listed(
        any=any_list,
        complete=complete,
        missing=missing,
        without=frozenset(unit for unit, _ in missing),
        days=frozenset(day for _, day in missing),
    )


_VISITED = (rollups.c.cell == VISIT, rollups.c.value == "visits")


def _unlisted(connection: Connection, wanted: SummaryWanted) -> list[tuple[str, str]]:
    """The units and days with handovers and without a list."""
    c, days = rollups.c, returned_days.c
    without = ~exists().where(days.unit == c.unit, days.day == c.period)
    query = select(c.unit, c.period).where(*_places(wanted, "D"), *_VISITED, without)
    query = query.group_by(c.period, c.unit).having(func.sum(c.n) > 0)
    return [(unit, day) for unit, day in connection.execute(query)]


def _handing(connection: Connection, wanted: SummaryWanted) -> list[tuple[str, str]]:
    """The units with handovers, whichever day it was, which is left out."""
    c, handed = rollups.c, Counter[str]()
    for part, sign in in_parts(connection, wanted):
        places = _places(part, "M" if part.months else "D")
        for unit, n in connection.execute(
            select(c.unit, func.sum(c.n)).where(*places, *_VISITED).group_by(c.unit)
        ):
            handed[unit] += sign * int(n)
    return [(unit, "") for unit, n in handed.items() if n > 0]


def _handovers(
    visits: Mapping[Key, Mapping[str, int]], listed: _Listed, rows: tuple[HandoverRow, ...]
) -> HandoverFigures:
    total: Counter[str] = Counter()
    for figures in visits.values():
        for name, n in figures.items():
            total[name] += n
    returned = total["returned"] if listed.known({}) else None
    about = ("returned", "tagged", "visits", "answered", "untagged")
    return HandoverFigures(
        returned=returned,
        tagged=total["tagged"],
        tagged_percent=percent(total["tagged"], returned or 0),
        visits=total["visits"],
        answered=total["answered"],
        percent=percent(total["answered"], total["visits"]),
        untagged=total["untagged"],
        voided=total["voided"],
        outcomes={name: n for name, n in sorted(total.items()) if name not in about and n},
        unlisted=listed.units,
        rows=rows,
    )
