"""Plans whose people are listed and drawn, as pages find and name them."""

from typing import Final

from msgspec import Struct

from sync.central.figures.progress import day_within, targets
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.office.sample.selecting import DrawnState, Why
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.web.look import Look
from sync.central.web.plan_words import SEE, plan_file
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

HANDLE: Final = "handle-samples"
REVEAL: Final = "reveal-drawn"
STATES: dict[DrawnState, str] = {
    "waiting": "phải hỏi",
    "spare": "dự phòng",
    "done": "đã trả lời",
    "refused": "từ chối",
    "moved": "đã chuyển đi",
    "unmet": "không gặp",
}
LOOKS: dict[DrawnState, str] = {"waiting": "wait", "done": "good"}
WHYS: dict[Why, str] = {
    "refused": "từ chối trả lời",
    "moved": "đã chuyển đi, hoặc số không đúng",
    "unmet": "nhiều lần không gặp",
}


class ListTarget(Struct, frozen=True, kw_only=True):
    """A unit, or a part of a group, that needs a list. forms: how many it has to bring."""

    unit: str
    name: str
    forms: int


def sampled_plan(look: Look, id: str, act: PermittedAct = SEE) -> Plan:
    """The plan in force of an address; raises ProblemError HL4010 if the visitor may do `act` at none."""
    issued = plan_file(look, id, act).issued
    if issued is None or issued.withdrawn:
        raise ProblemError(ADDRESS_UNKNOWN())
    return issued.plan


def group_of(plan: Plan, stratum: str) -> PlanGroup:
    """The group of an address; raises ProblemError HL4010."""
    group = next((each for each in plan.groups if each.id == stratum), None)
    if group is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return group


def targets_of(look: Look, plan: Plan, group: PlanGroup) -> tuple[ListTarget, ...]:
    """The units that need a list for this group, on the day of the window that is nearest to today."""
    day, tree = day_within(plan, look.today), UnitTree(load_units(look.connection))
    parts = {part.id: pick(part.name, look.translation.language) for part in group.parts}
    return tuple(
        ListTarget(unit=unit, name=parts.get(unit) or look.names.units.get(unit, unit), forms=forms)
        for unit, _, forms in targets(plan, group, tree, day)
    )


def place_of(look: Look, plan: Plan, stratum: str, unit: str) -> tuple[Place, ListTarget]:
    """The unit of an address; raises ProblemError HL4010 if it needs no list."""
    group = group_of(plan, stratum)
    target = next((each for each in targets_of(look, plan, group) if each.unit == unit), None)
    if target is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return Place(Stratum(plan.id, stratum), unit), target
