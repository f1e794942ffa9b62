"""The newest responses a caller may see, a short page at a time, as a person reads them: newest first.

The rows, their filters and what a role sees of them are those of a pull (rows/); only the order is reversed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.access import Caller
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.desk import Administrators
from sync.central.pulling.exports.table import read
from sync.central.pulling.filter_codes import check_known
from sync.central.pulling.rows.form_number import form_no
from sync.central.pulling.rows.pull import Question, read_latest
from sync.central.pulling.rows.views import View, place_of
from sync.central.store.cells import columns as asked_by
from sync.contract.response import Channel, Outcome
from sync.contract.survey import Survey


class Latest(Struct, frozen=True, kw_only=True):
    """One response. id, device: "", seq: 0, started: None for who gets none of them.

    answers: a cell for each question that was answered. counts: in figures; corrects: it replaces another.
    """

    id: str
    day: date
    started: datetime | None
    unit: str
    counter: str
    procedure: str
    channel: Channel
    outcome: Outcome
    survey: tuple[str, int]
    answers: dict[str, str]
    counts: bool
    corrects: bool
    device: str
    seq: int
    form_no: str


class LatestPage(Struct, frozen=True):
    """Responses, the newest first. next: the cursor of those before them; "" if there are none."""

    rows: tuple[Latest, ...]
    next: str


def latest(
    desk: Administrators, connection: Connection, caller: Caller, asked: ResponsesAsked, limit: int
) -> LatestPage:
    """Up to `limit` responses before the cursor `asked.after`, or the newest.

    Raises ProblemError HL4013, HL4014, HL4002 or HL4038, as a pull does.
    """
    view = desk.view(caller)
    before = view.parse(asked.after, desk.epoch) if asked.after else None
    names = desk.names(connection)
    check_known(connection, names, asked.codes(), over=not view.admin)
    filters = desk.filters(connection, caller, asked)
    question = Question(
        view, filters.conditions(view), read(view), filters.few_units(connection), filters.days()
    )
    rows = read_latest(connection, question, before, limit + 1)
    shown = rows[:limit]
    more = view.cursor(desk.epoch, place_of(shown[-1])) if len(rows) > limit else ""
    return LatestPage(tuple(_latest(row, view, names.surveys) for row in shown), more)


def _latest(row: Any, view: View, surveys: Mapping[tuple[str, int], Survey]) -> Latest:
    key, whole = (row.survey, row.survey_version), view.admin
    cells = zip(asked_by(surveys[key]), row.cells.split(","), strict=False)
    return Latest(
        id=row.id if whole else "",
        day=date.fromisoformat(row.day),
        started=datetime.fromisoformat(row.started_at) if whole else None,
        unit=row.unit,
        counter=row.counter,
        procedure=row.procedure or "",
        channel=row.channel,
        outcome=row.outcome,
        survey=key,
        answers={question: cell for question, cell in cells if cell},
        counts=bool(row.counts),
        corrects=row.corrects is not None,
        device=row.device if whole else "",
        seq=row.seq if whole else 0,
        form_no=form_no(row.form_no) or "",
    )
