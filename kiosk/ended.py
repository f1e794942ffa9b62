"""How this terminal's process ended the last times: on purpose, or by a crash.

Promises:
- an end on purpose is no crash: staff on their screen, the service manager's signal, or a problem
  that the terminal itself reports as it ends, such as a lost screen (HL2010);
- everything else is one: an error that nobody caught, a kill, an unfed watchdog, no memory left;
- a cut of power is none: a note belongs to one start of the machine.

A note lies in the folder while the terminal runs, and an end on purpose takes it away. Where it is still
there at the next start, there was a crash: its time goes to the file of crashes, which keeps one day.

Failure table: the note can't be written (a full disk) → the next crash is not counted. The file of crashes
can't be read → the count begins again. No visit waits for either.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from sync.contract.problem import ProblemError

NOTE, CRASHES = "running", "crashes.json"
KEPT = timedelta(days=1)
MOST = 100
"""Crashes that are kept: a terminal that crashes at every start fills no disk."""


class Run:
    """One run of the terminal's process.

    Args:
        folder: the terminal's own.
        boot: a random id of this start of the machine.
    """

    def __init__(self, folder: Path, boot: str) -> None:
        self._note = folder / NOTE
        self._kept = folder / CRASHES
        self._boot = boot

    @contextmanager
    def noted(self, now: datetime) -> Iterator[tuple[datetime, ...]]:
        """Within the block the terminal runs; gives the crashes of the last day, with the one just before."""
        crashes = self._crashes(now)
        if self._crashed():
            crashes = (*crashes, now)[-MOST:]
            with suppress(OSError):
                self._kept.write_bytes(msgspec.json.encode(crashes))
        with suppress(OSError):
            self._note.write_text(self._boot)
        try:
            yield crashes
        except (ProblemError, SystemExit, KeyboardInterrupt):
            self.ended()
            raise
        self.ended()

    def ended(self) -> None:
        """The process ends now, on purpose."""
        with suppress(OSError):
            self._note.unlink(missing_ok=True)

    def _crashed(self) -> bool:
        with suppress(OSError):
            return self._note.read_text() == self._boot
        return False

    def _crashes(self, now: datetime) -> tuple[datetime, ...]:
        try:
            kept = msgspec.json.decode(self._kept.read_bytes(), type=tuple[datetime, ...])
        except (OSError, msgspec.DecodeError):
            return ()
        return recent(kept, now)


def recent(crashes: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """Those of the last day; what a clock that was set puts into the future is none."""
    return tuple(crash for crash in crashes if timedelta() <= now - crash < KEPT)
