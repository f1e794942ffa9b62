"""Reads a list of the one-stop software: dossiers as hashes, their procedures, officers and days.

Promises:
- a wrong row is reported by its line, and nothing is imported then: the list in use is unchanged;
- no dossier code is shown in a report, and nothing of a column that may hold applicants' names;
- no result counts as returned before its dossier's own date, or after today.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from msgspec import Struct

from sync.central.office.returned import Result
from sync.central.office.sheets.day_order import Written, day_order
from sync.central.office.sheets.reader import LOST_ZEROS, Row, Sheet, heading_text, read_sheet
from sync.contract.bundle import Case
from sync.contract.catalogue import Catalogue, Officer
from sync.contract.code_rules import CodeRules
from sync.contract.codes import (
    Refusal,
    case_hash,
    dossier_day,
    is_dossier_code,
    is_procedure_code,
    national_code,
    normalise,
)
from sync.contract.days import Order, read_day
from sync.contract.files import read_toml
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID, REFERENCE_DANGLING
from sync.contract.problem.scanning import CASE_LIST_INVALID
from sync.contract.response import CaseHash
from sync.contract.text import nfc, without_marks

SHOWN_ROWS = 20

Applicant = Literal["citizen", "organisation"]
# What lists call an applicant, without tones and marks.
_APPLICANTS: dict[str, Applicant] = {
    "ca nhan": "citizen",
    "cong dan": "citizen",
    "nguoi dan": "citizen",
    "to chuc": "organisation",
    "doanh nghiep": "organisation",
    "co quan": "organisation",
}


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is which, and what the names in it mean: one TOML file."""

    dossier: str
    procedure: str
    officer: str = ""
    applicant: str = ""
    returned: str = ""
    day_order: Literal["", "day-first", "month-first"] = ""
    delimiter: str = ""
    unknown_officer: Literal["refuse", "leave_out"] = "refuse"
    procedures: dict[str, str] = {}
    officers: dict[str, str] = {}
    applicants: dict[str, Applicant] = {}

    def headings(self) -> tuple[str, ...]:
        """The headings that the list must have."""
        names = (self.dossier, self.procedure, self.officer, self.applicant, self.returned)
        return tuple(filter(None, names))


class Listed(Struct, frozen=True, kw_only=True):
    """The contents of a list. returned: the day on which each case was returned, if it was.

    organisations, citizens: the cases whose applicant is known to be one. said: how the file was read, if it
    could have been read in another way.
    """

    cases: tuple[Case, ...]
    organisations: frozenset[CaseHash]
    citizens: frozenset[CaseHash]
    returned: dict[str, date]
    said: tuple[str, ...] = ()

    def results(self) -> Counter[Result]:
        """How many results were returned, by day, procedure and officer."""
        return Counter(
            (self.returned[case.case].isoformat(), case.procedure or "", case.officer or "")
            for case in self.cases
            if case.case in self.returned
        )


class Reading(Struct, frozen=True, kw_only=True):
    """What is needed to read a list. today: no result was returned after it."""

    columns: Columns
    catalogue: Catalogue
    unit: str
    rules: CodeRules
    key: bytes
    today: date


def load_columns(path: Path) -> Columns:
    """The mapping in a TOML file; `\\t` means a tab. Raises ProblemError as `read_toml` does, and HL1003."""
    columns = read_toml(path, Columns)
    if len(columns.delimiter.replace(r"\t", "\t")) > 1:
        detail = "chỉ một ký tự: ',', ';' hoặc '\\t'"
        raise ProblemError(ENTRY_INVALID(where=f"{path}: delimiter", detail=detail))
    return columns


def read_cases(path: Path, reading: Reading) -> Listed:
    """The cases in a CSV or XLSX file, in its order; raises ProblemError HL3019 naming every wrong line.

    Also raises as `read_sheet` does, HL1003 if a column is missing, HL5035 if the order of day and month is
    not clear.
    """
    columns = reading.columns
    sheet = read_sheet(path, columns.headings(), columns.delimiter.replace(r"\t", "\t"))
    for name in columns.headings():
        if heading_text(name) not in sheet.headings:
            place = f"{sheet.name}:{sheet.line}"
            raise ProblemError(ENTRY_INVALID(where=place, detail=f"không có cột '{name}'"))
    order, said = _order(sheet, reading)
    officers = _officers(reading)
    applicants = _APPLICANTS | {without_marks(word): kind for word, kind in columns.applicants.items()}
    rows: dict[str, tuple[Case, date | None, Applicant | None]] = {}
    wrong: list[tuple[int, str]] = []
    unknown: dict[str, list[int]] = {}
    for row in sheet.rows:
        try:
            case, day, name = _case(row, sheet, reading, officers, order)
            applicant = _applicant(row, columns, applicants)
        except _WrongRowError as error:
            wrong.append((row.line, f"dòng {row.line}: {error}"))
            continue
        if name and case.officer is None and columns.unknown_officer == "refuse":
            unknown.setdefault(name, []).append(row.line)
        elif rows.setdefault(case.case, (case, day, applicant)) != (case, day, applicant):
            wrong.append((row.line, f"dòng {row.line}: {columns.dossier}: trùng với một dòng khác nội dung"))
    wrong += [(lines[0], _unknown_officer(name, lines, reading)) for name, lines in unknown.items()]
    if wrong:
        texts = [text for _, text in sorted(wrong)]
        more = f"; và {len(texts) - SHOWN_ROWS} dòng khác" if len(texts) > SHOWN_ROWS else ""
        raise ProblemError(CASE_LIST_INVALID(where=str(path), detail="; ".join(texts[:SHOWN_ROWS]) + more))
    return Listed(
        cases=tuple(case for case, _, _ in rows.values()),
        organisations=frozenset(id for id, (_, _, kind) in rows.items() if kind == "organisation"),
        citizens=frozenset(id for id, (_, _, kind) in rows.items() if kind == "citizen"),
        returned={id: day for id, (_, day, _) in rows.items() if day is not None},
        said=said,
    )


