"""A scanner that poses as a keyboard (USB or Bluetooth), heard through the window. Works with every scanner.

The terminal has no keyboard but its scanner: all typing of citizens and staff is on the glass. So every key
of the window belongs here, and is consumed before a text field can see it.

    window.on_textinput  ──► wedge.typed(text)      characters as the layout makes them
    window.on_key_down   ──► wedge.entered()        Enter alone, which gives no text
"""

from collections.abc import Callable

from kiosk.devices.burst import QUIET, SETTLE_MS, Burst, entered, passed, typed
from kiosk.devices.scanner import Heard, Scan, ScannerState

Later = Callable[[int, Callable[[], None]], Callable[[], None]]


class Wedge:
    """The window's keys as a `Scanner`.

    now_ms: monotonic milliseconds. later(ms, callback): calls back once after so long, on the thread of the
    window; what it returns cancels that.
    """

    def __init__(self, now_ms: Callable[[], int], later: Later, settle_ms: int = SETTLE_MS) -> None:
        self._now_ms = now_ms
        self._later = later
        self._settle_ms = settle_ms
        self._burst = QUIET
        self._heard: Heard | None = None
        self._cancel: Callable[[], None] | None = None

    @property
    def state(self) -> ScannerState:
        """Ready while it listens: whether a scanner is plugged in is not to be seen from here."""
        return "ready" if self._heard else "off"

    @property
    def busy(self) -> bool:
        """Whether keys of a scan are coming in, so that they are nobody else's."""
        return self._burst.phase != "quiet"

    def start(self, heard: Heard) -> None:
        """Listen."""
        self._heard = heard

    def stop(self) -> None:
        """Stop listening, and forget what was half typed."""
        self._heard = None
        self._take(QUIET, [])

    def typed(self, text: str) -> None:
        """The window's keys gave `text`; the caller passes it to nobody else."""
        if self._heard:
            self._take(*typed(self._burst, text, self._now_ms(), self._settle_ms))

    def entered(self) -> None:
        """The Enter key went down."""
        if self._heard:
            self._take(*entered(self._burst, self._now_ms(), self._settle_ms))

    def _passed(self) -> None:
        self._cancel = None
        self._take(*passed(self._burst, self._now_ms(), self._settle_ms))

    def _take(self, burst: Burst, scans: list[Scan]) -> None:
        self._burst = burst
        if self._cancel:
            self._cancel()
            self._cancel = None
        due_ms = burst.due_ms(self._settle_ms)
        if due_ms is not None:
            self._cancel = self._later(max(0, due_ms - self._now_ms()), self._passed)
        for scan in scans:
            if self._heard:
                self._heard(scan)
