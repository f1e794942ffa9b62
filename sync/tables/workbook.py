"""An Excel workbook of one sheet: frozen header, filters; texts as texts, days as days.

XlsxWriter's constant_memory keeps one row at a time. A moment is shown in Viet Nam's time, because a cell has
no offset; one that a sheet can't hold (before 1900) stays text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from io import BytesIO, FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import xlsxwriter

from sync.contract.problem import ProblemError
from sync.contract.problem.wire import SHEET_TOO_LONG
from sync.tables.column import Column, Headings, Value, headings

# The rows of a sheet, without the header.
MOST_ROWS = 2**20 - 1
_LONGEST = 32_767
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_PLACE = timezone(timedelta(hours=7))
# When a workbook says that it was made: the same rows are the same bytes, so that digests can be compared.
_CREATED = datetime(2026, 1, 1, tzinfo=_PLACE)


def write_workbook(
    path: Path, columns: Sequence[Column], above: Headings, rows: Iterable[Sequence[Value]]
) -> None:
    """Write the workbook; raises ProblemError HL4033 if there are more rows than a sheet holds."""
    with (
        TemporaryDirectory(dir=path.parent) as folder,
        open_workbook(path, columns, above, Path(folder)) as add,
    ):
        add(rows)


@contextmanager
def open_workbook(
    path: Path,
    columns: Sequence[Column],
    above: Headings,
    folder: Path,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Callable[[Iterable[Sequence[Value]]], None]]:
    """A workbook that takes a few rows at a time, and is packed at the end.

    If the work on it ends with an exception it is not packed, and its file is unusable. folder: for temporary
    files, emptied by the caller. check: called while the workbook is packed; its exception stops the packing.
    """
    options = _OPTIONS | {"constant_memory": True, "tmpdir": str(folder)}
    with _Watched(path, check) as file, _sheet(file, options, columns, above, name="responses") as add:
        yield add


def small_workbook(
    columns: Sequence[Column], above: Headings, rows: Iterable[Sequence[Value]], name: str
) -> bytes:
    """A workbook of few rows, made in memory. name: the sheet's name. Raises ProblemError HL4033."""
    out = BytesIO()
    with _sheet(out, _OPTIONS | {"in_memory": True}, columns, above, name) as add:
        add(rows)
    return out.getvalue()


@contextmanager
def _sheet(
    file: BinaryIO, options: Mapping[str, object], columns: Sequence[Column], above: Headings, name: str
) -> Iterator[Callable[[Iterable[Sequence[Value]]], None]]:
    book: Any = xlsxwriter.Workbook(file, options)
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    formats = {
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
    }
    for at, (column, heading) in enumerate(zip(columns, headings(columns, above), strict=True)):
        sheet.write_string(0, at, heading, bold)
        if column.kind in formats:
            sheet.set_column(at, at, 11 if column.kind == "day" else 19)
    sheet.freeze_panes(1, 1)
    number = 0

    def add(rows: Iterable[Sequence[Value]]) -> None:
        nonlocal number
        for row in rows:
            number += 1
            if number > MOST_ROWS:
                raise ProblemError(SHEET_TOO_LONG(where=name, detail=f"quá {MOST_ROWS} dòng"))
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, (number, at), value, column.kind, formats)

    yield add
    sheet.autofilter(0, 0, max(1, number), len(columns) - 1)
    book.close()


class _Watched(FileIO):
    """A file that calls `check` before each write: packing is one call with many writes."""

    def __init__(self, path: Path, check: Callable[[], None]) -> None:
        super().__init__(path, "w+")
        self._check = check

    def write(self, data: Any) -> int:
        self._check()
        return super().write(data)


def _write(sheet: Any, place: tuple[int, int], value: Value, kind: str, formats: dict[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value)
    elif value:
        shown = _shown(value, kind) if kind in formats else None
        if shown is None:
            sheet.write_string(*place, value[:_LONGEST])
        else:
            sheet.write_datetime(*place, shown, formats[kind])


def _shown(value: str, kind: str) -> date | datetime | None:
    if not "1900-02" < value < "9999":
        return None
    if kind == "day":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).astimezone(_PLACE).replace(tzinfo=None)
