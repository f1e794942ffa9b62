"""What the terminal does by itself: opening hours, storage, a new configuration, what staff see of its state.

`app` calls these methods from the clock; none of them waits, sleeps or draws by itself, so tests call them
without a window.

    every 30 s            look_at_the_clock: open or close, sign out an idle badge, refresh the facts
    every retry_storage   retry_storage: open the outbox or repair it; looks at no disk while all is well
    every 60 s, SIGHUP    keep_house: recover, verify, delete, erase, take a new configuration

A visit comes first: storage is only worked on while nobody is there, and a configuration is only taken
`between_visits`. A configuration that can't be used changes nothing; staff see its number.
"""

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from kiosk.events import OpeningChanged
from kiosk.facts import Facts
from kiosk.renewal import BundleWatcher
from kiosk.session import Rules, State
from kiosk.settings import Settings
from kiosk.staff_desk import Desk
from kiosk.terminal import Terminal
from kiosk.usable import Usable, checked, refused
from sync.contract.catalogue import Catalogue
from sync.contract.opening import is_open
from sync.contract.problem import Problem, ProblemError

if TYPE_CHECKING:
    from kiosk.keeper import OutboxKeeper


class Picture(Protocol):
    """What is on the screen; `glass.Glass` in the product. facts: what staff see of the terminal's state."""

    facts: Facts

    def configure(self, rules: Rules, catalogue: Catalogue) -> None:
        """Draw by these from now on."""

    def show(self, state: State) -> None:
        """Draw this state."""

    def show_desk(self, desk: Desk) -> None:
        """Draw the staff screen."""


class Housekeeping:
    """Of one terminal.

    rated: the cases that were rated here before this start. rules: those that a bundle makes here. look: the
    facts of storage and devices. refusal: why the bundle in place isn't the one in use, None where it is.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        terminal: Terminal,
        keeper: "OutboxKeeper",
        rated: Callable[[], Iterable[str]],
        renewal: BundleWatcher,
        picture: Picture,
        rules: Callable[[Usable], Rules],
        look: Callable[[], Facts],
        refusal: Problem | None = None,
    ) -> None:
        self._settings = settings
        self._terminal = terminal
        self._keeper = keeper
        self._rated = rated
        self._renewal = renewal
        self._picture = picture
        self._rules = rules
        self._look = look
        self._refused = ""
        self._open = True
        if refusal is not None:
            self._refuse(refusal)

    def look_at_the_clock(self, now: datetime) -> None:
        """Open or close with the opening hours; closing signs the officer out."""
        opened = is_open(self._settings.opening, (), now)
        if opened != self._open:
            self._open = opened
            self._terminal.send(OpeningChanged(opened))
            if not opened:
                self._terminal.sign_out()
        self._terminal.time_passed()
        if self._keeper.is_open:
            self.look_at_itself()

    def open_store(self) -> None:
        """Open the outbox and keep the visits that were interrupted, or show why that can't be done."""
        obstacle = self._keeper.open()
        if obstacle is not None:
            self._terminal.storage_is(obstacle.number)
            return
        self._recover()
        self._terminal.remember(self._rated())

    def retry_storage(self) -> None:
        """Try again where storage failed; looks at no disk while all is well."""
        if self._keeper.problem_number:
            if not self._keeper.is_open:
                self.open_store()
            self._keeper.maintain()
        self._terminal.storage_is(self._keeper.problem_number)

    def keep_house(self) -> bool:
        """One short step while nobody is there; True if there is more to do soon."""
        more = False
        if self._terminal.state.phase in ("idle", "closed") and self._keeper.is_open:
            self._recover()
            more = self._keeper.maintain()
        if self._terminal.between_visits:
            self._renew()
        return more

    def look_at_itself(self) -> None:
        """Refresh what staff see of the terminal's state, and draw it where it changed."""
        facts = replace(self._look(), bundle=self._refused)
        if facts == self._picture.facts:
            return
        self._picture.facts = facts
        if self._terminal.desk.page == "home":
            self._picture.show_desk(self._terminal.desk)
        elif self._terminal.desk.page == "closed" and self._terminal.state.phase == "idle":
            self._picture.show(self._terminal.state)

    def _recover(self) -> None:
        """Keep visits that were interrupted; what a full disk refuses is tried again when nobody is there."""
        try:
            self._terminal.recover(self._keeper.drafts())
        except ProblemError as error:
            self._terminal.storage_is(error.problem.number)

    def _renew(self) -> None:
        """Take a new bundle for the next visit on; a wrong one changes nothing."""
        try:
            with refused(self._settings.bundle):
                bundle = self._renewal.newer()
                if bundle is None:
                    return
                usable = checked(self._settings, bundle)
                rules = self._rules(usable)
        except ProblemError as error:
            self._refuse(error.problem)
            self.look_at_itself()
            return
        self._renewal.took(bundle)
        self._refused = ""
        self._terminal.configure(
            rules=rules, place=usable.place, catalogue=bundle.catalogue, sealing=usable.sealing
        )
        self._picture.configure(rules, bundle.catalogue)
        self.look_at_itself()
        self._picture.show(self._terminal.state)

    def _refuse(self, why: Problem) -> None:
        """The bundle in place can't be used: the one before it stays in use, and staff see the number."""
        sys.stderr.write(f"{ProblemError(why)}\n")
        self._refused = why.number
