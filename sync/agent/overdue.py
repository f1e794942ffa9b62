"""What should have come from the centre by now, by a clock that only goes forward.

Nobody can forge an answer of the centre, but a machine in between can hold it back: the configuration that
revokes a badge, the list that revokes a key, or all of them. So what does not come is noticed.
"""

from collections.abc import Callable
from typing import Literal

Expected = Literal["heartbeat", "keys", "configuration"]


class Overdue:
    """Notes what came, and says what has not for long.

    Args:
        after: seconds until something is overdue, from when it came last; at first from the start.
        monotonic: seconds.

    """

    def __init__(self, after: float, monotonic: Callable[[], float]) -> None:
        self._after = after
        self._monotonic = monotonic
        self._start = monotonic()
        self._came: dict[Expected, float] = {}

    def came(self, expected: Expected) -> None:
        """It is here, or there is nothing new."""
        self._came[expected] = self._monotonic()

    def is_overdue(self, expected: Expected) -> bool:
        """Whether it has not come for too long."""
        return self._monotonic() - self._came.get(expected, self._start) >= self._after
