"""A scanner or a keypad held by its event device (Linux): its keys reach this program and nothing else.

The device is found by vendor and product and grabbed, so neither the window nor a log-in console sees a key.
An unplugged one is looked for until it is back. Its keys are those of a US keyboard, which is what scanners
send unless told otherwise; a key that types none makes the scan binary, and so refused.

    a scanner    its scans are reported (`heard`); a single key is dropped
    a keypad     its keys are reported (`alone`), each once it is known to be single; a scan is dropped

The kernel says when each key came, so a thread that runs late hears the same scans. Where keys came faster
than they were read and the kernel dropped some, the scan is refused: what is left could be another code.
"""

import os
import selectors
import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol

from kiosk.devices.burst import QUIET, Alone, Burst, Reading, lost, pressed, silent
from kiosk.devices.scanner import Heard, ScannerState
from kiosk.devices.us_keyboard import LINUX, Keyboard

# struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value (linux/input.h).
EVENT = struct.Struct("@llHHi")
_EV_SYN, _SYN_DROPPED = 0, 3
_EV_KEY, _UP, _DOWN = 1, 0, 1


class KeyReader:
    """Scans and single keys out of the bytes of an event device; each device needs its own."""

    def __init__(self) -> None:
        self._rest = b""
        self._keyboard = Keyboard()
        self._burst: Burst = QUIET

    @property
    def due_ms(self) -> int | None:
        """When `silent` has to be called if nothing comes."""
        return self._burst.due_ms

    def feed(self, data: bytes) -> list[Reading]:
        """What ends in `data`, which may begin and end anywhere in an event."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        told: list[Reading] = []
        for seconds, microseconds, type_, code, value in EVENT.iter_unpack(data[:whole]):
            at_ms = seconds * 1000 + microseconds // 1000
            if type_ == _EV_KEY:
                told += self.silent(at_ms) + self._key(LINUX.get(code, ""), value, at_ms)
            elif (type_, code) == (_EV_SYN, _SYN_DROPPED):
                self._keyboard = Keyboard()
                told += self._take(*lost(at_ms))
        return told

    def silent(self, until_ms: int) -> list[Reading]:
        """Nothing came until then."""
        return self._take(*silent(self._burst, until_ms))

    def _key(self, name: str, value: int, at_ms: int) -> list[Reading]:
        text: str | None = None
        if value == _DOWN:
            text = self._keyboard.pressed(name)
        elif value == _UP:
            text = self._keyboard.released(name) or None
        return [] if text is None else self._take(*pressed(self._burst, text, name, at_ms))

    def _take(self, burst: Burst, told: list[Reading]) -> list[Reading]:
        self._burst = burst
        return told


class Held(Protocol):
    """An open device."""

    def fileno(self) -> int:
        """What its bytes are read from."""

    def close(self) -> None:
        """Let it go."""


def _nothing(_: object) -> None:
    pass


class EventKeyboard:
    """A keyboard by its event device, as a `Scanner` or as a keypad; reads on a thread of its own.

    find: opens and holds the device, or says that there is none now (`grab` of a vendor and product).
    alone: is called, on the reading thread, with the name of a key that a person pressed.
    now_ms: monotonic milliseconds. look_every_s: how often a missing device is looked for.
    """

    def __init__(
        self,
        find: Callable[[], Held | None],
        *,
        alone: Callable[[str], object] = _nothing,
        now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        look_every_s: float = 1,
    ) -> None:
        self._find = find
        self._alone = alone
        self._now_ms = now_ms
        self._look_every_s = look_every_s
        self._state: ScannerState = "off"
        self._thread: threading.Thread | None = None
        self._woken = (-1, -1)

    @property
    def state(self) -> ScannerState:
        """Whether the device is there."""
        return self._state

    def start(self, heard: Heard = _nothing) -> None:
        """Look for the device and listen to it; `heard` gets its scans, on the reading thread."""
        self._woken = os.pipe()
        self._state = "missing"
        self._thread = threading.Thread(target=self._run, args=(heard,), name="keyboard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the device go and wait for the thread to end."""
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
                    told = reader.feed(data)
                else:
                    told = reader.silent(due_ms or 0)
                for what in told:
                    if isinstance(what, Alone):
                        self._alone(what.key)
                    else:
                        heard(what)
