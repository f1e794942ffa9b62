"""The tables of a document as numbers for Excel.

- A figure is a number, never a text: what a document rounds is rounded here, too, and can be added up.
- Nothing becomes a formula: a text is written as a text.
- A copy that leaves the office has no internal tables, unless asked for.
- The forms behind them are a sheet of their own, for a file that is asked for apart (`write_data`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

import xlsxwriter
from msgspec import Struct

from sync.central.reports.model import Cell, Document, Figure, Table, blocks_of, for_outside, written
from sync.central.reports.writing.layout import clean, properties
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import SHEET_TOO_LONG
from sync.tables.workbook import MOST_ROWS

DATA, NOTES, FIGURES = "Dữ liệu phiếu", "Chú giải", "Số liệu tổng hợp"
_LONGEST_TEXT = 32_767
_WIDEST, _NARROWEST = 45, 8
_A4 = 9
_LINE, _MOST_LINES = 16, 12

_Value = str | int | float | None
FormValue = _Value | date
"""What one column says of one form."""
_Kind = Literal["text", "title", "group", "caption", "note"]


class DataColumn(Struct, frozen=True):
    """A column of the forms. meaning: what its values say. width: in letters."""

    title: str
    meaning: str
    width: float = 12


def write_workbook(document: Document, *, internal: bool = False) -> bytes:
    """The file. internal: the copy that stays in the office, with internal tables."""
    shown = document if internal else for_outside(document)
    out = BytesIO()
    with TemporaryDirectory() as folder, _open_book(out, shown, Path(folder)) as (book, formats):
        _write_notes(_Sheet(book, NOTES, formats), shown)
        figures = _Sheet(book, FIGURES, formats)
        _write_figures(figures, _tables(shown))
        figures.activate()
    return out.getvalue()


def write_data(
    path: Path,
    folder: Path,
    document: Document,
    columns: Sequence[DataColumn],
    portions: Iterable[Iterable[Sequence[FormValue]]],
    *,
    notes: Sequence[tuple[str, str]] = (),
) -> Iterator[None]:
    """Write the copy that leaves the office together with the forms behind it, a step for each portion.

    portions: the rows of the forms, without their number. folder: for temporary files. notes: what else there
    is to know, by name. Raises ProblemError HL4033 if there are more forms than a sheet holds.
    """
    shown = for_outside(document)
    with _open_book(path, shown, folder) as (book, formats):
        sheet = _Sheet(book, DATA, formats)
        sheet.columns([_NARROWEST, *(column.width for column in columns)])
        sheet.row(["TT", *(column.title for column in columns)], "title")
        numbers = count(1)
        for rows in portions:
            for row in rows:
                number = next(numbers)
                if number > MOST_ROWS:
                    raise ProblemError(SHEET_TOO_LONG(where=DATA, detail=f"quá {MOST_ROWS} dòng"))
                sheet.form((number, *row))
            yield
        meanings = ((column.title, column.meaning) for column in columns)
        _write_notes(_Sheet(book, NOTES, formats), shown, (*meanings, *notes))
        _write_figures(_Sheet(book, FIGURES, formats), _tables(shown))


@contextmanager
def _open_book(file: BinaryIO | Path, document: Document, folder: Path) -> Iterator[tuple[Any, "_Formats"]]:
    """A workbook about this document, which is packed at the end."""
    options = {
        "constant_memory": True,
        "tmpdir": str(folder),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Times New Roman", "font_size": 12},
    }
    about = properties(document)
    book: Any = xlsxwriter.Workbook(file, options)
    # Without a day of its own, the file would have the moment of its making, and never the same bytes.
    created = datetime(document.letterhead.year, 1, 1)  # noqa: DTZ001
    book.set_properties({"title": about.title, "author": about.author, "created": created})
    yield book, _Formats(book)
    book.close()


def _tables(document: Document) -> list[Table]:
    return [block for block in blocks_of(document) if isinstance(block, Table)]


# --- sheets -------------------------------------------------------------------------------------------------


def _write_notes(sheet: "_Sheet", document: Document, more: Iterable[tuple[str, str]] = ()) -> None:
    about = properties(document)
    sheet.columns([34, 100])
    sheet.row(["Mục", "Nội dung"], "title")
    sheet.row(["Văn bản", about.title], "text")
    sheet.row(["Cơ quan", about.author], "text")
    for name, meaning in more:
        sheet.row([name, meaning], "text")
    for table in _tables(document):
        sheet.row([table.caption, table.note], "text")
    sheet.row(["–", "Số liệu không nêu vì có quá ít lượt trả lời."], "text")
    sheet.row(["không xác định", "Chưa có danh sách để biết số này."], "text")


def _write_figures(sheet: "_Sheet", tables: Sequence[Table]) -> None:
    sheet.columns(_widths(tables))
    for table in tables:
        sheet.row([table.caption], "caption")
        if any(column.group for column in table.columns):
            sheet.groups([column.group for column in table.columns])
        sheet.row([column.title for column in table.columns], "title")
        for row in table.rows:
            sheet.figures(row.cells, bold=row.total)
        if not table.rows:
            sheet.row([table.empty], "note")
        if table.note:
            sheet.row([table.note], "note")
        sheet.row([], "text")


def _widths(tables: Sequence[Table]) -> list[int]:
    """In letters: each column holds its longest cell, within limits; a heading is broken at its spaces."""
    widths: list[int] = []
    for table in tables:
        for at, column in enumerate(table.columns):
            cells = (len(written(row.cells[at])) for row in table.rows)
            longest = max([*map(len, column.title.split()), *cells], default=0)
            widths += [_NARROWEST] * (at + 1 - len(widths))
            widths[at] = max(widths[at], min(longest + 2, _WIDEST))
    return widths


# --- cells --------------------------------------------------------------------------------------------------


class _Formats:
    """The formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool, bool], Any] = {}
        around = {"border": 1, "valign": "top"}
        heading = {"border": 1, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
        self.named = {
            "text": book.add_format({**around, "text_wrap": True}),
            "title": book.add_format(heading),
            "group": book.add_format(heading),
            "caption": book.add_format({"bold": True}),
            "note": book.add_format({"italic": True}),
            "form": book.add_format({"border": 1}),
            "day": book.add_format({"border": 1, "num_format": "dd/mm/yyyy"}),
        }

    def cell(self, code: str, *, bold: bool, figure: bool) -> Any:
        """Of a cell of a table. code: how Excel shows its number. figure: also one that is not known."""
        key = (code, bold, figure)
        if key not in self._made:
            align = "right" if figure else "left"
            look = {"border": 1, "valign": "top", "text_wrap": True, "align": align}
            self._made[key] = self._book.add_format({**look, "num_format": code, "bold": bold})
        return self._made[key]


class _Sheet:
    """A sheet that is written from its top, a row at a time."""

    def __init__(self, book: Any, name: str, formats: _Formats) -> None:
        self._sheet = book.add_worksheet(name)
        self._sheet.set_paper(_A4)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._formats = formats
        self._widths: tuple[float, ...] = ()
        self._next = 0

    def activate(self) -> None:
        """Show this sheet when the file is opened."""
        self._sheet.activate()

    def columns(self, widths: Iterable[float]) -> None:
        """Set the widths, in letters."""
        self._widths = tuple(widths)
        for at, width in enumerate(self._widths):
            self._sheet.set_column(at, at, width)

    def row(self, values: Iterable[_Value], kind: _Kind) -> None:
        """Write values as they are."""
        values = tuple(values)
        if kind in ("text", "title"):
            self._set_height(value if isinstance(value, str) else "" for value in values)
        for at, value in enumerate(values):
            self._write(at, value, self._formats.named[kind])
        self._next += 1

    def form(self, values: Sequence[FormValue]) -> None:
        """Write one form: its row is as high as a line."""
        form, day = self._formats.named["form"], self._formats.named["day"]
        for at, value in enumerate(values):
            if isinstance(value, date):
                self._sheet.write_datetime(self._next, at, value, day)
            else:
                self._write(at, value, form)
        self._next += 1

    def groups(self, groups: Sequence[str]) -> None:
        """Write the headings above several columns."""
        for first, last in _runs(groups):
            if first == last:
                self._write(first, groups[first], self._formats.named["group"])
            else:
                place = (self._next, first, self._next, last)
                self._sheet.merge_range(*place, clean(groups[first]), self._formats.named["group"])
        self._next += 1

    def figures(self, cells: Iterable[Cell], *, bold: bool) -> None:
        """Write the row of a table."""
        cells = tuple(cells)
        self._set_height(map(written, cells))
        for at, cell in enumerate(cells):
            value, code = _number(cell)
            look = self._formats.cell(code, bold=bold, figure=isinstance(cell, Figure))
            self._write(at, value, look)
        self._next += 1

    def _set_height(self, texts: Iterable[str]) -> None:
        """As many lines as the longest text needs: not every program finds that out by itself."""
        lines = (-(-len(text) // width) for text, width in zip(texts, self._widths, strict=False))
        self._sheet.set_row(self._next, _LINE * min(max((1, *lines)), _MOST_LINES))

    def _write(self, at: int, value: _Value, look: Any) -> None:
        if isinstance(value, int | float):
            self._sheet.write_number(self._next, at, value, look)
        elif value:
            self._sheet.write_string(self._next, at, clean(value)[:_LONGEST_TEXT], look)
        else:
            self._sheet.write_blank(self._next, at, None, look)


def _number(cell: Cell) -> tuple[_Value, str]:
    """The cell as a number, and how Excel shows it; a text where there is no figure."""
    if not isinstance(cell, Figure) or cell.few or cell.value is None:
        return written(cell), "@"
    number = Decimal(cell.value)
    fraction = max(0, -int(number.as_tuple().exponent))
    decimals = f"0.{'0' * fraction}" if fraction else "0"
    if cell.kind == "count":
        return int(number), "#,##0"
    if cell.kind == "percent":
        return float(number / 100), f"{decimals}%"
    if cell.kind == "points":
        return float(number), f"+{decimals};-{decimals};{decimals}"
    return float(number), decimals


def _runs(groups: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last column of each group; a column without one is by itself."""
    first = 0
    for at in range(1, len(groups) + 1):
        if at == len(groups) or groups[at] != groups[first] or not groups[first]:
            yield first, at - 1
            first = at
