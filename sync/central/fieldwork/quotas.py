"""How far along a plan is, unit by unit: what a supervisor asks every evening of the field work. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from sync.central.statistics import ANSWERED, standing
from sync.central.units.units import UnitTree
from sync.contract.plan import Plan, PlanGroup, group_of
from sync.contract.response import Response


class UnitProgress(Struct, frozen=True):
    """Forms of one unit, or of one part of a group: how many there are, and how many are wanted."""

    group: str
    unit: str
    forms: int
    wanted: int

    @property
    def missing(self) -> int:
        """How many more it takes."""
        return max(0, self.wanted - self.forms)


def progress(
    plan: Plan, tree: UnitTree, responses: Iterable[Response], day: date
) -> tuple[UnitProgress, ...]:
    """Every unit that has a number to reach, also those without a form yet; the units are those of `day`.

    A form counts for the unit it names or, where a part stands for several units, for the part they are in.
    Forms beyond a unit's number stand there: they make up for no other unit.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for response in standing(responses):
        if response.plan == plan.id and response.tag and response.outcome in ANSWERED:
            group = group_of(plan, response)
            if group is not None:
                counted[group.id, response.tag.unit] += 1
    return tuple(
        UnitProgress(group.id, name, sum(counted[group.id, unit] for unit in units), wanted)
        for group in plan.groups
        for name, units, wanted in _targets(plan, group, tree, day)
    )


def _targets(
    plan: Plan, group: PlanGroup, tree: UnitTree, day: date
) -> Iterable[tuple[str, frozenset[str], int]]:
    """Name, units and number of everything in the group that has a number of its own."""
    if group.parts:
        for part in group.parts:
            yield part.id, tree.subtree(part.id, day) or frozenset({part.id}), part.forms
    elif group.per_unit:
        units = tree.on(day)
        for code in sorted(tree.subtree(plan.unit, day)):
            if units[code].kind == group.unit_kind:
                yield code, frozenset({code}), group.per_unit
    elif group.total:
        yield plan.unit, tree.subtree(plan.unit, day) or frozenset({plan.unit}), group.total