class _WrongRowError(Exception):
    """Why a row is refused; never its content."""


def _case(
    row: Row, sheet: Sheet, reading: Reading, officers: Mapping[str, str], order: Order
) -> tuple[Case, date | None, str]:
    """The case of a row, the day of its return, and the officer's name in the file."""
    columns = reading.columns
    if row.width < sheet.width or (row.surplus and row.width > sheet.width):
        raise _WrongRowError(f"{row.width} cột, tiêu đề có {sheet.width}")
    dossier = normalise(_cell(row, columns.dossier))
    known = is_dossier_code(dossier, reading.rules)
    if known is not True:
        reason = "ngày không tồn tại" if known is Refusal.IMPOSSIBLE_DATE else "không phải mã hồ sơ"
        raise _WrongRowError(f"{columns.dossier}: {reason}")
    procedure = _cell(row, columns.procedure)
    procedure = national_code(columns.procedures.get(procedure, procedure))
    if not is_procedure_code(procedure, reading.rules):
        reason = LOST_ZEROS if heading_text(columns.procedure) in row.numbers else "không phải mã thủ tục"
        raise _WrongRowError(f"{columns.procedure}: {reason}")
    name = " ".join(_cell(row, columns.officer).split())
    day = None
    written = _cell(row, columns.returned)
    if written:
        day = read_day(written, order)
        if day is None:
            raise _WrongRowError(f"{columns.returned}: không phải ngày")
        if day > reading.today:
            raise _WrongRowError(f"{columns.returned}: sau hôm nay")
        if day < (dossier_day(dossier, reading.rules) or day):
            raise _WrongRowError(f"{columns.returned}: trước ngày của hồ sơ")
    return Case(case_hash(dossier, reading.key), procedure, officers.get(name.casefold())), day, name


def _applicant(row: Row, columns: Columns, applicants: Mapping[str, Applicant]) -> Applicant | None:
    """Whether the applicant is a person or an organisation; None if the list does not know."""
    word = _cell(row, columns.applicant)
    if not word:
        return None
    kind = applicants.get(without_marks(word))
    if kind is None:
        raise _WrongRowError(f"{columns.applicant}: không rõ cá nhân hay tổ chức, ghi vào [applicants]")
    return kind


def _cell(row: Row, heading: str) -> str:
    return row.cells.get(heading_text(heading), "") if heading else ""


def _order(sheet: Sheet, reading: Reading) -> tuple[Order, tuple[str, ...]]:
    columns = reading.columns
    if columns.day_order or not columns.returned:
        return columns.day_order or "day-first", ()
    days = [
        Written(
            line=row.line,
            text=text,
            received=dossier_day(normalise(_cell(row, columns.dossier)), reading.rules),
            real=heading_text(columns.returned) in row.dates,
        )
        for row in sheet.rows
        if (text := _cell(row, columns.returned))
    ]
    order, said = day_order(days, reading.today, f"{sheet.name}: {columns.returned}")
    return order, (said,) if said else ()


def _officers(reading: Reading) -> dict[str, str]:
    """Ids by what a file may call an officer of the unit: the id, a unique name, a mapped name."""
    ours = _ours(reading)
    names = Counter(_plain_spaces(officer.name) for officer in ours)
    known = {
        _plain_spaces(officer.name): officer.id for officer in ours if names[_plain_spaces(officer.name)] == 1
    }
    ids = {officer.id: officer.id for officer in ours}
    for name, id in reading.columns.officers.items():
        if id not in ids:
            raise ProblemError(REFERENCE_DANGLING(where=f"officers.{name}", detail=f"'{id}'"))
    mapped = {_plain_spaces(name): id for name, id in reading.columns.officers.items()}
    return known | ids | mapped


def _ours(reading: Reading) -> Sequence[Officer]:
    return [officer for officer in reading.catalogue.officers if officer.unit == reading.unit]


def _plain_spaces(name: str) -> str:
    return " ".join(nfc(name).split()).casefold()


def _unknown_officer(name: str, lines: Sequence[int], reading: Reading) -> str:
    """The name that was not found, its lines, and similar names in the catalogue."""
    ours = {f"{officer.name} ({officer.id})": _letters(officer.name) for officer in _ours(reading)}
    near = set(get_close_matches(_letters(name), ours.values(), n=2, cutoff=0.75))
    alike = [shown for shown, letters in ours.items() if letters in near]
    often = f" ({len(lines)} dòng)" if len(lines) > 1 else ""
    nearest = f"; gần nhất: {', '.join(alike)}" if alike else ""
    return f"dòng {lines[0]}: {reading.columns.officer}: '{name}' không có trong danh mục{often}{nearest}"


def _letters(name: str) -> str:
    """A name without tones, marks and bracketed parts, for comparing."""
    return without_marks(re.sub(r"\(.*?\)", "", name))
