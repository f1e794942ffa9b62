"""What earlier plans of a unit came to, as the expected share p of the next sample.

The size of a random sample needs a share that nobody knows yet; an office takes that of its last survey. It
is read from the kept counts by the function that gives a plan's figures, of days that are over.
"""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.plans import read_figures
from sync.central.figures.sampling import Z95, sample_size
from sync.central.figures.statistics import Share
from sync.central.office.plans import every_plan
from sync.contract.plan import Plan, PlanGroup, Sample
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import SHARE_UNUSABLE

USUAL_MARGIN = 0.05
"""Of a plan that names none."""


class EarlierShare(Struct, frozen=True, kw_only=True):
    """The satisfied answers to the overall rating of a group of an earlier plan."""

    plan: Plan
    group: PlanGroup
    last: date
    share: Share

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.plan.id}/{self.group.id}"

    @property
    def expected(self) -> float | None:
        """As a fraction with three decimals; None for nobody or everybody, of which no size can be made."""
        if self.share.percent is None or not 0 < self.share.percent < 100:
            return None
        return float(self.share.percent.scaleb(-2))


def earlier_shares(connection: Connection, plan: Plan, today: date) -> tuple[EarlierShare, ...]:
    """Of the plans of the same unit whose days are over, the newest first; plan: the one that is written."""
    return tuple(sorted(_shares(connection, plan, today), key=lambda each: each.last, reverse=True))


def _shares(connection: Connection, plan: Plan, today: date) -> Iterator[EarlierShare]:
    for issued in every_plan(connection).values():
        earlier, last = issued.plan, issued.plan.last_day
        if earlier.unit != plan.unit or earlier.id == plan.id or last is None or last >= today:
            continue
        figures = {each.group: each for each in read_figures(connection, earlier, over=True).groups}
        for group in earlier.groups:
            rating = next(
                (one for one in figures[group.id].figures.ratings if one.question == group.overall), None
            )
            share = rating.satisfied if rating else None
            if share is not None and share.n:
                yield EarlierShare(plan=earlier, group=group, last=last, share=share)


def with_earlier(plan: Plan, earlier: EarlierShare | None, source: str) -> Plan:
    """The plan with the share of an earlier one, whose source is said like this. Pure.

    Raises ProblemError HL4324 without a usable one.
    """
    share = earlier.expected if earlier else None
    if share is None:
        raise ProblemError(SHARE_UNUSABLE(where="p"))
    return replace(plan, sample=_sample(plan.sample, share, source))


def _sample(known: Sample | None, share: float, source: str) -> Sample:
    """The sample with another share; the size that the plan states stays, or is what the share needs."""
    if known is not None:
        return replace(known, share=share, source=source)
    stated = sample_size(share, USUAL_MARGIN, Z95).up
    return Sample(share=share, margin=USUAL_MARGIN, z=Z95, stated=stated, source=source)
