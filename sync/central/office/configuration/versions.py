"""The versions of each unit's bundle: composed when a terminal asks and something has changed since.

Versions are numbered over the whole centre and only grow, above every one that was issued or that a device
has reported. So a device that moves to another unit, or calls a centre that was restored from a backup, never
meets a lower one than it has.

Promises (each has a test of this name):
- a bundle is composed once for all terminals of its unit, by whichever process is asked first;
- texts that did not change are no new version: a change in one unit sends nothing to the others;
- a device never gets a lower version than it has reported;
- a bundle that terminals would refuse is not issued: the one before it stays, and the list says why.
"""

import hashlib
import logging
from datetime import date, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, func, insert, select, update

from sync.central.office.configuration.compose import VERSION_FILE, decided_texts, versioned
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.units.revisions import basis_of, newest_revision
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import bundles, devices, facts
from sync.central.store.storage import Storage
from sync.contract.bundle import CentreSettings, read_bundle
from sync.contract.files import decode_toml
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem, ProblemError

KEPT = 2
"""How many versions of a unit are kept: the one in use, and the one before it."""
BELIEVED = 1_000_000
"""A device that reports a version this far above every known one is not believed."""
_FLOOR = "bundle"  # a fact: no version is lower
_UNUSABLE = "unusable"  # a fact: why the newest configuration of a unit can't be issued, by unit

log = logging.getLogger("hailong.central")


class Issued(Struct, frozen=True):
    """A bundle of a unit. digest: of what was decided. repeat_days: as its settings have it."""

    version: int
    unit: str
    issued_at: datetime
    digest: str
    repeat_days: int


class _Known(Struct, frozen=True):
    """What was found while no revision and no day was newer than `stamp`."""

    stamp: tuple[object, ...]
    issued: Issued | None


class Bundles:
    """The newest bundle of each unit of one centre; may be asked from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def newest(self, storage: Storage, unit: str, now: datetime, *, reported: int = 0) -> Issued | None:
        """The bundle that terminals of `unit` get now; None if no form is offered there, or none can be used.

        reported: the version that the asking device has; what it gets is not lower. Raises ProblemError
        HL5006.
        """
        with storage.reading() as connection:
            stamp = (newest_revision(connection), _today(now))
            known = self._known.get(unit)
            if known is None or known.stamp != stamp:
                stored = _stored(connection, unit, known.issued if known else None)
                current = stored is not None and stored.basis == basis_of(connection, unit, _today(now))
                known = _Known(stamp, stored.issued) if stored and current else None
            if known is not None:
                self._known[unit] = known
            if known is not None and known.issued is not None and known.issued.version < reported:
                reported = believed(connection, reported)
        if known is not None and (known.issued is None or known.issued.version >= reported):
            return known.issued
        with storage.changing() as connection:
            one_at_a_time(connection)
            stamp = (newest_revision(connection), _today(now))
            issued = issue(connection, unit, now, reported=reported)
        self._known[unit] = _Known(stamp, issued)
        return issued


def issue(connection: Connection, unit: str, now: datetime, *, reported: int = 0) -> Issued | None:
    """The newest bundle of `unit`, composed and stored first if something has changed since the one before.

    In an open write transaction. reported: as in `Bundles.newest`. What terminals would refuse is not issued:
    the bundle before it is, see `unusable`.
    """
    one_at_a_time(connection)
    basis, before = basis_of(connection, unit, _today(now)), _stored(connection, unit)
    reported = believed(connection, reported)
    low = before is not None and before.issued.version < reported
    if before is not None and before.basis == basis and not low:
        return before.issued
    rows = read_rows(connection, unit, _today(now))
    if not rows.surveys:
        return None
    texts = decided_texts(rows)
    problem = _refused_by_terminals(texts, now)
    _note_unusable(connection, unit, problem)
    if problem is not None:
        if before is None:
            return None
        texts = files_of(connection, before.issued)
        del texts[VERSION_FILE]
    digest = hashlib.sha256(_encoded(texts).encode()).hexdigest()
    if before is not None and before.issued.digest == digest and not low:
        same = bundles.c.version == before.issued.version
        connection.execute(update(bundles).where(same).values(basis=basis))
        return before.issued
    version = max(highest_version(connection), reported) + 1
    files = _encoded(versioned(texts, version, now))
    values = {"issued_at": now.isoformat(), "basis": basis, "digest": digest, "files": files}
    connection.execute(insert(bundles).values(version=version, unit=unit, **values))
    _forget(connection, unit)
    return Issued(version, unit, now, digest, _repeat_days(texts))


def _refused_by_terminals(texts: dict[str, str], now: datetime) -> Problem | None:
    try:
        read_bundle(versioned(texts, 1, now))
    except ProblemError as error:
        return error.problem
    return None


def unusable(connection: Connection) -> dict[str, str]:
    """By unit: why its newest configuration can't be issued, as number, place and detail in one text."""
    text = connection.execute(select(facts.c.value).where(facts.c.name == _UNUSABLE)).scalar()
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def _note_unusable(connection: Connection, unit: str, problem: Problem | None) -> None:
    before = unusable(connection)
    after = {each: words for each, words in before.items() if each != unit}
    if problem is not None:
        after[unit] = problem.brief()
        log.error("configuration of %s not issued: %s", unit, after[unit])
    if after != before:
        connection.execute(delete(facts).where(facts.c.name == _UNUSABLE))
        connection.execute(insert(facts).values(name=_UNUSABLE, value=msgspec.json.encode(after).decode()))


