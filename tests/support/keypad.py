"""A keypad for a terminal in another process: its event device is a pipe, to which events are written.

    python -m tests.support.keypad PIPE --config kiosk.toml …     the terminal; PIPE is its keypad

Everything after the open file is the product's: the reading thread, the times of the keys, the loop.
"""

import io
import os
import sys
import time
from pathlib import Path

from kiosk.devices import grabbing
from tests.support.scanners import taps

NAMED = "evdev:1234:abcd"
"""The setting `keypad` for it."""


class Keypad:
    """The other end of the pipe at `path`, which is made here.

    guard: seconds for which a new screen ignores keys.
    """

    def __init__(self, path: Path, guard: float = 0.35) -> None:
        os.mkfifo(path)
        self.path = path
        self._guard = guard
        self._pipe = os.open(path, os.O_RDWR)  # also before anybody reads

    def press(self, name: str) -> None:
        """Press the key of this name (see `us_keyboard`), once the new screen accepts keys."""
        time.sleep(self._guard)
        os.write(self._pipe, taps(name, at_ms=time.monotonic_ns() // 1_000_000))

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._pipe)


def main() -> int:
    """Run the terminal with the pipe of the first argument as its keypad."""
    pipe = sys.argv.pop(1)

    def plugged_in(vendor: int, product: int, folder: Path = Path()) -> io.FileIO:
        return io.FileIO(os.open(pipe, os.O_RDWR))

    grabbing.grab = plugged_in
    from kiosk.__main__ import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
