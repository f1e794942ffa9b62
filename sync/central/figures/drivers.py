"""What drives satisfaction: which ratings correlate with the overall rating. Pure.

Spearman's rank correlation (C. Spearman, 1904), because levels have an order but no distance.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sync.contract.response import Response
from sync.contract.survey import Rating, Survey
from sync.contract.validation import level_of

# The level of each rating, None for no answer, and how often just these were given.
Answers = tuple[Mapping[str, int | None], int]


class Driver(Struct, frozen=True):
    """How one rating correlates with the overall rating, among the n people who gave both.

    correlation: Spearman's ρ, −1 … 1; None if n < 3 or one of the two never varies. A correlation is not a
    cause: it only suggests where to look first.
    """

    question: str
    n: int
    correlation: float | None


def drivers(survey: Survey, overall: str, responses: Iterable[Response]) -> tuple[Driver, ...]:
    """Every other rating of the form by how strongly it correlates with `overall`, the strongest first."""
    ratings = [question.id for question in survey.questions if isinstance(question, Rating)]
    return drivers_among(
        survey,
        overall,
        [
            (levels, 1)
            for response in standing(responses)
            if (response.survey.id, response.survey.version) == (survey.id, survey.version)
            and (levels := {id: level_of(response.answers.get(id)) for id in ratings})
        ],
    )


def drivers_among(survey: Survey, overall: str, answers: Sequence[Answers]) -> tuple[Driver, ...]:
    """The same from levels by question, each as often as its number."""
    found = []
    for question in survey.questions:
        if isinstance(question, Rating) and question.id != overall:
            ours: list[int] = []
            wholes: list[int] = []
            for levels, times in answers:
                mine, whole = levels.get(question.id), levels.get(overall)
                if mine is not None and whole is not None:
                    ours += [mine] * times
                    wholes += [whole] * times
            found.append(Driver(question.id, len(ours), rank_correlation(ours, wholes)))
    known = [driver for driver in found if driver.correlation is not None]
    unknown = [driver for driver in found if driver.correlation is None]
    return (*sorted(known, key=lambda driver: -(driver.correlation or 0)), *unknown)


def standing(responses: Iterable[Response]) -> list[Response]:
    """The responses that count: those with the outcome `voided`, and those they void, are left out."""
    every = list(responses)
    voided = {response.void.response for response in every if response.void and response.void.response}
    return [response for response in every if response.outcome != "voided" and response.id not in voided]


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's ρ with mean ranks for ties; None if n < 3 or one side never varies."""
    if len(first) < 3 or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    mine, other = _ranks(first), _ranks(second)
    middle = (len(first) + 1) / 2
    product = math.fsum((a - middle) * (b - middle) for a, b in zip(mine, other, strict=True))
    size = math.sqrt(math.fsum((a - middle) ** 2 for a in mine) * math.fsum((b - middle) ** 2 for b in other))
    return max(-1.0, min(1.0, product / size))


def _ranks(values: Sequence[float]) -> list[float]:
    """1 for the smallest; equal values share the mean of their ranks."""
    rank: dict[float, float] = {}
    below = 0
    for value, count in sorted(Counter(values).items()):
        rank[value] = below + (count + 1) / 2
        below += count
    return [rank[value] for value in values]
