"""Responses as CSV (RFC 4180), UTF-8, at the speed of the database.

Values that the centre made or checked itself (numbers, days, the kinds of a visit, answers) need neither
quotes nor a guard. Other values repeat, so the text of each form, place and set of answers is cached. All
other cells are guarded, so that no spreadsheet takes them for a formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.central.pulling.rows.form_number import form_no
from sync.tables.column import Headings, headings
from sync.tables.csv_table import MARK
from sync.tables.formulas import guard

MEDIA_TYPE = "text/csv; charset=utf-8"
_REMEMBERED = 20_000


def write(
    chunks: Iterable[Sequence[Row[Any]]], layout: Layout, *, mark: bool = False, above: Headings = "ids"
) -> Iterator[bytes]:
    """A header, then the rows."""
    header = _line(map(guard, headings(layout.columns, above))).encode() + b"\r\n"
    yield MARK.encode() + header if mark else header
    writer = _Writer(layout)
    for rows in chunks:
        yield writer.lines(rows)


class _Writer:
    """Writes rows, and caches the text of values that many rows share."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._forms: dict[tuple[object, ...], str] = {}
        self._places: dict[tuple[object, ...], str] = {}
        self._procedures: dict[str | None, str] = {}
        self._officers: dict[str | None, str] = {}
        self._answers: dict[tuple[object, ...], str] = {}
        self._no_words = "," * len(layout.written)

    def lines(self, rows: Sequence[Row[Any]]) -> bytes:
        """The rows as lines of CSV."""
        forms, places, procedures, officers = self._forms, self._places, self._procedures, self._officers
        answers, admin, no_words = self._answers, self._layout.admin, self._no_words
        for memory in (places, answers):
            if len(memory) > _REMEMBERED:
                memory.clear()
        lines: list[str] = []
        add = lines.append
        row: Any
        for row in rows:
            (
                position,
                _,
                counts,
                voids,
                corrects,
                counter,
                survey,
                version,
                plan,
                unit,
                procedure,
                channel,
                respondent,
                outcome,
                day,
                id,
                device,
                seq,
                officer,
                started,
                finished,
                offset,
                keyed,
                cells,
                key,
                box,
            ) = row
            form = forms.get((survey, version, plan)) or self._form((survey, version, plan))
            place = places.get((unit, counter)) or self._place((unit, counter))
            about = procedures.get(procedure) or self._procedure(procedure)
            given = (survey, version, cells)
            what = answers.get(given)
            if what is None:
                what = self._given(given)
            stands = "true,," if counts and corrects is None else _standing(counts, voids, corrects)
            number = "" if keyed is None else _line([guard(form_no(keyed) or "")])
            rest = f"{form},{place},{about},{channel},{respondent},{number},{outcome},{stands},{day}"
            if admin:
                who = officers.get(officer) or self._officer(officer)
                words = no_words if box is None else self._words(key, box)
                times = f"{started},{finished},{offset}"
                add(f"{position},{id},{device},{seq},{rest},{who},{times}{what}{words}\r\n")
            else:
                add(f"{position},{rest}{what}\r\n")
        return "".join(lines).encode()

    def _form(self, form: tuple[Any, ...]) -> str:
        survey, version, plan = form
        text = self._forms[form] = _line([guard(survey), str(version), guard(plan or "")])
        return text

    def _place(self, place: tuple[Any, ...]) -> str:
        unit, counter = place
        text = self._places[place] = _line(
            [guard(unit), guard(self._layout.names.units.get(unit, "")), guard(counter)]
        )
        return text

    def _procedure(self, code: str | None) -> str:
        name = self._layout.names.procedures.get(code or "", "")
        text = self._procedures[code] = _line([guard(code or ""), guard(name)])
        return text

    def _officer(self, id: str | None) -> str:
        name = self._layout.names.officers.get(id or "", "")
        text = self._officers[id] = _line([guard(id or ""), guard(name)])
        return text

    def _given(self, given: tuple[Any, ...]) -> str:
        survey, version, cells = given
        answers = [""] * len(self._layout.asked)
        for place, value in zip(self._layout.places[survey, version], cells.split(","), strict=False):
            answers[place] = value
        text = self._answers[given] = "".join(f",{answer}" for answer in answers)
        return text

    def _words(self, key: str | None, box: str) -> str:
        texts = [guard(text) for text in self._layout.words(key, box)]
        return f",{_line(texts)}" if texts else ""


def _standing(counts: bool, voids: int | None, corrects: int | None) -> str:
    return f"{'true' if counts else 'false'},{voids or ''},{corrects or ''}"


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().removesuffix("\r\n")
