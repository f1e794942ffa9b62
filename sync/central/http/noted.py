"""Which pages go on with a pull that is in the audit log already, so that a pull of many pages is one line.

A page goes on where the same token asks the same question behind a cursor that it was given with rows left
behind it. Whatever else names a cursor is a pull of its own: another filter, another token, a cursor that was
made up, or one that was kept for the next day.

Promises:
- a page without a line of its own continues a pull of this token and this question that has one;
- a line counts for LASTS seconds: who goes on for longer leaves another one;
- a token has at most UNDER_WAY cursors here; one that is dropped, or known to another process, costs a line.

One event loop calls this: no locks.
"""

import hashlib
import time
from collections.abc import Callable, Iterable

import msgspec

LASTS = 3600.0
UNDER_WAY = 100
# Where a page begins, and how long it is: all that may differ between two pages of a pull.
_OF_A_PAGE = frozenset({"after", "limit", "skiptoken", "top", "count"})


class PullsUnderWay:
    """The cursors that were given out with rows left behind them. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Token -> cursor of a question -> when its pull was written down.
        self._of: dict[int, dict[bytes, float]] = {}

    def begins(self) -> float:
        """The time of a pull that is written down now."""
        return self._clock()

    def begun(self, token: int, question: bytes, cursor: str) -> float | None:
        """When the pull was written down that this page goes on with; None where it is one of its own."""
        begun = self._of.get(token, {}).get(_page(question, cursor))
        return begun if begun is not None and self._clock() - begun < LASTS else None

    def goes_on(self, token: int, question: bytes, cursor: str, begun: float) -> None:
        """This cursor is given out now, with rows left behind it."""
        pages = self._of.setdefault(token, {})
        pages[_page(question, cursor)] = begun
        while len(pages) > UNDER_WAY:
            del pages[next(iter(pages))]


def question(path: str, asked: Iterable[tuple[str, str]]) -> bytes:
    """What two pages of one pull have in common: their address and all parameters but those of a page."""
    kept = sorted(pair for pair in asked if pair[0].removeprefix("$") not in _OF_A_PAGE)
    return hashlib.sha256(msgspec.json.encode((path, kept))).digest()


def _page(question: bytes, cursor: str) -> bytes:
    return hashlib.sha256(question + cursor.encode()).digest()
