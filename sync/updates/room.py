"""Room on the disk that no release takes: a terminal needs it for responses."""

import shutil
from pathlib import Path

ROOM = 64 * 1024 * 1024  # bytes that stay free


def free_bytes(folder: Path) -> int:
    """Bytes that this user may still write where this folder is; raises OSError."""
    return shutil.disk_usage(folder).free


def has_room(free: int, size: int) -> bool:
    """Whether a release of this size fits where `free` bytes are left. Pure."""
    return size + ROOM <= free
