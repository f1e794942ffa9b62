"""What to look at first: how important each rating is for the overall one, and how good it is. Pure.

Important is what goes along with the overall rating (Spearman's rank correlation, see drivers.py); that is no
proof of a cause. What is important and not good comes first.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sync.central.figures.drivers import Driver
from sync.central.figures.statistics import RatingFigures


class Factor(Struct, frozen=True, kw_only=True):
    """One rating next to the overall one. driver: its correlation, among those who gave both.

    priority: the place in the order in which to improve, 1 for the first; None without a correlation above 0.
    """

    driver: Driver
    rating: RatingFigures
    priority: int | None


def factors(drivers: Sequence[Driver], ratings: Iterable[RatingFigures]) -> tuple[Factor, ...]:
    """Every rating of `drivers`, in their order.

    The priority is by correlation times the share that is not satisfied: what matters much and is not good.
    """
    by_question = {each.question: each for each in ratings}
    gaps: dict[str, float] = {}
    for each in drivers:
        share = by_question[each.question].satisfied
        if each.correlation is not None and each.correlation > 0 and share and share.n:
            gaps[each.question] = round(each.correlation * (1 - share.count / share.n), 9)
    order = sorted(gaps.values(), reverse=True)
    return tuple(
        Factor(
            driver=each,
            rating=by_question[each.question],
            priority=1 + order.index(gaps[each.question]) if each.question in gaps else None,
        )
        for each in drivers
    )
