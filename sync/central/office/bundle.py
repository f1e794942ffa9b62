"""The configuration that terminals get: reading the newest one, and issuing the next one.

Promises (each has a test of this name):
- a bundle is decoded once, however often it is asked for;
- the newest bundle is the one in the database, whichever process issued it, also after a restore;
- what is issued is checked whole first, and a bundle that is refused changes nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import JSON, Connection, cast, func, insert, select, true, update

from sync.central.office.audit.acts import Act
from sync.central.office.units.stored import take_in_bundle
from sync.central.store.database import one_at_a_time
from sync.central.store.known_ids import learn
from sync.central.store.schema import bundles, device_moves, devices, surveys
from sync.contract.bundle import (
    Bundle,
    CentreSettings,
    PublicKeys,
    bundle_files,
    is_bundle_file,
    read_bundle,
)
from sync.contract.catalogue import Catalogue, Device
from sync.contract.files import decode_toml
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SURVEY_VERSION_REUSED
from sync.contract.problem.files import BUNDLE_FILE_UNKNOWN, BUNDLE_HOLDS_CASES, BUNDLE_OUTDATED
from sync.contract.survey import Survey


class Contents(Struct, frozen=True, dict=True):
    """The decoded texts of an issued bundle, each decoded when it is first asked for.

    They were checked when they were issued, perhaps by an earlier version of this program with fewer rules.
    Each is read separately and not checked again, so no upgrade leaves terminals without a configuration.
    """

    files: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """A digest of all texts."""
        return hashlib.sha256(msgspec.json.encode(self.files, order="sorted")).hexdigest()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue; an empty one if there is no such file."""
        return decode_toml(self.files.get("catalogue.toml", "units = []"), Catalogue, "catalogue.toml")

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """The plans by id."""
        texts = [text for name, text in sorted(self.files.items()) if name.startswith("plans/")]
        return {plan.id: plan for plan in map(read_plan, texts)}

    @cached_property
    def settings(self) -> CentreSettings:
        """The centre's settings for its terminals."""
        return decode_toml(self.files.get("settings.toml", ""), CentreSettings, "settings.toml")

    @cached_property
    def keys(self) -> PublicKeys:
        """The public keys that came with the bundle."""
        return decode_toml(self.files.get("keys.toml", ""), PublicKeys, "keys.toml")


class Issued(Struct, frozen=True):
    """A bundle that was issued to terminals."""

    version: int
    issued_at: datetime
    contents: Contents


class Difference(Struct, frozen=True):
    """The files in which a bundle differs from the one before it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def newest(connection: Connection) -> Issued | None:
    """The bundle that terminals get now; None if none was issued yet."""
    row = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
    if row is None:
        return None
    return Issued(row.version, datetime.fromisoformat(row.issued_at), _contents(row.files))


def newest_contents(connection: Connection) -> Contents:
    """The contents of the newest bundle; empty if none was issued yet."""
    issued = newest(connection)
    return issued.contents if issued else Contents({})


@lru_cache(maxsize=4)
def _contents(files: str) -> Contents:
    """Cached by the texts, not the version: a restored backup can have other texts under one version."""
    return Contents(msgspec.json.decode(files, type=dict[str, str]))


def wordings(connection: Connection, name: str) -> list[tuple[str, int]]:
    """Every text that any bundle had under this name (a LIKE pattern), with the newest version that has it.

    In the order of those versions. Other files are not read from the database.
    """
    if connection.dialect.name == "postgresql":
        member: Any = func.json_each_text(cast(bundles.c.files, JSON)).table_valued("key", "value")
    else:
        member = func.json_each(bundles.c.files).table_valued("key", "value")
    version = func.max(bundles.c.version)
    query = (
        select(member.c.value, version)
        .select_from(bundles.join(member, true()))
        .where(member.c.key.like(name))
        .group_by(member.c.value)
        .order_by(version)
    )
    return [(text, newest) for text, newest in connection.execute(query)]


def read_plan(text: str) -> Plan:
    """A plan as it was issued."""
    return decode_toml(text, Plan, "plans")


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


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    """The files in which `after` differs from `before`."""
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def import_bundle(act: Act, folder: Path) -> tuple[Bundle, Difference]:
    """Issue the bundle in a folder, see `issue`; also raises ProblemError HL1010."""
    return issue(act, bundle_files(folder), folder)


def issue(act: Act, files: Mapping[str, str], folder: Path = Path()) -> tuple[Bundle, Difference]:
    """Store a bundle with its surveys and devices; terminals get it next.

    Returns it, and the files in which it differs from the one before. Raises ProblemError as `check`, HL1008
    for other content in a version that is not newer, HL5007 for a survey that changed without a new version.
    Nothing is stored then.
    """
    connection, now = act.connection, act.now
    bundle = check(files, now, folder)
    one_at_a_time(connection)
    for survey in bundle.surveys:
        _add_survey(connection, survey)
    take_in_bundle(connection, bundle.catalogue.units)
    learn(connection, bundle.catalogue, bundle.cases.case)
    for device in bundle.catalogue.devices:
        _add_device(connection, device, now)
    version = bundle.version.version
    there = f"{len(bundle.surveys)} surveys, {len(bundle.catalogue.devices)} devices"
    act.note("bundle", f"version {version}", there)
    before = newest(connection)
    difference = compare(before.contents.files if before else {}, files)
    if not difference:
        return bundle, difference
    if before is not None and version <= before.version:
        raise ProblemError(BUNDLE_OUTDATED(where=str(folder / "bundle.toml"), detail=f"phiên bản {version}"))
    body = msgspec.json.encode(files, order="sorted").decode()
    digest = hashlib.sha256(body.encode()).hexdigest()
    values = {"unit": "", "issued_at": now.isoformat(), "basis": "", "digest": digest, "files": body}
    connection.execute(insert(bundles).values(version=version, **values))
    return bundle, difference


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
