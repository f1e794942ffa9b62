"""The configuration of one unit's terminals, composed from rows. Pure.

Promises (each has a test of this name):
- the same rows give the same texts, apart from the version;
- what is composed satisfies every check of a bundle, and the schemas of terminals of release 0.1.0: what they
  don't know comes in files of its own;
- terminals that have had assignments ask nothing once the last one has ended or is removed;
- nothing of a unit that is neither the terminals' own nor above it is in the texts.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.central.office.configuration.rows import ASSIGNMENTS_FILE, LONGEST_REST, OfficeRow, Rows
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment, Assignments, assignment_problems
from sync.contract.bundle import BundleVersion, CentreSettings, PublicKey, PublicKeys, Revoked
from sync.contract.catalogue import Catalogue, Unit
from sync.contract.office import OfficeSettings
from sync.contract.opening import SpecialDay
from sync.contract.plan import Plan, PlanGroup, for_terminals
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID

T = TypeVar("T")

LIFETIME = timedelta(days=20 * 365)
"""How long a bundle may be used; terminals get another one long before."""
VERSION_FILE = "bundle.toml"


def compose(rows: Rows, version: int, now: datetime) -> dict[str, str]:
    """The texts of the bundle with this version for the terminals of a unit, by path."""
    return versioned(decided_texts(rows), version, now)


def versioned(texts: dict[str, str], version: int, now: datetime) -> dict[str, str]:
    """The texts of a bundle with this version."""
    return {VERSION_FILE: _toml(BundleVersion(version, now, now + LIFETIME)), **texts}


def decided_texts(rows: Rows) -> dict[str, str]:
    """The texts of a bundle without its version: what the unit and those above it have decided."""
    ours = _decisions(rows)
    by_id = {plan.id: plan for plan in rows.plans}
    filled_in = [filled(each, by_id.get(each.plan or "")) for each in _of_these_devices(rows)]
    asked = tuple(each for each in filled_in if each.ends is None or each.ends >= rows.today)
    several = {
        **{f"surveys/{survey.id}.toml": survey for survey in rows.surveys},
        **{f"plans/{plan.id}.toml": for_terminals(plan) for plan in rows.plans},
    }
    # A file without any decision is left out: a terminal reads it as an empty one.
    optional: dict[str, Struct] = {
        "settings.toml": settings_of(rows),
        "keys.toml": PublicKeys(badges=tuple(_badges(ours))),
        "revoked.toml": Revoked(rows.revoked_serials),
        "office.toml": _office(rows, ours),
    }
    texts = {name: _toml(file) for name, file in optional.items()}
    if filled_in or rows.decided:
        # Written also without any: then nothing is asked, and kiosk.toml does not say what is.
        texts[ASSIGNMENTS_FILE] = _toml(Assignments(asked)) or "assignments = []\n"
    return {
        "catalogue.toml": _toml(catalogue_of(rows)),
        **{name: _toml(file) for name, file in several.items()},
        **{name: text for name, text in texts.items() if text},
    }


def _toml(value: object) -> str:
    return msgspec.toml.encode(value).decode()


def _decisions(rows: Rows) -> list[OfficeRow]:
    """What the unit and those above it have decided, the nearest first."""
    return [rows.offices[place] for place in (rows.unit, *rows.above) if place in rows.offices]


def catalogue_of(rows: Rows) -> Catalogue:
    """What the unit's terminals can name."""
    codes = {unit.code for unit in rows.units}
    return Catalogue(
        units=tuple(_rooted(unit, codes) for unit in rows.units),
        procedures=rows.procedures,
        officers=rows.officers,
        counters=rows.counters,
        devices=rows.devices,
        languages=_decided((office.languages for office in _decisions(rows)), ("vi",)),
    )


def _rooted(unit: Unit, codes: set[str]) -> Unit:
    """The unit, without a parent that is not in the catalogue."""
    return unit if unit.parent in codes else replace(unit, parent=None)


