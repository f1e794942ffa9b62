"""Which start of the machine this is."""

import os
from pathlib import Path

KERNEL = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """A random id of this start of the machine, from the kernel where it has one."""
    return KERNEL.read_text().strip() if KERNEL.exists() else os.urandom(16).hex()
