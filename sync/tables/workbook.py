"""An Excel workbook of one sheet: frozen header, filters; texts as texts, days as days.

XlsxWriter's constant_memory keeps one row at a time. A moment is shown as the clocks of Viet Nam had it, for
a cell has no offset; one that no sheet can hold (before 1900) stays text.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import xlsxwriter

from sync.contract.problem import ProblemError, problem
from sync.tables.column import Column, Headings, Value, headings

# What a sheet can hold, less the header.
MOST_ROWS = 2**20 - 1
_LONGEST = 32_767
_PLACE = timezone(timedelta(hours=7))


def write_workbook(
    path: Path, columns: Sequence[Column], above: Headings, rows: Iterable[Sequence[Value]]
) -> None:
    """Write the workbook; raises ProblemError HL4033 where there are more rows than a sheet holds."""
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
        for row in rows:
            number += 1
            if number > MOST_ROWS:
                raise ProblemError(problem("HL4033", where=str(path.name), detail=f"quá {MOST_ROWS} dòng"))
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, (number, at), value, column.kind, formats)
        sheet.autofilter(0, 0, max(1, number), len(columns) - 1)


def _write(sheet: Any, place: tuple[int, int], value: Value, kind: str, formats: dict[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int):
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
