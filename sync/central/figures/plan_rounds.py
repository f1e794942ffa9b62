"""How far a plan is: its forms unit by unit, and what they leave out, read once for every page of it."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.plans import read_forms, read_outside
from sync.central.figures.progress import Lacking, UnitProgress, day_within, lacking, progress
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.contract.plan import Plan


class PlanRound(Struct, frozen=True, kw_only=True):
    """How far a plan is. rows: of its units. outside: forms that name it and don't count for it."""

    rows: tuple[UnitProgress, ...]
    lacking: tuple[Lacking, ...]
    outside: int

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


def read_round(connection: Connection, plan: Plan, today: date) -> PlanRound:
    """How far the plan is today, as `plan progress` shows it."""
    tree, day = UnitTree(load_units(connection)), day_within(plan, today)
    return PlanRound(
        rows=progress(plan, tree, read_forms(connection, plan), day),
        lacking=lacking(plan, tree, day),
        outside=sum(each.forms for each in read_outside(connection, plan)),
    )
