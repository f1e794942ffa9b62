"""What is written below a folder, as the kernel reports it (inotify(7)): changes of files and of names."""

import ctypes
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

_MODIFY, _ATTRIB, _MOVED, _CREATE, _DELETE = 0x002, 0x004, 0x0C0, 0x100, 0x200
_CHANGES = _MODIFY | _ATTRIB | _MOVED | _CREATE | _DELETE
_EVENT = struct.Struct("iIII")


class Written:
    """Watches `folders` and what is in them now, from `with` on. What is only opened or read is no change."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._names: dict[int, Path] = {}

    def __enter__(self) -> Self:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for folder in self._folders:
            for path in (folder, *(below for below in folder.rglob("*") if below.is_dir())):
                watch = libc.inotify_add_watch(self._fd, os.fsencode(path), _CHANGES)
                assert watch >= 0, os.strerror(ctypes.get_errno())
                self._names[watch] = path
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def changes(self) -> list[Path]:
        """What was changed since the last call, in order."""
        changed: list[Path] = []
        while True:
            try:
                events = os.read(self._fd, 65536)
            except BlockingIOError:
                return changed
            at = 0
            while at < len(events):
                watch, _, _, length = _EVENT.unpack_from(events, at)
                name = events[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0")
                changed.append(self._names[watch] / os.fsdecode(name))
                at += _EVENT.size + length
