"""The light of the panel outside of the opening hours. Pure."""

from msgspec import Struct

from kiosk.session import Phase

CLOSED_LIGHT_MS = 30_000
"""How long a touch lights a closed terminal."""


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
