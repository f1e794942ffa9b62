"""The configuration in use, and what it asks now: both change between two visits, without a restart.

Promises (each has a test of this name):
- a new configuration, or another assignment, counts from the next visit on and never within one;
- a configuration that can't be used changes nothing: the one before it goes on, and staff and the centre see
  its version and the number of the problem;
- what is reported to the centre is written only while nobody is at the glass, and only when it changes.

Failure table: the report can't be written (a full disk, no folder yet) → it is tried again with the next
look; no visit waits for it.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from kiosk.asking import Asked, asked_now
from kiosk.events import OpeningChanged
from kiosk.facts import Facts
from kiosk.renewal import BundleWatcher, version_at
from kiosk.resting import may_rest
from kiosk.session import Rules, State
from kiosk.settings import Settings
from kiosk.terminal import Terminal
from kiosk.usable import Usable, checked, refused
from sync.contract.catalogue import Catalogue
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import NOTHING_ASSIGNED
from sync.outbox.report import TerminalReport, read_report, write_report


class Drawn(Protocol):
    """What draws by a configuration; `glass.Glass` in the product."""

    def configure(self, rules: Rules, catalogue: Catalogue, settings: Settings) -> None:
        """Draw by these from now on."""

    def show(self, state: State) -> None:
        """Draw this state."""


class Configuration:
    """Of one terminal.

    settings: of the device. usable, asked: the bundle that the terminal started with, and what it asked then.
    refusal: why that is not the bundle in place, None where it is. rules: those that a bundle and what it
    asks make here. shown: the settings to draw by. outbox: the folder of the report. crashes: how many there
    were in the last day. now: the time of the start.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        usable: Usable,
        refusal: Problem | None,
        asked: Asked,
        terminal: Terminal,
        drawn: Drawn,
        rules: Callable[[Usable, Asked], Rules],
        shown: Callable[[Usable], Settings],
        outbox: Path,
        crashes: Callable[[datetime], int],
        now: datetime,
    ) -> None:
        self._settings = settings
        self._usable = usable
        self._asked = asked
        self._terminal = terminal
        self._drawn = drawn
        self._rules = rules
        self._shown = shown
        self._outbox = outbox
        self._crashes = crashes
        bundle = usable.bundle
        self._watcher = BundleWatcher(settings.bundle, bundle.version.version, usable.seen, bundle.keys)
        self._open = True
        self._refused: Problem | None = None
        self._refused_version = 0
        self._reported = read_report(outbox)
        self._since = _since(self._reported, usable) or now
        if refusal is not None:
            self._refuse(refusal)

    def facts(self, facts: Facts) -> Facts:
        """These facts, with what staff see of the configuration."""
        number = "" if self._usable.agenda.assignments else NOTHING_ASSIGNED.number
        version = self._usable.bundle.version.version
        refused = self._refused.number if self._refused else number
        return replace(facts, version=version, since=self._since, bundle=refused)

    def look(self, now: datetime, *, by_hand: bool = False) -> bool:
        """Between two visits: take a configuration that has come; True where one was taken, or refused.

        by_hand: look for files that somebody changed in the folder, too, not only where the link leads.
        """
        if not (self._terminal.between_visits and (by_hand or self._watcher.moved())):
            return False
        looked = self._renew(now)
        if looked:
            self.look_at_the_clock(now)
        return looked

    def look_at_the_clock(self, now: datetime) -> None:
        """Ask what is asked now, from the next visit on; open or close. Closing signs the officer out."""
        asked = asked_now(self._usable.agenda, now)
        if asked.assignment != self._asked.assignment and self._terminal.between_visits:
            self._ask(asked)
        if asked.open != self._open:
            self._open = asked.open
            self._terminal.send(OpeningChanged(asked.open))
            if not asked.open:
                self._terminal.sign_out()

    def nobody_expected(self, now: datetime) -> bool:
        """Whether the terminal is closed; one without any hours, whether it is night."""
        agenda = self._usable.agenda
        timed = bool(agenda.hours.opening) or any(each.hours for each in agenda.assignments)
        return may_rest(is_open=asked_now(agenda, now).open, has_hours=timed, now=now)

    def report(self, now: datetime) -> None:
        """Write what the centre should know, where it changed and nobody is at the glass."""
        if not self._terminal.between_visits:
            return
        refused = self._refused
        report = TerminalReport(
            bundle=self._usable.bundle.version.version,
            since=self._since,
            refused=self._refused_version,
            refused_problem=refused.number if refused else "",
            refused_where=refused.where if refused else "",
            crashes=self._crashes(now),
        )
        if report == self._reported:
            return
        with suppress(OSError):
            write_report(self._outbox, report)
            self._reported = report

    def _renew(self, now: datetime) -> bool:
        """Take a new bundle; a wrong one changes nothing."""
        try:
            with refused(self._settings.bundle):
                bundle = self._watcher.newer()
                if bundle is None:
                    return False
                usable = checked(self._settings, bundle)
                asked = asked_now(usable.agenda, now)
                rules = self._rules(usable, asked)
        except ProblemError as error:
            self._refuse(error.problem)
            return True
        self._watcher.took(bundle)
        self._refused, self._refused_version, self._since = None, 0, now
        self._take(usable, asked, rules)
        return True

    def _ask(self, asked: Asked) -> None:
        """Take another assignment; one that can't be asked changes nothing."""
        try:
            with refused(self._settings.bundle):
                rules = self._rules(self._usable, asked)
        except ProblemError as error:
            if error.problem != self._refused:
                self._refuse(error.problem)
            return
        self._take(self._usable, asked, rules)

    def _take(self, usable: Usable, asked: Asked, rules: Rules) -> None:
        self._usable, self._asked = usable, asked
        catalogue = usable.bundle.catalogue
        self._terminal.configure(rules=rules, place=usable.place, catalogue=catalogue, sealing=usable.sealing)
        self._drawn.configure(rules, catalogue, self._shown(usable))
        self._drawn.show(self._terminal.state)

    def _refuse(self, why: Problem) -> None:
        """The bundle in place can't be used: the one before it stays in use, and staff see the number."""
        sys.stderr.write(f"{ProblemError(why)}\n")
        self._refused, self._refused_version = why, version_at(self._settings.bundle)


def _since(reported: TerminalReport | None, usable: Usable) -> datetime | None:
    """When this version was taken, where it served before the last start."""
    same = reported is not None and reported.bundle == usable.bundle.version.version
    return reported.since if reported and same else None
