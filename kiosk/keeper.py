"""The outbox as the terminal needs it: it may be out of reach for a while, and says so with a problem."""

from datetime import datetime

from kiosk.settings import Settings
from sync.contract.problem import Problem, ProblemError, problem
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, OutboxSettings, ReceiptsReader, StoredResponse

RECENT = 3000
"""So many responses are looked at after a start, for cases that were rated."""


class Keeper:
    """Opens the outbox, tries again later, keeps responses. One per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data / "outbox"
        self._outbox: Outbox | None = None
        self._receipts = ReceiptsReader(settings.data / "agent")
        self._problem = problem("HL2001", where=str(self._folder))

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
                    self._settings.device,
                    clock=lambda: datetime.now().astimezone(),
                    settings=OutboxSettings(retention_days=self._settings.retention_days),
                )
            except ProblemError as error:
                self._problem = error.problem
                return error.problem
        return None

    def append(self, response: Response) -> Response:
        """Keep a finished visit for good; raises ProblemError when it is not durable."""
        return self._ready().append(response)

    def keep_draft(self, response: Response) -> None:
        """Keep a visit in progress; raises ProblemError when it is not durable."""
        self._ready().keep_draft(response)

    def drafts(self) -> list[Response]:
        """Visits that were interrupted."""
        return self._ready().drafts()

    def recent(self) -> list[StoredResponse]:
        """The last responses, oldest first."""
        last = self._ready().status().last_seq
        reader = OutboxReader(self._folder)
        return reader.after(max(0, last - RECENT), limit=RECENT, max_bytes=RECENT * 4096)

    def maintain(self) -> None:
        """One short step of housekeeping."""
        if self._outbox is not None:
            self._outbox.maintain(self._receipts)

    def close(self) -> None:
        """Give everything back."""
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None

    def _ready(self) -> Outbox:
        if self._outbox is None:
            raise ProblemError(self._problem)
        return self._outbox
