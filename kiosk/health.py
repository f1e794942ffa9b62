"""The terminal's self-test: a stuck touch or a frozen picture is noticed, and the watchdog goes hungry. Pure.

systemd restarts a terminal whose watchdog was not fed. It is fed only while nothing here is wrong, so that a
terminal nobody can use does not stand there looking well.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Ailment = Literal["stuck_touch", "frozen_picture"]

# Nobody holds a finger on the glass for a minute; a bottle or a wet sleeve does.
STUCK_TOUCH_MS = 60_000
# A picture that was asked for stands within milliseconds; a driver that hangs never shows it.
FROZEN_PICTURE_MS = 10_000


class Health(Struct, frozen=True):
    """What was seen, in monotonic milliseconds.

    finger_since: a finger went down and is still there. asked_since: a picture was asked for and is not shown
    yet.
    """

    finger_since: int | None = None
    asked_since: int | None = None

    def touched(self, now_ms: int) -> "Health":
        """A finger went down."""
        return replace(self, finger_since=now_ms)

    def released(self) -> "Health":
        """It is gone."""
        return replace(self, finger_since=None)

    def asked(self, now_ms: int) -> "Health":
        """A new picture was asked for."""
        return self if self.asked_since is not None else replace(self, asked_since=now_ms)

    def shown(self) -> "Health":
        """A picture came to the glass."""
        return replace(self, asked_since=None)

    def ailments(self, now_ms: int) -> tuple[Ailment, ...]:
        """What is wrong now; empty: well."""
        found: list[Ailment] = []
        if self.finger_since is not None and now_ms - self.finger_since >= STUCK_TOUCH_MS:
            found.append("stuck_touch")
        if self.asked_since is not None and now_ms - self.asked_since >= FROZEN_PICTURE_MS:
            found.append("frozen_picture")
        return tuple(found)
