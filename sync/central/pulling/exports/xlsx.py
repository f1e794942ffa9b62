"""Responses as an Excel workbook. The finished file is on disk before its first byte leaves.

It is made in slices, with an empty piece after each to report that there is more to do. Between two slices
other requests have a turn, and the work ends if the client has gone.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.central.store.scratch import Scratch, check_room
from sync.tables.column import Headings
from sync.tables.workbook import open_workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 256 * 1024


# Writes a workbook at a path from the rows, with temporary files in a folder; a step for each part of them.
Fill = Callable[[Path, Path, Iterator[Sequence[Row[Any]]]], Iterator[None]]


def write(chunks: Iterator[Sequence[Row[Any]]], fill: Fill, scratch: Scratch) -> Iterator[bytes]:
    """The workbook; raises ProblemError HL4033 for more rows than a sheet holds, HL4025 for a full disk."""
    with scratch.folder() as folder:
        path = folder / "responses.xlsx"
        for _ in fill(path, folder, chunks):
            check_room(folder)
            yield b""
        yield from pieces(path)


def table_alone(layout: Layout, above: Headings, check: Callable[[], None]) -> Fill:
    """A workbook that is the table alone. check: raises an exception once the client has gone."""

    def fill(path: Path, folder: Path, chunks: Iterator[Sequence[Row[Any]]]) -> Iterator[None]:
        with open_workbook(path, layout.columns, above, folder, check) as add:
            for rows in chunks:
                add(map(layout.values, rows))
                yield

    return fill


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
