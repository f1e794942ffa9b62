"""Reads uploaded tables: CSV as spreadsheets write it, and XLSX. Read whole, every row with its line.

CSV (.csv, .tsv, .txt): UTF-8 or UTF-16, each with or without a byte order mark; separated by comma, semicolon
(as Vietnamese spreadsheets do) or tab: the separator that gives most of the headings asked for, or the one
that a line `sep=;` names. XLSX: the first sheet that has the headings, formulas by their last result, dates
as dates. The headings may have titles above them, and line breaks in them. Cells are returned as trimmed text
in NFC; rows without any text are left out.

Promises:
- nothing is guessed about letters: a table in another encoding, or in a font from before Unicode, is refused,
  and the problem names the encoding;
- a merged cell among the rows is refused by its name: the cells it hides would be empty.

Failure table: unreadable → HL1001; another encoding → HL1010; an old font → HL5034; .xls and other kinds of
file → HL5036; broken CSV or XLSX → HL1002 with its line; too many rows, merged cells → HL1003; a column twice
→ HL1004.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from sync.central.office.sheets.old_letters import encoding_of, is_old_font
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import FILE_TYPE_UNSUPPORTED, FONT_ENCODING_OLD
from sync.contract.problem.files import (
    ENTRY_INVALID,
    FILE_MALFORMED,
    FILE_NOT_UTF8,
    FILE_UNREADABLE,
    ID_REPEATED,
)
from sync.contract.reasons import system_reason
from sync.contract.text import nfc

# More than all units that Viet Nam ever had; a longer table is not the right one.
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
MOST_UNPACKED = 500_000_000  # bytes
MOST_TITLES = 30  # lines above the headings
SHOWN = 10
# Why a code that a workbook keeps as a number is refused.
LOST_ZEROS = "là số nên đã mất số 0: đặt định dạng cột là chữ (Text)"

_SEPARATORS = ";,\t"
_TEXT_KINDS = (".csv", ".tsv", ".txt")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and a workbook with a password


class Row(Struct, frozen=True, kw_only=True):
    """One line: the text under each heading.

    numbers, dates: headings under which the cell was a number (the spreadsheet has already dropped zeros at
    its ends) or a date. surplus: there is text under no heading; most often a separator inside a cell shifted
    the line. width: how many cells the line has, in a CSV file.
    """

    line: int
    cells: dict[str, str]
    numbers: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    surplus: bool = False
    width: int


class Sheet(Struct, frozen=True, kw_only=True):
    """A table: its file's name, the line of its headings, these in small letters, and its rows.

    width: how many cells a line has, empty headings among them.
    """

    name: str
    line: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    width: int


# One line as it was read: its number, and the cells as they are in the file.
_Raw = tuple[int, Sequence[object]]


def read_sheet(path: Path, headings: Collection[str], separator: str = "") -> Sheet:
    """The table in a file of one of the kinds above; raises ProblemError as the failure table says.

    headings: what its columns may be called; the first line that has most of them is the line of headings.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
    return sheet_of(path.name, data, headings, separator)


def sheet_of(
    name: str,
    data: bytes,
    headings: Collection[str],
    separator: str = "",
    unpacked: int = MOST_UNPACKED,
) -> Sheet:
    """The same of the content of a file with this name; unpacked: how many bytes a workbook may hold."""
    known = frozenset(heading_text(heading) for heading in headings)
    kind = Path(name).suffix.lower()
    if data.startswith(_OLE):
        detail = "tệp .xls của Excel cũ, hoặc sổ tính có mật khẩu"
        raise ProblemError(FILE_TYPE_UNSUPPORTED(where=name, detail=detail))
    if kind in (".xlsx", ".xlsm"):
        return _workbook(name, data, known, unpacked)
    if kind not in _TEXT_KINDS:
        raise ProblemError(FILE_TYPE_UNSUPPORTED(where=name, detail=f"'{kind}'"))
    if data.startswith(b"PK\x03\x04"):
        raise ProblemError(FILE_TYPE_UNSUPPORTED(where=name, detail=f"là sổ tính mang tên {kind}"))
    lines = _csv(name, _decoded(name, data), known, separator)
    start = _heading_place(lines, known)
    return _sheet(name, lines[start:], known)


