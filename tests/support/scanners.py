"""Scanners for tests: a window with a clock that is moved by hand, and a keyboard made of bytes."""

from collections.abc import Callable
from functools import cache
from struct import Struct

from kiosk.devices.burst import Alone
from kiosk.devices.event_keyboard import EVENT, KeyReader
from kiosk.devices.scanner import Scan
from kiosk.devices.us_keyboard import HID, LINUX, Keyboard
from kiosk.devices.wedge import Wedge

ENTER = "enter"
# The first code of each key.
_HID_CODES = {key: code for code, key in reversed(HID.items())}
_LINUX_CODES = {key: code for code, key in reversed(LINUX.items())}
_EVENTS = Struct("@" + 3 * EVENT.format.removeprefix("@"))
_NO_CHARACTER = 104  # Page Up, on Linux; a place that neither table has


def _strokes() -> dict[str, tuple[str, ...]]:
    """The keys of each character, as a US keyboard has them."""
    strokes: dict[str, tuple[str, ...]] = {}
    for name in HID.values():
        for keys in ((name,), ("shift", name)):
            keyboard = Keyboard()
            typed = [keyboard.pressed(key) for key in keys]
            if len(name) == 1 and typed[-1]:
                strokes.setdefault(typed[-1], keys)
    return strokes


_STROKES = _strokes()


@cache
def keys_of(character: str) -> tuple[tuple[str, bool], ...]:
    """Each key that types a character, as it goes down (True) and up."""
    keys = _STROKES.get(character, ("",))
    return (*((key, True) for key in keys), *((key, False) for key in reversed(keys)))


class WedgeDesk:
    """A `Wedge` on a clock of its own: `at` runs what is due until then.

    unheard_ms: how long before now the window's keys were last taken.
    """

    def __init__(self) -> None:
        self.now_ms = 0
        self.unheard_ms = 0
        self.heard: list[Scan] = []
        self._due: dict[int, tuple[int, Callable[[], None]]] = {}
        self._number = 0
        self.wedge = Wedge(lambda: self.now_ms, lambda: self.now_ms - self.unheard_ms, self._later)
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

    def key(self, name: str, is_down: bool) -> None:
        """A key by its name."""
        scancode = _HID_CODES.get(name, 0)
        (self.wedge.pressed if is_down else self.wedge.released)(scancode)

    def tap(self, *names: str, gap_ms: int = 0) -> None:
        """Keys down and up, one after the other."""
        for name in names:
            self.at(self.now_ms + gap_ms)
            self.key(name, is_down=True)
            self.key(name, is_down=False)

    def scan(self, text: str, gap_ms: int = 2, end: str = ENTER) -> None:
        for character in text:
            self.at(self.now_ms + gap_ms)
            for name, is_down in keys_of(character):
                self.key(name, is_down)
        if end:
            self.tap(end, gap_ms=gap_ms)

    def wait(self, milliseconds: int = 1000) -> list[Scan]:
        self.at(self.now_ms + milliseconds)
        heard, self.heard[:] = list(self.heard), []
        return heard


def key_events(text: str, at_ms: int = 0, gap_ms: int = 0, end: str = ENTER) -> bytes:
    """The bytes of a US keyboard that types `text`; letters it does not have become an unknown key."""
    data = bytearray()
    for character in text:
        for name, is_down in keys_of(character):
            data += event(name, is_down, at_ms)
        at_ms += gap_ms
    return bytes(data) + (event(end, True, at_ms) + event(end, False, at_ms) if end else b"")


def event(name: str, is_down: bool, at_ms: int = 0) -> bytes:
    """The kernel's event when this key goes down or up."""
    code = _LINUX_CODES.get(name, _NO_CHARACTER)
    seconds, microseconds = at_ms // 1000, at_ms % 1000 * 1000
    return _EVENTS.pack(
        *(seconds, microseconds, 4, 4, code),
        *(seconds, microseconds, 1, code, is_down),
        *(seconds, microseconds, 0, 0, 0),
    )


def heard_by(reader: KeyReader, data: bytes, until_ms: int = 1000) -> list[Scan]:
    """The scans in `data` when nothing follows until then."""
    told = reader.feed(data) + reader.silent(until_ms)
    return [what for what in told if not isinstance(what, Alone)]


def pressed_by(reader: KeyReader, data: bytes, until_ms: int = 1000) -> list[str]:
    """The keys in `data` that were pressed alone when nothing follows until then."""
    told = reader.feed(data) + reader.silent(until_ms)
    return [what.key for what in told if isinstance(what, Alone)]


def taps(*names: str, at_ms: int = 0, gap_ms: int = 0) -> bytes:
    """The bytes of keys that go down and up, one after the other."""
    return b"".join(
        event(name, is_down, at_ms + place * gap_ms)
        for place, name in enumerate(names)
        for is_down in (True, False)
    )
