"""Tables that people bring: CSV as spreadsheets write it, and XLSX. Read whole, every row with its line.

CSV: UTF-8 with or without a mark at its beginning, or UTF-16 with one; separated by comma, semicolon (as
Vietnamese spreadsheets do) or tab, whichever the first line has most of. XLSX: the first sheet, formulas by
their last result. Cells come as trimmed text in NFC; rows without any text are left out.

Failure table: unreadable, or an unknown kind of file → HL1001; broken CSV or XLSX → HL1002 with its line;
too many rows, or a column twice → HL1003, HL1004.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from sync.contract.problem import ProblemError, problem
from sync.contract.text import nfc

# More than every unit Viet Nam ever had; a table beyond it is another table.
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
MOST_UNPACKED = 500_000_000  # bytes


class Row(Struct, frozen=True):
    """One line: the text under each heading.

    numbers: headings under which the cell was a number, whose leading zeros a spreadsheet has already lost.
    surplus: there is text where no heading stands; most often a separator inside a cell shifted the line.
    """

    line: int
    cells: dict[str, str]
    numbers: frozenset[str] = frozenset()
    surplus: bool = False


class Sheet(Struct, frozen=True):
    """A table: its file's name, the line of its headings, these in small letters, and its rows."""

    name: str
    line: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


# One line as it was read: its number, and the cells as they are in the file.
_Raw = tuple[int, Sequence[object]]


def read_sheet(path: Path) -> Sheet:
    """The table in a .csv or .xlsx file; raises ProblemError as the failure table says."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise ProblemError(problem("HL1001", where=path.name, detail="neither .csv nor .xlsx"))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ProblemError(problem("HL1001", where=str(path), detail=error.strerror or "")) from error
    return _sheet(path.name, _csv(path.name, data) if kind == ".csv" else _xlsx(path.name, data))


def _sheet(name: str, lines: list[_Raw]) -> Sheet:
    if not lines:
        raise ProblemError(problem("HL1002", where=name, detail="empty"))
    first, heading_cells = lines[0]
    headings = [_text(cell).casefold() for cell in heading_cells]
    for heading, count in Counter(headings).items():
        if heading and count > 1:
            raise ProblemError(
                problem("HL1004", where=f"{name}:{first}", detail=f"'{heading}' {count} times")
            )
    rows = tuple(_row(line, headings, cells) for line, cells in lines[1:])
    return Sheet(name, first, tuple(heading for heading in headings if heading), rows)


def _row(line: int, headings: Sequence[str], cells: Sequence[object]) -> Row:
    cells_read: dict[str, str] = {}
    numbers: set[str] = set()
    surplus = False
    for heading, cell in zip_longest(headings, cells[:MOST_COLUMNS], fillvalue=""):
        text = _text(cell)
        if text and not heading:
            surplus = True
        elif text:
            cells_read[str(heading)] = text
            if isinstance(cell, int | float):
                numbers.add(str(heading))
    return Row(line, cells_read, frozenset(numbers), surplus)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return nfc(str(cell)).strip()


def _limited(name: str, lines: Iterable[_Raw]) -> list[_Raw]:
    found: list[_Raw] = []
    for line, cells in lines:
        if any(_text(cell) for cell in cells):
            found.append((line, cells))
        if len(found) > MOST_ROWS + 1:
            raise ProblemError(problem("HL1003", where=name, detail=f"more than {MOST_ROWS} rows"))
    return found


def _csv(name: str, data: bytes) -> list[_Raw]:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        source = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        detail = "not UTF-8: save it as “CSV UTF-8”"
        raise ProblemError(problem("HL1001", where=f"{name}:{line}", detail=detail)) from error
    first = source.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=max(";,\t", key=first.count), strict=True)

    def lines() -> Iterable[_Raw]:
        begun = 1
        for cells in reader:
            yield begun, cells
            begun = reader.line_num + 1

    try:
        return _limited(name, lines())
    except csv.Error as error:
        raise ProblemError(problem("HL1002", where=f"{name}:{reader.line_num}", detail=str(error))) from error


def _xlsx(name: str, data: bytes) -> list[_Raw]:
    from openpyxl import load_workbook  # late: only who brings such a file waits for it

    try:
        _refuse_bombs(name, data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        if not workbook.worksheets:
            raise ProblemError(problem("HL1002", where=name, detail="no sheet"))
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # some programs write wrong ones
        return _limited(name, enumerate(sheet.iter_rows(values_only=True), 1))
    except (BadZipFile, KeyError, ValueError, EOFError, OSError, ParseError) as error:
        raise ProblemError(problem("HL1002", where=name, detail="not a workbook")) from error


def _refuse_bombs(name: str, data: bytes) -> None:
    """A workbook is a ZIP file: refuse one that would unpack to far more than a table needs."""
    with ZipFile(io.BytesIO(data)) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
            raise ProblemError(problem("HL1003", where=name, detail="too large when unpacked"))
