"""Opening hours, and the light of the panel outside of them. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from msgspec import Struct

from kiosk.session import Phase
from kiosk.settings import Opening, Weekday

CLOSED_LIGHT_MS = 30_000
"""How long a touch lights a closed terminal."""

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


def is_open(opening: Sequence[Opening], now: datetime) -> bool:
    """Whether `now`, in the terminal's local time, is within one of the spans; without any, always."""
    today = WEEKDAYS[now.weekday()]
    return not opening or any(
        today in span.days and span.start <= now.time().replace(tzinfo=None) < span.end for span in opening
    )


class Light(Struct, frozen=True):
    """Whether the panel is lit: always while the office is open, else for a while after a touch.

    until_ms: monotonic milliseconds up to which the last touch lights it.
    """

    until_ms: int = 0

    def touched(self, now_ms: int) -> "Light":
        """The light after a touch on the closed terminal."""
        return Light(now_ms + CLOSED_LIGHT_MS)

    def is_lit(self, phase: Phase, now_ms: int) -> bool:
        """Whether the panel is lit in this phase of the session."""
        return phase != "closed" or now_ms < self.until_ms
