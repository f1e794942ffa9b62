"""How often one token may ask: many times at once, then steadily.

A feed that pages through everything passes; one that asks in a circle does not keep devices waiting. What a
token has left is kept in memory, so a call costs no write. The limits are therefore each process's: a centre
of four takes four times as much, and a process that starts anew begins with all of it.

One event loop calls this: no locks.
"""

import time
from collections.abc import Callable


class Rates:
    """A token bucket for each caller.

    Args:
        burst: how many calls may come at once.
        a_second: how many more there may be each second.
        clock: seconds that only grow.

    """

    def __init__(self, burst: int, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._a_second = a_second
        self._clock = clock
        # Caller -> calls left at a time.
        self._left: dict[int, tuple[float, float]] = {}

    def take(self, caller: int) -> bool:
        """Whether `caller` may ask now; counts it where so."""
        now = self._clock()
        left, then = self._left.get(caller, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._a_second)
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def calls() -> Rates:
    """How often a token may ask. No honest client meets it: a page of 1,000 rows takes longer than 20 ms."""
    return Rates(burst=1000, a_second=50)


def lines() -> Rates:
    """How many lines of the audit log a token may cause. An office's workbooks refresh far more rarely."""
    return Rates(burst=200, a_second=2)
