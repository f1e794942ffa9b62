"""A scanner that poses as a keyboard (USB or Bluetooth), heard through the window. Works with every scanner.

Promise: no key of the window does anything but spell a scan. Anyone who prints a code decides which keys a
scanner sends, Tab and Enter too, so keys that act come from a keypad of its own alone (`keypad.py`).

All typing of citizens and staff is on the glass. So every key of the window belongs here, and is consumed
before a text field can see it. Keys are taken by their place, not by what the machine's layout makes of them.

    window.on_key_down, on_key_up  ──► wedge.pressed, released ──► heard(scan)
"""

from collections.abc import Callable

from kiosk.devices.burst import QUIET, Alone, Burst, Reading, pressed, silent
from kiosk.devices.scanner import Heard, ScannerState
from kiosk.devices.us_keyboard import HID, Keyboard

Later = Callable[[int, Callable[[], None]], Callable[[], None]]


class Wedge:
    """The window's keys as a `Scanner`.

    now_ms: monotonic milliseconds. listened_ms: until when, on the same clock, all keys were taken from the
    window. later(ms, callback): calls back once after that long, on the thread of the window; what it returns
    cancels that.
    """

    def __init__(self, now_ms: Callable[[], int], listened_ms: Callable[[], int], later: Later) -> None:
        self._now_ms = now_ms
        self._listened_ms = listened_ms
        self._later = later
        self._keyboard = Keyboard()
        self._down: set[int] = set()
        self._burst = QUIET
        self._heard: Heard | None = None
        self._cancel: Callable[[], None] | None = None

    @property
    def state(self) -> ScannerState:
        """Ready while it listens: whether a scanner is plugged in is not to be seen from here."""
        return "ready" if self._heard else "off"

    def start(self, heard: Heard) -> None:
        """Listen."""
        self._heard = heard

    def stop(self) -> None:
        """Stop listening, and forget what was half typed."""
        self._heard = None
        self._keyboard = Keyboard()
        self._down.clear()
        self._take(QUIET, [])

    def pressed(self, scancode: int) -> None:
        """A key went down, or is held and repeats itself; the caller passes it to nobody else."""
        # Equal characters of a fast scanner may come without a release between them, as a held key does.
        repeats = scancode in self._down and self._burst.phase in ("quiet", "deaf")
        self._down.add(scancode)
        name = HID.get(scancode, "")
        text = self._keyboard.pressed(name)
        if self._heard and text is not None and not repeats:
            self._take(*pressed(self._burst, text, name, self._now_ms()))

    def released(self, scancode: int) -> None:
        """A key went up."""
        self._down.discard(scancode)
        text = self._keyboard.released(HID.get(scancode, ""))
        if self._heard and text:
            self._take(*pressed(self._burst, text, "", self._now_ms()))

    def _silent(self) -> None:
        self._cancel = None
        self._take(*silent(self._burst, self._listened_ms()))

    def _take(self, burst: Burst, told: list[Reading]) -> None:
        self._burst = burst
        if self._cancel:
            self._cancel()
            self._cancel = None
        if burst.due_ms is not None:
            self._cancel = self._later(max(1, burst.due_ms - self._now_ms()), self._silent)
        for what in told:
            if self._heard and not isinstance(what, Alone):
                self._heard(what)
