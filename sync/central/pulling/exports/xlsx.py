"""Responses as an Excel workbook. The finished file is on disk before its first byte leaves."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.tables.column import Headings
from sync.tables.workbook import write_workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 256 * 1024


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout, above: Headings) -> Iterator[bytes]:
    """The workbook; raises ProblemError HL4033 where there are more rows than a sheet holds."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as folder:
        path = Path(folder) / "responses.xlsx"
        write_workbook(path, layout.columns, above, (layout.values(row) for rows in chunks for row in rows))
        yield from pieces(path)


def pieces(path: Path) -> Iterator[bytes]:
    """A file, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
