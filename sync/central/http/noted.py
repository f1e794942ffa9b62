"""Which pages continue a pull that is in the audit log already, so that a pull of many pages is one line.

A page continues a pull if the same token sends the same query with a cursor that it got with rows left after
it. Any other request with a cursor is a pull of its own: another filter, another token, a made-up cursor, or
one that was kept for the next day.

Promises:
- a page without a line of its own continues a pull of this token and this query that has one;
- a line is valid for LASTS seconds: a pull that takes longer leaves another one;
- a token has at most UNDER_WAY cursors here; one that is dropped, or known to another process, costs a line.

All calls come from one event loop, so there are no locks.
"""

import hashlib
import time
from collections.abc import Callable, Iterable

import msgspec

LASTS = 3600.0
UNDER_WAY = 100
# The beginning and the length of a page: only these may differ between two pages of a pull.
_OF_A_PAGE = frozenset({"after", "limit", "skiptoken", "top", "count"})


class PullsUnderWay:
    """The cursors that were returned with rows left after them. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Token -> cursor of a query -> when its pull was recorded.
        self._of: dict[int, dict[bytes, float]] = {}

    def begins(self) -> float:
        """The time of a pull that is recorded now."""
        return self._clock()

    def begun(self, token: int, question: bytes, cursor: str) -> float | None:
        """When the pull that this page continues was recorded; None if the page begins a pull."""
        begun = self._of.get(token, {}).get(_page(question, cursor))
        return begun if begun is not None and self._clock() - begun < LASTS else None

    def goes_on(self, token: int, question: bytes, cursor: str, begun: float) -> None:
        """Note that this cursor is returned now, with rows left after it."""
        pages = self._of.setdefault(token, {})
        pages[_page(question, cursor)] = begun
        while len(pages) > UNDER_WAY:
            del pages[next(iter(pages))]


def question(path: str, asked: Iterable[tuple[str, str]]) -> bytes:
    """What all pages of one pull have in common: their address and all parameters except those of a page."""
    kept = sorted(pair for pair in asked if pair[0].removeprefix("$") not in _OF_A_PAGE)
    return hashlib.sha256(msgspec.json.encode((path, kept))).digest()


def _page(question: bytes, cursor: str) -> bytes:
    return hashlib.sha256(question + cursor.encode()).digest()
