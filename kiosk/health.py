"""The terminal's self-test: what keeps citizens from using it leaves the watchdog unfed. Pure.

A stuck touch, a frozen picture and a hidden window are noticed. systemd restarts a terminal whose watchdog
was not fed. It is fed only while nothing here is wrong, so that a terminal nobody can use does not
look well.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Ailment = Literal["stuck_touch", "frozen_picture", "hidden_window"]
Finger = int | str
"""What distinguishes one finger on the glass from another."""

# Nobody holds a finger on the glass for a minute; a bottle or a wet sleeve does.
STUCK_TOUCH_MS = 60_000
# A picture that was asked for is shown within milliseconds; a driver that hangs never shows it.
FROZEN_PICTURE_MS = 10_000


class Health(Struct, frozen=True):
    """What was seen, in monotonic milliseconds.

    fingers: each that went down and is still there, with since when. asked_since: a picture was asked for and
    is not shown yet.
    """

    fingers: tuple[tuple[Finger, int], ...] = ()
    asked_since: int | None = None

    def touched(self, now_ms: int, finger: Finger) -> "Health":
        """This finger went down."""
        return replace(self, fingers=(*self._without(finger), (finger, now_ms)))

    def released(self, finger: Finger) -> "Health":
        """It is gone, and says nothing of the others."""
        return replace(self, fingers=self._without(finger))

    def asked(self, now_ms: int) -> "Health":
        """A new picture was asked for."""
        return self if self.asked_since is not None else replace(self, asked_since=now_ms)

    def shown(self) -> "Health":
        """A picture came to the glass."""
        return replace(self, asked_since=None)

    def ailments(self, now_ms: int, *, seen: bool = True) -> tuple[Ailment, ...]:
        """What is wrong now; empty: well. `seen`: the window is neither hidden nor minimized."""
        found: list[Ailment] = []
        if any(now_ms - since >= STUCK_TOUCH_MS for _, since in self.fingers):
            found.append("stuck_touch")
        if self.asked_since is not None and now_ms - self.asked_since >= FROZEN_PICTURE_MS:
            found.append("frozen_picture")
        if not seen:
            found.append("hidden_window")
        return tuple(found)

    def _without(self, finger: Finger) -> tuple[tuple[Finger, int], ...]:
        return tuple(known for known in self.fingers if known[0] != finger)
