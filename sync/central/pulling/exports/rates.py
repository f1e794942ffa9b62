"""A summary as a table, for whoever reports: CSV or an Excel workbook.

One line for each question under each value of the axes. On every line the three figures of the same place and
time stand side by side: results returned (empty where that is not known), handovers tagged, visits answered.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from msgspec import Struct

from sync.central.pulling.exports.csv import MARK
from sync.central.pulling.pull import Names
from sync.central.pulling.summary import HandoverRow, SummaryRow
from sync.central.pulling.summary_query import HandoverFigures, SummaryReply
from sync.tables.formulas import guard

Value = str | int | float | bool | None

_RATING = ("survey", "survey_version", "question", "n", "satisfied_percent", "mean")
_HANDOVERS = ("returned", "tagged", "tagged_percent", "visits", "answered", "answered_percent")


class Rates(Struct, frozen=True):
    """A table: its headings, and its lines under them."""

    headings: tuple[str, ...]
    lines: tuple[tuple[Value, ...], ...]


def rates(reply: SummaryReply, axes: tuple[str, ...], names: Names, *, admin: bool) -> Rates:
    """The summary, which was cut by these axes, as a table; hidden figures are empty there.

    Means have two decimals.

    admin: officers stand there with their names.
    """
    levels = sorted({level for one in reply.surveys for row in one.rows for level in row.counts or ()})[::-1]
    books = {"procedure": names.procedures, **({"officer": names.officers} if admin else {})}
    named = tuple(axis for axis in axes if axis in books)
    handed: dict[tuple[str, ...], HandoverFigures | HandoverRow] = {
        tuple(row.by[axis] for axis in axes): row for row in reply.handovers.rows
    }
    if not axes:
        handed[()] = reply.handovers
    left = dict.fromkeys(handed)

    def line(place: tuple[str, ...], rating: tuple[Value, ...], hidden: bool) -> tuple[Value, ...]:
        by = dict(zip(axes, place, strict=True))
        figures = handed.get(place)
        return (
            reply.first.isoformat(),
            reply.last.isoformat(),
            *place,
            *(books[axis].get(by[axis]) for axis in named),
            *rating,
            hidden or bool(isinstance(figures, HandoverRow) and figures.hidden),
            *_handovers(figures),
        )

    lines: list[tuple[Value, ...]] = []
    for survey in reply.surveys:
        for row in survey.rows:
            place = tuple(row.by[axis] for axis in axes)
            left.pop(place, None)
            lines.append(line(place, (survey.survey, survey.version, *_rating(row, levels)), row.hidden))
    nothing = (None,) * (len(_RATING) + len(levels) + 1)
    lines += [line(place, nothing, hidden=False) for place in left]
    headings = (
        *("from", "to", *axes, *(f"{axis}_name" for axis in named), *_RATING),
        *(f"level_{level}" for level in levels),
        *("not_applicable", "hidden", *_HANDOVERS),
    )
    return Rates(headings, tuple(lines))


def _rating(row: SummaryRow, levels: list[int]) -> Iterator[Value]:
    yield from (row.question, row.n, _number(row.percent), None if row.mean is None else round(row.mean, 2))
    yield from ((row.counts or {}).get(level) for level in levels)
    yield row.not_applicable


def _handovers(figures: HandoverFigures | HandoverRow | None) -> tuple[Value, ...]:
    if figures is None:
        return (None,) * len(_HANDOVERS)
    return (
        figures.returned,
        figures.tagged,
        _number(figures.tagged_percent),
        figures.visits,
        figures.answered,
        _number(figures.percent),
    )


def _number(percent: str | None) -> float | None:
    return None if percent is None else float(percent)


def as_csv(table: Rates, *, mark: bool = False) -> bytes:
    """The table as CSV (RFC 4180) in UTF-8, its texts guarded; mark: for Excel."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.headings)
    for line in table.lines:
        writer.writerow([_cell(value) for value in line])
    return (MARK if mark else b"") + out.getvalue().encode()


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard(value) if isinstance(value, str) else value


def as_xlsx(table: Rates) -> bytes:
    """The table as an Excel workbook of one sheet; every text is written as text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book: Any
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("rates")
        bold = book.add_format({"bold": True})
        for at, heading in enumerate(table.headings):
            sheet.write_string(0, at, heading, bold)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(table.lines, start=1):
            for at, value in enumerate(line):
                if isinstance(value, bool):
                    sheet.write_boolean(number, at, value)
                elif isinstance(value, str):
                    sheet.write_string(number, at, value)
                elif value is not None:
                    sheet.write_number(number, at, value)
        sheet.autofilter(0, 0, max(1, len(table.lines)), len(table.headings) - 1)
    return out.getvalue()
