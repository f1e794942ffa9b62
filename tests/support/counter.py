"""The terminal on a booted machine, by its glass: who answers there, and what is shown."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import json

from tests.support.booted import Booted
from tests.support.finger import Finger, Picture
from tests.support.guides import DESCRIBED, Panel, finish
from tests.support.office import until

PATIENCE = 60.0
"""Seconds in which a busy machine shows something again."""


class Counter:
    """Of `machine`. thanked: how many visits ended with the thanks."""

    def __init__(self, machine: Booted) -> None:
        self.machine = machine
        self.inside = Path(f"/proc/{machine.pid}/root")
        self.thanked = 0
        self._described = Path(f"{self.inside}{DESCRIBED}")

    def pictures(self) -> int:
        """How many it has shown so far."""
        return self._described.read_bytes().count(b"\n")

    def shown(self) -> Picture:
        """The newest picture."""
        return json.decode(self._described.read_bytes().splitlines()[-1], type=Picture)

    def until_idle(self, before: int, seconds: float = PATIENCE) -> float:
        """Wait for the idle screen, after more than `before` pictures; returns how many seconds it took.

        Raises TimeoutError.
        """
        started = time.monotonic()

        def idle() -> bool:
            return self.pictures() > before and self.shown().screen == "IdleView"

        until(idle, "the idle screen", seconds)
        return time.monotonic() - started

    def until_idle_after(self, script: str, seconds: float = PATIENCE) -> float:
        """Run `script`, which ends the picture; seconds until the idle screen is there again."""
        self.settle()
        before, started = self.pictures(), time.monotonic()
        self.machine.run(script)
        self.until_idle(before, seconds)
        return time.monotonic() - started

    def settle(self) -> None:
        """Wait until the terminal runs and has shown nothing new for a second; raises TimeoutError."""
        self.until_idle(0)
        seen = -1

        def quiet() -> bool:
            nonlocal seen
            before, seen = seen, self.pictures()
            time.sleep(1)
            return (
                before == seen == self.pictures() and self.state("hailong-kiosk")["ActiveState"] == "active"
            )

        until(quiet, "a quiet screen", PATIENCE)

    @contextmanager
    def touched(self) -> Iterator[Finger]:
        """A finger on the glass."""
        with tempfile.TemporaryDirectory() as folder, Panel(self.machine, Path(folder)) as panel:
            yield Finger(panel, self._described)

    def begin(self) -> None:
        """A visit with one answer, then nothing more."""
        with self.touched() as finger:
            finger.until("IdleView")
            finger.choose("Bắt đầu", "RatingView")
            finger.choose("Rất hài lòng", "RatingView")

    def visit(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """A whole one, to the thanks; `meanwhile` happens after the first answer."""
        with self.touched() as finger:
            finger.until("IdleView", PATIENCE)
            finger.choose("Bắt đầu", "RatingView")
            finger.choose("Rất hài lòng", "RatingView")
            meanwhile()
            finger.choose("Hài lòng", "GateView")
            finish(finger)
            self.thanked += 1

    def state(self, unit: str) -> dict[str, str]:
        """What systemd says of a unit: whether it is active, how often it started by itself, its status."""
        said = self.machine.run(f"systemctl show -p ActiveState,SubState,NRestarts,StatusText {unit}")
        return dict(line.split("=", 1) for line in said.splitlines())
