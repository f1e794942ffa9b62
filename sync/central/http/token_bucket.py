"""How often one token may ask: many times at once, then steadily.

A feed that pages through everything passes; one that asks in a circle does not keep devices waiting. What is
left of a token is in the database, so that several processes, or servers, of one centre count together. Each
draws a few calls at once and spends them by itself, and remembers what is left: neither a call that is
refused again and again nor most of the others costs a write.
"""

import threading

from sqlalchemy import Connection, insert, select, update

from sync.central.store.schema import token_rates

# A process draws one in so many of the calls that may come at once.
_SHARES = 50

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
        # Caller -> calls left at a time in seconds, as far as this process knows.
        self._left: dict[int, tuple[float, float]] = {}
        self._drawn: dict[int, int] = {}  # caller -> calls that were drawn and are not spent yet

    def exhausted(self, caller: int, now: float) -> bool:
        """Whether it is known already that `caller` may not ask now. now: seconds since 1970."""
        with self._lock:
            if self._drawn.get(caller):
                return False
            left, then = self._left.get(caller, (float(self._burst), now))
            return self._refilled(left, then, now)[0] < 1

    def spend(self, caller: int) -> bool:
        """Whether a call that was drawn before is left for `caller`; counts it where so."""
        with self._lock:
            drawn = self._drawn.get(caller, 0)
            self._drawn[caller] = max(0, drawn - 1)
            return drawn > 0

    def take(self, connection: Connection, caller: int, now: float) -> bool:
        """Whether `caller` may ask now; counts it where so, in the open write transaction, and draws more.

        The caller of this has made sure that no other transaction does the same (`one_at_a_time`).
        """
        c = token_rates.c
        row = connection.execute(select(c.remaining, c.at).where(c.token == caller)).first()
        left, then = (row.remaining, row.at) if row else (float(self._burst), now)
        left, at = self._refilled(left, then, now)
        taken = min(int(left), max(1, self._burst // _SHARES))
        with self._lock:
            self._left[caller] = (left - taken, at)
            self._drawn[caller] = max(0, taken - 1)
        if taken and row:
            values = {"remaining": left - taken, "at": at}
            connection.execute(update(token_rates).where(c.token == caller).values(values))
        elif taken:
            connection.execute(insert(token_rates).values(token=caller, remaining=left - taken, at=now))
        return taken > 0

    def _refilled(self, left: float, then: float, now: float) -> tuple[float, float]:
        """What is left later, and at what time; a clock that goes back a little gives nothing.

        What was left at a time further ahead than it takes to fill up was noted by a clock that was wrong:
        nobody would be let in until that time comes, so it counts as if nothing had been noted.
        """
        if then - now > self._burst / self._a_second:
            return float(self._burst), now
        return min(float(self._burst), left + max(0.0, now - then) * self._a_second), max(now, then)