def heading_text(cell: object) -> str:
    """A heading in the form used for comparing: one line, small letters."""
    return " ".join(_text(cell).split()).casefold()


def _heading_place(lines: Sequence[_Raw], known: frozenset[str]) -> int:
    """The place of the first line with most of the known headings; the first line if none has any."""
    counts = [len(known & {heading_text(cell) for cell in cells}) for _, cells in lines[:MOST_TITLES]]
    return counts.index(max(counts)) if counts else 0


def _sheet(name: str, lines: Sequence[_Raw], known: frozenset[str]) -> Sheet:
    if not lines:
        raise ProblemError(FILE_MALFORMED(where=name, detail="tệp trống"))
    first, heading_cells = lines[0]
    headings = [heading_text(cell) for cell in heading_cells]
    for heading, count in Counter(headings).items():
        if heading in known and count > 1:
            detail = f"cột '{heading}' có {count} lần"
            raise ProblemError(ID_REPEATED(where=f"{name}:{first}", detail=detail))
    rows = tuple(_row(line, headings, cells) for line, cells in lines[1:])
    _refuse_old_fonts(name, first, headings, rows, known)
    return Sheet(
        name=name,
        line=first,
        headings=tuple(heading for heading in headings if heading),
        rows=rows,
        width=len(headings),
    )


def _row(line: int, headings: Sequence[str], cells: Sequence[object]) -> Row:
    texts: dict[str, str] = {}
    numbers: set[str] = set()
    dates: set[str] = set()
    surplus = False
    for heading, cell in zip_longest(headings, cells[:MOST_COLUMNS], fillvalue=""):
        text = _text(cell)
        if text and not heading:
            surplus = True
        elif text:
            texts[str(heading)] = text
            if isinstance(cell, int | float):
                numbers.add(str(heading))
            elif isinstance(cell, date):
                dates.add(str(heading))
    return Row(
        line=line,
        cells=texts,
        numbers=frozenset(numbers),
        dates=frozenset(dates),
        surplus=surplus,
        width=len(cells),
    )


def _refuse_old_fonts(
    name: str, line: int, headings: Sequence[str], rows: Sequence[Row], known: frozenset[str]
) -> None:
    """Refuse text in an old font; the problem does not quote it, because it would be unreadable there too."""
    places = [f"{name}:{line}" for heading in headings if is_old_font(heading)]
    places += [
        f"{name}:{row.line}: {heading}"
        for row in rows
        for heading, text in row.cells.items()
        if heading in known and is_old_font(text)
    ]
    if places:
        more = f"; và {len(places) - SHOWN} ô khác" if len(places) > SHOWN else ""
        raise ProblemError(FONT_ENCODING_OLD(where="; ".join(places[:SHOWN]) + more))


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
    kept: list[_Raw] = []
    for line, cells in lines:
        if any(_text(cell) for cell in cells):
            kept.append((line, cells))
        if len(kept) > MOST_ROWS + 1:
            raise ProblemError(ENTRY_INVALID(where=name, detail=f"hơn {MOST_ROWS} dòng"))
    return kept


# --- CSV ---------------------------------------------------------------------------------------------


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ProblemError(FILE_NOT_UTF8(where=f"{name}:{line}", detail=encoding_of(data))) from error


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    # In UTF-16, separators and line ends have a 0 byte before or after them.
    beginning = data[:4096]
    if beginning[1::2].count(0) * 8 > len(beginning):
        return "utf-16-le"
    if beginning[::2].count(0) * 8 > len(beginning):
        return "utf-16-be"
    return "utf-8-sig"


