"""What should have arrived from the centre by now, by a clock that only goes forward.

Nobody can forge an answer of the centre, but a machine in between can hold it back: the configuration that
revokes a badge, the list that revokes a key, or every answer. So their absence is detected.
"""

from collections.abc import Callable
from typing import Literal

Expected = Literal["heartbeat", "keys", "configuration"]


class Overdue:
    """Records what arrived, and shows what has not arrived for too long.

    Args:
        after: seconds until something is overdue, from its last arrival, or from the start before the first.
        monotonic: a clock in seconds.

    """

    def __init__(self, after: float, monotonic: Callable[[], float]) -> None:
        self._after = after
        self._monotonic = monotonic
        self._start = monotonic()
        self._came: dict[Expected, float] = {}

    def came(self, expected: Expected) -> None:
        """Record that it arrived, or that there is nothing new."""
        self._came[expected] = self._monotonic()

    def is_overdue(self, expected: Expected) -> bool:
        """Whether it has not arrived for too long."""
        return self._monotonic() - self._came.get(expected, self._start) >= self._after
