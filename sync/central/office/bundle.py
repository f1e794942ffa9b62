"""Taking in a folder of configuration: it becomes the rows of the whole centre.

Promises (each has a test of this name):
- what is issued is checked whole first, and a bundle that is refused changes nothing;
- the same folder again changes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.configuration import CENTRE
from sync.central.office.configuration.reading import read_plans
from sync.central.office.configuration.revisions import all_changed
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.configuration.versions import no_lower_than
from sync.central.office.units.stored import take_in_bundle
from sync.central.store.database import one_at_a_time
from sync.central.store.known_ids import learn
from sync.central.store.schema import (
    assignments,
    counters,
    device_moves,
    devices,
    facts,
    offered_forms,
    officers,
    offices,
    plans,
    procedures,
    revoked_serials,
    surveys,
    units,
)
from sync.contract.bundle import Bundle, CentreSettings, bundle_files, is_bundle_file, read_bundle
from sync.contract.catalogue import Device
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SURVEY_VERSION_REUSED
from sync.contract.problem.files import BUNDLE_FILE_UNKNOWN, BUNDLE_HOLDS_CASES, BUNDLE_OUTDATED
from sync.contract.survey import Survey


class Difference(Struct, frozen=True):
    """The rows in which a configuration differs from the one before it, such as "officers cb-01"."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def check(files: Mapping[str, str], now: datetime, folder: Path = Path()) -> Bundle:
    """The bundle made of these texts, if it is fit for terminals; problems name the files as in `folder`.

    Raises ProblemError: HL1001 … HL1007 for a wrong file, HL1014 for one with a case list, whose key belongs
    in no database, HL1016 for a file that no bundle has, HL1008 for a bundle that has expired.
    """
    if "cases.json" in files:
        raise ProblemError(BUNDLE_HOLDS_CASES(where=str(folder / "cases.json")))
    for name in files:
        if not is_bundle_file(name):
            raise ProblemError(BUNDLE_FILE_UNKNOWN(where=str(folder / name)))
    bundle = read_bundle(files, folder)
    if bundle.version.expires <= now:
        raise ProblemError(BUNDLE_OUTDATED(where=str(folder / "bundle.toml"), detail="đã hết hạn"))
    return bundle


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    """The names under which `after` differs from `before`."""
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def import_bundle(act: Act, folder: Path) -> tuple[Bundle, Difference]:
    """Take in the bundle in a folder, see `issue`; also raises ProblemError HL1010."""
    return issue(act, bundle_files(folder), folder)


def issue(act: Act, files: Mapping[str, str], folder: Path = Path()) -> tuple[Bundle, Difference]:
    """Make what a bundle says the configuration of the whole centre; terminals get it next.

    Returns it, and the rows that differ from before. Raises ProblemError as `check`, HL1008 for other content
    in a version that is not newer than the last one, HL5007 for a survey that changed without a new version.
    Nothing is stored then.
    """
    connection, now = act.connection, act.now
    bundle = check(files, now, folder)
    one_at_a_time(connection)
    before = _rows(connection)
    for survey in bundle.surveys:
        add_release(connection, survey, now)
    take_in_bundle(connection, bundle.catalogue.units, now)
    learn(
        connection,
        officers=bundle.catalogue.officers,
        procedures=bundle.catalogue.procedures,
        cases=bundle.cases.case,
    )
    for device in bundle.catalogue.devices:
        _add_device(connection, device, now)
    _replace_decided(connection, bundle)
    _replace_plans(connection, bundle.plans, now)
    version = bundle.version.version
    there = f"{len(bundle.surveys)} surveys, {len(bundle.catalogue.devices)} devices"
    act.note("bundle", f"version {version}", there)
    after = _rows(connection)
    difference = compare(_named(before), _named(after))
    if not difference:
        return bundle, difference
    if version <= _last_imported(connection):
        raise ProblemError(BUNDLE_OUTDATED(where=str(folder / "bundle.toml"), detail=f"phiên bản {version}"))
    _keep_imported(connection, version)
    no_lower_than(connection, version)
    all_changed(connection, {key.unit for key, _ in before.items() ^ after.items()}, now)
    return bundle, difference


# --- surveys, devices ----------------------------------------------------------------------------------


def add_release(connection: Connection, survey: Survey, now: datetime) -> None:
    """Store a release of a form; raises ProblemError HL5007 for another text under its version."""
    body = msgspec.json.encode(survey).decode()
    key = (surveys.c.id == survey.id) & (surveys.c.version == survey.version)
    there = connection.execute(select(surveys.c.body).where(key)).scalar()
    if there is None:
        values = {"id": survey.id, "version": survey.version, "body": body}
        connection.execute(insert(surveys).values(released_at=now.isoformat(), **values))
    elif there != body:
        raise ProblemError(SURVEY_VERSION_REUSED(where=f"{survey.id} version {survey.version}"))


