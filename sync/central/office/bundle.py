"""A configuration on its way in: checked whole before anything of a bundle folder is taken in."""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.units.stored import take_in_bundle
from sync.central.store.database import one_at_a_time
from sync.central.store.known_ids import learn
from sync.central.store.schema import bundles, device_moves, devices, surveys
from sync.contract.bundle import Bundle, bundle_files, load_bundle
from sync.contract.catalogue import Device
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SURVEY_VERSION_REUSED
from sync.contract.problem.files import BUNDLE_HOLDS_CASES, BUNDLE_OUTDATED
from sync.contract.survey import Survey


class Issued(Struct, frozen=True):
    """A bundle that was taken in. files: name -> text."""

    version: int
    issued_at: datetime
    files: dict[str, str]


def newest_bundle(connection: Connection) -> Issued | None:
    """The bundle that terminals get now; None before the first."""
    row = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
    if row is None:
        return None
    files = msgspec.json.decode(row.files, type=dict[str, str])
    return Issued(row.version, datetime.fromisoformat(row.issued_at), files)


def import_bundle(act: Act, folder: Path) -> Bundle:
    """Take in a bundle folder: its surveys, its devices and itself as what terminals get next.

    Raises ProblemError: HL1001 … HL1007 for a wrong file, HL1014 for one with a case list, whose key belongs
    in no database, HL1016 for a file that no bundle has, HL1008 for a bundle that has expired or other
    content in a version that is not newer, HL5007 for a survey that changed without a new version. Nothing is
    taken in then.
    """
    connection, now = act.connection, act.now
    if (folder / "cases.json").exists():
        raise ProblemError(BUNDLE_HOLDS_CASES(where=str(folder / "cases.json")))
    files = bundle_files(folder)
    bundle = load_bundle(folder)
    if bundle.version.expires <= now:
        raise ProblemError(BUNDLE_OUTDATED(where=str(folder / "bundle.toml"), detail="đã hết hạn"))
    one_at_a_time(connection)
    for survey in bundle.surveys:
        _add_survey(connection, survey)
    take_in_bundle(connection, bundle.catalogue.units)
    learn(connection, bundle.catalogue, bundle.cases.case)
    for device in bundle.catalogue.devices:
        _add_device(connection, device, now)
    there = f"{len(bundle.surveys)} surveys, {len(bundle.catalogue.devices)} devices"
    act.note("bundle", f"version {bundle.version.version}", there)
    body = msgspec.json.encode(files, order="sorted").decode()
    newest = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
    version = bundle.version.version
    if newest is not None and newest.files == body:
        return bundle
    if newest is not None and version <= newest.version:
        raise ProblemError(BUNDLE_OUTDATED(where=str(folder / "bundle.toml"), detail=f"phiên bản {version}"))
    connection.execute(insert(bundles).values(version=version, issued_at=now.isoformat(), files=body))
    return bundle


def _add_survey(connection: Connection, survey: Survey) -> None:
    body = msgspec.json.encode(survey).decode()
    key = (surveys.c.id == survey.id) & (surveys.c.version == survey.version)
    there = connection.execute(select(surveys.c.body).where(key)).scalar()
    if there is None:
        connection.execute(insert(surveys).values(id=survey.id, version=survey.version, body=body))
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
