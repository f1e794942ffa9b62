"""Scanners for tests: a window with a clock that is moved by hand, and a keyboard made of bytes."""

from collections.abc import Callable

from kiosk.devices import evdev_scanner
from kiosk.devices.evdev_scanner import EVENT
from kiosk.devices.scanner import Scan
from kiosk.devices.wedge import Wedge

ENTER = 28
SHIFT = 42


class WedgeDesk:
    """A `Wedge` on a clock of its own: `at` runs what is due until then."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.heard: list[Scan] = []
        self._due: dict[int, tuple[int, Callable[[], None]]] = {}
        self._number = 0
        self.wedge = Wedge(lambda: self.now_ms, self._later)
        self.wedge.start(self.heard.append)

    def _later(self, milliseconds: int, callback: Callable[[], None]) -> Callable[[], None]:
        self._number += 1
        number = self._number
        self._due[number] = (self.now_ms + milliseconds, callback)
        return lambda: self._due.pop(number, None) and None

    def at(self, now_ms: int) -> None:
        while self._due:
            number, (due_ms, callback) = min(self._due.items(), key=lambda item: item[1][0])
            if due_ms > now_ms:
                break
            del self._due[number]
            self.now_ms = max(self.now_ms, due_ms)
            callback()
        self.now_ms = now_ms

    def scan(self, text: str, gap_ms: int = 2, enter: bool = True) -> None:
        for character in text:
            self.at(self.now_ms + gap_ms)
            self.wedge.typed(character)
        if enter:
            self.at(self.now_ms + gap_ms)
            self.wedge.entered()

    def wait(self, milliseconds: int = 1000) -> list[Scan]:
        self.at(self.now_ms + milliseconds)
        heard, self.heard[:] = list(self.heard), []
        return heard


def key_events(text: str, enter: bool = True) -> bytes:
    """The bytes of a US keyboard that types `text`; letters it does not have become an unknown key."""
    data = b""
    for character in text:
        plain = _code(evdev_scanner._PLAIN, character)
        shifted = _code(evdev_scanner._SHIFTED, character)
        code = plain or shifted or 250
        if not plain and shifted:
            data += _event(SHIFT, 1)
        data += _event(code, 1) + _event(code, 0)
        if not plain and shifted:
            data += _event(SHIFT, 0)
    return data + (_event(ENTER, 1) + _event(ENTER, 0) if enter else b"")


def _code(row: dict[int, str], character: str) -> int:
    return next((code for code, key in row.items() if key == character), 0)


def _event(code: int, value: int) -> bytes:
    return EVENT.pack(0, 0, 4, 4, code) + EVENT.pack(0, 0, 1, code, value) + EVENT.pack(0, 0, 0, 0, 0)
