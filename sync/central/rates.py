"""How often one token may ask: many times at once, then steadily.

A feed that pages through everything passes; one that asks in a circle does not keep devices waiting. Counted
in each process, by the clock it is given.
"""

import threading

# What no honest client meets: a page of a thousand rows takes longer than a fiftieth of a second.
BURST = 1000
A_SECOND = 50.0


class Rates:
    """A token bucket for each caller.

    Args:
        burst: how many calls may come at once.
        a_second: how many more there may be each second.

    """

    def __init__(self, burst: int = BURST, a_second: float = A_SECOND) -> None:
        self._burst = burst
        self._a_second = a_second
        self._lock = threading.Lock()
        # Caller -> calls left at a time in seconds.
        self._left: dict[int, tuple[float, float]] = {}

    def take(self, caller: int, now: float) -> bool:
        """Whether `caller` may ask now; counts it where so. now: seconds on any clock."""
        with self._lock:
            left, then = self._left.get(caller, (float(self._burst), now))
            left = min(float(self._burst), left + max(0.0, now - then) * self._a_second)
            allowed = left >= 1
            self._left[caller] = (left - 1 if allowed else left, now)
            return allowed
