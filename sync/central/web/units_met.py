"""The units at which people are met and asked without a list, for who asks there today."""

from msgspec import Struct

from sync.central.figures.progress import targets
from sync.central.office.interviews.met import is_met
from sync.central.office.interviews.whose_turn import interviewer_at
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.plans import load_plans
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.web.look import Look
from sync.contract.plan import Plan, PlanGroup


class Meeting(Struct, frozen=True, kw_only=True):
    """A unit of a group. wanted: how many forms it has to bring."""

    plan: Plan
    group: PlanGroup
    place: Place
    wanted: int


def meetings_of(look: Look) -> list[Meeting]:
    """Every unit at which the visitor may meet people today."""
    connection, today = look.connection, look.today
    found: list[Meeting] = []
    for plan in load_plans(connection).values():
        may = interviewer_at(connection, look.person.account, plan.unit, today) is not None
        if may and not is_closed(connection, plan.id):
            found += (each for each in met_at(look, plan) if plan.asks_on(each.group, each.place.unit, today))
    return found


def met_at(look: Look, plan: Plan) -> list[Meeting]:
    """The units of a plan at which people are met."""
    tree, day = UnitTree(load_units(look.connection)), look.today
    return [
        Meeting(plan=plan, group=group, place=Place(Stratum(plan.id, group.id), unit), wanted=wanted)
        for group in plan.groups
        if is_met(look.connection, plan, group)
        for unit, _, wanted in targets(plan, group, tree, day)
        if wanted and unit in tree.on(day)
    ]
