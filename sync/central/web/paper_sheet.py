"""The forms of a lot as a workbook: its columns, and what was filled in as forms to keep.

A row is a form. The columns are the fields of the keying desk, so a cell is read as a field is typed there.
"""

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from sync.central.office.paper.asked import wrong
from sync.central.office.paper.entering import Invalid, KeyedForm, SpoiltForm
from sync.central.office.paper.lots import Lot
from sync.central.office.sheets.reader import Row, Sheet, heading_text
from sync.central.web.paper_fields import fields_of
from sync.central.web.paper_reading import (
    DAY,
    NUMBER,
    OFFICER,
    PROCEDURE,
    RESPONDENT,
    SPOIL,
    TOKEN,
    ReadingDesk,
    read_typed,
)
from sync.central.web.paper_words import INVALID_WORDS, RESPONDENTS
from sync.contract.problem import ProblemError, ProblemsError, Wrong
from sync.contract.survey import Survey
from sync.contract.text import without_marks
from sync.tables.column import Column
from sync.tables.workbook import small_workbook

MOST_ROWS = 500
"""Forms of one file: they are stored at once, and terminals wait for that."""
SHEET = "phieu"
_HEADS = {
    NUMBER: "Số phiếu",
    DAY: "Ngày trả lời",
    RESPONDENT: "Ai trả lời",
    PROCEDURE: "Thủ tục",
    OFFICER: "Cán bộ",
}
_SPOILT = "Không hợp lệ, vì"


class ReadForms(Struct, frozen=True, kw_only=True):
    """The forms of a table, in the order of its rows. lines: of each."""

    forms: tuple[KeyedForm | SpoiltForm, ...]
    lines: tuple[int, ...]


def columns_of(survey: Survey) -> dict[str, str]:
    """The heading of each field, by its name."""
    found = dict(_HEADS)
    for field in fields_of(survey, "vi", str):
        keys = f" ({', '.join(key for key, _ in field.keys)})" if field.keys else ""
        number = f"{field.number}. " if field.number else ""
        found[field.name] = f"{number}{field.label}{keys}"
    return {**found, SPOIL: _SPOILT}


def template(survey: Survey) -> bytes:
    """An empty workbook for the forms of this release."""
    columns = [Column(name, "text", heading) for name, heading in columns_of(survey).items()]
    return small_workbook(columns, "vi", [], SHEET)


def read_table(desk: ReadingDesk, sheet: Sheet) -> ReadForms:
    """The forms of the table; raises ProblemsError with every error by its line and column."""
    names = {heading_text(heading): name for name, heading in columns_of(desk.known.survey).items()}
    refused = Wrong()
    forms: list[KeyedForm | SpoiltForm] = []
    with refused:
        if len(sheet.rows) > MOST_ROWS:
            raise wrong(sheet.name, detail=f"hơn {MOST_ROWS} phiếu: chia thành nhiều tệp")
        missing = [heading for heading in (_HEADS[NUMBER],) if heading_text(heading) not in sheet.headings]
        if missing:
            raise wrong(sheet.name, detail=f"thiếu cột “{missing[0]}”")
    refused.check()
    for row in sheet.rows:
        with refused:
            forms.append(_form(desk, sheet, row, names))
    refused.check()
    return ReadForms(forms=tuple(forms), lines=tuple(row.line for row in sheet.rows))


def place_of(sheet: Sheet, line: int, field: str, survey: Survey) -> str:
    """Where a problem is: the line, and the column of a field."""
    heading = columns_of(survey).get(field)
    return f"{sheet.name}:{line}: {heading}" if heading else f"{sheet.name}:{line}"


def _form(desk: ReadingDesk, sheet: Sheet, row: Row, names: Mapping[str, str]) -> KeyedForm | SpoiltForm:
    typed = {names[heading]: text for heading, text in row.cells.items() if heading in names}
    typed[TOKEN] = _token(desk.lot, typed)
    try:
        if row.surplus:
            raise wrong("", detail="có chữ ở cột không có tên")
        typed[RESPONDENT] = _respondent(typed.get(RESPONDENT, ""))
        if said := typed.pop(SPOIL, ""):
            number, _ = read_typed(desk, {NUMBER: typed.get(NUMBER, ""), "viec": "hong"})
            return SpoiltForm(typed[TOKEN], number, _reason(said))
        number, form = read_typed(desk, {DAY: desk.lot.day.isoformat()} | typed)
        if form is None:
            raise wrong(NUMBER, detail="phiếu trống: ghi là không hợp lệ")
        return form
    except ProblemError as error:
        problems = error.problems if isinstance(error, ProblemsError) else (error.problem,)
        survey = desk.known.survey
        raise ProblemsError(
            [
                each.kind(where=place_of(sheet, row.line, each.where, survey), detail=each.detail)
                for each in problems
            ]
        ) from None


def _token(lot: Lot, typed: Mapping[str, str]) -> str:
    """The same for a row that comes again unchanged, so that a table that is sent twice is kept once."""
    content = "\n".join((lot.id, *(f"{name} {typed[name]}" for name in sorted(typed))))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _respondent(said: str) -> str:
    words = {without_marks(text): key for key, text in RESPONDENTS.items()}
    return words.get(without_marks(said), said)


def _reason(said: str) -> Invalid:
    for key, text in INVALID_WORDS.items():
        if without_marks(said) in (key, without_marks(text)):
            return key
    raise wrong(SPOIL, detail=f"ghi một trong: {', '.join(INVALID_WORDS.values())}")
