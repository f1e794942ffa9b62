"""The nine indicators of circular 01/2018 of a plan's body: what each has, from what, their sum and grade.

A rating of the plan's form is taken for the attitude of officers: a level that counts as satisfied is 2
points, the middle one 1, a lower one 0.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, repeat
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.plans import read_figures
from sync.central.figures.scoring import INDICATORS, Indicator, Score, dossier_score, score
from sync.central.figures.statistics import RatingFigures, rule_for
from sync.central.office.planning.given_points import GivenScore, given_scores
from sync.contract.plan import Plan

Source = Literal["", "dossiers", "answers", "body"]


class CardLine(Struct, frozen=True, kw_only=True):
    """One indicator. source: where its points come from, "" for nowhere yet. n: dossiers, or answers.

    counts: of them with 0, 1 and 2 points. question: the rating that is taken for dossiers.
    """

    indicator: Indicator
    source: Source = ""
    n: int = 0
    counts: tuple[int, int, int] = (0, 0, 0)
    question: str = ""
    points: Decimal | None = None


class ScoreCard(Struct, frozen=True):
    """All nine. score: None while one of them has no points."""

    lines: tuple[CardLine, ...]
    score: Score | None

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the indicators without points."""
        return tuple(line.indicator.number for line in self.lines if line.points is None)

    @property
    def points(self) -> Decimal:
        """What those with points have together."""
        return sum((line.points for line in self.lines if line.points is not None), Decimal(0))


def read_score_card(connection: Connection, plan: Plan) -> ScoreCard:
    """The card of a plan, as of now; answers of days that are over."""
    given = given_scores(connection, plan.id)
    asked = any(each.question for each in given)
    ratings = _ratings(connection, plan) if asked else ()
    return score_card(given, ratings)


def _ratings(connection: Connection, plan: Plan) -> tuple[RatingFigures, ...]:
    groups = read_figures(connection, plan, over=True).groups
    return tuple(chain.from_iterable(group.figures.ratings for group in groups))


def score_card(given: Iterable[GivenScore], ratings: Sequence[RatingFigures]) -> ScoreCard:
    """The card of what was given; ratings: of the plan's forms. Pure."""
    by_indicator = {each.indicator: each for each in given}
    lines = tuple(_line(each, by_indicator.get(each.number), ratings) for each in INDICATORS)
    known = {line.indicator.number: line.points for line in lines if line.points is not None}
    return ScoreCard(lines, score(known) if len(known) == len(INDICATORS) else None)


def _line(indicator: Indicator, given: GivenScore | None, ratings: Sequence[RatingFigures]) -> CardLine:
    if given is None:
        return CardLine(indicator=indicator)
    if given.points is not None:
        return CardLine(indicator=indicator, source="body", points=given.points)
    source: Source = "answers" if given.question else "dossiers"
    counts = answers_as_points(given.question, ratings) if given.question else given.dossiers
    n = sum(counts)
    return CardLine(
        indicator=indicator,
        source=source,
        n=n,
        counts=counts,
        question=given.question,
        points=dossier_score(chain.from_iterable(map(repeat, (0, 1, 2), counts))) if n else None,
    )


def answers_as_points(question: str, ratings: Iterable[RatingFigures]) -> tuple[int, int, int]:
    """How many answers to a rating are worth 0, 1 and 2 points."""
    zero = one = two = 0
    for rating in ratings:
        rule = rule_for(tuple(sorted(rating.counts)))
        if rating.question != question or rule is None:
            continue
        least = min(rule.satisfied)
        middle = max((level for level in rating.counts if level < least), default=None)
        for level, n in rating.counts.items():
            if level in rule.satisfied:
                two += n
            elif level == middle:
                one += n
            else:
                zero += n
    return zero, one, two
