"""Replies to summaries that are given again while the figures behind them have not changed.

A dashboard asks the same questions again and again, for hours in which nothing changes what it may see: the
computing would take time from the devices that send.

Promises:
- a reply is given again only for the same question under the same revision, see store/freshness.py: it is
  never older than a change that was committed before the question came;
- once the revision is another one, no reply from before is kept;
- the replies take at most `room` bytes, and the one that was not asked for the longest goes first.
"""

from collections.abc import Hashable
from threading import Lock

from sync.central.store.freshness import Revision

# Bytes. A month of a ward has 1 to 15 kB; a province by procedure and officer 3.5 MB.
ROOM = 8 * 1024 * 1024
LARGEST = ROOM // 8

Reply = tuple[bytes, str]
"""A body and its media type."""


class Replies:
    """The replies of one process to callers who see the same days; used by several threads."""

    def __init__(self, room: int = ROOM, largest: int = LARGEST) -> None:
        self._room = room
        self._largest = largest
        self._lock = Lock()
        self._revision: Revision | None = None
        self._size = 0
        # The longest not asked for first.
        self._kept: dict[Hashable, Reply] = {}

    def get(self, revision: Revision, question: Hashable) -> Reply | None:
        """The reply to this question under this revision, if it is kept."""
        with self._lock:
            if revision != self._revision:
                self._revision, self._size = revision, 0
                self._kept.clear()
            reply = self._kept.pop(question, None)
            if reply is not None:
                self._kept[question] = reply
            return reply

    def keep(self, revision: Revision, question: Hashable, reply: Reply) -> None:
        """Keep a reply that was computed after `get` had none; not if the revision is another one by now."""
        size = len(reply[0])
        with self._lock:
            if revision != self._revision or question in self._kept or size > self._largest:
                return
            self._kept[question] = reply
            self._size += size
            while self._size > self._room:
                body, _ = self._kept.pop(next(iter(self._kept)))
                self._size -= len(body)