def files_of(connection: Connection, issued: Issued) -> dict[str, str]:
    """The texts of this bundle."""
    text = connection.execute(select(bundles.c.files).where(bundles.c.version == issued.version)).scalar_one()
    return msgspec.json.decode(text, type=dict[str, str])


def highest_version(connection: Connection) -> int:
    """The highest version that was issued, reported by a device, or given to `no_lower_than`."""
    issued = connection.execute(select(func.max(bundles.c.version))).scalar() or 0
    reported = connection.execute(select(func.max(devices.c.bundle))).scalar() or 0
    floor = connection.execute(select(facts.c.value).where(facts.c.name == _FLOOR)).scalar()
    return max(issued, reported, int(floor) if floor else 0)


def believed(connection: Connection, reported: int) -> int:
    """The version that a device reports, or 0 if it is too far above every version there can be."""
    return reported if reported <= highest_version(connection) + BELIEVED else 0


def no_lower_than(connection: Connection, version: int) -> None:
    """Let the next version be this one or a higher one: terminals may have lower ones that came by hand."""
    if version <= highest_version(connection):
        return
    connection.execute(delete(facts).where(facts.c.name == _FLOOR))
    connection.execute(insert(facts).values(name=_FLOOR, value=str(version - 1)))


class _Stored(Struct, frozen=True):
    """basis: the revisions it was last composed from."""

    issued: Issued
    basis: str


def _stored(connection: Connection, unit: str, known: Issued | None = None) -> _Stored | None:
    """The newest bundle of a unit; its texts are read unless it is `known`."""
    columns = (bundles.c.version, bundles.c.issued_at, bundles.c.basis, bundles.c.digest)
    query = select(*columns).where(bundles.c.unit == unit).order_by(bundles.c.version.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    issued_at = datetime.fromisoformat(row.issued_at)
    if known and (known.version, known.issued_at, known.digest) == (row.version, issued_at, row.digest):
        return _Stored(known, row.basis)
    issued = Issued(row.version, unit, issued_at, row.digest, 0)
    days = _repeat_days(files_of(connection, issued))
    return _Stored(replace(issued, repeat_days=days), row.basis)


def _repeat_days(files: dict[str, str]) -> int:
    return decode_toml(files.get("settings.toml", ""), CentreSettings, "settings.toml").repeat_days


def _forget(connection: Connection, unit: str) -> None:
    """Delete all versions of a unit but the newest."""
    of_unit = bundles.c.unit == unit
    newest = select(bundles.c.version).where(of_unit).order_by(bundles.c.version.desc()).limit(KEPT)
    oldest = min(connection.execute(newest).scalars())
    connection.execute(delete(bundles).where(of_unit, bundles.c.version < oldest))


def _encoded(texts: dict[str, str]) -> str:
    return msgspec.json.encode(texts, order="sorted").decode()


def _today(now: datetime) -> date:
    return now.astimezone(VIET_NAM).date()
