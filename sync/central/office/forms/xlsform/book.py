"""The cells of an XLSForm, with their places: read by pyxform, which also checks the form as a whole.

Texts are taken as they were written: pyxform's own form of them has other quotation marks. pyxform is in the
extra `xlsform`, and is imported only where a workbook is read.

Failure table: pyxform is not installed → HL5030; no workbook, too large → HL1002, HL1003; another sheet or
structure than XLSForm's → HL1026.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.centre import COMMAND_NOT_INSTALLED
from sync.contract.problem.files import ENTRY_INVALID, FILE_MALFORMED, XLSFORM_REFUSED
from sync.contract.text import nfc

EXTRA = "xlsform"
MOST_UNPACKED = 50_000_000  # bytes; a form has a few thousand cells

# A column: its name, then the language if it has one.
Column = tuple[str, ...]


# What a column is usually called, where pyxform has another word for it.
_USUAL: Mapping[Column, str] = {("id_string",): "form_id", ("title",): "form_title"}


class Row(Struct, frozen=True, kw_only=True):
    """One row: its cells that have text. headings: each column as it is written in the workbook."""

    sheet: str
    number: int
    cells: Mapping[Column, str]
    headings: Mapping[Column, str]

    def get(self, *column: str) -> str:
        """The text in this column; "" if there is none."""
        return self.cells.get(column, "")

    def place(self, *column: str) -> str:
        """Where this cell is: sheet, row and column, such as `survey:7: relevant`."""
        heading = self.headings.get(column, _USUAL.get(column, column[0]) if column else "")
        return f"{self.sheet}:{self.number}" + (f": {heading}" if heading else "")


class Book(Struct, frozen=True, kw_only=True):
    """The three sheets of an XLSForm. faults: what pyxform finds wrong with the form as a whole."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: tuple[Row, ...]
    faults: tuple[Problem, ...]


def read_book(data: bytes, name: str) -> Book:
    """The sheets of the workbook; raises ProblemError as the failure table says. name: of the file."""
    try:
        from pyxform import aliases
        from pyxform.errors import PyXFormError, PyXFormReadError
        from pyxform.question import MultipleChoiceQuestion, Option
        from pyxform.survey import Survey
        from pyxform.xls2json_backends import get_xlsform
    except ModuleNotFoundError as error:
        detail = f"thiếu {error.name}: pip install 'hailong[{EXTRA}]'"
        raise ProblemError(COMMAND_NOT_INSTALLED(where=name, detail=detail)) from error
    _refuse_bomb(data, name)
    try:
        read = get_xlsform(io.BytesIO(data), file_type=".xlsx")
    except PyXFormReadError as error:
        raise ProblemError(FILE_MALFORMED(where=name, detail="không phải sổ tính .xlsx")) from error
    except PyXFormError as error:
        raise ProblemError(XLSFORM_REFUSED(where=name, detail=f"pyxform: {error}")) from error
    words = {
        "survey": (aliases.survey_header, MultipleChoiceQuestion),
        "choices": (aliases.list_header, Option),
        "settings": (aliases.settings_header, Survey),
    }
    sheets = {
        sheet: _rows(
            sheet, getattr(read, sheet), getattr(read, f"{sheet}_header"), known, of.get_slot_names()
        )
        for sheet, (known, of) in words.items()
    }
    return Book(
        survey=sheets["survey"],
        choices=sheets["choices"],
        settings=sheets["settings"],
        faults=tuple(_whole(read, name)),
    )


def _refuse_bomb(data: bytes, name: str) -> None:
    try:
        with ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except BadZipFile as error:
        raise ProblemError(FILE_MALFORMED(where=name, detail="không phải sổ tính .xlsx")) from error
    if size > MOST_UNPACKED:
        raise ProblemError(ENTRY_INVALID(where=name, detail="quá lớn khi giải nén"))


def _rows(
    sheet: str,
    lines: Sequence[Mapping[str, Any]] | None,
    header: Sequence[Mapping[str, Any]] | None,
    known: Any,
    slots: Iterable[str],
) -> tuple[Row, ...]:
    from pyxform.parsing.sheet_headers import process_header

    names = list(header[0]) if header else []
    double = any("::" in heading for heading in names)
    columns: dict[str, Column] = {
        heading: process_header(heading, double, known, set(slots))[1] for heading in names
    }
    headings = {column: heading for heading, column in columns.items()}
    rows = []
    for number, line in enumerate(lines or (), start=2):
        cells = {columns[heading]: nfc(str(text)).strip() for heading, text in line.items() if text}
        if cells:
            rows.append(Row(sheet=sheet, number=number, cells=cells, headings=headings))
    return tuple(rows)


def _whole(read: Any, name: str) -> Iterable[Problem]:
    """What pyxform reports of the form as a whole: the first fault that it meets."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json

    try:
        workbook_to_json(deepcopy(read), fallback_form_name="form")
    except (PyXFormError, KeyError) as error:  # KeyError: a label that pyxform misses for `or_other`
        yield XLSFORM_REFUSED(where=name, detail=f"pyxform: {error}")
