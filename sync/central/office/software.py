"""Releases of the terminals' software: added, offered in stages, withdrawn.

    add ──► none ──► one device ──► ten percent ──► all
              └────────────┴─────────────┴──────────┴────► withdrawn, for good

Promises (each has a test of this name):
- a device is offered the newest version whose stage covers it, and no withdrawn one;
- the ten percent are always the same devices, chosen by their ids alone;
- a withdrawn version is never offered again, also after a restore of a backup that still offers it;
- after a restore that could not read the replaced database nothing is offered until somebody decides it.

The centre can't make a release: terminals take one by its publisher's signature alone. The files are in the
data folder, not in a backup; what is missing there is not offered.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import devices
from sync.central.store.software import software
from sync.contract.masking import mask_digits
from sync.contract.offer import OFFERS_LIMIT, WITHDRAWN_LIMIT, Offer
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import (
    DEVICE_UNKNOWN,
    SOFTWARE_FILE_UNUSABLE,
    SOFTWARE_UNKNOWN,
    SOFTWARE_WITHDRAWN,
)
from sync.contract.problem.files import FILE_UNREADABLE
from sync.contract.problem.updates import RELEASE_PIECE_MISSING
from sync.contract.reasons import system_reason
from sync.updates.release import Manifest, check_packed, number, read_header, read_manifest, verified

Stage = Literal["none", "one", "ten", "all", "withdrawn"]
Step = Literal["none", "one", "ten", "all"]
FOLDER = "releases"
"""Of the data folder."""
_TENTH = 10


class Release(Struct, frozen=True, kw_only=True):
    """One version, with the kinds of machine it is for (arch and Python), and the stage it is offered in."""

    version: str
    machines: tuple[str, ...]
    size: int
    stage: Stage
    device: str
    changed_at: str
    changed_by: str


class Offered(Struct, frozen=True):
    """What a device hears: the files of one version, and the versions that were withdrawn."""

    offers: tuple[Offer, ...] = ()
    withdrawn: tuple[str, ...] = ()


# --- acts --------------------------------------------------------------------------------------------


def add_software(act: Act, data: Path, file: Path, keys: Mapping[str, bytes]) -> Manifest:
    """Take a release file in, offered to nobody yet. keys: of publishers; none: the signature isn't checked.

    Raises ProblemError HL1001, HL4243, HL4245, HL5215 (for another part, there already, or of a version that
    is offered), HL5217.
    """
    try:
        with file.open("rb") as opened:
            header = read_header(opened)
            manifest = verified(header, keys) if keys else read_manifest(header)
            check_packed(opened, manifest)
            opened.seek(0)
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            size = opened.tell()
            if manifest.part != "kiosk":
                raise ProblemError(SOFTWARE_FILE_UNUSABLE(where=file.name, detail=manifest.part))
            is_new = _is_new(act, manifest, digest)
            opened.seek(0)
            target = data / FOLDER / digest
            target.parent.mkdir(exist_ok=True, mode=0o700)
            draft = target.with_name(f".{digest}.new")
            with draft.open("wb") as out:
                while part := opened.read(1024 * 1024):
                    out.write(part)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(file), detail=system_reason(error))) from error
    if is_new:
        now = act.now.isoformat()
        values = {"sha256": digest, "size": size, "added_at": now, "changed_at": now, "changed_by": act.who}
        key = {"version": manifest.version, "arch": manifest.arch, "python": manifest.python}
        act.connection.execute(insert(software).values(**key, **values))
    act.note("software-add", manifest.version, f"{manifest.arch} Python {manifest.python}")
    return manifest


def _is_new(act: Act, manifest: Manifest, digest: str) -> bool:
    """Whether this file is not there yet. All files of a version share one stage, so none joins a later one.

    Raises ProblemError HL5215, HL5217.
    """
    one_at_a_time(act.connection)
    version = manifest.version
    rows = act.connection.execute(select(software).where(software.c.version == version)).all()
    for row in rows:
        if (row.arch, row.python) == (manifest.arch, manifest.python):
            if row.sha256 != digest:
                raise ProblemError(SOFTWARE_FILE_UNUSABLE(where=version, detail="đã có bản khác cùng số này"))
            return False
    if any(row.stage == "withdrawn" for row in rows):
        raise ProblemError(SOFTWARE_WITHDRAWN(where=version))
    if any(row.stage != "none" for row in rows):
        raise ProblemError(SOFTWARE_FILE_UNUSABLE(where=version, detail="đang mời; tạm dừng rồi thêm"))
    return True


def stage_software(act: Act, version: str, stage: Step, why: str, device: str = "") -> None:
    """Offer a version to one device, to ten percent, to all, or to nobody for now.

    Raises ProblemError HL5216, HL5217, HL5004.
    """
    _require(act, version)
    if stage == "one":
        known = select(devices.c.id).where(devices.c.id == device)
        if act.connection.execute(known).first() is None:
            raise ProblemError(DEVICE_UNKNOWN(where="may", detail=device))
    _change(act, version, stage, device if stage == "one" else "")
    act.note(
        "software-stage", version, "; ".join(filter(None, (f"{stage} {device}".strip(), mask_digits(why))))
    )


def withdraw_software(act: Act, version: str, why: str) -> None:
    """Offer a version never again; terminals that use it go back. Raises ProblemError HL5216, HL5217."""
    _require(act, version)
    _change(act, version, "withdrawn", "")
    act.note("software-withdraw", version, mask_digits(why))


def _require(act: Act, version: str) -> None:
    one_at_a_time(act.connection)
    query = select(software.c.stage).where(software.c.version == version)
    stages = act.connection.execute(query).scalars().all()
    if not stages:
        raise ProblemError(SOFTWARE_UNKNOWN(where=version))
    if "withdrawn" in stages:
        raise ProblemError(SOFTWARE_WITHDRAWN(where=version))


def _change(act: Act, version: str, stage: Stage, device: str) -> None:
    values = {"stage": stage, "device": device, "changed_at": act.now.isoformat(), "changed_by": act.who}
    act.connection.execute(update(software).where(software.c.version == version).values(**values))


# --- what is offered ---------------------------------------------------------------------------------


def list_software(connection: Connection) -> list[Release]:
    """Every version, the newest first."""
    by_version: dict[str, list[Any]] = {}
    for row in connection.execute(select(software)):
        by_version.setdefault(row.version, []).append(row)
    return [
        Release(
            version=version,
            machines=tuple(sorted(f"{row.arch} Python {row.python}" for row in rows)),
            size=max(row.size for row in rows),
            stage=rows[0].stage,
            device=rows[0].device,
            changed_at=max(row.changed_at for row in rows),
            changed_by=max(rows, key=lambda row: str(row.changed_at)).changed_by,
        )
        for version, rows in sorted(by_version.items(), key=lambda item: number(item[0]), reverse=True)
    ]


def offered_to(connection: Connection, device: str, data: Path) -> Offered:
    """What this device is offered; `data` has the files."""
    rows = connection.execute(select(software)).all()
    withdrawn = sorted({row.version for row in rows if row.stage == "withdrawn"}, key=number, reverse=True)
    covering = [row for row in rows if covers(row.stage, row.device, device)]
    newest = max((row.version for row in covering), key=number, default="")
    offers = (
        Offer(version=row.version, arch=row.arch, python=row.python, size=row.size, sha256=row.sha256)
        for row in covering
        if row.version == newest and (data / FOLDER / row.sha256).is_file()
    )
    return Offered(tuple(islice(offers, OFFERS_LIMIT)), tuple(withdrawn[:WITHDRAWN_LIMIT]))


def covers(stage: str, chosen: str, device: str) -> bool:
    """Whether a version in this stage is offered to `device`; chosen: of the stage one. Pure."""
    return stage == "all" or (stage == "one" and device == chosen) or (stage == "ten" and is_early(device))


def is_early(device: str) -> bool:
    """Whether a device is of the ten percent that come first."""
    return int.from_bytes(hashlib.sha256(device.encode()).digest()[:8], "big") % _TENTH == 0


def early_of(ids: Iterable[str]) -> int:
    """How many of these devices come first."""
    return sum(is_early(id) for id in ids)


def piece_of(connection: Connection, data: Path, digest: str, at: int, most: int) -> bytes:
    """A piece of a release file that isn't withdrawn; raises ProblemError HL4248."""
    query = select(software.c.size).where(software.c.sha256 == digest, software.c.stage != "withdrawn")
    size = connection.execute(query).scalar()
    if size is None or at >= size:
        raise ProblemError(RELEASE_PIECE_MISSING(where=digest[:12]))
    try:
        with (data / FOLDER / digest).open("rb") as file:
            file.seek(at)
            return file.read(most)
    except OSError as error:
        raise ProblemError(RELEASE_PIECE_MISSING(where=digest[:12], detail=system_reason(error))) from error


# --- after a restore ---------------------------------------------------------------------------------


def pause_software(connection: Connection) -> None:
    """Offer nothing for now: the backup does not know what was decided after it."""
    connection.execute(
        update(software).where(software.c.stage != "withdrawn").values(stage="none", device="")
    )


def read_software(connection: Connection) -> Sequence[Any]:
    """The rows of the replaced database."""
    return connection.execute(select(software)).all()


def carry_software(connection: Connection, rows: Sequence[Any]) -> int:
    """Repeat what the replaced database says; what is withdrawn in either stays withdrawn. How many files."""
    for row in rows:
        key = (
            software.c.version == row.version,
            software.c.arch == row.arch,
            software.c.python == row.python,
        )
        here = connection.execute(select(software.c.stage).where(*key)).scalar()
        if here is None:
            connection.execute(insert(software).values(**row._mapping))
        elif here != "withdrawn":
            connection.execute(update(software).where(*key).values(**row._mapping))
    return len(rows)
