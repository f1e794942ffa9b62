"""From the kept counts to a summary: which grain answers a question, and who may ask it.

A month asked for whole is read from the counts of months; anything else from those of days. A month's count
belongs to whom its unit belonged on the first of that month.

Who compares many answers can compute what each of them hides. So below the role `admin` a summary by officer
is of one whole month, and of nothing but a unit and a survey.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from sync.central.judge import columns as asked_by
from sync.central.rollups import VISIT
from sync.central.schema import rollups, unit_spans
from sync.central.statistics import Share
from sync.central.summary import Axis, Count, Summary, summarise
from sync.contract.problem import ProblemError, problem
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey

MOST_DAYS = 3660


class SummaryWanted(Struct, frozen=True, kw_only=True):
    """What is asked. first, last: both days are counted. by: at most two axes. scope: see pull.Filters."""

    first: date
    last: date
    by: tuple[Axis, ...] = ()
    scope: str | None = None
    unit: str = ""
    survey: str = ""
    plan: str = ""
    procedure: str = ""
    officer: str = ""

    @property
    def months(self) -> bool:
        """Whether these days are whole months."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1


class HandoverFigures(Struct, frozen=True, kw_only=True):
    """Handovers beside answers. tagged: results whose handover was scanned. visits: one can cover several.

    answered: of those visits. percent: answered of visits, one decimal. untagged: answered visits without a
    tag, reported apart. voided: visits that staff took back, counted in none of these. outcomes: of all.
    """

    tagged: int
    visits: int
    answered: int
    percent: str | None
    untagged: int
    voided: int
    outcomes: dict[str, int]


class SummaryReply(Struct, frozen=True, kw_only=True):
    """A summary of every survey that was answered in these days, and the handovers behind it."""

    first: date
    last: date
    handovers: HandoverFigures
    surveys: tuple[Summary, ...]


def allow(wanted: SummaryWanted, *, admin: bool) -> None:
    """Return if this may be asked; raises ProblemError HL4002 or HL4035."""
    by = wanted.by
    if len(by) > 2 or len(set(by)) < len(by):
        raise ProblemError(problem("HL4035", where="by", detail="at most two different axes"))
    if wanted.last < wanted.first or (wanted.last - wanted.first).days > MOST_DAYS:
        raise ProblemError(problem("HL4035", where="to", detail=f"from 1 to {MOST_DAYS} days"))
    grain(wanted)
    if admin:
        return
    if wanted.officer:
        raise ProblemError(problem("HL4002", where="officer"))
    if "officer" in by:
        one_month = wanted.months and wanted.first.replace(day=1) == wanted.last.replace(day=1)
        if not one_month or wanted.procedure or wanted.plan:
            detail = "by officer: one whole month, without procedure or plan"
            raise ProblemError(problem("HL4035", where="by", detail=detail))


def grain(wanted: SummaryWanted) -> str:
    """The grain that answers this; raises ProblemError HL4035 where none does."""
    found = "M" if wanted.months and "day" not in wanted.by else "D"
    found += "P" if wanted.procedure or "procedure" in wanted.by else ""
    found += "O" if wanted.officer or "officer" in wanted.by else ""
    if found == "DPO":
        detail = "procedure and officer together: whole months, and not by day"
        raise ProblemError(problem("HL4035", where="by", detail=detail))
    return found


def read_summary(
    connection: Connection, wanted: SummaryWanted, surveys: Mapping[tuple[str, int], Survey]
) -> SummaryReply:
    """The summary; `allow` was asked before."""
    axes = {"officer": rollups.c.officer, "procedure": rollups.c.procedure, "unit": rollups.c.unit}
    axes["day"] = rollups.c.period
    kept = [axes[axis] for axis in wanted.by]
    c = rollups.c
    query: Any = (
        select(c.survey, c.survey_version, c.cell, c.value, func.sum(c.n), *kept)
        .where(*_conditions(wanted))
        .group_by(c.survey, c.survey_version, c.cell, c.value, *kept)
    )
    ratings = {key: _ratings(survey) for key, survey in surveys.items()}
    counts: defaultdict[tuple[str, int], list[Count]] = defaultdict(list)
    visits: Counter[str] = Counter()
    for survey, version, cell, value, n, *place in connection.execute(query):
        if cell == VISIT:
            visits[value] += int(n)
            continue
        question = ratings[survey, version].get(cell)
        if question is not None and n:
            answer = None if value == NOT_APPLICABLE else int(value)
            by = dict(zip(wanted.by, place, strict=True))
            counts[survey, version].append(Count(question=question, answer=answer, forms=int(n), **by))
    return SummaryReply(
        first=wanted.first,
        last=wanted.last,
        handovers=_handovers(visits),
        surveys=tuple(summarise(surveys[key], counts[key], wanted.by) for key in sorted(counts)),
    )


def _conditions(wanted: SummaryWanted) -> list[ColumnElement[bool]]:
    c, found = rollups.c, grain(wanted)
    size = 7 if found[0] == "M" else 10
    conditions = [
        c.grain == found,
        c.period >= wanted.first.isoformat()[:size],
        c.period <= wanted.last.isoformat()[:size],
    ]
    for name in ("survey", "plan", "procedure", "officer"):
        if getattr(wanted, name):
            conditions.append(c[name] == getattr(wanted, name))
    if wanted.unit:
        conditions.append(or_(c.unit == wanted.unit, _below(wanted.unit)))
    if wanted.scope is not None:
        conditions.append(_below(wanted.scope))
    return conditions


def _below(root: str) -> ColumnElement[bool]:
    """Whether a count's unit belonged to `root`; of a month, on its first day."""
    day = func.substr(rollups.c.period + "-01", 1, 10)
    return exists().where(
        unit_spans.c.root == root,
        unit_spans.c.unit == rollups.c.unit,
        unit_spans.c.first_day <= day,
        day <= unit_spans.c.last_day,
    )


def _ratings(survey: Survey) -> dict[int, str]:
    """The ratings by their cell."""
    return {
        cell: question
        for cell, question in enumerate(asked_by(survey))
        if isinstance(survey.question(question), Rating)
    }


def _handovers(visits: Mapping[str, int]) -> HandoverFigures:
    share = Share(visits.get("answered", 0), visits.get("visits", 0)).percent
    about = ("tagged", "visits", "answered", "untagged")
    return HandoverFigures(
        tagged=visits.get("tagged", 0),
        visits=visits.get("visits", 0),
        answered=visits.get("answered", 0),
        percent=None if share is None else str(share),
        untagged=visits.get("untagged", 0),
        voided=visits.get("voided", 0),
        outcomes={name: n for name, n in sorted(visits.items()) if name not in about and n},
    )
