"""How often one token may call: many times at once, then at a steady rate.

A feed that pages through everything is not limited; a client that calls in an endless loop does not delay
devices. The calls that a token has left are kept in memory, so a call costs no write. So the limits are
per process: four processes allow four times as much, and a restart begins with the full burst.

All calls come from one event loop, so there are no locks.
"""

import time
from collections.abc import Callable


class Rates:
    """A token bucket for each caller.

    Args:
        burst: how many calls may come at once.
        a_second: how many calls are added each second.
        clock: seconds that only grow.

    """

    def __init__(self, burst: int, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._a_second = a_second
        self._clock = clock
        # Caller -> calls left, and at what time.
        self._left: dict[int, tuple[float, float]] = {}

    def take(self, caller: int) -> bool:
        """Whether `caller` may call now; if so, the call is counted."""
        now = self._clock()
        left, then = self._left.get(caller, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._a_second)
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def calls() -> Rates:
    """How often a token may call. Usual clients stay below: a page of 1,000 rows takes longer than 20 ms."""
    return Rates(burst=1000, a_second=50)


def lines() -> Rates:
    """How many lines of the audit log a token may cause. An office's workbooks refresh far more rarely."""
    return Rates(burst=200, a_second=2)
