"""A real ext4 file system on a loop device whose power can be cut. Needs root on Linux."""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., object])

_EXT4_IOC_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2  # the journal is not written out, as in a power cut


@cache
def unavailable() -> str:
    """Why there can be no loop disk here; empty if there can."""
    if sys.platform != "linux":
        return "loop devices exist on Linux only"
    if os.geteuid() != 0:
        return "mounting needs root"
    if not Path("/dev/loop-control").exists():
        return "no loop devices"
    if not shutil.which("mkfs.ext4"):
        return "mkfs.ext4 is missing"
    with tempfile.TemporaryDirectory() as folder:
        try:
            run("mount", "-t", "tmpfs", "tmpfs", folder)
        except OSError as error:
            return str(error)  # root in a container that may not mount
        run("umount", folder)
    return ""


def needs_loop_disk(test: Test) -> Test:
    """Marks a test that mounts; skipped with the reason if that can't be done."""
    skipped = pytest.mark.skipif(bool(unavailable()), reason=unavailable())
    marked: Test = pytest.mark.root(skipped(test))
    return marked


def run(*command: str | Path) -> None:
    """Run a command of the system; what it prints is shown only if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{command[0]} failed: {done.stderr.strip()}")


class LoopDisk:
    """An ext4 image, mounted at `root` while inside the `with`."""

    def __init__(
        self, folder: Path, megabytes: int = 32, options: str = "loop", image: Path | None = None
    ) -> None:
        # In memory, if there is such a folder: only what ext4 has passed to the device matters.
        memory = Path("/dev/shm")
        place = memory if memory.is_dir() else folder
        self._image = image or place / f"hailong-{os.getpid()}-{folder.name}.image"
        self._options = options
        self.root = folder / "mounted"
        self.root.mkdir(parents=True)
        with self._image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        run("mkfs.ext4", "-q", "-F", self._image)

    def __enter__(self) -> "LoopDisk":
        run("mount", "-o", self._options, self._image, self.root)
        return self

    def __exit__(self, *_: object) -> None:
        run("umount", "--lazy", self.root)  # a failed test may have left a file open
        self._image.unlink()

    def cut_power(self) -> None:
        """From now on nothing reaches the disk; writes that haven't reached it are lost."""
        fd = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(fd)

    def become_read_only(self) -> None:
        """Remount read-only, as ext4 with errors=remount-ro does after an error of the device."""
        with Path("/proc/mounts").open() as mounts:
            device = next(line.split()[0] for line in mounts if line.split()[1] == str(self.root))
        (Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error").write_text("1")

    def power_on(self) -> None:
        """Mount again what the disk holds. No file may be open on it."""
        run("umount", self.root)
        self.__enter__()
