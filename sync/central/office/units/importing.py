"""A list of units from a table, checked before it is imported: every error by its line, and the changes.

Columns: `code` (mã đơn vị), `name` (tên đơn vị), and as wanted `name_en`, `kind` (loại), `parent` (mã đơn vị
cấp trên), `valid_from` (từ ngày), `valid_to` (đến ngày). Days as 2025-07-01 or 01/07/2025.

A line is one period of one unit. The same code with the same first day replaces a known period; anything else
is added; nothing is removed. To move a unit, give its old period its last day and add the new period.

Promise: a table with any error changes nothing, and every error in it is named at once.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from msgspec import Struct

from sync.central.office.sheets.reader import LOST_ZEROS, Row, Sheet
from sync.central.office.units.tree import Entry, unit_problems
from sync.contract.catalogue import Unit
from sync.contract.days import read_day
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID, ID_REPEATED
from sync.contract.text import Id

# What the columns may be called, in small letters.
COLUMNS = {
    "code": ("code", "mã", "mã đơn vị"),
    "name": ("name", "tên", "tên đơn vị"),
    "name_en": ("name_en", "tên tiếng anh"),
    "kind": ("kind", "loại", "loại đơn vị"),
    "parent": ("parent", "mã đơn vị cấp trên", "mã cấp trên"),
    "valid_from": ("valid_from", "từ ngày", "hiệu lực từ"),
    "valid_to": ("valid_to", "đến ngày", "hiệu lực đến"),
}
MEANING = {heading: column for column, headings in COLUMNS.items() for heading in headings}
_NEEDED = ("code", "name")
_CODES = ("code", "parent")


class UnitImport(Struct, frozen=True, kw_only=True):
    """The effect of a table. units: all units afterwards; empty if there are problems."""

    added: tuple[Unit, ...] = ()
    changed: tuple[Unit, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    units: tuple[Unit, ...] = ()

    def lines(self) -> list[str]:
        """Every problem, or every change, for a person at a command line."""
        if self.problems:
            return [line for found in self.problems for line in found.lines()]
        added, changed = len(self.added), len(self.changed)
        return [
            f"Thêm {added}, đổi {changed}, giữ nguyên {self.unchanged} đơn vị.",
            f"  {added} added, {changed} changed, {self.unchanged} as they were.",
        ]


def try_units(sheet: Sheet, known: Iterable[Unit] = ()) -> UnitImport:
    """The effect of importing `sheet` on the `known` units."""
    meaning, problems = _columns(sheet)
    read: list[Entry] = []
    if not problems:
        for row in sheet.rows:
            found = _unit(sheet.name, row, meaning)
            if isinstance(found, Unit):
                read.append(Entry(f"{sheet.name}:{row.line}", found))
            else:
                problems += found
    before = {(unit.code, unit.valid_from): unit for unit in known}
    replaced = {(entry.unit.code, entry.unit.valid_from) for entry in read}
    kept = [unit for key, unit in before.items() if key not in replaced]
    every = [*(Entry(f"units {unit.code}", unit) for unit in kept), *read]
    if not problems:
        problems = list(unit_problems(every))
    if problems:
        return UnitImport(problems=tuple(sorted(problems, key=_place)))
    pairs = [(before.get((entry.unit.code, entry.unit.valid_from)), entry.unit) for entry in read]
    return UnitImport(
        added=tuple(unit for old, unit in pairs if old is None),
        changed=tuple(unit for old, unit in pairs if old is not None and old != unit),
        unchanged=sum(old == unit for old, unit in pairs),
        units=tuple(sorted((entry.unit for entry in every), key=lambda unit: (unit.code, _first(unit)))),
    )


def _columns(sheet: Sheet) -> tuple[dict[str, str], list[Problem]]:
    """Which heading holds which column, and what is wrong with the headings."""
    where, found, problems = f"{sheet.name}:{sheet.line}", {}, []
    for heading in sheet.headings:
        column = MEANING.get(heading)
        if column is None:
            problems.append(ENTRY_INVALID(where=where, detail=f"không biết cột '{heading}'"))
        elif column in found:
            problems.append(ID_REPEATED(where=where, detail=f"hai cột cùng là '{COLUMNS[column][-1]}'"))
        else:
            found[column] = heading
    for column in _NEEDED:
        if column not in found:
            problems.append(ENTRY_INVALID(where=where, detail=f"thiếu cột '{COLUMNS[column][-1]}'"))
    return found, problems


def _unit(name: str, row: Row, meaning: dict[str, str]) -> Unit | list[Problem]:
    """The unit of one row, or every problem within that row."""
    cells = {column: row.cells.get(heading, "") for column, heading in meaning.items()}
    problems = [
        ENTRY_INVALID(where=f"{name}:{row.line}: {column}", detail=detail)
        for column, detail in _wrong_cells(
            cells, {c for c, heading in meaning.items() if heading in row.numbers}
        )
    ]
    if row.surplus:
        where = f"{name}:{row.line}"
        problems.append(ENTRY_INVALID(where=where, detail="nhiều ô hơn tiêu đề"))
    if problems:
        return problems
    text = {"vi": cells["name"]}
    if cells.get("name_en"):
        text["en"] = cells["name_en"]
    return Unit(
        code=cells["code"],
        name=text,
        kind=cells.get("kind", ""),
        parent=cells.get("parent") or None,
        valid_from=read_day(cells.get("valid_from", "")),
        valid_to=read_day(cells.get("valid_to", "")),
    )


def _wrong_cells(cells: dict[str, str], numbers: set[str]) -> Iterator[tuple[str, str]]:
    for column in _NEEDED:
        if not cells[column]:
            yield column, "để trống"
    for column in _CODES:
        code = cells.get(column, "")
        if column in numbers:
            yield column, LOST_ZEROS
        elif code and not _is_id(code):
            yield column, "mã chỉ gồm a–z, 0–9, '.', '-', '_' và bắt đầu bằng chữ hoặc số"
    for column in ("valid_from", "valid_to"):
        day = cells.get(column, "")
        if day and read_day(day) is None:
            yield column, "không phải ngày: viết 2025-07-01 hoặc 01/07/2025"


def _is_id(code: str) -> bool:
    try:
        msgspec.convert(code, Id)
    except msgspec.ValidationError:
        return False
    return True


def _first(unit: Unit) -> date:
    return unit.valid_from or date.min


def _place(found: Problem) -> tuple[str, int, str]:
    """File, line and column, to sort problems in the order of the table."""
    name, _, rest = found.where.partition(":")
    line, _, column = rest.partition(":")
    return name, int(line) if line.strip().isdigit() else 0, column
