"""Files that are needed for a while, in one private folder: tables on their way out, copies of a database.

Promises:
- the folder is its owner's alone, and everything in it;
- what a process put there is gone when it is done with it, however that ends; what a killed process left is
  gone as soon as the next server or command begins (`sweep`);
- what a living process uses is never swept: its lock ends with the process, not with a file or a number;
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
SPARE = 512 * 1024**2  # bytes of the disk that are left to the database


class Scratch:
    """The folder `root`, made when it is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder of one's own, gone afterwards."""
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
        """Remove what processes left that are no more."""
        if not self._root.exists():
            return
        with _locked(self._root):
            for path in self._root.iterdir():
                if not is_in_use(path):
                    shutil.rmtree(path, ignore_errors=True)


def check_room(folder: Path) -> None:
    """Raise ProblemError HL4025 where a table in `folder` is too large, or leaves the disk too little.

    As much again must be free: a workbook is packed next to its unpacked lines.
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
    """Whether a living process holds the lock of this file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
