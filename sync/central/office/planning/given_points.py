"""What a plan's body was given on the nine indicators of circular 01/2018; each act is in the audit log.

Five are by dossier: a list gives the points, and in place of it, for the attitude of officers, a rating of
the plan's own form may. The other four are points of the body, that somebody gives by name.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.planning.dossiers import Counts
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_scores
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SCORE_INVALID

ATTITUDE: Final = 7
"""The indicator that citizens can be asked about."""
OF_THE_BODY: Final = (5, 6, 8, 9)
_HIGHEST = 2
_ONE_DECIMAL = Decimal("0.1")


class GivenScore(Struct, frozen=True, kw_only=True):
    """What was given on one indicator: dossiers with 0, 1 and 2 points, points of the body, or a question."""

    indicator: int
    dossiers: tuple[int, int, int] = (0, 0, 0)
    points: Decimal | None = None
    question: str = ""


def given_scores(connection: Connection, plan: str) -> tuple[GivenScore, ...]:
    """All that was given for a plan, by indicator, without what was taken away again."""
    s = plan_scores.c
    rows = connection.execute(select(plan_scores).where(s.plan == plan).order_by(s.indicator))
    every = (
        GivenScore(
            indicator=row.indicator,
            dossiers=(row.zero, row.one, row.two),
            points=Decimal(row.points) if row.points else None,
            question=row.question,
        )
        for row in rows
    )
    return tuple(each for each in every if each.points is not None or each.question or any(each.dossiers))


def take_dossiers(act: Act, plan: Plan, counts: Counts, *, account: int) -> int:
    """Take the points of a list of dossiers, in place of those of earlier lists; how many were given.

    Indicators that the list does not have keep what they have. counts: from `read_dossiers`.
    """
    one_at_a_time(act.connection)
    for indicator, (zero, one, two) in counts.items():
        _put(act, plan, indicator, account, zero=zero, one=one, two=two)
    given = sum(map(sum, counts.values()))
    act.note("score-dossiers", plan.id, f"{' '.join(map(str, sorted(counts)))}: {given}")
    return given


def give_points(act: Act, plan: Plan, typed: Mapping[int, str], *, account: int) -> None:
    """Note the points of the body on these indicators; "" takes them away.

    Raises ProblemError HL5051 for an indicator that is by dossier, or what is not 0 … 2 with one decimal.
    """
    points = {indicator: _points(indicator, text) for indicator, text in typed.items()}
    one_at_a_time(act.connection)
    for indicator, given in points.items():
        _put(act, plan, indicator, account, points="" if given is None else str(given))
    said = ", ".join(
        f"{number}: {'' if given is None else given}" for number, given in sorted(points.items())
    )
    act.note("score-points", plan.id, said)


def ask_citizens(act: Act, plan: Plan, question: str, *, account: int) -> None:
    """Take the attitude of officers from a rating of the plan's forms; "": from a list of dossiers again."""
    one_at_a_time(act.connection)
    _put(act, plan, ATTITUDE, account, question=question)
    act.note("score-question", plan.id, question)


def _points(indicator: int, text: str) -> Decimal | None:
    where = f"indicator {indicator}"
    if indicator not in OF_THE_BODY:
        raise ProblemError(SCORE_INVALID(where=where))
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        points = Decimal(text)
    except InvalidOperation:
        raise ProblemError(SCORE_INVALID(where=where, detail=text[:20])) from None
    if not (points.is_finite() and 0 <= points <= _HIGHEST and points == points.quantize(_ONE_DECIMAL)):
        raise ProblemError(SCORE_INVALID(where=where, detail=text[:20]))
    return points.quantize(_ONE_DECIMAL)


def _put(act: Act, plan: Plan, indicator: int, account: int, **values: Any) -> None:
    """Keep these values in place of what there was; a row stays, so that a restore brings nothing back."""
    s = plan_scores.c
    act.connection.execute(delete(plan_scores).where(s.plan == plan.id, s.indicator == indicator))
    empty = {"zero": 0, "one": 0, "two": 0, "points": "", "question": ""}
    row = {"plan": plan.id, "indicator": indicator, "account": account, "changed_at": act.now.isoformat()}
    act.connection.execute(insert(plan_scores).values(empty | row | values))
