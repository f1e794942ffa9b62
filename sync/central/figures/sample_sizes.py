"""Sample sizes by name next to each other, and the margin that each group of a plan really has. Pure.

Sources: Cochran (see sampling.py); T. Yamane, Statistics: An Introductory Analysis (1967), n = N/(1 + N·e²),
which is the simplified form for a share of one half, twice the standard error, and needs N.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from sync.central.figures.sampling import SampleSize, margin_of_error, sample_size
from sync.contract.plan import Plan, Sample

Rule = Literal["cochran", "cochran-finite", "yamane"]


class NamedSize(Struct, frozen=True, kw_only=True):
    """The size by one rule. margins: of the size rounded down, and of the one rounded up, as fractions.

    population: that the rule corrects for; 0 for none.
    """

    rule: Rule
    size: SampleSize
    population: int
    margins: tuple[float, float]


class GroupMargin(Struct, frozen=True, kw_only=True):
    """What the forms of a group can say. margin: of a large population; corrected: of its own, if known."""

    group: str
    forms: int
    population: int
    margin: float
    corrected: float | None


def named_sizes(sample: Sample, population: int = 0) -> tuple[NamedSize, ...]:
    """The size by each rule; those that need a population are left out where it is 0."""
    return tuple(_named_sizes(sample, population))


def _named_sizes(sample: Sample, population: int) -> Iterator[NamedSize]:
    rules: list[tuple[Rule, SampleSize, int]] = [
        ("cochran", sample_size(sample.share, sample.margin, sample.z), 0)
    ]
    if population:
        finite = sample_size(sample.share, sample.margin, sample.z, population)
        rules.append(("cochran-finite", finite, population))
        rules.append(("yamane", yamane(sample.margin, population), population))
    for rule, size, of in rules:
        low, high = (_margin(n, sample, of) for n in (max(1, size.down), size.up))
        yield NamedSize(rule=rule, size=size, population=of, margins=(low, high))


def yamane(margin: float, population: int) -> SampleSize:
    """n = N/(1 + N·e²); raises ValueError for an impossible margin or population."""
    if not 0 < margin < 1 or population < 1:
        raise ValueError("the margin lies between 0 and 1; the population is positive")
    size = Fraction(population) / (1 + population * Fraction(str(margin)) ** 2)
    return SampleSize(float(size), math.floor(size), math.ceil(size))


def group_margins(plan: Plan) -> tuple[GroupMargin, ...]:
    """The margin of each group of a random sample; none for other designs."""
    sample = plan.sample
    if sample is None:
        return ()
    return tuple(
        GroupMargin(
            group=group.id,
            forms=group.wanted,
            population=group.population,
            margin=_margin(group.wanted, sample, 0),
            corrected=_margin(group.wanted, sample, group.population) if group.population else None,
        )
        for group in plan.groups
        if group.wanted
    )


def _margin(n: int, sample: Sample, population: int) -> float:
    whole = population or None
    return margin_of_error(min(n, population) if population else n, sample.share, sample.z, whole)
