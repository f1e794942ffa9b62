"""UUIDv7 (RFC 9562, section 5.7): ids that sort by the time at which they were made."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sync.contract.patterns import whole

UUID7_PATTERN = whole(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_uuid7 = re.compile(UUID7_PATTERN)

RandomBytes = Callable[[int], bytes]


def uuid7(now: datetime, random_bytes: RandomBytes) -> str:
    """A UUIDv7 for `now` (with offset); `random_bytes(n)` gives n bytes, `os.urandom` in the product."""
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    tail = int.from_bytes(random_bytes(10), "big")
    random_a = tail >> 62 & 0xFFF
    random_b = tail & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | random_a << 64 | 2 << 62 | random_b))


def is_response_id(text: str) -> bool:
    """Whether a response may have this id: a UUIDv7 in lower case, as `uuid7` writes it."""
    return _uuid7.match(text) is not None


def lowest_uuid7(at: datetime) -> str:
    """The smallest UUIDv7 of an instant (with offset): exactly the ids made earlier sort before it."""
    milliseconds = max(0, int(at.timestamp() * 1000))
    return f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7000-8000-000000000000"
