"""What each interviewer did each day, for who supervises them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from statistics import median
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.store.sample_tables import drawn_steps
from sync.contract.plan import VIET_NAM

QUICK: Final = 2
"""Minutes from opening a person to their form: quicker ones are counted, for somebody to look at."""
_COUNTED = ("open", "done", "refused", "moved", "unmet")


class FieldDay(Struct, frozen=True, kw_only=True):
    """One interviewer on one day. minutes: in the middle, from opening a person to their form; None without.

    quick: forms that took less than QUICK minutes. Who opens a person again, because the page was loaded once
    more, began when they opened them first since anything was recorded about them.
    """

    account: int
    day: date
    done: int
    refused: int
    moved: int
    unmet: int
    minutes: float | None
    quick: int


def field_days(connection: Connection, plan: str) -> tuple[FieldDay, ...]:
    """Every interviewer and day of a plan, the newest day first."""
    c = drawn_steps.c
    query = select(drawn_steps).where(c.plan == plan, c.step.in_(_COUNTED)).order_by(c.position)
    days: defaultdict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    spent: defaultdict[tuple[int, date], list[float]] = defaultdict(list)
    opened: dict[tuple[Any, ...], datetime] = {}
    for row in connection.execute(query):
        at = datetime.fromisoformat(row.at)
        key = (row.account, at.astimezone(VIET_NAM).date())
        if row.place == 0:  # of staff: when they were opened is not kept
            days[key][row.step] += 1
            continue
        person = (row.account, row.stratum, row.unit, row.place)
        if row.step == "open":
            opened.setdefault(person, at)
            continue
        days[key][row.step] += 1
        began = opened.pop(person, None)
        if row.step == "done" and began is not None:
            spent[key].append((at - began).total_seconds() / 60)
    found = (_day(account, day, counts, spent[account, day]) for (account, day), counts in days.items())
    return tuple(sorted(found, key=lambda each: (-each.day.toordinal(), each.account)))


def _day(account: int, day: date, counts: Counter[str], minutes: Iterable[float]) -> FieldDay:
    spent = list(minutes)
    return FieldDay(
        account=account,
        day=day,
        done=counts["done"],
        refused=counts["refused"],
        moved=counts["moved"],
        unmet=counts["unmet"],
        minutes=median(spent) if spent else None,
        quick=sum(each < QUICK for each in spent),
    )
