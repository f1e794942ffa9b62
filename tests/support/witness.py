"""The terminal with a witness that records its promises, and with a panel for several fingers.

    python -m tests.support.witness LEDGER FINGERS --config kiosk.toml …

LEDGER gets a line for what counts, as soon as it is true: `start`, `accepted` (a scan that became a
handover), `begun ID` (its visit is shown), `kept ID` (a draft is on the disk), `stored ID`, `thanks`. FINGERS
is a pipe to which touches of a panel with several fingers are written. They are put into SDL's queue as SDL
itself does it: each as a finger, and the first one as a pointer, too. Everything after that is the product's.
"""

import ctypes
import os
import struct
import sys
import threading
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

DOWN, UP, MOTION = 0x700, 0x701, 0x702
_MOTION, _PRESSED, _RELEASED = 0x400, 0x401, 0x402
_FINGER = struct.Struct("@IIqqfffffI")
"""SDL_TouchFingerEvent (SDL 2): type, time, panel, finger, x, y, dx, dy, pressure, window."""
_BUTTON = struct.Struct("@IIIIBBBBii")
"""SDL_MouseButtonEvent: type, time, window, which pointer, button, state, clicks, -, x, y."""
_POINTER = struct.Struct("@IIIIIiiii")
"""SDL_MouseMotionEvent: type, time, window, which pointer, buttons, x, y, dx, dy."""
_OF_TOUCH = 0xFFFFFFFF  # SDL_TOUCH_MOUSEID
_ROOM = 128
"""More than any SDL_Event."""

Kind = Literal["start", "accepted", "begun", "kept", "stored", "thanks"]


class Line(Struct, frozen=True):
    """One line of the ledger; `visit`: its id, "" where there is none."""

    kind: str
    visit: str = ""


def read_ledger(path: Path) -> list[Line]:
    """What the witness has seen so far."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [Line(*line.split(" ")) for line in lines]


class Fingers:
    """The other end of the pipe at `path`, which is made here. x and y: parts of the window, from 0 to 1."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._pipe = os.open(path, os.O_RDWR)  # also before anybody reads

    def down(self, finger: int, x: float, y: float) -> None:
        """Put a finger on the glass."""
        self._write(DOWN, finger, x, y)

    def move(self, finger: int, x: float, y: float) -> None:
        """Slide it."""
        self._write(MOTION, finger, x, y)

    def up(self, finger: int, x: float, y: float) -> None:
        """Take it off."""
        self._write(UP, finger, x, y)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)

    def _write(self, kind: int, finger: int, x: float, y: float) -> None:
        os.write(self._pipe, _FINGER.pack(kind, 0, 1, finger, x, y, 0, 0, 1, 0))


def main() -> int:
    """Run the terminal, and write down what it does."""
    ledger = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    threading.Thread(target=_push_fingers, args=(sys.argv.pop(1),), daemon=True).start()

    def write(kind: Kind, visit: str = "") -> None:
        os.write(ledger, f"{kind} {visit}".strip().encode() + b"\n")

    write("start")
    _watch(write)
    from kiosk.__main__ import main

    return main()


def _watch(write: Any) -> None:
    from kiosk import keeper, tagging, terminal

    class Keeper(keeper.Keeper):
        def append(self, response: Any) -> Any:
            stored = super().append(response)
            write("stored", response.id)
            return stored

        def keep_draft(self, response: Any) -> None:
            super().keep_draft(response)
            write("kept", response.id)

    class Terminal(terminal.Terminal):
        def _follows(self, told: tagging.Told) -> Any:
            if isinstance(told, tagging.Accepted):
                write("accepted")
            return super()._follows(told)

        def send(self, event: Any) -> None:
            before = self.state
            super().send(event)
            visit = self.state.visit
            if visit and visit.tag and (before.visit is None or before.visit.id != visit.id):
                write("begun", visit.id)
            if self.state.phase == "thanks" and before.phase != "thanks":
                write("thanks")

    keeper.Keeper = Keeper  # type: ignore[misc]
    terminal.Terminal = Terminal  # type: ignore[misc]


def _push_fingers(pipe: str) -> None:
    from kiosk.loop import load_sdl

    first: int | None = None
    descriptor = os.open(pipe, os.O_RDWR)
    while event := os.read(descriptor, _FINGER.size):
        kind, _, _, finger, x, y, *_ = _FINGER.unpack(event)
        events = [event]
        if kind == DOWN and first is None:
            first = finger
            events += [_pointer(x, y), _button(_PRESSED, x, y)]
        elif kind == MOTION and finger == first:
            events.append(_pointer(x, y))
        elif kind == UP and finger == first:
            first = None
            events.append(_button(_RELEASED, x, y))
        for each in events:
            load_sdl().SDL_PushEvent(ctypes.create_string_buffer(each, _ROOM))


def _button(kind: int, x: float, y: float) -> bytes:
    return _BUTTON.pack(kind, 0, 0, _OF_TOUCH, 1, kind == _PRESSED, 1, 0, *_pixels(x, y))


def _pointer(x: float, y: float) -> bytes:
    return _POINTER.pack(_MOTION, 0, 0, _OF_TOUCH, 0, *_pixels(x, y), 0, 0)


def _pixels(x: float, y: float) -> tuple[int, int]:
    from kivy.core.window import Window

    width, height = Window.size
    return round(x * width), round(y * height)


if __name__ == "__main__":
    sys.exit(main())
