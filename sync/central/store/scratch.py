"""Temporary files, in one private folder: tables that are being exported, copies of a database.

Promises:
- only the owner can access the folder and everything in it;
- a process's files are deleted when it is done with them, also after an error; the files of a killed process
  are deleted as soon as the next server or command begins (`sweep`);
- the files of a running process are never swept: it holds a lock, which the system releases when it ends;
- no table fills the disk: see `check_room`.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.wire import SCRATCH_DISK_FULL

MOST = 2 * 1024**3  # bytes of one table
SPARE = 512 * 1024**2  # bytes of the disk that stay free for the database


class Scratch:
    """The folder `root`, made when it is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder for the caller alone, deleted afterwards."""
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._root):
            path = Path(tempfile.mkdtemp(dir=self._root))
            held = os.open(path, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)

    def sweep(self) -> None:
        """Delete what ended processes left."""
        if not self._root.exists():
            return
        with _locked(self._root):
            for path in self._root.iterdir():
                if not is_in_use(path):
                    shutil.rmtree(path, ignore_errors=True)


def check_room(folder: Path) -> None:
    """Raise ProblemError HL4025 if a table in `folder` is too large, or leaves too little of the disk free.

    As much again must be free: a workbook is compressed next to its uncompressed lines.
    """
    size = sum(entry.stat().st_size for entry in os.scandir(folder))
    if size > MOST or shutil.disk_usage(folder).free < size + SPARE:
        raise ProblemError(SCRATCH_DISK_FULL(where="format", detail=f"{size // 1024**2} MiB"))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_in_use(path: Path) -> bool:
    """Whether a running process holds the lock of this file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