def _csv(name: str, source: str, known: frozenset[str], separator: str) -> list[_Raw]:
    skipped = 0
    said = re.match(r"\s*\"?sep=(.)\"?[ \t]*\r?\n", source)
    if said:
        separator = separator or said[1]
        skipped = said[0].count("\n")
        source = source[said.end() :]
    reader = csv.reader(
        io.StringIO(source, newline=""),
        delimiter=separator or max(_SEPARATORS, key=lambda each: _headings_read(source, each, known)),
        strict=True,
    )

    def lines() -> Iterator[_Raw]:
        begun = skipped + 1
        for cells in reader:
            yield begun, cells
            begun = skipped + reader.line_num + 1

    try:
        return _limited(name, lines())
    except csv.Error as error:
        where = f"{name}:{skipped + reader.line_num}"
        raise ProblemError(FILE_MALFORMED(where=where, detail=f"dấu nháy kép sai ({error})")) from error


def _headings_read(source: str, separator: str, known: frozenset[str]) -> tuple[int, int]:
    """How many headings a line has where `separator` separates its cells, and how many cells."""
    best = (0, 0)
    try:
        reader = csv.reader(io.StringIO(source, newline=""), delimiter=separator, strict=True)
        for cells in islice(reader, MOST_TITLES):
            best = max(best, (len(known & {heading_text(cell) for cell in cells}), len(cells)))
    except csv.Error:
        pass
    return best


# --- XLSX --------------------------------------------------------------------------------------------


def _workbook(name: str, data: bytes, known: frozenset[str], unpacked: int) -> Sheet:
    from openpyxl import load_workbook  # imported here: it is slow, and only XLSX needs it

    try:
        _refuse_bombs(name, data, unpacked)
        workbook: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = workbook.worksheets
        if not sheets:
            raise ProblemError(FILE_MALFORMED(where=name, detail="không có trang tính"))
        for sheet in sheets:
            sheet.reset_dimensions()  # some programs write wrong ones
        chosen = max(sheets, key=lambda sheet: _headings_of(sheet.iter_rows(values_only=True), known))
        lines = _limited(name, enumerate(chosen.iter_rows(values_only=True), 1))
        merged = _merged(data, str(chosen._worksheet_path))
    except (BadZipFile, KeyError, ValueError, EOFError, OSError, ParseError) as error:
        raise ProblemError(FILE_MALFORMED(where=name, detail="không phải sổ tính .xlsx")) from error
    start = _heading_place(lines, known)
    _refuse_merged(name, merged, lines[start][0] if lines else 0)
    width = max((len(cells) for _, cells in lines), default=0)
    padded = [(line, [*cells, *[None] * (width - len(cells))]) for line, cells in lines[start:]]
    return _sheet(name, padded, known)


def _headings_of(rows: Iterable[Sequence[object]], known: frozenset[str]) -> int:
    lines = islice(rows, MOST_TITLES)
    return max((len(known & {heading_text(cell) for cell in cells}) for cells in lines), default=0)


def _merged(data: bytes, path: str) -> list[str]:
    """The merged cells of a sheet, such as A5:A9; openpyxl does not name them where it reads by line."""
    with ZipFile(io.BytesIO(data)) as parts:
        content = parts.read(path.lstrip("/"))
    return [ref.decode() for ref in re.findall(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z0-9:]+)"', content)]


def _refuse_merged(name: str, merged: Sequence[str], heading: int) -> None:
    """Refuse merged cells that reach into the rows; titles above the headings may be merged."""
    places = [ref for ref in merged if int(re.sub(r"\D", "", ref.rpartition(":")[2])) > heading]
    if places:
        more = f" và {len(places) - SHOWN} ô khác" if len(places) > SHOWN else ""
        detail = f"ô gộp {', '.join(places[:SHOWN])}{more}: bỏ gộp ô rồi điền vào từng ô"
        raise ProblemError(ENTRY_INVALID(where=name, detail=detail))


def _refuse_bombs(name: str, data: bytes, most: int) -> None:
    """A workbook is a ZIP file: refuse one that would unpack to far more than a table needs."""
    with ZipFile(io.BytesIO(data)) as parts:
        if sum(part.file_size for part in parts.infolist()) > most:
            raise ProblemError(ENTRY_INVALID(where=name, detail="quá lớn khi giải nén"))
