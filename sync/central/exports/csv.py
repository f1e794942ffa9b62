"""Responses as CSV (RFC 4180), UTF-8, at the speed of the database.

What no person ever typed (ids, numbers, days, answers) needs neither quotes nor a guard, and the rest
repeats: a place or an answer that was written once is remembered as text. Cells with somebody's own words
are guarded, so that no spreadsheet takes them for a formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from sync.central.exports.table import Layout

MEDIA_TYPE = "text/csv; charset=utf-8"
# What Excel needs to see that a file is UTF-8.
MARK = b"\xef\xbb\xbf"
_REMEMBERED = 20_000


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout, *, mark: bool = False) -> Iterator[bytes]:
    """A header, then the rows."""
    header = _line(column.name for column in layout.columns).encode() + b"\r\n"
    yield MARK + header if mark else header
    writer = _Writer(layout)
    for rows in chunks:
        yield writer.lines(rows)


class _Writer:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._places: dict[tuple[object, ...], str] = {}
        self._answers: dict[tuple[object, ...], str] = {}
        self._no_words = "," * len(layout.written)

    def lines(self, rows: Sequence[Row[Any]]) -> bytes:
        """The rows as lines."""
        places, answers, admin, no_words = self._places, self._answers, self._layout.admin, self._no_words
        if len(places) > _REMEMBERED or len(answers) > _REMEMBERED:
            places.clear()
            answers.clear()
        found: list[str] = []
        add = found.append
        row: Any
        for row in rows:
            (
                position,
                _,
                id,
                device,
                seq,
                survey,
                version,
                plan,
                unit,
                counter,
                procedure,
                channel,
                outcome,
                day,
                officer,
                started,
                finished,
                cells,
                key,
                box,
            ) = row
            place = (survey, version, plan, unit, counter, procedure, channel, outcome, day, officer)
            where = places.get(place) or self._place(place)
            given = (survey, version, cells)
            what = answers.get(given)
            if what is None:
                what = self._given(given)
            words = no_words if box is None else self._words(key, box)
            if admin:
                add(f"{position},{id},{device},{seq},{where},{started},{finished}{what}{words}\r\n")
            else:
                add(f"{position},{device},{seq},{where}{what}\r\n")
        return "".join(found).encode()

    def _place(self, place: tuple[Any, ...]) -> str:
        survey, version, plan, unit, counter, procedure, channel, outcome, day, officer = place
        names = self._layout.names
        parts = [survey, str(version), plan or "", unit, guard(counter), procedure or ""]
        parts += [guard(names.procedures.get(procedure, "")), channel, outcome, day]
        if self._layout.admin:
            parts += [officer or "", guard(names.officers.get(officer, ""))]
        text = self._places[place] = _line(parts)
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


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().removesuffix("\r\n")


def guard(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection).

    The full-width signs are among them: some input methods write them, and some spreadsheets take them.
    """
    risky = text.lstrip()[:1] in _SIGNS if text.strip() else False
    return f"'{text}" if risky or text[:1] in ("\t", "\r", "\n") else text


_SIGNS = tuple("=+-@＝＋－＠")
