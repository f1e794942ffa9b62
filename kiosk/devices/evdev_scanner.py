"""A scanner held by its event device (Linux): its keys reach this program and nothing else.

The device is found by vendor and product and grabbed, so neither the window nor a log-in console sees a key.
An unplugged scanner is looked for until it is back. Its characters are those of a US keyboard, which is what
scanners send unless told otherwise; a key that types none makes the scan binary, and so refused.
"""

import os
import selectors
import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol

from kiosk.devices.burst import QUIET, Burst, entered, passed, typed
from kiosk.devices.scanner import Heard, Scan, ScannerState

# struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value (linux/input.h).
EVENT = struct.Struct("@llHHi")
_EV_KEY = 1
_UP, _DOWN = 0, 1
_SHIFTS = (42, 54)
_CAPS_LOCK = 58
_ENTERS = (28, 96)
# Keys that change other keys and type nothing: Ctrl, Alt, Meta, Num Lock, Scroll Lock.
_SILENT = (29, 97, 56, 100, 125, 126, 69, 70)
_UNKNOWN = "\ufffd"

# Key codes of linux/input-event-codes.h, row by row: first code, what it types, what it types with Shift.
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (15, "\t", "\t"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
_PLAIN = {first + i: key for first, plain, _ in _ROWS for i, key in enumerate(plain)}
_SHIFTED = {first + i: key for first, _, shifted in _ROWS for i, key in enumerate(shifted)}


class KeyReader:
    """Scans out of the bytes of an event device; each device needs its own."""

    def __init__(self) -> None:
        self._rest = b""
        self._shifts: set[int] = set()
        self._caps_lock = False
        self._burst: Burst = QUIET

    @property
    def due_ms(self) -> int | None:
        """When `passed` has to be called if nothing comes."""
        return self._burst.due_ms(settle_ms=0)

    def feed(self, data: bytes, now_ms: int) -> list[Scan]:
        """The scans that end in `data`, which may begin and end anywhere in an event."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        scans: list[Scan] = []
        for _, _, type_, code, value in EVENT.iter_unpack(data[:whole]):
            if type_ == _EV_KEY:
                scans += self._key(code, value, now_ms)
        return scans

    def passed(self, now_ms: int) -> list[Scan]:
        """Nothing came until now."""
        self._burst, scans = passed(self._burst, now_ms, settle_ms=0)
        return scans

    def _key(self, code: int, value: int, now_ms: int) -> list[Scan]:
        if code in _SHIFTS:
            (self._shifts.discard if value == _UP else self._shifts.add)(code)
            return []
        if value != _DOWN or code in _SILENT:
            return []
        if code == _CAPS_LOCK:
            self._caps_lock = not self._caps_lock
            return []
        if code in _ENTERS:
            self._burst, scans = entered(self._burst, now_ms, settle_ms=0)
        else:
            self._burst, scans = typed(self._burst, self._character(code), now_ms, settle_ms=0)
        return scans

    def _character(self, code: int) -> str:
        character = (_SHIFTED if self._shifts else _PLAIN).get(code, _UNKNOWN)
        return character.swapcase() if self._caps_lock and character.isascii() else character


class Held(Protocol):
    """An open device."""

    def fileno(self) -> int:
        """What its bytes are read from."""

    def close(self) -> None:
        """Let it go."""


class EvdevScanner:
    """A scanner by its event device, as a `Scanner`; reads on a thread of its own.

    find: opens and holds the device, or says that there is none now (`grab` of a vendor and product).
    now_ms: monotonic milliseconds. look_every_s: how often a missing scanner is looked for.
    """

    def __init__(
        self,
        find: Callable[[], Held | None],
        now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        look_every_s: float = 1,
    ) -> None:
        self._find = find
        self._now_ms = now_ms
        self._look_every_s = look_every_s
        self._state: ScannerState = "off"
        self._thread: threading.Thread | None = None
        self._woken = (-1, -1)

    @property
    def state(self) -> ScannerState:
        """Whether the scanner is there."""
        return self._state

    def start(self, heard: Heard) -> None:
        """Look for the scanner and listen to it; `heard` is called on the reading thread."""
        self._woken = os.pipe()
        self._state = "missing"
        self._thread = threading.Thread(target=self._run, args=(heard,), name="scanner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the scanner go and wait for the thread to end."""
        if self._thread is None:
            return
        os.write(self._woken[1], b"x")
        self._thread.join()
        self._thread = None
        self._state = "off"
        for end in self._woken:
            os.close(end)

    def _run(self, heard: Heard) -> None:
        with selectors.DefaultSelector() as stopping:
            stopping.register(self._woken[0], selectors.EVENT_READ)
            while True:
                held = self._find()
                if held is None:
                    if stopping.select(self._look_every_s):
                        return
                    continue
                self._state = "ready"
                try:
                    stopped = self._listen(held, heard)
                finally:
                    held.close()
                    self._state = "missing"
                if stopped or stopping.select(self._look_every_s):
                    return

    def _listen(self, held: Held, heard: Heard) -> bool:
        """Read until told to stop (True) or the device is gone (False)."""
        reader = KeyReader()
        with selectors.DefaultSelector() as ready:
            ready.register(self._woken[0], selectors.EVENT_READ)
            ready.register(held.fileno(), selectors.EVENT_READ)
            while True:
                due_ms = reader.due_ms
                wait = None if due_ms is None else max(0, due_ms - self._now_ms()) / 1000
                readable = [key.fd for key, _ in ready.select(wait)]
                if self._woken[0] in readable:
                    return True
                if readable:
                    try:
                        data = os.read(held.fileno(), EVENT.size * 64)
                    except OSError:
                        return False
                    if not data:
                        return False
                    scans = reader.feed(data, self._now_ms())
                else:
                    scans = reader.passed(self._now_ms())
                for scan in scans:
                    heard(scan)
