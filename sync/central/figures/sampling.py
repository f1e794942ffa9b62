"""Sample sizes, margins of error and intervals. Pure.

All of it holds only for a simple random sample: for people who choose themselves, as at a terminal, there is
no margin of error, however many they are.

Sources: E. B. Wilson, "Probable inference", JASA 22 (1927), for the interval; W. G. Cochran, Sampling
Techniques (1977), 2.6 and 4.4, for the finite population correction and sample sizes.
"""

import math
from fractions import Fraction

from msgspec import Struct

# z for a confidence level of 95 %, which the plans state.
Z95 = 1.96


class Interval(Struct, frozen=True):
    """From `low` to `high`, both shares between 0 and 1."""

    low: float
    high: float


class SampleSize(Struct, frozen=True):
    """A sample size: the exact figure, rounded down, and rounded up (the size that keeps the margin)."""

    exact: float
    down: int
    up: int


def sample_size(share: float, margin: float, z: float = Z95, population: int | None = None) -> SampleSize:
    """n = z²·p(1 − p)/d² for a simple random sample; with a population N: n / (1 + (n − 1)/N).

    share, margin: as fractions, 0 < … < 1. Computed in exact fractions, because a size that is a whole number
    must not be rounded to its neighbour.

    Raises:
        ValueError: an impossible share, margin, z or population.
    """
    if not (0 < share < 1 and 0 < margin < 1 and z > 0) or (population is not None and population < 1):
        raise ValueError("share and margin lie between 0 and 1; z and population are positive")
    p, d, factor = Fraction(str(share)), Fraction(str(margin)), Fraction(str(z))
    size = factor**2 * p * (1 - p) / d**2
    if population is not None:
        size = size / (1 + (size - 1) / population)
    return SampleSize(float(size), math.floor(size), math.ceil(size))


def margin_of_error(n: int, share: float, z: float = Z95, population: int | None = None) -> float:
    """Half the width, as a fraction, of the interval of n answers drawn at random: z·√(p(1 − p)/n), times
    √((N − n)/(N − 1)) for a population N. For planning; `wilson` gives the interval of a result.

    Raises:
        ValueError: n is not positive, or more than the population.
    """
    return z * math.sqrt(share * (1 - share) / n) * math.sqrt(_left_over(n, population))


def wilson(count: int, n: int, z: float = Z95, population: int | None = None) -> Interval:
    """Wilson's score interval for `count` of `n` drawn at random. For a finite population it is that of the
    larger sample that would be as exact without the correction.

    Raises:
        ValueError: not 0 ≤ count ≤ n, n is not positive, or n is more than the population.
    """
    if not 0 <= count <= n:
        raise ValueError("count lies between 0 and n")
    left_over = _left_over(n, population)
    p = count / n
    if not left_over:
        return Interval(p, p)
    size = n / left_over
    spread = 1 + z * z / size
    centre = (p + z * z / (2 * size)) / spread
    half = z / spread * math.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
    return Interval(max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def _left_over(n: int, population: int | None) -> float:
    """The finite population correction of a variance: the share of the population not asked."""
    if n < 1 or (population is not None and n > population):
        raise ValueError("n is positive and at most the population")
    if population is None:
        return 1.0
    return 0.0 if n == population else (population - n) / (population - 1)
