"""The forms behind a report as the offices' own template has them: one workbook with what they are, what its
columns mean, and the report's tables.

It has the columns of the annex that plans prescribe: number, channel, days, procedure, a column a question.
In it are the answered forms that count, of the report's days that are over, as the visitor may export them:
an officer's code is for administrators alone. Words of citizens, which are read where they are answered, and
what staff said of their own office are in no such file.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sync.central.office.plans import plan_named
from sync.central.presenting.answering import CHANNELS
from sync.central.presenting.language import capital
from sync.central.pulling.exports.table import Layout
from sync.central.pulling.exports.xlsx import Fill
from sync.central.pulling.handing_over import values_of
from sync.central.pulling.rows.form_number import form_no, keyed_on
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.kinds.survey_figures import SurveyFigures
from sync.central.reports.model import Document
from sync.central.reports.records.stored import Report
from sync.central.reports.writing.form_columns import LEFT_OUT, first_columns, question_column, yes_or_no
from sync.central.reports.writing.workbook import DataColumn, FormValue, write_data
from sync.central.store.database import Connection
from sync.contract.response import ANSWERED

_ANSWER = "answers."


def forms_behind(connection: Connection, kind: Kind[Any], report: Report) -> frozenset[str]:
    """The forms whose answers a report counts.

    None for a kind that counts none, and for one group of a plan in which another one has the same form: the
    answers of both would be in one table.
    """
    figures = kind.thawed(report.figures)
    if not kind.public:
        return frozenset()
    if isinstance(figures, PeriodicFigures):
        forms = frozenset(form.survey for form in figures.forms)
    elif isinstance(figures, SurveyFigures):
        forms = frozenset(each.group.survey for each in figures.groups)
    else:
        return frozenset()
    if not report.asked.group:
        return forms
    groups = plan_named(connection, report.asked.plan).groups
    return forms - {group.survey for group in groups if group.id != report.asked.group}


def workbook_of(document: Document, *, forms: Collection[str], units: bool) -> Callable[[Layout], Fill]:
    """What writes the workbook of a document, from the layout of its responses.

    forms: those with columns for their questions. units: there is a column for the unit.
    """

    def of(layout: Layout) -> Fill:
        template = _Template(layout, forms, units=units)

        def fill(path: Path, folder: Path, chunks: Iterator[Sequence[Any]]) -> Iterator[None]:
            portions = (map(template.form, filter(_is_counted, rows)) for rows in chunks)
            yield from write_data(path, folder, document, template.columns(), portions, notes=(LEFT_OUT,))

        return fill

    return of


def _is_counted(row: Any) -> bool:
    return bool(row.counts) and row.outcome in ANSWERED and row.respondent != "staff"


class _Template:
    """The columns of the template, and what they say of a row."""

    def __init__(self, layout: Layout, forms: Collection[str], *, units: bool) -> None:
        self._layout = layout
        self._units = units
        self._questions = {
            f"{_ANSWER}{question.id}": (form, question)
            for (id, _), form in sorted(layout.names.surveys.items())
            if id in forms
            for question in form.questions
        }
        places = {column.name: place for place, column in enumerate(layout.columns)}
        self._unit, self._procedure = places["unit_name"], places["procedure_name"]
        self._asked = [column for column in layout.asked if column.name in self._questions]
        self._answers = [places[column.name] for column in self._asked]

    def form(self, row: Any) -> tuple[FormValue, ...]:
        """The values of a row."""
        values = self._layout.values(row)
        head: list[FormValue] = [
            form_no(row.form_no),
            capital(CHANNELS[row.channel]),
            date.fromisoformat(row.day),
            keyed_on(row.form_no),
        ]
        if self._units:
            head.append(values[self._unit] or row.unit)
        head += [row.procedure, values[self._procedure]]
        if self._layout.admin:
            head.append(row.officer)
        return (*head, *(_said(values[place]) for place in self._answers))

    def columns(self) -> list[DataColumn]:
        """The same columns, with what they mean."""
        columns = first_columns(units=self._units, officers=self._layout.admin)
        for column in self._asked:
            form, question = self._questions[column.name]
            columns.append(
                question_column(column.label, form, question, "; ".join(values_of(form, question)))
            )
        return columns


def _said(value: Any) -> FormValue:
    if isinstance(value, bool):
        return yes_or_no(value)
    answer: FormValue = value
    return answer
