"""A folder becomes the configuration of a unit: what differs is stored, everything else stays untouched.

Promises (each has a test of this name):
- importing what was exported changes nothing;
- a folder of a unit changes nothing outside the unit and those below it;
- a folder that is refused changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.assigning import drop_assignment, put_assignment
from sync.central.office.configuration.comparing import Change, compare
from sync.central.office.configuration.counters import drop_counter, put_counter
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import fitted, misfits
from sync.central.office.configuration.office_settings import put_office
from sync.central.office.configuration.officers import drop_officer, put_officer
from sync.central.office.configuration.procedures import drop_procedure, put_procedure
from sync.central.office.configuration.scope import read_configured, read_known
from sync.central.office.configuration.serials import drop_serial, put_serial
from sync.central.office.configuration.sources import put_device
from sync.central.office.configuration.timetable import idle_terminals, idle_words
from sync.central.office.configuration.wordings import add_release, put_plan, withdraw_plan
from sync.central.office.units.revisions import all_changed, form_changed, plan_changed
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.known_ids import earlier_officer, learn
from sync.central.store.schema import offered_forms
from sync.contract.catalogue import Device
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.centre import ROW_THERE, TERMINALS_LEFT_IDLE
from sync.contract.survey import Survey


def preview(connection: Connection, unit: str, wanted: Configured, today: date) -> tuple[Change, ...]:
    """What importing `wanted` at `unit` would change. Raises ProblemsError as `import_configured`."""
    known = read_known(connection, today)
    problems = list(misfits(wanted, unit, known))
    if problems:
        raise ProblemsError(problems)
    changes = compare(read_configured(connection, unit, today), fitted(wanted, unit, known))
    problems = list(_taken_ids(connection, changes))
    if problems:
        raise ProblemsError(problems)
    return changes


def _taken_ids(connection: Connection, changes: Sequence[Change]) -> Iterator[Problem]:
    """New officers with an id that another officer had: the responses of that time would get their name."""
    for change in changes:
        if change.noun == "officers" and change.before is None and change.after is not None:
            earlier = earlier_officer(connection, change.after)
            if earlier:
                yield ROW_THERE(where=f"officers {change.id}", detail=earlier)


def import_configured(
    act: Act, unit: str, wanted: Configured, why: str, *, idle: bool = True
) -> tuple[Change, ...]:
    """Make `wanted` the configuration of `unit` and of the units below it; returns what changed.

    Where nothing does, nothing is recorded, and the caller undoes the act. idle: whether terminals that have
    something to ask may be left with nothing. Raises ProblemError HL5071, HL5143 unless `idle`;
    ProblemsError: HL5007 for a form that changed without a new version, HL5011 for an unknown unit, HL5073
    for an id that another unit has, or another officer had, HL5075 for an entry of another unit.
    """
    begin(act, why)
    today = act.now.astimezone(VIET_NAM).date()
    changes = preview(act.connection, unit, wanted, today)
    if not changes:
        return ()
    decides = not idle and any(change.noun in _DECIDE_WHAT_IS_ASKED for change in changes)
    before = idle_terminals(act.connection, unit, today) if decides else ()
    codes = {change.id.partition(" ")[0] for change in changes if change.noun == "units"}
    if codes:
        put_bundled_units(act.connection, [each for each in wanted.units if each.code in codes], act.now)
    begin(act, why, unit)
    if any(change.noun in ("office", "special_days") for change in changes):
        put_office(act.connection, unit, wanted.office)
    for change in changes:
        if change.after is None and change.noun in _DROP:
            _DROP[change.noun](act, unit, change.before)
        elif change.noun in _PUT:
            _PUT[change.noun](act, unit, change.after)
    learn(act.connection, officers=wanted.officers, procedures=wanted.procedures)
    _note_revisions(act, changes)
    if decides:
        _check_idle(before, idle_terminals(act.connection, unit, today))
    act.note("config-import", unit or "*", f"{_summary(changes)}; {mask_digits(why)}")
    return changes


# A plan gives its assignments their days.
_DECIDE_WHAT_IS_ASKED = ("units", "devices", "plans", "assignments")


def _check_idle(before: Sequence[Device], after: Sequence[Device]) -> None:
    """Raise ProblemError HL5143 for terminals that have had something to ask, and have nothing now."""
    were_idle = {device.id for device in before}
    left = [device for device in after if device.id not in were_idle]
    if left:
        raise ProblemError(TERMINALS_LEFT_IDLE(detail=idle_words(left)))


def _offer(act: Act, unit: str, survey: Survey) -> None:
    add_release(act.connection, survey, act.now)
    _withdraw(act, unit, survey)
    act.connection.execute(insert(offered_forms).values(unit=unit, survey=survey.id))


def _withdraw(act: Act, unit: str, survey: Survey) -> None:
    row = (offered_forms.c.unit == unit) & (offered_forms.c.survey == survey.id)
    act.connection.execute(delete(offered_forms).where(row))


_Write = Callable[[Act, str, Any], None]
_PUT: dict[str, _Write] = {
    "procedures": lambda act, unit, entry: put_procedure(act.connection, unit, entry),
    "officers": lambda act, unit, entry: put_officer(act.connection, entry),
    "counters": lambda act, unit, entry: put_counter(act.connection, entry),
    "devices": lambda act, unit, entry: put_device(act.connection, entry, act.now),
    "surveys": _offer,
    "plans": lambda act, unit, entry: put_plan(act.connection, entry, act.now),
    "assignments": lambda act, unit, entry: put_assignment(act.connection, entry),
    "serials": lambda act, unit, entry: put_serial(act.connection, unit, entry),
}
_DROP: dict[str, _Write] = {
    "procedures": lambda act, unit, entry: drop_procedure(act.connection, unit, entry.code),
    "officers": lambda act, unit, entry: drop_officer(act.connection, entry.id),
    "counters": lambda act, unit, entry: drop_counter(act.connection, entry.unit, entry.id),
    "surveys": _withdraw,
    "plans": lambda act, unit, entry: withdraw_plan(act.connection, entry.id, act.now),
    "assignments": lambda act, unit, entry: drop_assignment(act.connection, entry.id),
    "serials": lambda act, unit, entry: drop_serial(act.connection, unit, entry),
}


def _note_revisions(act: Act, changes: Sequence[Change]) -> None:
    """Let every unit whose terminals get something else ask for it."""
    units: set[str] = set()
    for change in changes:
        sides = [side for side in (change.before, change.after) if side is not None]
        if change.noun == "plans":
            plan_changed(act.connection, change.id, sides[-1].unit, act.now)
        elif change.noun == "surveys":
            form_changed(act.connection, change.id, act.now)
        units |= {side.unit for side in sides if change.noun in _OF_UNITS}
    all_changed(act.connection, units, act.now)


_OF_UNITS = ("officers", "counters", "devices", "plans", "assignments")


def _summary(changes: Sequence[Change]) -> str:
    """What was changed, by noun: ids with a sign."""
    ids: dict[str, list[str]] = {}
    for change in changes:
        ids.setdefault(change.noun, []).append(f"{change.sign}{change.id}")
    return "; ".join(f"{noun} {', '.join(signed)}" for noun, signed in ids.items())
