"""A disk in memory with simulated power cuts, thousands per second.

It keeps two states: what processes see (the page cache), and what the disk holds. Only a sync copies one to
the other. At a power cut, any part of what was written since may have reached the disk, sector by sector and
in any order; of the changes to a folder, any number from the front. After a failed sync the bytes stay
visible but never reach the disk by themselves: Linux marks such pages clean. With `loses_names` the same
happens to the changes to a folder; without it, they may or may not arrive until a later sync writes them.

`faults` is called before every call and may raise: an OSError fails that call, `PowerCut` ends all processes.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

SECTOR = 64  # bytes; smaller than a real one, so that a line is torn in more places

Faults = Callable[[str, Path], None]
"""Asked with the name of the call and its path."""


class PowerCut(BaseException):
    """Nothing happens after this. Not an Exception: no handler may survive it."""


class _Inode:
    def __init__(self) -> None:
        self.seen = bytearray()
        self.held = bytearray()
        self.pending: list[tuple[int, bytes]] = []  # sectors written since the last sync: offset, bytes
        self.size_known = True  # False: the length was changed since the last sync


class SimulatedDisk:
    """Implements `sync.outbox.files.Files`. `room` is the bytes that fit; None: any number."""

    def __init__(
        self, faults: Faults | None = None, room: int | None = None, *, loses_names: bool = False
    ) -> None:
        self.faults = faults
        self.loses_names = loses_names
        self.room = room
        self.calls: list[str] = []
        self._seen: dict[Path, _Inode] = {}
        self._held: dict[Path, _Inode] = {}
        self._folder_changes: list[tuple[Path, _Inode | None]] = []
        self._folders: set[Path] = {Path("/")}
        self._open: dict[int, tuple[Path, _Inode | None]] = {}
        self._locks: dict[_Inode, int] = {}
        self._next_fd = 3

    # --- what happens to it --------------------------------------------------------------------------

    def kill(self) -> None:
        """Every process ends at once; the machine stays up, the page cache with it."""
        self._open.clear()
        self._locks.clear()

    def cut_power(self, random: Random) -> None:
        """Cut the power and restore it. `random` decides which unsynced bytes reached the disk."""
        self.kill()
        arrived = random.randint(0, len(self._folder_changes))
        for path, inode in self._folder_changes[:arrived]:
            _apply(self._held, path, inode)
        self._folder_changes.clear()
        self._seen = dict(self._held)
        for inode in set(self._held.values()):
            kept = random.choice((0.0, 0.5, 1.0))
            for offset, data in inode.pending:
                if random.random() < kept:
                    _write(inode.held, data, offset)
            if not inode.size_known and random.random() < 0.5:
                size = len(inode.seen)
                del inode.held[size:]
                inode.held.extend(bytes(size - len(inode.held)))
            inode.pending.clear()
            inode.seen = bytearray(inode.held)
            inode.size_known = True

    def damage(self, path: Path, change: Callable[[bytearray], None]) -> None:
        """Change the bytes of a file from outside."""
        inode = self._seen[path]
        change(inode.seen)
        inode.held = bytearray(inode.seen)

    def used(self) -> int:
        """Bytes in all files."""
        return sum(len(inode.seen) for inode in self._seen.values())

    def exists(self, path: Path) -> bool:
        """Whether processes see a file of this name."""
        return path in self._seen

    def files(self) -> list[Path]:
        """Every file that processes see."""
        return sorted(self._seen)

    def _call(self, name: str, path: Path) -> None:
        self.calls.append(name)
        if self.faults is not None:
            self.faults(name, path)

    # --- Files ---------------------------------------------------------------------------------------

    def open(self, path: Path, flags: int) -> int:
        self._call("open", path)
        inode = self._seen.get(path)
        if inode is None:
            if not flags & os.O_CREAT:
                raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
            self._expect_room(1)
            inode = self._seen[path] = _Inode()
            self._folder_changes.append((path, inode))
        elif flags & os.O_EXCL:
            raise FileExistsError(errno.EEXIST, "it exists", str(path))
        return self._descriptor(path, inode)

    def close(self, fd: int) -> None:
        _, inode = self._open.pop(fd)
        if inode is not None and self._locks.get(inode) == fd:
            del self._locks[inode]

    def size(self, fd: int) -> int:
        return len(self._inode("size", fd).seen)

    def read(self, fd: int, length: int, offset: int) -> bytes:
        return bytes(self._inode("read", fd).seen[offset : offset + length])

    def write(self, fd: int, data: bytes, offset: int) -> None:
        inode = self._inode("write", fd)
        room = len(data)
        if self.room is not None:
            room = min(room, max(0, self.room - self.used()) + max(0, len(inode.seen) - offset))
        self._write(inode, data[:room], offset)
        if room < len(data):
            raise OSError(errno.ENOSPC, "no space left on device")

    def truncate(self, fd: int, size: int) -> None:
        inode = self._inode("truncate", fd)
        del inode.seen[size:]
        inode.pending = [(at, data[: size - at]) for at, data in inode.pending if at < size]
        inode.size_known = False

    def allocate(self, fd: int, size: int) -> None:
        inode = self._inode("allocate", fd)
        self._expect_room(size - len(inode.seen))
        self._write(inode, bytes(max(0, size - len(inode.seen))), len(inode.seen))

    def datasync(self, fd: int) -> None:
        path, inode = self._open[fd]
        assert inode is not None
        try:
            self._call("datasync", path)
        except OSError:
            inode.pending.clear()  # marked clean, and yet not written
            raise
        for offset, data in inode.pending:
            _write(inode.held, data, offset)
        size = len(inode.seen)
        del inode.held[size:]
        inode.held.extend(bytes(size - len(inode.held)))
        inode.pending.clear()
        inode.size_known = True

    def rename(self, old: Path, new: Path) -> None:
        self._call("rename", new)
        inode = self._seen.pop(old)
        self._seen[new] = inode
        self._folder_changes += [(old, None), (new, inode)]

    def unlink(self, path: Path) -> None:
        self._call("unlink", path)
        if self._seen.pop(path, None) is not None:
            self._folder_changes.append((path, None))

    def make_folder(self, path: Path) -> None:
        self._call("make_folder", path)
        self._folders.add(path)

    def open_folder(self, path: Path) -> int:
        self._call("open_folder", path)
        return self._descriptor(path, None)

    def sync_folder(self, fd: int) -> None:
        folder, _ = self._open[fd]
        try:
            self._call("sync_folder", folder)
        except OSError:
            if self.loses_names:  # marked clean, and yet not written
                self._folder_changes = [each for each in self._folder_changes if each[0].parent != folder]
            raise
        rest = []
        for path, inode in self._folder_changes:
            if path.parent == folder:
                _apply(self._held, path, inode)
            else:
                rest.append((path, inode))
        self._folder_changes = rest

    def names(self, folder: Path) -> list[str]:
        self._call("names", folder)
        return sorted(path.name for path in self._seen if path.parent == folder)

    def free(self, folder: Path) -> int:
        self._call("free", folder)
        return 2**40 if self.room is None else max(0, self.room - self.used())

    def lock(self, fd: int) -> bool:
        inode = self._inode("lock", fd)
        if self._locks.get(inode, fd) != fd:
            return False
        self._locks[inode] = fd
        return True

    def _descriptor(self, path: Path, inode: _Inode | None) -> int:
        self._next_fd += 1
        self._open[self._next_fd] = (path, inode)
        return self._next_fd

    def _inode(self, call: str, fd: int) -> _Inode:
        path, inode = self._open[fd]
        assert inode is not None
        self._call(call, path)
        return inode

    def _write(self, inode: _Inode, data: bytes, offset: int) -> None:
        if offset + len(data) > len(inode.seen):
            inode.size_known = False
        _write(inode.seen, data, offset)
        at = 0
        while at < len(data):
            step = SECTOR - (offset + at) % SECTOR
            inode.pending.append((offset + at, data[at : at + step]))
            at += step

    def _expect_room(self, size: int) -> None:
        if self.room is not None and self.used() + size > self.room:
            raise OSError(errno.ENOSPC, "no space left on device")


def _write(target: bytearray, data: bytes, offset: int) -> None:
    if offset > len(target):
        target.extend(bytes(offset - len(target)))
    target[offset : offset + len(data)] = data


def _apply(names: dict[Path, _Inode], path: Path, inode: _Inode | None) -> None:
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode
