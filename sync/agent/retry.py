"""What an answer means for the queue, and how long to wait. Pure: clock and randomness come in as values.

    network fault, 408, 425, 429, 5xx        try again, without limit
    3xx, a 200 that is no reply of ours      try again: another machine answered in place of the centre
    413                                      send half as much
    401, 403                                 pause, raise an alarm, try again at long intervals
    400, 422 from the centre itself          send half as much, down to the response that is at fault
    any other                                pause, raise an alarm, try again at long intervals

Waits follow "full jitter" (M. Brooker, Exponential Backoff and Jitter, 2015): uniform between zero and a
ceiling that doubles, so that ten thousand devices that lost the centre together don't come back together.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

FIRST_CEILING = 1.0  # seconds
LAST_CEILING = 300.0
PAUSE = 300.0
RETRY_AFTER_LIMIT = 900.0


class Verdict(Enum):
    """What to do with the batch that was just refused."""

    AGAIN = "again"
    SMALLER = "smaller"
    PAUSE = "pause"


def verdict(status: int, *, from_centre: bool) -> Verdict:
    """What a status other than 200 means. from_centre: the answer is a problem document of the centre."""
    if status == 413 or (status in (400, 422) and from_centre):
        return Verdict.SMALLER
    if status < 400 or status in (408, 425, 429) or status >= 500:
        return Verdict.AGAIN
    return Verdict.PAUSE


def backoff(failures: int, random: Callable[[], float], *, at_least: float = 0.0) -> float:
    """Seconds to wait after this many failures in a row (from 1); `random` is uniform in [0, 1).

    at_least: what Retry-After asked for; jitter comes on top, so that not all return at the same instant.
    """
    ceiling = min(LAST_CEILING, FIRST_CEILING * 2.0 ** min(failures - 1, 30))
    return at_least + random() * ceiling


def pause(random: Callable[[], float]) -> float:
    """Seconds to wait when trying again soon can't help: between half of PAUSE and all of it."""
    return PAUSE * (0.5 + random() / 2)


def retry_after(header: str | None, now: datetime) -> float:
    """Seconds that a Retry-After header (RFC 9110, 10.2.3) asks for; 0 if invalid, and at most a limit."""
    if not header:
        return 0.0
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), RETRY_AFTER_LIMIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), RETRY_AFTER_LIMIT)
