"""Measures a full-screen program from outside: reads pixels, sends presses. It is independent of the program.

The picture is sampled as bands of 4 rows every 20 rows, so that sampling costs little and any two programs
can be compared. The pointer rests on its next target before a press, so that an idle program is measured
while it is idle.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from msgspec import Struct

from tests.support.display import Display


class Start(Struct, frozen=True):
    """Seconds from exec to the first and to the last change of the picture."""

    first: float
    settled: float


class Press(Struct, frozen=True):
    """Milliseconds from a press to the first and to the last change of the picture."""

    first: float
    settled: float


class Probe:
    """Runs `command` on `display`."""

    def __init__(self, display: Display, command: Sequence[str], folder: Path) -> None:
        self._display = display
        width, height = display.size
        self._bands = [(0, y, width, 4) for y in range(8, height - 4, 20)]
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def _look(self) -> list[bytes]:
        return [self._display.pixels(band) for band in self._bands]

    def start(self, quiet: float = 1.5, wait: float = 40.0) -> Start:
        """Start it and wait until its picture has not changed for `quiet` seconds; raises TimeoutError."""
        before = self._look()
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._display.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        first = last = 0.0
        while not last or time.perf_counter() - begun - last < quiet:
            if time.perf_counter() - begun > wait:
                raise TimeoutError(f"{self._command[0]}: nothing settled within {wait:g} s")
            now = self._look()
            if now != before:
                before, last = now, time.perf_counter() - begun
                first = first or last
            time.sleep(0.002)
        return Start(first, last)

    def press(self, x: float, y: float, rest: float = 5.0, look: float = 1.5, hold: float = 0.05) -> Press:
        """Press a point for `hold` seconds after the pointer rested there; raises TimeoutError."""
        self._display.move(x, y)
        time.sleep(rest)
        before = self._look()
        begun = time.perf_counter()
        self._display.press(x, y)
        return self._watch(before, begun, look, self._display.release, hold, f"the press at {x:g}, {y:g}")

    def scan(self, code: str, rest: float = 2.0, look: float = 1.0, gap: float = 0.004) -> Press:
        """Read a code as a scanner that types does, and watch from its last key; raises TimeoutError."""
        time.sleep(rest)
        before = self._look()
        self._display.type(code, gap)
        begun = time.perf_counter()
        return self._watch(before, begun, look, lambda: self._display.type("\n"), gap, "the scan")

    def _watch(
        self,
        before: list[bytes],
        begun: float,
        look: float,
        end: Callable[[], None],
        hold: float,
        what: str,
    ) -> Press:
        """Sample for this many seconds since `begun`, and call `end` once after `hold` seconds."""
        first = settled = 0.0
        ended = False
        while (passed := time.perf_counter() - begun) < look:
            if not ended and passed > hold:
                end()
                ended = True
            now = self._look()
            if now != before:
                before, settled = now, (time.perf_counter() - begun) * 1000
                first = first or settled
            time.sleep(0.001)  # the program needs the processor more
        if not settled:
            raise TimeoutError(f"{self._command[0]}: {what} changed nothing")
        return Press(first, settled)

    def _tree(self) -> list[psutil.Process]:
        assert self._process is not None
        root = psutil.Process(self._process.pid)
        return [root, *root.children(recursive=True)]

    def memory(self) -> float:
        """Megabytes (PSS) of the whole process tree."""
        return sum(float(process.memory_full_info().pss) for process in self._tree()) / 1e6

    def idle(self, seconds: float = 20.0) -> float:
        """Percent of one core that it uses while nobody touches it."""
        processes = self._tree()
        before = sum(sum(process.cpu_times()[:2]) for process in processes)
        time.sleep(seconds)
        after = sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())
        return (after - before) / seconds * 100

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            for process in reversed(self._tree()):
                process.terminate()
            self._process.wait(20)
            self._process = None
