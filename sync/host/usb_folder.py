"""The folders of sync/contract/usb.py: a stick that is unplugged at any moment holds a whole copy or none.

Who had the stick may have written anything to it. A link would lead to files of this machine, which an
answer replaces, so nothing goes through one; and only plain files are read, up to the size of a part.
"""

import errno
import os
import stat
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.offline import USB_CHANGED, USB_EMPTY
from sync.contract.usb import MANIFEST, PARCEL_BYTES, PART_BYTES, PARTS, TOP, Parcel, part_name
from sync.host.secret_file import write_secret


def terminals_in(stick: Path) -> list[Path]:
    """The folders of all terminals on a stick, in the order of their names; raises OSError."""
    top = stick / TOP
    return sorted(path for path in top.iterdir() if path.is_dir()) if top.is_dir() else []


def write_parcel(folder: Path, parcel: Parcel) -> None:
    """Replace what is in this folder; the manifest, without which nothing counts, is last. Raises OSError."""
    _check_on_stick(folder)
    folder.mkdir(parents=True, exist_ok=True)
    remove_parcel(folder)
    for number, data in enumerate(parcel.parts, 1):
        write_secret(folder / part_name(number), data)
    write_secret(folder / MANIFEST, parcel.manifest)


def remove_parcel(folder: Path) -> None:
    """Remove what is in this folder, the manifest first. Raises OSError."""
    _check_on_stick(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink() or path.is_file():
            path.unlink()


def read_parcel(folder: Path, most: int = PARCEL_BYTES) -> Parcel:
    """What is in this folder, `most` bytes of it.

    Raises ProblemError HL4217 (no manifest), HL4218 (too much), OSError.
    """
    _check_on_stick(folder)
    if not (folder / MANIFEST).is_file():
        raise ProblemError(USB_EMPTY(where=str(folder)))
    manifest = _read(folder / MANIFEST, most)
    left = most - len(manifest)
    parts: list[bytes] = []
    while (path := folder / part_name(len(parts) + 1)).is_file():
        if len(parts) == PARTS:
            raise ProblemError(USB_CHANGED(where=str(folder), detail=f"quá {PARTS} phần"))
        parts.append(_read(path, left))
        left -= len(parts[-1])
    return Parcel(manifest, tuple(parts))


def _check_on_stick(folder: Path) -> None:
    """Return if this folder of a terminal, which may not be there yet, is no way to another place."""
    terminal = folder.parent
    for path in (terminal.parent, terminal, folder):
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _read(path: Path, left: int) -> bytes:
    most = min(PART_BYTES, left)
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as file:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode) or about.st_size > most:
            raise ProblemError(USB_CHANGED(where=path.name, detail=f"quá {most} byte"))
        return file.read(most)
