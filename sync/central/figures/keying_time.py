"""How long people take to key a paper form, from the moments that are stored with the forms.

A form takes the time since the same person keyed the one before it. A pause is no keying, and forms of a
table come at one moment: neither is counted. What is said is the median, because some forms have words.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from statistics import median

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.paper.asked import Asked
from sync.central.store.membership import counted_days, in_plan
from sync.central.store.paper_tables import paper_forms, paper_lots
from sync.central.store.rollups import VISIT
from sync.contract.plan import Plan

PAUSE = timedelta(minutes=10)
"""Who keys nothing for longer than this does something else."""
FEWEST = 5
"""Forms below which no time is said: a first form takes longer than all others."""
NEWEST = 500
"""Forms of a person that are looked at: how fast somebody is now."""
# What is left of the moment of a form that was forgotten, see office/paper_kept.py.
_FORGOTTEN = "T00:00:00+00:00"
_NOT_KEYED = ("kiosk", "phone")
_ANSWERED = ("answered", "untagged")
_MINUTE = Decimal(60)


class KeyingTime(Struct, frozen=True):
    """How long a form takes. forms: of how many that is known; seconds: the median of them."""

    forms: int
    seconds: int

    @property
    def minutes(self) -> str:
        """The same in minutes with one decimal, as text."""
        return str((self.seconds / _MINUTE).quantize(Decimal("0.1"), ROUND_HALF_UP))

    def of(self, forms: int) -> timedelta:
        """How long this number of forms takes."""
        return timedelta(seconds=forms * self.seconds)


class PlanKeying(Struct, frozen=True):
    """What keying costs a plan. keyed: valid paper forms. time: None while too few are known.

    typed_by_nobody: answers from a terminal or a phone, which nobody has to key.
    """

    keyed: int
    typed_by_nobody: int
    time: KeyingTime | None


def keying_time(by_person: Iterable[Collection[datetime]]) -> KeyingTime | None:
    """How long a form takes, from the moments at which each person keyed theirs; None below FEWEST."""
    spans = [span for moments in by_person for span in _spans(moments)]
    if len(spans) < FEWEST:
        return None
    return KeyingTime(len(spans), round(median(span.total_seconds() for span in spans)))


def _spans(moments: Collection[datetime]) -> Iterator[timedelta]:
    for before, after in pairwise(sorted(moments)):
        if timedelta() < after - before <= PAUSE:
            yield after - before


def own_time(connection: Connection, asked: Asked, account: int) -> KeyingTime | None:
    """How long this person takes for a form of this kind, from their newest ones at this unit."""
    f, lot = paper_forms.c, paper_lots.c
    query = (
        select(f.keyed_at)
        .join(paper_lots, lot.id == f.lot)
        .where(f.unit == asked.unit, f.account == account, lot.survey == asked.survey)
        .where(~f.keyed_at.endswith(_FORGOTTEN))
        .order_by(f.keyed_at.desc())
        .limit(NEWEST)
    )
    return keying_time([list(map(datetime.fromisoformat, connection.execute(query).scalars()))])


def plan_keying(connection: Connection, plan: Plan) -> PlanKeying:
    """What keying has cost a plan, of all people together: nobody's speed is shown to somebody else."""
    f = paper_forms.c
    query = select(f.account, f.keyed_at).where(f.plan == plan.id, f.invalid == "")
    rows = connection.execute(query.order_by(f.account)).all()
    timed = (row for row in rows if not row.keyed_at.endswith(_FORGOTTEN))
    by_person = [
        [datetime.fromisoformat(row.keyed_at) for row in own]
        for _, own in groupby(timed, lambda row: row.account)
    ]
    days = counted_days(connection)
    c = days.c
    answers = select(func.coalesce(func.sum(c.n), 0)).where(
        c.cell == VISIT, c.value.in_(_ANSWERED), c.channel.in_(_NOT_KEYED), in_plan(plan, days)
    )
    return PlanKeying(len(rows), int(connection.execute(answers).scalar_one()), keying_time(by_person))
