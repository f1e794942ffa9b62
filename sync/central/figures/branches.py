"""The units below a unit, one line each, in the order in which somebody should call them. Pure.

Promises, each with a test:
- first those with a terminal that was silent for a whole working day, then those with overdue remarks, then
  those where far fewer answered than in their own last month; the others by name;
- nobody is ordered by satisfaction;
- a share of few visits is compared with nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from sync.central.figures.summary import percent
from sync.contract.plan import VIET_NAM

# The fewest visits of which a response rate is compared, and the points by which it has to fall.
FEWEST, FAR = 30, 15.0


class Answered(Struct, frozen=True):
    """How many of these visits were answered."""

    visits: int
    answered: int

    @property
    def percent(self) -> str | None:
        """The share, None if there was no visit."""
        return percent(self.answered, self.visits)


class Branch(Struct, frozen=True, kw_only=True):
    """One unit with all units below it.

    machines: enrolled ones; sending, closed: of those, see Signs. silent_since: the last sign of life of the
    one that is silent longest; None if none is. never: one of them has never sent anything.
    returned: None if unknown. satisfied, n: of the overall rating; satisfied is None without an answer.
    overdue: None if the reader may not see remarks. before: the last month.
    """

    unit: str
    name: str = ""
    machines: int = 0
    sending: int = 0
    closed: int = 0
    silent_since: datetime | None = None
    never: bool = False
    returned: int | None = None
    tagged: int = 0
    now: Answered = Answered(0, 0)
    before: Answered = Answered(0, 0)
    satisfied: str | None = None
    n: int = 0
    overdue: int | None = None

    @property
    def fell(self) -> float | None:
        """By how many points fewer answered than in the last month; None where one of both is too small."""
        if min(self.now.visits, self.before.visits) < FEWEST:
            return None
        shares = [100 * each.answered / each.visits for each in (self.before, self.now)]
        return shares[0] - shares[1]


def call_first(branches: Iterable[Branch], working_day: date) -> tuple[Branch, ...]:
    """The branches in the order of the calls to make; working_day: the last one that is over."""
    return tuple(sorted(branches, key=lambda branch: _urgency(branch, working_day)))


def silent_a_day(branch: Branch, working_day: date) -> bool:
    """Whether a terminal has sent nothing since this working day began."""
    began = datetime.combine(working_day, time(), VIET_NAM)
    return branch.never or (branch.silent_since is not None and branch.silent_since < began)


def _urgency(branch: Branch, working_day: date) -> tuple[bool, timedelta, int, float, str, str]:
    silent = silent_a_day(branch, working_day)
    began = datetime.combine(working_day, time(), VIET_NAM)
    since = timedelta(0) if branch.silent_since is None or not silent else branch.silent_since - began
    fell = branch.fell or 0.0
    return (
        not silent,
        since,
        -(branch.overdue or 0),
        -fell if fell >= FAR else 0.0,
        branch.name,
        branch.unit,
    )
