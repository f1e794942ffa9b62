"""The progress of a plan, unit by unit, as a supervisor checks it every evening of the field work. Pure.

The forms of a group add up to those of its figures: forms from units without a number of their own are in a
row without a name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from sync.central.office.units.tree import UnitTree
from sync.contract.plan import Plan, PlanGroup


class UnitProgress(Struct, frozen=True):
    """Forms of one unit, or of one part of a group: how many there are, and how many are wanted.

    unit: "" for all units without a number of their own. wanted: 0 if there is no number to reach.
    """

    group: str
    unit: str
    forms: int
    wanted: int

    @property
    def missing(self) -> int:
        """How many forms are still missing."""
        return max(0, self.wanted - self.forms)


class Lacking(Struct, frozen=True, kw_only=True):
    """Something that a plan names but the tree of units does not have on the day.

    unit: the plan's, or a part's; else `kind` of units, in a group that wants a number from each. units: how
    many of that kind the plan counts, there: how many exist, kinds: how many exist of each kind.
    """

    group: str = ""
    unit: str = ""
    kind: str = ""
    units: int = 0
    there: int = 0
    kinds: tuple[tuple[str, int], ...] = ()


def progress(
    plan: Plan, tree: UnitTree, forms: Mapping[tuple[str, str], int], day: date
) -> tuple[UnitProgress, ...]:
    """Every unit that has a number to reach, also those without a form yet; the units are those of `day`.

    forms: those that count for each group, by group and unit. A form counts for its unit or, if a part covers
    several units, for that part. Forms beyond a unit's number do not make up for another unit.
    """
    found = []
    for group in plan.groups:
        left = {unit: n for (of, unit), n in forms.items() if of == group.id}
        for name, units, wanted in targets(plan, group, tree, day):
            found.append(UnitProgress(group.id, name, sum(left.pop(unit, 0) for unit in units), wanted))
        if sum(left.values()):
            found.append(UnitProgress(group.id, "", sum(left.values()), 0))
    return tuple(found)


def day_within(plan: Plan, today: date) -> date:
    """`today`, or the day of the plan's windows that is nearest to it: the units of that day take part."""
    windows = [plan.window(group) for group in plan.groups]
    first = min((starts or date.min for starts, _ in windows), default=date.min)
    last = max((ends or date.max for _, ends in windows), default=date.max)
    return max(first, min(today, last))


def lacking(plan: Plan, tree: UnitTree, day: date) -> tuple[Lacking, ...]:
    """What the plan names but the tree of `day` lacks: no form can count for it there."""
    units = tree.on(day)
    below = tree.subtree(plan.unit, day)
    if not below:
        return (Lacking(unit=plan.unit),)
    kinds = Counter(units[code].kind for code in below)
    named = tuple(sorted((kind, n) for kind, n in kinds.items() if kind))
    found: list[Lacking] = []
    for group in plan.groups:
        found += [Lacking(group=group.id, unit=part.id) for part in group.parts if part.id not in below]
        there, kind = kinds[group.unit_kind], group.unit_kind
        if group.per_unit and there < group.units:
            found.append(Lacking(group=group.id, kind=kind, units=group.units, there=there, kinds=named))
    return tuple(found)


def row_of_unit(plan: Plan, tree: UnitTree, day: date) -> dict[tuple[str, str], str]:
    """The row of `progress` that a unit's forms are counted in, by group and unit; others are in no row."""
    rows: dict[tuple[str, str], str] = {}
    for group in plan.groups:
        for name, units, _ in targets(plan, group, tree, day):
            for unit in units:
                rows.setdefault((group.id, unit), name)
    return rows


def targets(
    plan: Plan, group: PlanGroup, tree: UnitTree, day: date
) -> Iterator[tuple[str, frozenset[str], int]]:
    """Name, units and number of every target in the group; the plan's whole unit if it has no numbers."""
    if group.parts:
        for part in group.parts:
            yield part.id, tree.subtree(part.id, day) or frozenset({part.id}), part.forms
    elif group.per_unit:
        units = tree.on(day)
        for code in sorted(tree.subtree(plan.unit, day)):
            if units[code].kind == group.unit_kind:
                yield code, frozenset({code}), group.per_unit
    else:
        wanted = group.total or group.population
        yield plan.unit, tree.subtree(plan.unit, day) | {plan.unit}, wanted
