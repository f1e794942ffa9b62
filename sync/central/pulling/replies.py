"""Replies to summaries that are given again while the figures behind them have not changed.

A dashboard asks the same questions again and again, for hours in which nothing changes what it may see: the
computing would take time from the devices that send.

Promises:
- a reply is given again only for the same question under the same revision, see store/freshness.py: it is
  never older than a change that was committed before the question came;
- once an act was done or days were closed, no reply from before is kept;
- the replies take at most `room` bytes, and the one that was not asked for the longest goes first.
"""

from collections.abc import Hashable
from threading import Lock
from typing import Any

from sync.central.store.freshness import Revision

# Bytes. A month of a ward has 1 to 15 kB; a province of 168 units by procedure and officer 6.6 MB.
ROOM = 16 * 1024 * 1024
LARGEST = ROOM // 2

Reply = tuple[bytes, str]
"""A body and its media type."""


class Replies:
    """The replies of one process to callers who see the same days; used by several threads."""

    def __init__(self, room: int = ROOM, largest: int = LARGEST) -> None:
        self._room = room
        self._largest = largest
        self._lock = Lock()
        self._acts: tuple[Any, ...] = ()
        self._size = 0
        # The longest not asked for first.
        self._kept: dict[Hashable, tuple[Revision, Reply]] = {}

    def get(self, revision: Revision, question: Hashable) -> Reply | None:
        """The reply to this question under this revision, if it is kept."""
        with self._lock:
            if revision.acts != self._acts:
                self._acts, self._size = revision.acts, 0
                self._kept.clear()
            kept = self._take(question)
            if kept is None or kept[0] != revision:
                return None
            self._put(question, kept)
            return kept[1]

    def keep(self, revision: Revision, question: Hashable, reply: Reply) -> None:
        """Keep a reply that was computed after `get` had none; not if there was another act by now."""
        with self._lock:
            if revision.acts != self._acts or len(reply[0]) > self._largest:
                return
            self._take(question)
            self._put(question, (revision, reply))
            while self._size > self._room:
                self._take(next(iter(self._kept)))

    def _take(self, question: Hashable) -> tuple[Revision, Reply] | None:
        kept = self._kept.pop(question, None)
        if kept is not None:
            self._size -= len(kept[1][0])
        return kept

    def _put(self, question: Hashable, kept: tuple[Revision, Reply]) -> None:
        self._kept[question] = kept
        self._size += len(kept[1][0])
