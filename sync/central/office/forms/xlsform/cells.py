"""Which cell of a workbook holds a key of the form: for problems, which name sheet, row and column. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from sync.central.office.forms.xlsform.book import Column, Row
from sync.central.office.forms.xlsform.vocabulary import PRIVACY, SCALE
from sync.contract.problem import Problem
from sync.contract.problem.files import ID_REPEATED

TYPE: Column = ("type",)
NAME: Column = ("name",)
LABEL: Column = ("label",)
HINT: Column = ("hint",)
REQUIRED: Column = ("bind", "required")
RELEVANT: Column = ("bind", "relevant")
CONSTRAINT: Column = ("bind", "constraint")
APPEARANCE: Column = ("control", "appearance")
FILTER: Column = ("choice_filter",)
PARAMETERS: Column = ("parameters",)
NONE_OFFERED: Column = ("not_applicable",)
GROUP: Column = ("page",)

# The column of a question's key; of any other key, the type.
_COLUMNS: Mapping[str, Column] = {
    "id": NAME,
    "text": LABEL,
    "help": HINT,
    "when": RELEVANT,
    "about": FILTER,
    "minimum": CONSTRAINT,
    "maximum": CONSTRAINT,
}


class Asked(Struct, frozen=True, kw_only=True):
    """Where a question is from. relevant: the row of its condition, which may be that of its group."""

    id: str
    row: Row
    relevant: Row
    options: Sequence[tuple[str, Row]] = ()


class Cells(Struct, frozen=True, kw_only=True):
    """Where a form is from. rating: the first, whose list is the scale; notes: by their names."""

    settings: Row
    notes: Mapping[str, Row]
    questions: Sequence[Asked]
    levels: Sequence[tuple[int, Row]]
    rating: Row | None

    def place(self, where: str) -> str:
        """The cell of this key; the sheet where it would be, if the workbook hasn't got it."""
        if where.startswith("questions["):
            index, _, rest = where.removeprefix("questions[").partition("]")
            asked = self.questions[int(index)]
            return _place(asked, rest.removeprefix(f" {asked.id}").removeprefix("."))
        if where.startswith("levels "):
            value = where.removeprefix("levels ").removesuffix(".label")
            rows = [row for level, row in self.levels if str(level) == value]
            return rows[0].place(*LABEL) if rows else f"choices: {where}"
        if where == "levels":
            return self.rating.place(*TYPE) if self.rating else "choices"
        if where == "title" and "title" not in self.notes:
            return self.settings.place("title")
        if where in ("questions", "languages"):
            return "survey"
        note = where.replace(".", "_")
        if note not in (*PRIVACY, "title", "thanks"):
            return where
        return self.notes[note].place(*LABEL) if note in self.notes else f"survey: {note}"

    def repeated(self) -> Iterator[Problem]:
        """Each id or level that several rows have, with all of these rows."""
        yield from _repeated((asked.id, asked.row) for asked in self.questions)
        yield from _repeated(self.levels)
        for asked in self.questions:
            yield from _repeated(asked.options)


def _place(asked: Asked, key: str) -> str:
    if key.startswith("options "):
        id, rows = key.removeprefix("options "), dict(asked.options)
        return rows[id].place(SCALE) if id in rows else rows[id.removesuffix(".label")].place(*LABEL)
    column = _COLUMNS.get(key.partition(".")[0], TYPE)
    if column == RELEVANT:
        return asked.relevant.place(*RELEVANT)
    if column == CONSTRAINT and asked.row.get(*PARAMETERS):
        return asked.row.place(*PARAMETERS)
    return asked.row.place(*column)


def _repeated(rows: Iterable[tuple[str | int, Row]]) -> Iterator[Problem]:
    by_id: dict[str | int, list[Row]] = {}
    for id, row in rows:
        by_id.setdefault(id, []).append(row)
    for id, same in by_id.items():
        if len(same) > 1:
            numbers = ", ".join(str(row.number) for row in same)
            where = f"{same[0].sheet}:{numbers}: {NAME[0]}"
            yield ID_REPEATED(where=where, detail=f"“{id}” ghi {len(same)} lần")
