"""How wide the columns of a table are, and how small its letters. Pure.

Promise: no word is broken in a table that fits the page in letters of 8 points or more.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from msgspec import Struct

from sync.central.reports.model import Column, Table, written
from sync.central.reports.writing.typeface import width
from sync.central.reports.writing.typography import CELL_PADDING

SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
# The most of it that a column takes so that a text is on one line.
MOST_OF_ROOM = 0.4
# Of the width of a text: enough for it to be broken into two lines.
TWO_LINES = 0.6


class Fitted(Struct, frozen=True):
    """size: of the letters, in points. widths: of the columns, together the whole room."""

    size: float
    widths: tuple[float, ...]


def fit(table: Table, room: float) -> Fitted:
    """The largest letters in which each text has at most two lines, or else in which no word is broken.

    What is left of the room goes to columns whose texts need several lines, then to all by their shares.
    """
    texts = [{written(row.cells[at]) for row in table.rows} for at in range(len(table.columns))]
    words = [_longest_word(column, each) for column, each in zip(table.columns, texts, strict=True)]
    whole = [max(map(_width, each), default=0) for each in texts]
    shares = [column.width for column in table.columns]
    for lines, size in product((TWO_LINES, 0), SIZES):
        # A column of sentences would take all of the room from the others.
        wanted = [min(_with_padding(each * size), MOST_OF_ROOM * room) for each in whole]
        least = [
            max(_with_padding(word * size), lines * want) for word, want in zip(words, wanted, strict=True)
        ]
        if sum(least) <= room:
            return Fitted(size, _whole_twips(_shared(room, shares, least, wanted)))
    return Fitted(SIZES[-1], _whole_twips(room * each / sum(least) for each in least))


def _whole_twips(widths: Iterable[float]) -> tuple[float, ...]:
    """In twentieths of a point, Word's unit: a cell above several columns then ends with them."""
    return tuple(round(20 * each) / 20 for each in widths)


def _longest_word(column: Column, texts: Iterable[str]) -> float:
    return max(_width(word) for text in (column.title, *texts) for word in text.split(" "))


def _width(text: str) -> float:
    """In letters of one point. Bold, because a heading and a total are."""
    return width(text, 1, bold=True)


def _with_padding(text: float) -> float:
    return text + 2 * CELL_PADDING + 1


def _shared(
    room: float, shares: Sequence[float], least: Sequence[float], wanted: Sequence[float]
) -> Iterator[float]:
    more = [max(0, want - less) for want, less in zip(wanted, least, strict=True)]
    free = room - sum(least)
    enough = min(1, free / sum(more)) if sum(more) else 1
    left = max(0, free - sum(more))
    for share, less, extra in zip(shares, least, more, strict=True):
        yield less + extra * enough + left * share / sum(shares)
