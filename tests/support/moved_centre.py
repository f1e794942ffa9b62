"""A centre that a process serves and whose clock a test moves from day to day, and people in its pages."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx
from playwright.sync_api import Page

from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import mark_approver
from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now
from tests.support.people import link_of, make_person
from tests.support.processes import free_port, running, wait_until
from tests.support.web_browser import DESK, WebBrowser
from tests.support.wire import ROOT, CentreUnderTest

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


def at(day: date, hour: int = 8) -> datetime:
    """This hour of a day in Viet Nam."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIET_NAM)


class MovedCentre:
    """The centre as it is on a day: in this process as `central`, and in one that serves its pages.

    `today` moves the clock of both.
    """

    def __init__(self, folder: Path, day: date) -> None:
        self.now = at(day)
        self.address = f"http://127.0.0.1:{free_port()}"
        self._folder = folder / "centre"
        self._clock, self._log = folder / "clock", folder / "log"
        self.central = CentreUnderTest(self._folder, now=lambda: self.now)
        self.today(day)

    def today(self, day: date, hour: int = 8) -> None:
        """Let it be this hour of a day."""
        self.now = at(day, hour)
        self._clock.write_text(str((self.now - local_now()).total_seconds()))

    def people(
        self, unit: str, roles: Mapping[str, str], *, approver: str, officers: Mapping[str, str] = NOBODY
    ) -> dict[str, int]:
        """Accounts by sign-in name, each with a role at the unit; officers: the officer that somebody is."""
        people = {
            login: make_person(
                self.central, login, (role, unit), officer=officers.get(login, ""), password=None
            )
            for login, role in roles.items()
        }
        with acting(self.central.engine, By("test", self.now)) as act:
            mark_approver(act, people[approver], True)
        return people

    @contextmanager
    def served(self) -> Iterator[None]:
        """While the process runs."""
        with self._running("serve", "--port", self.address.rpartition(":")[2]):
            wait_until(self._answers)
            yield
        self.central.close()

    def tick(self) -> None:
        """Let the timer's own command find what is due by now."""
        with self._running("tick") as done:
            assert done.wait(60) == 0, self._log.read_text()

    @contextmanager
    def _running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        moved = [sys.executable, "-m", "tests.support.moved_clock"]
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TZ": "UTC"}
        environment["MOVED_CLOCK"] = str(self._clock)
        command = [*moved, *arguments, "--data", str(self._folder)]
        with self._log.open("ab") as log, running(command, environment, log=log) as process:
            yield process

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health").is_success
        except httpx.TransportError:
            return False


class Windows:
    """Windows in which people of a centre are signed in; they are closed with the stack."""

    def __init__(self, centre: MovedCentre, browser: WebBrowser, held: ExitStack) -> None:
        self._centre, self._browser, self._held = centre, browser, held

    def of(self, account: int, size: tuple[int, int] = DESK) -> Page:
        """A page of a new window in which this person is signed in, and has just shown who it is."""
        page = self.stranger(size)
        page.goto(f"/bat-dau/{link_of(self._centre.central, account, 'once')}")
        page.click("main form button")
        return page

    def stranger(self, size: tuple[int, int] = DESK) -> Page:
        """A page of a new window of somebody who has no account."""
        return self._held.enter_context(self._browser.window(self._centre.address, size)).new_page()
