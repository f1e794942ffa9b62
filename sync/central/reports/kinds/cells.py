"""Figures of a report as cells and within sentences. Pure."""

from sync.central.figures.summary import percent
from sync.central.presenting.numbers import n_words, whole
from sync.central.reports.model import UNKNOWN, Cell, Figure, written

HIDDEN = Figure(kind="count", value=None, few=True)
NOTHING = "–"
"""A share of nothing, and a difference from nothing."""


def count(number: int | None) -> Figure:
    """A count; None: not known."""
    return Figure(kind="count", value=None if number is None else str(number))


def share(number: str | None) -> Cell:
    """A percentage as a summary gives it; None: of nothing."""
    return NOTHING if number is None else Figure(kind="percent", value=number)


def share_of(number: int, n: int) -> Cell:
    """The share that this number is of n."""
    return share(percent(number, n))


def difference(number: str | None) -> Cell:
    """A difference of two percentages; None: it can't be said."""
    return NOTHING if number is None else Figure(kind="points", value=number)


def with_n(number: str | None, n: int) -> str:
    """A share within a sentence: 62,4% (n = 1.102)."""
    return f"{written(share(number))} ({n_words(n)})"


def said(number: int | None) -> str:
    """A count within a sentence."""
    return UNKNOWN if number is None else whole(number)
