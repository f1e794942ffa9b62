"""A release of the software that lies on a USB stick, handed to the helper as one that was fetched.

    <stick>/hailong/*.release    what the centre would offer; a stick may hold one for each kind of machine

The newest one for this machine is taken, if it is newer than what is here. Root never reads the stick: the
helper verifies the copy, the publisher's signature before all else (`sync/updates/`).
"""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from sync.agent.fetching import PIECES
from sync.contract.problem import ProblemError
from sync.contract.problem.offline import USB_UNUSABLE
from sync.contract.problem.terminal import STORAGE_FULL
from sync.contract.problem.updates import RELEASE_UNSUITABLE
from sync.contract.usb import TOP
from sync.updates.machine import Machine
from sync.updates.release import Manifest, check_packed, number, read_header, read_manifest
from sync.updates.room import free_bytes, has_room
from sync.updates.standing import FOLDER, Standing, handed_by_stick


def take_release(
    stick: Path,
    agent: Path,
    *,
    machine: Machine,
    version: str,
    here: Standing,
    free: Callable[[Path], int] = free_bytes,
) -> str:
    """Hand the newest release on the stick to the helper; its version, "" if there is none newer.

    agent: the agent's folder. version: of the software in use. free: bytes that are left on the disk of a
    folder. Raises ProblemError HL4244 (all are for other machines), HL4245, HL4221 (the stick), HL2002 (it
    would take the room that responses need), OSError (the disk).
    """
    found: dict[str, Path] = {}
    foreign: ProblemError | None = None
    wrong: ProblemError | None = None
    for path in _releases(stick):
        try:
            manifest = _read(path)
        except ProblemError as error:
            wrong = error
            continue
        made_for = Machine(manifest.part, manifest.arch, manifest.python)
        if made_for == machine:
            found[manifest.version] = path
        else:
            detail = f"{made_for.part} {made_for.arch} Python {made_for.python}"
            foreign = ProblemError(RELEASE_UNSUITABLE(where=manifest.version, detail=detail))
    newest = max(found, key=number, default="")
    if newest:
        if newest in (*here.failed, *here.unpacked) or number(newest) <= number(version):
            return ""
        _copy(found[newest], agent, newest, free)
    elif (problem := wrong or foreign) is not None:
        raise problem
    return newest


def _releases(stick: Path) -> list[Path]:
    try:
        named = sorted((stick / TOP).glob("*.release"))
        return [path for path in named if stat.S_ISREG(path.lstat().st_mode)]
    except OSError as error:
        raise ProblemError(USB_UNUSABLE(where=str(stick), detail=error.strerror or "")) from error


def _read(path: Path) -> Manifest:
    """What this file says it is, if it is whole."""
    try:
        with path.open("rb") as file:
            manifest = read_manifest(read_header(file))
            check_packed(file, manifest)
    except OSError as error:
        raise ProblemError(USB_UNUSABLE(where="USB", detail=error.strerror or "")) from error
    return manifest


def _copy(path: Path, agent: Path, version: str, free: Callable[[Path], int]) -> None:
    """Nobody has checked yet who published this, so it takes no more than one place, and leaves room."""
    draft = agent / FOLDER / PIECES / "stick"
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    for earlier in (draft, *(agent / FOLDER).glob(handed_by_stick("*"))):
        earlier.unlink(missing_ok=True)
    if not has_room(free(draft.parent), path.stat().st_size):
        raise ProblemError(STORAGE_FULL(where=str(agent), detail="ENOSPC"))
    try:
        with path.open("rb") as source, draft.open("wb") as target:
            shutil.copyfileobj(source, target, 1024 * 1024)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    draft.chmod(0o640)
    draft.replace(agent / FOLDER / handed_by_stick(version))