def settings_of(rows: Rows) -> CentreSettings:
    """The settings of the unit's terminals."""
    ours, usual = _decisions(rows), CentreSettings()
    return CentreSettings(
        repeat_days=_decided((office.repeat_days for office in ours), usual.repeat_days),
        codes=_decided((office.codes for office in ours), usual.codes),
    )


def _office(rows: Rows, ours: Sequence[OfficeRow]) -> OfficeSettings:
    # A name is of one unit: one below it has its own.
    named = [rows.offices[place].name for place in (rows.unit, CENTRE) if place in rows.offices]
    return OfficeSettings(
        name=_decided(named, {}),
        primary=_decided((office.primary for office in ours), ""),
        accent=_decided((office.accent for office in ours), ""),
        results_url=_decided((office.results_url for office in ours), ""),
        public_url=_decided((office.public_url for office in ours), ""),
        emblem=_decided((office.emblem for office in ours), ""),
        opening=_decided((office.opening for office in ours), ()),
        special_days=_special_days(ours, rows.today),
    )


def _decided(wishes: Iterable[T | None], otherwise: T) -> T:
    """The first that was decided, of the nearest unit's and those above it."""
    return next((wish for wish in wishes if wish is not None), otherwise)


def _special_days(ours: Sequence[OfficeRow], today: date) -> tuple[SpecialDay, ...]:
    """The special days from LONGEST_REST ago on; of several for one day, the nearest unit's."""
    found: dict[date, tuple[SpecialDay, ...]] = {}
    for office in reversed(ours):
        own: dict[date, tuple[SpecialDay, ...]] = {}
        for day in office.special_days:
            own[day.day] = (*own.get(day.day, ()), day)
        found |= own
    # What is over says whether a terminal had something to ask then, see office/hours.py.
    kept_from = today - timedelta(days=LONGEST_REST)
    return tuple(each for day in sorted(found) if day >= kept_from for each in found[day])


def _badges(ours: Sequence[OfficeRow]) -> Iterator[PublicKey]:
    yield from {key.id: key for office in reversed(ours) for key in office.badges}.values()


def _of_these_devices(rows: Rows) -> Iterator[Assignment]:
    """The assignments that are not of another unit's device."""
    devices = {device.id for device in rows.devices}
    yield from (each for each in rows.assignments if each.device is None or each.device in devices)


def filled(assignment: Assignment, plan: Plan | None) -> Assignment:
    """The assignment with the window and the hours of its plan's group, where it has none of its own."""
    groups = _groups(assignment, plan) if plan else ()
    return _filled(assignment, plan, groups[0]) if plan and groups else assignment


def _filled(assignment: Assignment, plan: Plan, group: PlanGroup) -> Assignment:
    starts, ends = plan.window(group)
    return replace(
        assignment,
        starts=assignment.starts or starts,
        ends=assignment.ends or ends,
        hours=assignment.hours or plan.collecting(group),
    )


def filled_problems(assignments: Sequence[Assignment], plans: Iterable[Plan]) -> Iterator[Problem]:
    """All faults of assignments as terminals get them: with the windows and the hours of these plans."""
    by_id = {plan.id: plan for plan in plans}
    for each in assignments:
        plan = by_id.get(each.plan or "")
        groups = _groups(each, plan) if plan else ()
        if plan and any(_filled(each, plan, group) != _filled(each, plan, groups[0]) for group in groups):
            detail = f"các nhóm {', '.join(group.id for group in groups)} có ngày hoặc giờ khác nhau"
            yield ENTRY_INVALID(where=f"assignments {each.id}.respondents", detail=detail)
    yield from assignment_problems([filled(each, by_id.get(each.plan or "")) for each in assignments])


def _groups(assignment: Assignment, plan: Plan) -> tuple[PlanGroup, ...]:
    """The groups of the plan that ask this form, and some of these people."""
    asked: set[Any] = set(assignment.respondents)
    same = (group for group in plan.groups if group.survey == assignment.survey)
    return tuple(group for group in same if asked & set(group.respondents))
