"""A folder as one archive that is the same for the same files, and its way back."""

import lzma
import tarfile
from pathlib import Path

from deploy.packaging.tree import files_of

BEST = lzma.PRESET_EXTREME | 9


def pack(folder: Path, archive: Path, moment: int, preset: int = BEST) -> None:
    """Write the files of `folder` to a tar.xz: sorted, owned by root, of `moment` (seconds since 1970)."""
    folders = {parent for path in files_of(folder) for parent in path.relative_to(folder).parents}
    members = sorted({*folders, *(path.relative_to(folder) for path in files_of(folder))} - {Path()})
    archive.parent.mkdir(parents=True, exist_ok=True)
    with (
        lzma.open(archive, "wb", preset=preset) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for member in members:
            _add(tar, folder, member, moment)


def _add(tar: tarfile.TarFile, folder: Path, member: Path, moment: int) -> None:
    path = folder / member
    entry = tar.gettarinfo(path, str(member))
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = moment
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    if entry.isreg():
        with path.open("rb") as file:
            tar.addfile(entry, file)
    else:
        tar.addfile(entry)
