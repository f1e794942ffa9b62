"""What the terminal does by itself: opening hours, storage, configuration, what staff see of its state.

`app` calls these methods from the clock; none of them waits, sleeps or draws by itself, so tests call them
without a window.

    every 3 s             look_for_news: take a new configuration, once its link moved; end for a new release
    every 30 s            look_at_the_clock: open or close, sign out an idle badge, refresh the facts
    every retry_storage   retry_storage: open the outbox or repair it; looks at no disk while all is well
    every 60 s, SIGHUP    keep_house: recover, verify, delete, erase, look at the bundle's files, report
    after a visit         rest: the same as every 3 s, and what is asked now
    somebody comes, goes  attended: whether an update may interrupt the terminal; also every 30 s

A visit comes first: storage is only worked on while nobody is there, and `configuration` changes nothing but
between two visits.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from kiosk.facts import Facts
from kiosk.resting import Resting
from kiosk.session import State
from kiosk.staff_desk import OF_FACTS, Desk
from kiosk.terminal import Terminal
from sync.contract.problem import ProblemError

if TYPE_CHECKING:
    from kiosk.configuration import Configuration
    from kiosk.keeper import OutboxKeeper


class Picture(Protocol):
    """What is on the screen; `glass.Glass` in the product. facts: what staff see of the terminal's state."""

    facts: Facts

    def show(self, state: State) -> None:
        """Draw this state."""

    def show_desk(self, desk: Desk) -> None:
        """Draw the staff screen."""


class Housekeeping:
    """Of one terminal.

    rated: the cases that were rated here before this start. look: the facts of storage and devices.
    resting: says whether the terminal may be interrupted. leaves: ends this process if a start would run
    another release; asked while nobody is at the glass.
    """

    def __init__(
        self,
        *,
        terminal: Terminal,
        keeper: "OutboxKeeper",
        rated: Callable[[], Iterable[str]],
        configuration: "Configuration",
        picture: Picture,
        look: Callable[[], Facts],
        resting: Resting | None = None,
        leaves: Callable[[], object] = lambda: None,
    ) -> None:
        self._leaves = leaves
        self._resting = resting or Resting(None)
        self._terminal = terminal
        self._keeper = keeper
        self._rated = rated
        self._configuration = configuration
        self._picture = picture
        self._look = look

    def look_for_news(self, now: datetime) -> None:
        """Take a new configuration, where one has come and nobody is at the glass; watch a copy under way.

        A new release of the software ends this process, if nobody is there.
        """
        if self._terminal.may_end:
            self._leaves()
        copy = self._picture.facts.usb
        if copy is not None and copy.waits:
            self.look_at_itself()
        if self._configuration.look(now):
            self._configuration.report(now)
            self.look_at_itself()

    def rest(self, now: datetime) -> None:
        """A visit is over: what has come meanwhile counts from the next one on."""
        self.look_for_news(now)
        self._configuration.look_at_the_clock(now)

    def look_at_the_clock(self, now: datetime) -> None:
        """Ask what is asked now; open or close; sign an idle badge out."""
        self._configuration.look_at_the_clock(now)
        self._terminal.time_passed()
        self.attended(not self._terminal.between_visits, now)
        if self._keeper.is_open:
            self.look_at_itself()

    def attended(self, somebody: bool, now: datetime) -> None:
        """Say whether the terminal may be interrupted, now that somebody is at the glass or nobody is."""
        self._resting.say(not somebody and self._configuration.nobody_expected(now))

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

    def keep_house(self, now: datetime) -> bool:
        """One short step while nobody is there; True if there is more to do soon."""
        more = False
        if self._terminal.state.phase in ("idle", "closed") and self._keeper.is_open:
            self._recover()
            more = self._keeper.maintain()
        if self._configuration.look(now, by_hand=True):
            self.look_at_itself()
        self._configuration.report(now)
        return more

    def report(self, now: datetime) -> None:
        """Report to the centre which configuration is in use, where that changed."""
        self._configuration.report(now)

    def look_at_itself(self) -> None:
        """Refresh what staff see of the terminal's state, and draw it where it changed."""
        facts = self._configuration.facts(self._look())
        if facts == self._picture.facts:
            return
        self._picture.facts = facts
        if self._terminal.desk.page in OF_FACTS:
            self._picture.show_desk(self._terminal.desk)
        elif self._terminal.desk.page == "closed" and self._terminal.state.phase == "idle":
            self._picture.show(self._terminal.state)

    def _recover(self) -> None:
        """Keep visits that were interrupted; what a full disk refuses is tried again when nobody is there."""
        try:
            self._terminal.recover(self._keeper.drafts())
        except ProblemError as error:
            self._terminal.storage_is(error.problem.number)
