"""The data folder, and what goes into a centre before the first device speaks to it.

central.db (+ -wal, -shm)   SQLite, unless a database URL says otherwise
keys/                       secret keys, see keys.py
keys.toml                   their public halves, for a terminal's bundle folder
reserve                     room for anyone who revokes on a full disk, see reserve.py
tmp/                        files that are needed for a while, see scratch.py
"""

from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, insert, select, update

from sync.central.database import migrate, one_at_a_time, open_database
from sync.central.known_ids import learn
from sync.central.schema import bundles, device_moves, devices, facts, surveys
from sync.central.scratch import Scratch
from sync.central.units.unit_store import take_in_bundle
from sync.contract.bundle import Bundle, bundle_files, load_bundle
from sync.contract.catalogue import Device
from sync.contract.problem import ProblemError, problem
from sync.contract.survey import Survey


def database_url(data: Path, url: str | None) -> str:
    """The database of a data folder: `url`, or the SQLite file in it."""
    return url or f"sqlite:///{(data / 'central.db').resolve()}"


def scratch_of(data: Path) -> Scratch:
    """The folder for files that are needed for a while."""
    return Scratch(data / "tmp")


def existing_database(data: Path, url: str | None) -> Engine:
    """The database of a data folder that was set up, brought to this version; raises ProblemError HL5005."""
    if url is None and not (data / "central.db").exists():
        raise ProblemError(problem("HL5005", where=str(data)))
    engine = open_database(database_url(data, url))
    migrate(engine)
    return engine


def ensure_facts(connection: Connection) -> None:
    """Give a new database its first epoch."""
    if connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).first() is None:
        connection.execute(insert(facts).values(name="epoch", value="1"))


def read_epoch(connection: Connection) -> int:
    """The centre's epoch: raised whenever it was restored from a backup."""
    return int(connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).scalar_one())


def import_bundle(connection: Connection, folder: Path, now: datetime) -> Bundle:
    """Take in a bundle folder: its surveys, its devices and itself as what terminals get next.

    Raises ProblemError: HL1001 … HL1007 for a wrong file, HL1014 for one with a case list, whose key belongs
    in no database, HL1016 for a file that no bundle has, HL1008 for a bundle that has expired or other
    content in a version that is not newer, HL5007 for a survey that changed without a new version. Nothing is
    taken in then.
    """
    if (folder / "cases.json").exists():
        raise ProblemError(problem("HL1014", where=str(folder / "cases.json")))
    files = bundle_files(folder)
    bundle = load_bundle(folder)
    if bundle.version.expires <= now:
        raise ProblemError(problem("HL1008", where=str(folder / "bundle.toml"), detail="đã hết hạn"))
    one_at_a_time(connection)
    for survey in bundle.surveys:
        _add_survey(connection, survey)
    take_in_bundle(connection, bundle.catalogue.units)
    learn(connection, bundle.catalogue, bundle.cases.case)
    for device in bundle.catalogue.devices:
        _add_device(connection, device, now)
    body = msgspec.json.encode(files, order="sorted").decode()
    newest = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
    version = bundle.version.version
    if newest is not None and newest.files == body:
        return bundle
    if newest is not None and version <= newest.version:
        raise ProblemError(
            problem("HL1008", where=str(folder / "bundle.toml"), detail=f"phiên bản {version}")
        )
    connection.execute(insert(bundles).values(version=version, issued_at=now.isoformat(), files=body))
    return bundle


def _add_survey(connection: Connection, survey: Survey) -> None:
    body = msgspec.json.encode(survey).decode()
    key = (surveys.c.id == survey.id) & (surveys.c.version == survey.version)
    there = connection.execute(select(surveys.c.body).where(key)).scalar()
    if there is None:
        connection.execute(insert(surveys).values(id=survey.id, version=survey.version, body=body))
    elif there != body:
        raise ProblemError(problem("HL5007", where=f"{survey.id} version {survey.version}"))


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
