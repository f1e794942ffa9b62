"""The outbox as the terminal needs it: where it can't be reached for a while, a problem says why."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from kiosk.facts import Facts
from kiosk.identity import agent_folder
from kiosk.settings import Settings
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import STORAGE_FAILED
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, OutboxSettings, ReceiptsReader, ReceiptsView, oldest_unsent


class OutboxKeeper:
    """Opens the outbox, tries again later, keeps responses. One per process.

    device: which this terminal is. erased: is called when responses were erased on request.
    """

    def __init__(self, settings: Settings, device: str, erased: Callable[[], None] = lambda: None) -> None:
        self._settings = settings
        self._device = device
        self._erased = erased
        self._folder = settings.data / "outbox"
        self._outbox: Outbox | None = None
        self._receipts = ReceiptsReader(agent_folder(settings))
        self._problem = STORAGE_FAILED(where=str(self._folder))

    @property
    def folder(self) -> Path:
        """Of the outbox."""
        return self._folder

    @property
    def is_open(self) -> bool:
        """Whether there is an outbox to write to."""
        return self._outbox is not None

    @property
    def problem_number(self) -> str:
        """Why nothing can be stored now; "" when all is well."""
        if self._outbox is None:
            return self._problem.number
        status = self._outbox.status()
        return "" if status.healthy else (status.problem or self._problem).number

    def open(self) -> Problem | None:
        """Open it, or say what is in the way; may be called again and again."""
        if self._outbox is None:
            try:
                self._outbox = Outbox(
                    self._folder,
                    self._device,
                    clock=lambda: datetime.now().astimezone(),
                    settings=OutboxSettings(retention_days=self._settings.retention_days),
                    begin_after=self._begin_after(),
                )
            except ProblemError as error:
                self._problem = error.problem
                return error.problem
        return None

    def append(self, response: Response) -> Response:
        """Keep a finished visit for good; raises ProblemError when it is not durable."""
        outbox = self._ready()
        with suppress(ProblemError):  # the number before it is set aside at the centre: nothing is lost
            outbox.begin_after(self._begin_after())
        return outbox.append(response)

    def keep_draft(self, response: Response) -> None:
        """Keep a visit in progress; raises ProblemError when it is not durable."""
        self._ready().keep_draft(response)

    def drafts(self) -> list[Response]:
        """Visits that were interrupted."""
        return self._ready().drafts()

    def facts(self, *, scanner: bool, sound: bool) -> Facts:
        """The state of storage and sending, with what the caller knows of scanner and sound."""
        storage = self.problem_number
        if self._outbox is None:
            return Facts(scanner=scanner, sound=sound, storage=storage)
        status = self._outbox.status()
        alarms = tuple(sorted({alarm.number for alarm in status.alarms}))
        try:
            view = self._receipts.view()
        except (OSError, ProblemError) as error:
            # The agent's file is the agent's: what it says is not known now, and the terminal goes on.
            if isinstance(error, ProblemError):
                alarms = tuple(sorted({*alarms, error.problem.number}))
            return Facts(scanner=scanner, sound=sound, storage=storage, alarms=alarms)
        notes = view.notes
        return Facts(
            scanner=scanner,
            sound=sound,
            storage=storage,
            unsent=view.queue(status.last_seq),
            unsent_since=self._unsent_since(view, status.last_seq),
            set_aside=len(view.set_aside),
            last_sync=notes.last_success,
            sync_problem=notes.problem.number if notes.problem else "",
            clock_offset=notes.clock_offset_seconds,
            alarms=alarms,
        )

    def _begin_after(self) -> int:
        """The highest number that the centre knows of this device; 0 where that can't be read."""
        try:
            return self._receipts.view().notes.begin_after
        except (OSError, ProblemError):
            return 0

    def _unsent_since(self, view: ReceiptsView, made: int) -> datetime | None:
        """When the oldest unsent response ended; None where it can't be read."""
        try:
            return oldest_unsent(OutboxReader(self._folder), view, made)
        except (OSError, ProblemError):
            return None

    def maintain(self) -> bool:
        """One short step of housekeeping; True if there is more to do."""
        if self._outbox is None:
            return False
        with suppress(ProblemError):
            self._outbox.begin_after(self._begin_after())
        done = self._outbox.maintain(self._receipts, self._receipts.forgotten)
        if done.erased:
            self._erased()
        return done.more

    def close(self) -> None:
        """Give everything back."""
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None

    def _ready(self) -> Outbox:
        if self._outbox is None:
            raise ProblemError(self._problem)
        return self._outbox
