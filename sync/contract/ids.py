"""UUIDv7 (RFC 9562, section 5.7): ids that sort by the time they were made."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

RandomBytes = Callable[[int], bytes]


def uuid7(now: datetime, random_bytes: RandomBytes) -> str:
    """A UUIDv7 for `now` (with offset); `random_bytes(n)` gives n bytes, `os.urandom` in the product."""
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    tail = int.from_bytes(random_bytes(10), "big")
    random_a = tail >> 62 & 0xFFF
    random_b = tail & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | random_a << 64 | 2 << 62 | random_b))


def uuid7_milliseconds(id: str) -> int:
    """Milliseconds since 1970 that a UUIDv7 carries."""
    return UUID(id).int >> 80
