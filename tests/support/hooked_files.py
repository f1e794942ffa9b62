"""The real file system, with a hook before every call, and every descriptor closed at the end."""

import os
from collections.abc import Callable
from pathlib import Path

from sync.outbox.files import RealFiles

Hook = Callable[[str], None]


class HookedFiles(RealFiles):
    """`RealFiles` that calls `hook` with the name of each call beforehand; the hook may raise."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._open: set[int] = set()

    def release(self) -> None:
        """Close everything that is open: the process that this represents has ended."""
        while self._open:
            os.close(self._open.pop())

    def open(self, path: Path, flags: int) -> int:
        self._hook("open")
        fd = super().open(path, flags)
        self._open.add(fd)
        return fd

    def close(self, fd: int) -> None:
        self._open.discard(fd)
        super().close(fd)

    def size(self, fd: int) -> int:
        self._hook("size")
        return super().size(fd)

    def read(self, fd: int, length: int, offset: int) -> bytes:
        self._hook("read")
        return super().read(fd, length, offset)

    def write(self, fd: int, data: bytes, offset: int) -> None:
        self._hook("write")
        super().write(fd, data, offset)

    def truncate(self, fd: int, size: int) -> None:
        self._hook("truncate")
        super().truncate(fd, size)

    def allocate(self, fd: int, size: int) -> None:
        self._hook("allocate")
        super().allocate(fd, size)

    def datasync(self, fd: int) -> None:
        self._hook("datasync")
        super().datasync(fd)

    def rename(self, old: Path, new: Path) -> None:
        self._hook("rename")
        super().rename(old, new)

    def unlink(self, path: Path) -> None:
        self._hook("unlink")
        super().unlink(path)

    def make_folder(self, path: Path) -> None:
        self._hook("make_folder")
        super().make_folder(path)

    def open_folder(self, path: Path) -> int:
        self._hook("open_folder")
        fd = super().open_folder(path)
        self._open.add(fd)
        return fd

    def sync_folder(self, fd: int) -> None:
        self._hook("sync_folder")
        super().sync_folder(fd)

    def names(self, folder: Path) -> list[str]:
        self._hook("names")
        return super().names(folder)

    def free(self, folder: Path) -> int:
        self._hook("free")
        return super().free(folder)

    def lock(self, fd: int) -> bool:
        self._hook("lock")
        return super().lock(fd)
