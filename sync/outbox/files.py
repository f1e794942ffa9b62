"""Everything the outbox needs from a file system, in one small interface.

The outbox never calls `os` itself. Its tests can therefore stop or fail at any single call, or simulate a
power cut on a disk in memory (`tests/support/simulated_disk.py`).

It is also where another operating system would come in: everything else imports without POSIX. What
`RealFiles` needs of it is used in its methods alone.
"""

import os
from pathlib import Path
from typing import Protocol

from sync.host.locking import lock_file

_OURS_ALONE = getattr(os, "O_CLOEXEC", 0)  # no program that we start inherits the descriptor
READ = os.O_RDONLY | _OURS_ALONE
WRITE = os.O_RDWR | _OURS_ALONE
WRITE_OR_MAKE = WRITE | os.O_CREAT
MAKE = WRITE | os.O_CREAT | os.O_EXCL


class Files(Protocol):
    """What the outbox needs of a file system. Every method raises OSError and nothing else."""

    def open(self, path: Path, flags: int) -> int:
        """Open `path` with one of the sets of flags above and return its descriptor."""

    def close(self, fd: int) -> None:
        """Close a descriptor."""

    def size(self, fd: int) -> int:
        """Length of the file in bytes."""

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file."""

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """Write all of `data` from `offset`. On an error a part of it may be there."""

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file off behind `size` bytes."""

    def allocate(self, fd: int, size: int) -> None:
        """Make the file `size` bytes long and take the disk space for it now."""

    def datasync(self, fd: int) -> None:
        """Return when the bytes of the file, and what is needed to find them, survive a power cut."""

    def rename(self, old: Path, new: Path) -> None:
        """Rename `old` to `new`, replacing `new`, in one step."""

    def unlink(self, path: Path) -> None:
        """Remove a file; a missing one is no error."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; durable on return."""

    def open_folder(self, path: Path) -> int:
        """A descriptor for `sync_folder`, kept open: syncing must not need a new one."""

    def sync_folder(self, fd: int) -> None:
        """Return when the names in the folder (made, renamed, removed) survive a power cut."""

    def names(self, folder: Path) -> list[str]:
        """Names in a folder, sorted; an absent folder has none."""

    def free(self, folder: Path) -> int:
        """Bytes that can still be written to the disk under a folder."""

    def lock(self, fd: int) -> bool:
        """Take the file's exclusive lock without waiting. False: another process has it."""


class RealFiles:
    """The operating system's files (POSIX)."""

    def open(self, path: Path, flags: int) -> int:
        """Open with mode 0640: the folder, which we make private, decides who else may read."""
        return os.open(path, flags, 0o640)

    def close(self, fd: int) -> None:
        """See `Files`."""
        os.close(fd)

    def size(self, fd: int) -> int:
        """See `Files`."""
        return os.fstat(fd).st_size

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """See `Files`."""
        data = os.pread(fd, length, offset)
        if not data or len(data) == length:
            return data
        parts = [data]
        got = len(data)
        while got < length and (data := os.pread(fd, length - got, offset + got)):
            parts.append(data)
            got += len(data)
        return b"".join(parts)

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """See `Files`. A short write (a disk that fills up) is continued until it succeeds or fails."""
        done = os.pwrite(fd, data, offset)
        while done < len(data):
            done += os.pwrite(fd, data[done:], offset + done)

    def truncate(self, fd: int, size: int) -> None:
        """See `Files`."""
        os.ftruncate(fd, size)

    def allocate(self, fd: int, size: int) -> None:
        """See `Files`."""
        os.posix_fallocate(fd, 0, size)

    def datasync(self, fd: int) -> None:
        """See `Files`."""
        os.fdatasync(fd)

    def rename(self, old: Path, new: Path) -> None:
        """See `Files`."""
        old.replace(new)

    def unlink(self, path: Path) -> None:
        """See `Files`."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        """See `Files`."""
        if not path.is_dir():
            self.make_folder(path.parent)
            path.mkdir(mode=0o700, exist_ok=True)
        # Also if it already existed: the process that made it may have ended before this sync.
        above = self.open_folder(path.parent)
        try:
            self.sync_folder(above)
        finally:
            self.close(above)

    def open_folder(self, path: Path) -> int:
        """See `Files`."""
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | _OURS_ALONE)

    def sync_folder(self, fd: int) -> None:
        """See `Files`."""
        os.fsync(fd)

    def names(self, folder: Path) -> list[str]:
        """See `Files`."""
        try:
            return sorted(entry.name for entry in folder.iterdir())
        except FileNotFoundError:
            return []

    def free(self, folder: Path) -> int:
        """See `Files`."""
        disk = os.statvfs(folder)
        return disk.f_bavail * disk.f_frsize

    def lock(self, fd: int) -> bool:
        """See `Files`."""
        return lock_file(fd)


def read_whole(files: Files, path: Path) -> bytes:
    """All bytes of a file."""
    fd = files.open(path, READ)
    try:
        return files.read(fd, files.size(fd), 0)
    finally:
        files.close(fd)
