"""Responses as an Excel workbook: one sheet, frozen header, filters; every text is written as text.

XlsxWriter's constant_memory keeps one row at a time; the finished file is on disk before its first byte
leaves.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.contract.problem import ProblemError, problem

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a sheet can hold, less the header.
MOST_ROWS = 2**20 - 1
_PIECE = 256 * 1024


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout) -> Iterator[bytes]:
    """The workbook; raises ProblemError HL4033 where there are more rows than a sheet holds."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as folder:
        path = Path(folder) / "responses.xlsx"
        _build(path, chunks, layout)
        yield from pieces(path)


def _build(path: Path, chunks: Iterable[Sequence[Row[Any]]], layout: Layout) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("responses")
        bold = book.add_format({"bold": True})
        columns = layout.columns
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.name, bold)
        sheet.freeze_panes(1, 1)
        number = 0
        for rows in chunks:
            for row in rows:
                number += 1
                if number > MOST_ROWS:
                    raise ProblemError(problem("HL4033", where="format", detail=f"more than {MOST_ROWS}"))
                for at, value in enumerate(layout.values(row)):
                    if isinstance(value, bool):
                        sheet.write_boolean(number, at, value)
                    elif isinstance(value, int):
                        sheet.write_number(number, at, value)
                    elif value:
                        sheet.write_string(number, at, value[:32_767])
        sheet.autofilter(0, 0, number, len(columns) - 1)


def pieces(path: Path) -> Iterator[bytes]:
    """A file, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
