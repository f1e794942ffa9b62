"""How far a plan is: its forms unit by unit, its tasks, and what else is open, for every page of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.closing import Work
from sync.central.figures.plans import read_days, read_forms, read_outside
from sync.central.figures.progress import (
    Lacking,
    UnitProgress,
    day_within,
    lacking,
    progress,
    row_of_unit,
)
from sync.central.office.interviews.again import checked_of
from sync.central.office.interviews.asked_again import is_asked_again
from sync.central.office.paper.listing import invalid_forms, open_lots
from sync.central.office.people.accounts import account_names
from sync.central.office.planning.obstacles import count_open
from sync.central.office.planning.tasks import tasks_of
from sync.central.office.post.letters import count_states, letters_of, waiting
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.contract.plan import Plan


class PlanRound(Struct, frozen=True, kw_only=True):
    """How far a plan is. rows: of its units.

    outside: forms that name it and don't count for it; None where they are not said, see `read_round`.
    """

    rows: tuple[UnitProgress, ...]
    lacking: tuple[Lacking, ...]
    outside: int | None

    def of_group(self, group: str) -> Sequence[UnitProgress]:
        """The rows of one group."""
        return [row for row in self.rows if row.group == group]

    @property
    def forms(self) -> int:
        """All that count."""
        return sum(row.forms for row in self.rows)

    @property
    def missing(self) -> int:
        """What the units lack, each by itself: too many of one make up for no other."""
        return sum(row.missing for row in self.rows)


def read_round(connection: Connection, plan: Plan, today: date, *, over: bool = False) -> PlanRound:
    """How far the plan is today, as `plan progress` shows it.

    over: only of days that are over, for who is no administrator, see days_over.py. Forms that count for no
    plan have no such days, so they are not said then.
    """
    tree, day = UnitTree(load_units(connection)), day_within(plan, today)
    return PlanRound(
        rows=progress(plan, tree, read_forms(connection, plan, over=over), day),
        lacking=lacking(plan, tree, day),
        outside=None if over else sum(each.forms for each in read_outside(connection, plan)),
    )


class UnitDays(Struct, frozen=True, kw_only=True):
    """One row of the progress, day by day. invalid: forms that came back and don't count."""

    row: UnitProgress
    days: Mapping[date, int]
    invalid: int


def read_unit_days(
    connection: Connection, plan: Plan, today: date, *, over: bool = False
) -> tuple[UnitDays, ...]:
    """The rows of `read_round`, each with its forms by day; they add up to the row. over: as there."""
    tree, day = UnitTree(load_units(connection)), day_within(plan, today)
    by_day = read_days(connection, plan, over=over)
    forms: Counter[tuple[str, str]] = Counter()
    for (group, unit, _), n in by_day.items():
        forms[group, unit] += n
    rows = progress(plan, tree, forms, day)
    places = row_of_unit(plan, tree, day)
    invalid: Counter[tuple[str, str]] = Counter()
    for (group, unit), n in invalid_forms(connection, plan.id).items():
        invalid[group, places.get((group, unit), "")] += n
    days: defaultdict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    for (group, unit, on), n in by_day.items():
        days[group, places.get((group, unit), "")][on] += n
    return tuple(
        UnitDays(row=row, days=days[row.group, row.unit], invalid=invalid[row.group, row.unit])
        for row in rows
    )


def read_work(connection: Connection, plan: Plan, now: PlanRound, today: date) -> Work:
    """All that closing the plan asks about; now: how far it is."""
    over = sum(read_forms(connection, plan, over=True).values())
    checked = checked_of(connection, plan) if plan.recheck_percent else ()
    names = account_names(connection, {each.account for each in checked})
    letters = letters_of(connection, plan.id)
    return Work(
        today=today,
        rows=now.rows,
        lacking=now.lacking,
        tasks=[task.task.name for task in tasks_of(connection, plan) if task.state != "done"],
        obstacles=count_open(connection, plan.id),
        batches=[
            f"{lot.day.day}/{lot.day.month}/{lot.day.year} ({lot.first}–{lot.last})"
            for lot in open_lots(connection, plan.id)
        ],
        late=now.forms - over,
        unsent=count_states(letters)["draft"],
        unanswered=len(waiting(letters)),
        rechecks=sum(each.done for each in checked) if checked else None,
        unreachable=sum(each.beyond for each in checked),
        short=[
            (names.get(each.account, ""), each.done, each.wanted)
            for each in checked
            if each.done < each.wanted
        ],
        again=[(names.get(each.account, ""), each.asked) for each in checked if is_asked_again(each)],
    )
