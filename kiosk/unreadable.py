"""A kiosk.toml that can't be used, under the service manager: the terminal waits for it to be changed.

The service manager starts a service again 2 s after its end, whatever ended it. Without this wait a wrong
line would start a program 1,800 times an hour, each time with the same problem in the log. A person who
changes the file sees the terminal within seconds.
"""

import time
from collections.abc import Callable
from pathlib import Path

LONGEST = 60
"""Seconds: below the 90 after which the service manager ends what has not become ready."""


def wait_for_change(path: Path, *, wait: Callable[[float], None] = time.sleep) -> None:
    """Return when the file is another one than now, or after LONGEST seconds. wait: takes seconds."""
    before = _mark(path)
    for _ in range(LONGEST):
        wait(1.0)
        if _mark(path) != before:
            return


def _mark(path: Path) -> tuple[int, ...]:
    """What changes when the file is written, replaced, taken away or opened to this user."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
