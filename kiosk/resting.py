"""Whether this terminal may be interrupted: a file that exists only while it is closed and nobody is there.

    /run/hailong-kiosk/resting    in memory; systemd deletes it with its folder when the terminal ends

An update of the software waits for it (`sync/updates/`). It is taken away before a visit's first picture,
also where something is handed over out of hours. A terminal without any hours, which never closes, rests in
the small hours.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

FILE = "resting"
SMALL_HOURS = range(1, 5)
"""From one to five in the morning."""


def may_rest(*, is_open: bool, has_hours: bool, now: datetime) -> bool:
    """Whether nobody is expected at `now`, in local time. Pure."""
    return not is_open or (not has_hours and now.hour in SMALL_HOURS)


class Resting:
    """Keeps the file. folder: None where the service manager made none; then nothing is said."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE if folder else None
        self.say(False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Resting":
        """In the folder that systemd made for this service (RuntimeDirectory=)."""
        folder = environment.get("RUNTIME_DIRECTORY", "").partition(":")[0]
        return cls(Path(folder) if folder else None)

    def say(self, resting: bool) -> None:
        """Say whether it rests, where that changed."""
        if self._file is None or self._file.exists() == resting:
            return
        with suppress(OSError):
            if resting:
                self._file.touch(mode=0o644)
            else:
                self._file.unlink()
