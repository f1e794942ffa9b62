"""From the kept counts to a summary: which grain answers a request, and who may make it.

A whole month is read from the counts of months; everything else, also a plan, from those of days: see
store/membership.py for what counts for a plan. A month's count belongs to the parents that its unit had on
the first of that month. By procedure and officer together the counts of days are many: at most MOST_FINE
days are read, enough for a quarter that begins on the 21st.

Comparing many summaries can reveal what each of them hides. So below the role `admin` a summary by officer is
of one whole month that is over, and filtered only by unit and survey: see guarded.py.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from sync.central.figures.guarded import Cell, Guarded, guard
from sync.central.figures.summary import (
    SMALLEST,
    Axis,
    HandoverRow,
    Key,
    Summary,
    handover_rows,
    percent,
    summary_of,
)
from sync.central.office.plans import plan_named
from sync.central.store.cells import columns as asked_by
from sync.central.store.database import along_the_index
from sync.central.store.membership import cuts_a_month, in_plan
from sync.central.store.rollups import VISIT
from sync.central.store.schema import returned, returned_days, rollups, unit_spans
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED, SUMMARY_UNSUPPORTED
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey

MOST_DAYS = 3660
# The most days by procedure and officer together that are no whole months.
MOST_FINE = 92


class SummaryWanted(Struct, frozen=True, kw_only=True):
    """The request. first, last: both days are counted. by: at most two axes. scope: see pull.Filters.

    over: only published rows, see days_over.py.
    """

    first: date
    last: date
    by: tuple[Axis, ...] = ()
    scope: str | None = None
    unit: str = ""
    survey: str = ""
    plan: str = ""
    procedure: str = ""
    officer: str = ""
    over: bool = False

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
    missing for a day on which a unit handed something over (`unlisted` names these units), or where a survey
    or a plan was asked for, which no list knows; of one officer, also where a list left out who it was.
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
    officers, procedures = ("officer" in by or wanted.officer), ("procedure" in by or wanted.procedure)
    # A plan needs days: which units belonged to it on each day, and when it began and ended.
    by_the_day = bool(wanted.plan) and (not (officers and procedures) or wanted.few)
    if wanted.months and "day" not in by and not by_the_day:
        return "M" + ("P" if procedures else "") + ("O" if officers else "")
    if officers and procedures and not wanted.few:
        detail = f"thủ tục cùng cán bộ: tháng tròn, hoặc nhiều nhất {MOST_FINE} ngày"
        raise ProblemError(SUMMARY_UNSUPPORTED(where="by", detail=detail))
    return "DPO" if officers else "DP" if procedures else "D"


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
    plan = plan_named(connection, wanted.plan) if wanted.plan else None
    if plan and grain(wanted) == "MPO" and cuts_a_month(plan, wanted.first, wanted.last):
        detail = "kế hoạch bắt đầu hoặc kết thúc giữa tháng: không tính được cùng lúc theo thủ tục và cán bộ"
        raise ProblemError(SUMMARY_UNSUPPORTED(where="plan", detail=detail))
    minimum = max(SMALLEST, plan.officer_minimum) if plan else SMALLEST
    fixed = "officer" in wanted.by and not admin
    found, answered = _read(connection, wanted, ("unit", "officer") if fixed else wanted.by, surveys, plan)
    visits = found.pop(_VISITS, {})
    listed = _Listed(connection, wanted)
    rows: tuple[HandoverRow, ...] = ()
    if fixed:
        guards = {key: guard(_sizes(cells)) for key, cells in found.items()}
        summaries = []
        for key in sorted(found):
            cells, hidden = _folded(found[key], guards[key], wanted.by)
            summaries.append(summary_of(surveys[key], cells, wanted.by, hidden=hidden))
        # With several surveys, also without a rating, the sum minus all but one would reveal that one.
        if not wanted.survey and len(answered) < 2:
            cells, hidden = _folded(visits, _of_visits(visits, guards.values()), wanted.by)
            rows = handover_rows(cells, wanted.by, known=listed.known, hidden=hidden)
    else:
        summaries = [
            summary_of(surveys[key], found[key], wanted.by, minimum=minimum) for key in sorted(found)
        ]
        if wanted.by:
            rows = handover_rows(visits, wanted.by, known=listed.known, minimum=minimum)
    return SummaryReply(
        first=wanted.first,
        last=wanted.last,
        handovers=_handovers(visits, listed, rows),
        surveys=tuple(summaries),
    )


# --- reading ------------------------------------------------------------------------------------------------

# Counts under each key: a value of every axis, and last the question, or "" for the visits themselves.
_Found = dict[Key, dict[Any, int]]
_VISITS = ("", 0)


def _read(
    connection: Connection,
    wanted: SummaryWanted,
    axes: Sequence[Axis],
    surveys: Mapping[tuple[str, int], Survey],
    plan: Plan | None,
) -> tuple[dict[tuple[str, int], _Found], set[tuple[str, int]]]:
    """The answers by survey and version, with the visits under _VISITS; and the surveys with answers."""
    answered = set()
    ratings = {key: _ratings(survey) for key, survey in surveys.items()}
    found: defaultdict[tuple[str, int], _Found] = defaultdict(dict)
    for survey, version, cell, figures, place in _rows(connection, wanted, axes, plan):
        answers: dict[Any, int]
        if cell == VISIT:
            table, question, answers = found[_VISITS], "", figures
            if figures.get("answered", 0):
                answered.add((survey, version))
        else:
            name = ratings[survey, version].get(cell)
            if name is None:
                continue
            table, question = found[survey, version], name
            answers = {None if value == NOT_APPLICABLE else int(value): n for value, n in figures.items()}
        _add(table, (*place, question), answers)
    return {key: kept for key, table in found.items() if (kept := _without_zeros(table))}, answered


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


def _rows(
    connection: Connection, wanted: SummaryWanted, axes: Sequence[Axis], plan: Plan | None
) -> Iterator[tuple[str, int, int, dict[str, int], tuple[str, ...]]]:
    c = rollups.c
    columns: dict[Axis, Any] = {"officer": c.officer, "procedure": c.procedure, "unit": c.unit}
    columns["day"] = c.period
    kept = [columns[axis] for axis in axes]
    conditions = _conditions(wanted, grain(wanted, axes))
    if plan:
        conditions.append(in_plan(plan, rollups))
    query: Any
    if {"officer", "procedure"}.issubset(axes):
        # Nearly every key has one count. Rows are read in the order in which they are stored, and a cell's
        # values are joined as the inside of a JSON object: words, ids and numbers, which need no escapes.
        along_the_index(connection)
        texts = func.aggregate_strings('"' + c.value + '":' + cast(c.n, Text), ",")
        query = (
            select(c.survey, c.survey_version, c.cell, texts, *kept)
            .where(*conditions)
            .group_by(*(c[name] for name in _WHOLE_KEY))
        )
        for survey, version, cell, text, *place in connection.execute(query):
            yield survey, version, cell, _decode(f"{{{text}}}"), tuple(place)
        return
    query = (
        select(c.survey, c.survey_version, c.cell, c.value, func.sum(c.n), *kept)
        .where(*conditions)
        .group_by(c.survey, c.survey_version, c.cell, c.value, *kept)
    )
    for survey, version, cell, value, n, *place in connection.execute(query):
        yield survey, version, cell, {value: int(n)}, tuple(place)


def _without_officer(wanted: SummaryWanted) -> list[ColumnElement[bool]]:
    """The conditions for results returned of these days, units and procedure that name no officer."""
    c = returned.c
    named = [c.officer == "", c.n > 0, *([c.procedure == wanted.procedure] if wanted.procedure else [])]
    days = c.day.between(wanted.first.isoformat(), wanted.last.isoformat())
    return [days, *_within(wanted, c.unit, c.day), *named]


# The order in which counts of a grain are stored, without their values.
_WHOLE_KEY = [column.name for column in rollups.primary_key if column.name not in ("grain", "value")]
_decode = msgspec.json.Decoder(dict[str, int]).decode


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
    if wanted.unit:
        ever = _ever_below(wanted.unit).union_all(select(literal(wanted.unit)))
        conditions.append(c.unit.in_(ever))
    if wanted.scope is not None:
        conditions.append(c.unit.in_(_ever_below(wanted.scope)))
    if wanted.over:
        conditions.append(c.closes == "")
    # For a month, the units that belonged there on its first day.
    return [*conditions, *_within(wanted, c.unit, func.substr(c.period + "-01", 1, 10))]


def _ever_below(root: str) -> Select[tuple[str]]:
    """All units that belonged to `root` at any time."""
    return select(unit_spans.c.unit).where(unit_spans.c.root == root)


def _within(
    wanted: SummaryWanted, unit: ColumnElement[str], day: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """The conditions for a unit, on a day, to be requested and visible."""

    def below(root: str) -> ColumnElement[bool]:
        spans = unit_spans.c
        return exists().where(
            spans.root == root, spans.unit == unit, spans.first_day <= day, day <= spans.last_day
        )

    found: list[ColumnElement[bool]] = []
    if wanted.unit:
        found.append(or_(unit == wanted.unit, below(wanted.unit)))
    if wanted.scope is not None:
        found.append(below(wanted.scope))
    return found


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


class _Listed:
    """Whether the results returned are known. units: those with handovers on days without a list."""

    def __init__(self, connection: Connection, wanted: SummaryWanted) -> None:
        c, days = rollups.c, returned_days.c
        first, last = wanted.first.isoformat(), wanted.last.isoformat()
        some = select(days.unit).where(days.day.between(first, last), *_within(wanted, days.unit, days.day))
        self._any = connection.execute(some.limit(1)).first() is not None
        handed = [c.cell == VISIT, c.value == "visits"]
        if self._any:
            handed.append(~exists().where(days.unit == c.unit, days.day == c.period))
        finest = "M" if wanted.months and not self._any else "D"
        query = select(c.unit, c.period).where(*_places(wanted, finest), *handed)
        query = query.group_by(c.unit, c.period).having(func.sum(c.n) > 0)
        self._missing = {(row[0], row[1]) for row in connection.execute(query)}
        self._units = {unit for unit, _ in self._missing}
        self._days = {day for _, day in self._missing}
        self._asked = not (wanted.survey or wanted.plan)
        self.units = tuple(sorted(self._units)) if self._asked else ()
        if self._asked and wanted.officer:
            nobodys = select(returned.c.n).where(*_without_officer(wanted))
            self._asked = connection.execute(nobodys.limit(1)).first() is None

    def known(self, by: Mapping[str, str]) -> bool:
        """Whether they are known under these values of axes."""
        if not (self._any and self._asked):
            return False
        if "unit" in by and "day" in by:
            return (by["unit"], by["day"]) not in self._missing
        if "unit" in by:
            return by["unit"] not in self._units
        if "day" in by:
            return by["day"] not in self._days
        return not self._missing


def _handovers(
    visits: Mapping[Key, Mapping[str, int]], listed: _Listed, rows: tuple[HandoverRow, ...]
) -> HandoverFigures:
    total: Counter[str] = Counter()
    for figures in visits.values():
        total.update(figures)
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
