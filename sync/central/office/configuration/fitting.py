"""Whether a configuration fits what the centre has: its units, its ids, its forms. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from sync.central.office.configuration.compose import filled_problems
from sync.central.office.configuration.entries import Configured
from sync.central.office.units.tree import CENTRE, UnitTree
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Unit
from sync.contract.meaning import meaning_problems
from sync.contract.plan import Plan
from sync.contract.problem import Problem
from sync.contract.problem.centre import OUTSIDE_UNIT, ROW_THERE, SURVEY_VERSION_REUSED, UNIT_UNKNOWN
from sync.contract.problem.files import REFERENCE_DANGLING
from sync.contract.survey import Survey


class Known(Struct, frozen=True, kw_only=True):
    """What the centre has on a day, whichever unit it is of.

    units: every period. listed: codes of the units that an imported list describes; what a folder says of
    those is ignored. releases: every version of every form. offered: units, each with a form that it offers.
    owners: whose an officer, device, assignment or plan is, by noun and id.
    """

    today: date
    units: tuple[Unit, ...] = ()
    listed: frozenset[str] = frozenset()
    releases: Mapping[tuple[str, int], Survey] = {}
    offered: tuple[tuple[str, str], ...] = ()
    plans: tuple[Plan, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    owners: Mapping[tuple[str, str], str] = {}

    @property
    def newest(self) -> dict[str, Survey]:
        """The highest version of each form by id."""
        return {id: self.releases[id, version] for id, version in sorted(self.releases)}

    def before(self, survey: Survey) -> list[Survey]:
        """The releases of this form with a lower version, the newest first."""
        versions = sorted((version for id, version in self.releases if id == survey.id), reverse=True)
        return [self.releases[survey.id, version] for version in versions if version < survey.version]


def fitted(wanted: Configured, unit: str, known: Known) -> Configured:
    """What of `wanted` is for `unit`, with its forms as they will be asked.

    A unit that is neither `unit` nor below it, and known, stays as it is. A form that the centre has in a
    higher version is asked in that one.
    """
    there, below = {each.code for each in known.units}, subtree(wanted.units, unit, known)
    newest = known.newest
    forms = [max(survey, newest.get(survey.id, survey), key=_version) for survey in wanted.surveys]
    own = [each for each in wanted.units if each.code in below or each.code not in there]
    return Configured(
        units=tuple(own),
        procedures=wanted.procedures,
        officers=wanted.officers,
        counters=wanted.counters,
        devices=wanted.devices,
        office=wanted.office,
        surveys=tuple(forms),
        plans=wanted.plans,
        assignments=wanted.assignments,
        serials=wanted.serials,
    )


def misfits(wanted: Configured, unit: str, known: Known) -> Iterator[Problem]:
    """Every entry of a unit outside, or with an id that another one has, or that changes what others ask.

    `where` is noun and id.
    """
    below = subtree(wanted.units, unit, known)
    entries: dict[str, tuple[Any, ...]] = {
        "officers": wanted.officers,
        "counters": wanted.counters,
        "devices": wanted.devices,
        "assignments": wanted.assignments,
        "plans": wanted.plans,
    }
    codes = {each.code for each in known.units} | {each.code for each in wanted.units}
    if unit != CENTRE and unit not in codes:
        yield UNIT_UNKNOWN(where="--unit", detail=unit)
        return
    if unit != CENTRE:
        for each in _misplaced(wanted.units, unit, below, known):
            # A parent that there is not is another problem.
            if each.parent is None or each.parent in codes:
                yield OUTSIDE_UNIT(where=f"units {each.code}", detail=each.parent or each.code)
    for noun, rows in entries.items() if unit != CENTRE else ():
        for row in rows:
            owner = known.owners.get((noun, row.id))
            # A unit that there is not is another problem, but for plans: those may name any authority.
            if row.unit not in below and (row.unit in codes or noun == "plans"):
                yield OUTSIDE_UNIT(where=f"{noun} {row.id}", detail=row.unit)
            elif owner is not None and owner not in below:
                yield ROW_THERE(where=f"{noun} {row.id}", detail=owner)
    yield from _assignments_outside(wanted, unit, known)
    yield from _forms_outside(wanted, unit, known)
    for survey in wanted.surveys:
        if known.releases.get((survey.id, survey.version), survey) != survey:
            detail = f"{survey.id} version {survey.version}"
            yield SURVEY_VERSION_REUSED(where=f"surveys {survey.id}", detail=detail)
        for problem in meaning_problems(survey, known.before(survey)):
            yield problem.kind(where=f"surveys {problem.where}", detail=problem.detail)


def plans_after(wanted: Configured, unit: str, known: Known) -> tuple[Plan, ...]:
    """The plans in force once `wanted` is the configuration of `unit`: those it leaves out are withdrawn."""
    below, named = subtree(wanted.units, unit, known), {plan.id for plan in wanted.plans}
    outside = (plan for plan in known.plans if unit != CENTRE and plan.unit not in below)
    return (*(plan for plan in outside if plan.id not in named), *wanted.plans)


def _assignments_outside(wanted: Configured, unit: str, known: Known) -> Iterator[Problem]:
    """What would be wrong with the assignments of other units: their plans may be of this one."""
    if unit == CENTRE:
        return
    below, plans = subtree(wanted.units, unit, known), plans_after(wanted, unit, known)
    outside = [each for each in known.assignments if each.unit not in below]
    in_force = {plan.id for plan in plans}
    for each in outside:
        if each.plan is not None and each.plan not in in_force:
            detail = f"không có kế hoạch “{each.plan}”"
            yield REFERENCE_DANGLING(where=f"assignments {each.id}.plan", detail=detail)
    changed = {plan.id for plan in wanted.plans if plan not in known.plans}
    places = {each.unit for each in outside if each.plan in changed}
    yield from filled_problems([each for each in outside if each.unit in places], plans)


def _forms_outside(wanted: Configured, unit: str, known: Known) -> Iterator[Problem]:
    """New versions of forms that other units ask too: those would get them unasked."""
    if unit == CENTRE:
        return
    below, newest = subtree(wanted.units, unit, known), known.newest
    asking = [
        *known.offered,
        *((each.unit, each.survey) for each in known.assignments),
        *((plan.unit, group.survey) for plan in known.plans for group in plan.groups),
    ]
    for survey in wanted.surveys:
        if survey.id in newest and survey.version > newest[survey.id].version:
            others = {place for place, form in asking if form == survey.id and place not in below}
            if others:
                named = ", ".join(sorted(place or "*" for place in others))
                yield OUTSIDE_UNIT(where=f"surveys {survey.id}", detail=named)


def subtree(own: tuple[Unit, ...], unit: str, known: Known) -> frozenset[str]:
    """The unit and those below it today: of the known units, and of those that only the folder has.

    Where a known unit belongs is not for a folder of another unit to say.
    """
    there = {each.code for each in known.units}
    every = [*known.units, *(each for each in own if each.code not in there)]
    if unit == CENTRE:
        return frozenset(each.code for each in every)
    return UnitTree(every).subtree(unit, known.today) | {unit}


def _misplaced(own: tuple[Unit, ...], unit: str, below: frozenset[str], known: Known) -> Iterator[Unit]:
    """Known units outside that a folder puts below its own unit, and new ones that it puts elsewhere."""
    there = {each.code for each in known.units}
    for each in own:
        if each.code in there - below and each.parent in below and each not in known.units:
            yield each
    inside = set(below)
    added = [each for each in own if each.code not in there | {unit}]
    while fitting := [each for each in added if each.parent in inside]:
        inside.update(each.code for each in fitting)
        added = [each for each in added if each not in fitting]
    yield from added


def _version(survey: Survey) -> int:
    return survey.version
