"""What holds for all tests: one of the quick folders that starts a program says so by a marker.

`make quick` leaves marked tests out, so it needs nothing but Python packages. No example has a deadline: on a
machine that does something else as well, any can take a second.
"""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

QUICK = {Path(__file__).parent / name for name in ("unit", "flows")}
STARTING = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "pty.spawn"}


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


def pytest_configure(config: pytest.Config) -> None:
    """Watch all tests."""
    settings.register_profile("hailong", deadline=None)
    settings.load_profile("hailong")
    config.pluginmanager.register(Programs())
