"""Reads a list of dossiers with their points on the indicators of circular 01/2018. Pure.

A line is a dossier; under “Chỉ số 1” and so on it has 0, 1 or 2 points, or nothing where the indicator is not
about it. Only how many dossiers have how many points is kept: no code of a dossier is read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sync.central.office.sheets.reader import Row, Sheet
from sync.contract.problem import Problem, ProblemsError
from sync.contract.problem.files import ENTRY_INVALID

BY_DOSSIER: Final = (1, 2, 3, 4, 7)
"""The indicators that a dossier has points on."""
_POINTS: Mapping[str, int] = {"0": 0, "1": 1, "2": 2}
Counts = Mapping[int, tuple[int, int, int]]
"""How many dossiers have 0, 1 and 2 points, by indicator."""


def heading(indicator: int) -> str:
    """What the column of an indicator is called."""
    return f"Chỉ số {indicator}"


def read_dossiers(sheet: Sheet) -> Counts:
    """The points of a list by indicator; only those that it has a column for.

    Raises ProblemsError with every error, each HL1003 with line and column.
    """
    columns = {each: heading(each).lower() for each in BY_DOSSIER}
    given = {each: name for each, name in columns.items() if name in sheet.headings}
    wrong = list(_faults(sheet, given))
    if wrong:
        raise ProblemsError(wrong)
    counts = {each: _counted(sheet.rows, name) for each, name in given.items()}
    return {each: found for each, found in counts.items() if sum(found)}


def _counted(rows: Sequence[Row], column: str) -> tuple[int, int, int]:
    points = Counter(_POINTS[text] for row in rows if (text := row.cells.get(column, "")))
    return points[0], points[1], points[2]


def _faults(sheet: Sheet, given: Mapping[int, str]) -> Iterator[Problem]:
    if not given:
        names = ", ".join(map(heading, BY_DOSSIER))
        yield ENTRY_INVALID(where=f"{sheet.name}:{sheet.line}", detail=f"không có cột nào trong: {names}")
    elif not any(row.cells.get(name) for row in sheet.rows for name in given.values()):
        yield ENTRY_INVALID(where=sheet.name, detail="không có dòng nào")
    for row in sheet.rows:
        where = f"{sheet.name}:{row.line}"
        if row.surplus:
            yield ENTRY_INVALID(where=where, detail="nhiều ô hơn tiêu đề")
        for name in given.values():
            text = row.cells.get(name, "")
            if text and text not in _POINTS:
                yield ENTRY_INVALID(where=f"{where}: {name}", detail=f"ghi một trong: {', '.join(_POINTS)}")