def _add_device(connection: Connection, device: Device, now: datetime) -> None:
    before = connection.execute(select(devices.c.unit).where(devices.c.id == device.id)).scalar()
    if before is not None and before != device.unit:
        until = int(now.timestamp() * 1000)
        key = (device_moves.c.device == device.id) & (device_moves.c.until == until)
        if connection.execute(select(device_moves.c.unit).where(key)).first() is None:
            connection.execute(insert(device_moves).values(device=device.id, until=until, unit=before))
    values = {"kind": device.kind, "unit": device.unit, "counter": device.counter}
    changed = connection.execute(update(devices).where(devices.c.id == device.id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(devices).values(id=device.id, **values))


# --- what an office decides ----------------------------------------------------------------------------


def _replace_decided(connection: Connection, bundle: Bundle) -> None:
    catalogue = bundle.catalogue
    _replace(
        connection,
        procedures,
        [
            {"unit": CENTRE, "code": each.code, "name": _json(each.name), "field": each.field}
            for each in catalogue.procedures
        ],
    )
    _replace(
        connection,
        officers,
        [
            {"id": each.id, "unit": each.unit, "name": each.name, "title": each.title}
            for each in catalogue.officers
        ],
    )
    _replace(
        connection,
        counters,
        [{"unit": each.unit, "id": each.id, "name": _json(each.name)} for each in catalogue.counters],
    )
    _replace(
        connection,
        assignments,
        [{"id": each.id, "unit": each.unit, "body": _json(each)} for each in bundle.assignments],
    )
    forms = sorted({survey.id for survey in bundle.surveys})
    _replace(connection, offered_forms, [{"unit": CENTRE, "survey": form} for form in forms])
    serials = sorted(set(bundle.revoked.serials))
    _replace(connection, revoked_serials, [{"unit": CENTRE, "serial": serial} for serial in serials])
    _replace(connection, offices, [{"unit": CENTRE, "body": _json(_office(bundle))}])


def _office(bundle: Bundle) -> OfficeRow:
    """What the folder decides; what it leaves out is left to others."""
    usual, office, settings = CentreSettings(), bundle.office, bundle.settings
    return OfficeRow(
        name=office.name or None,
        primary=office.primary or None,
        accent=office.accent or None,
        results_url=office.results_url or None,
        emblem=office.emblem or None,
        opening=office.opening or None,
        special_days=office.special_days,
        languages=bundle.catalogue.languages,
        repeat_days=None if settings.repeat_days == usual.repeat_days else settings.repeat_days,
        codes=None if settings.codes == usual.codes else settings.codes,
        badges=bundle.keys.badges,
    )


def _replace(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), rows)


def _replace_plans(connection: Connection, issued: Iterable[Plan], now: datetime) -> None:
    """Keep each new wording as a new version, and withdraw the plans that are left out."""
    in_force = {plan.id: plan for plan in read_plans(connection)}
    wanted = {plan.id: plan for plan in issued}
    for id in in_force.keys() - wanted.keys():
        valid = (plans.c.id == id) & plans.c.withdrawn_at.is_(None)
        connection.execute(update(plans).where(valid).values(withdrawn_at=now.isoformat()))
    for plan in wanted.values():
        if in_force.get(plan.id) != plan:
            last = connection.execute(select(func.max(plans.c.version)).where(plans.c.id == plan.id)).scalar()
            values = {"version": (last or 0) + 1, "unit": plan.unit, "body": _json(plan)}
            connection.execute(insert(plans).values(id=plan.id, issued_at=now.isoformat(), **values))


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


# --- what changed --------------------------------------------------------------------------------------


class _Key(NamedTuple):
    """A row. unit: whose terminals it concerns."""

    unit: str
    noun: str
    id: str


_CONCERNS: dict[str, tuple[Table, str]] = {
    "units": (units, "code"),
    "procedures": (procedures, "code"),
    "officers": (officers, "id"),
    "counters": (counters, "id"),
    "devices": (devices, "id"),
    "forms": (offered_forms, "survey"),
    "assignments": (assignments, "id"),
    "revoked": (revoked_serials, "serial"),
    "office": (offices, "unit"),
}
_OF_DEVICES = ("kind", "counter")


def _rows(connection: Connection) -> dict[_Key, str]:
    """Every row of the configuration with its content."""
    found: dict[_Key, str] = {}
    for noun, (table, id) in _CONCERNS.items():
        for row in connection.execute(select(table)).mappings():
            content = {name: row[name] for name in (_OF_DEVICES if table is devices else row)}
            unit = row["code"] if table is units else row["unit"]
            found[_Key(unit, noun, row[id])] = _json(content)
    found |= {_Key(plan.unit, "plans", plan.id): _json(plan) for plan in read_plans(connection)}
    newest = select(surveys.c.id, func.max(surveys.c.version)).group_by(surveys.c.id)
    found |= {_Key(CENTRE, "surveys", id): str(version) for id, version in connection.execute(newest)}
    return found


def _named(rows: Mapping[_Key, str]) -> dict[str, tuple[str, str]]:
    return {f"{key.noun} {key.id}".strip(): (key.unit, content) for key, content in rows.items()}


_IMPORTED = "imported"  # a fact: the version of the last folder that was taken in


def _last_imported(connection: Connection) -> int:
    return int(connection.execute(select(facts.c.value).where(facts.c.name == _IMPORTED)).scalar() or 0)


def _keep_imported(connection: Connection, version: int) -> None:
    connection.execute(delete(facts).where(facts.c.name == _IMPORTED))
    connection.execute(insert(facts).values(name=_IMPORTED, value=str(version)))
