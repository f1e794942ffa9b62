"""What holds for all tests: one of the quick folders that starts a program says so by a marker.

`make quick` leaves marked tests out, so it needs nothing but Python packages. No example has a deadline: on a
machine that does something else as well, any can take a second.

Temporary files are kept in memory where that has room: outbox and databases sync each commit, and on a disk
the tests would wait for that half of their time. What a power cut leaves is tested on simulated and loop
disks.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from typer.main import get_command

TESTS = Path(__file__).parent
QUICK = {TESTS / name for name in ("unit", "flows")}
STARTING = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "pty.spawn"}
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes; Docker's own 64 MB are not enough


class Programs:
    """Fails a test of a quick folder that starts a program and has no marker `programs`."""

    def __init__(self) -> None:
        self._started = ""
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in STARTING:
            self._started = f"{event} {arguments[:1]}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """What came before does not count: imports, and the end of what earlier tests have started."""
        self._started = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run the test; what its fixtures have started counts, too."""
        try:
            result = yield
            if self._started and item.get_closest_marker("programs") is None and item.path.parent in QUICK:
                pytest.fail(f"mark it with `programs`, because it starts one: {self._started}", pytrace=False)
            return result
        finally:
            self._started = ""


# A test of one of these folders waits half of its time, for a screen or for another process.
WAITING = ("screens", "faults", "hostile")
WORKING = ("web", "contract", "flows", "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix files that wait with files that work, so that the cores are busy from the first to the last."""
    folders: dict[Path, str] = {item.path: item.path.relative_to(TESTS).parts[0] for item in items}
    order: dict[Path, float] = {}
    for kind in (WAITING, WORKING):
        files = [path for folder in kind for path in folders if folders[path] == folder]
        order |= {path: number / len(files) for number, path in enumerate(files)}
    items.sort(key=lambda item: order[item.path])


def has_room(folder: Path) -> bool:
    """Whether a file system is there on which programs may run, with room for the files of all tests."""
    if not folder.is_dir():
        return False
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC and shutil.disk_usage(folder).free > ROOM


def pytest_configure(config: pytest.Config) -> None:
    """Watch all tests, and choose where their files are; workers and programs inherit it."""
    if "TMPDIR" not in os.environ and has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # what was chosen before
    # A test of commands would build all of them for each one it calls.
    pytest.MonkeyPatch().setattr("typer.testing._get_command", cache(get_command))
    settings.register_profile("hailong", deadline=None)
    settings.load_profile("hailong")
    config.pluginmanager.register(Programs())
