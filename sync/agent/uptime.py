"""How long this machine has run, from the kernel, so that the centre can correct a wrong clock.

The kiosk writes the same two values into `boot` and `monotonic_ms` of every response.
"""

import time
from pathlib import Path

from msgspec import Struct

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Uptime(Struct, frozen=True):
    """boot: a random id of this start of the machine, "" if the kernel has none. running: milliseconds."""

    boot: str
    running: int


def uptime() -> Uptime:
    """The values now."""
    try:
        boot = _BOOT.read_text("ascii").strip()
    except OSError:
        boot = ""
    return Uptime(boot, time.monotonic_ns() // 1_000_000)
