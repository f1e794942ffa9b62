"""What the public reads of a document: its public tables alone, without small cells. Pure.

Promises, each with a test:
- it is made of the copy that leaves the office: no officer, no word of a citizen, and of an official only
  what that person wrote for the public;
- a row of few answers, and one that would give such a row away, shows no number: see small_cells.py;
- figures of a period that is not over are not published, nor such as differ by a few answers from what the
  public has read of the same period;
- page, open data and fragment say the same cells; open data alone has those of a table too long for a page.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.central.figures.periods import Period
from sync.central.figures.summary import SMALLEST
from sync.central.reports.issuing.differences import Whose, tree_of
from sync.central.reports.issuing.small_cells import Days, RowName, hidden_before, hidden_rows, said_of
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.levels import BEFORE, YEAR_BEFORE
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.kinds.survey_figures import SurveyFigures
from sync.central.reports.kinds.survey_parts import DESIGNS
from sync.central.reports.model import (
    FEW,
    Document,
    Figure,
    Row,
    Table,
    blocks_of,
    for_outside,
    written,
)
from sync.central.reports.records.stored import Issue, Report
from sync.contract.official import written_day
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem
from sync.contract.problem.centre import REPORT_PERIOD_OPEN, REPORT_STEP_WRONG, REPORT_TOO_CLOSE

# Most rows of a page, so that it stays under 20 KB.
ON_PAGE = 40
# The heading of the column that numbers the rows: it is left out.
PLACE = "TT"


class PublicRow(Struct, frozen=True):
    """One row as it is shown. figures: the numbers behind its cells; None for a text or what is hidden."""

    cells: tuple[str, ...]
    figures: tuple[Figure | None, ...]
    total: bool


class PublicColumn(Struct, frozen=True):
    """A column. title: with that of its group. number: its cells are numbers."""

    title: str
    number: bool


class PublicTable(Struct, frozen=True, kw_only=True):
    """One table. few: some rows are hidden. elsewhere: too long for a page, its rows are open data alone."""

    id: str
    caption: str
    columns: tuple[PublicColumn, ...]
    rows: tuple[PublicRow, ...]
    note: str
    few: bool
    elsewhere: bool = False


class Change(Struct, frozen=True):
    """A line of the history. what: “publish”, “again”, “revise”, “forgotten” or “withdraw”.

    again: published after another one was withdrawn. why: as somebody wrote.
    """

    day: date
    revision: int
    what: str
    why: str


class PublicReport(Struct, frozen=True, kw_only=True):
    """All that the public reads of one period. done: what was done about it, as the office says.

    until: the last day that is counted. chosen: how those who answered were, in a sentence. digest: of the
    figures. withdrawn: it was taken back, and no table is shown.
    """

    unit: str
    first: date
    last: date
    until: date
    tables: tuple[PublicTable, ...]
    chosen: str
    done: str
    revision: int
    changes: tuple[Change, ...]
    digest: str
    withdrawn: bool


def why_not_public(
    kind: Kind[Any], report: Report, earlier: Sequence[tuple[Kind[Any], Report]]
) -> Problem | None:
    """Why this document may not be published; None if it may.

    HL5163 where its kind has no table for the public, such as a letter.
    HL5192 while days of its period are missing in its figures. HL5193 where a row says nearly as many answers
    as in an earlier one of the same period: who reads both learns by subtraction what a few people said, such
    as one whose response was removed, or who is not in the plan. earlier: those that the public has read, of
    whatever kind and plan, taken back or not.
    """
    if not kind.public:
        return REPORT_STEP_WRONG(where="publish", detail="loại văn bản này không có bảng nào để công bố")
    until = counted_until(kind, report)
    if until < report.asked.last:
        return REPORT_PERIOD_OPEN(where="report", detail=f"mới đến hết ngày {written_day(until)}")
    sizes = _public_sizes(kind, report)
    for other, each in earlier:
        for row, n in _public_sizes(other, each).items():
            if 0 < abs(sizes.get(row, n) - n) < SMALLEST:
                return REPORT_TOO_CLOSE(where="report", detail=str(each.id))
    return None


def counted_until(kind: Kind[Any], report: Report) -> date:
    """The last day that is in the figures of a document."""
    until: date = getattr(kind.thawed(report.figures), "until", report.asked.last)
    return until


def _public_sizes(kind: Kind[Any], report: Report) -> Mapping[tuple[tuple[str, str], str], int]:
    """How many answers each public row says that it rests on, by what it counts and its unit."""
    document = kind.build(kind.thawed(report.figures), report.words)
    public = replace(document, body=_tables(document, kind.public), appendices=())
    own = {"": about_of(kind, report)[""]}
    said = said_of(public, own, report.withheld, tree_of({}))
    return {(each.row, each.of.unit): each.n for each in said if not each.hidden}


def about_of(kind: Kind[Any], report: Report) -> dict[str, Days]:
    """What each group of columns of its tables is about."""
    figures, asked = kind.thawed(report.figures), report.asked
    of = Whose(asked.unit, asked.plan, asked.group)
    about = {"": Days(of, Period(asked.first, counted_until(kind, report)))}
    before: Period | None = getattr(figures, "before", None)
    if before:
        about[BEFORE] = Days(of, before)
    year_before: Period | None = getattr(figures, "year_before", None)
    if year_before:
        about[YEAR_BEFORE] = Days(Whose(asked.unit), year_before)
    return about


def public_report(kind: Kind[Any], report: Report, issues: Sequence[Issue]) -> PublicReport:
    """What the public reads of this document. issues: all reports of its period, the first first."""
    withdrawn = report.state == "withdrawn"
    figures = kind.thawed(report.figures)
    document = kind.build(figures, report.words)
    notes = [
        step.note
        for issue in issues
        if not _taken_back(issue)
        for step in issue.history
        if step.step == "publish"
    ]
    return PublicReport(
        unit=report.asked.unit,
        first=report.asked.first,
        last=report.asked.last,
        until=counted_until(kind, report),
        tables=() if withdrawn else public_tables(document, kind.public, report.withheld),
        chosen=how_chosen(figures),
        done="" if withdrawn or not notes else notes[-1],
        revision=report.revision,
        changes=_history(issues),
        digest=report.digest,
        withdrawn=withdrawn,
    )


def how_chosen(figures: object) -> str:
    """How those who answered were chosen: what the figures can be said of depends on it."""
    if isinstance(figures, PeriodicFigures) and figures.design != "open":
        return figures.chosen
    if not isinstance(figures, SurveyFigures) or figures.plan.design == "open":
        return "Người trả lời tự chọn trả lời, không phải mẫu ngẫu nhiên."
    also = "; người trả lời tại máy tự chọn trả lời" if any(each.chosen for each in figures.groups) else ""
    return f"Người được hỏi: {DESIGNS[figures.plan.design]}{also}."


def _taken_back(issue: Issue) -> bool:
    """Whether this report was withdrawn: what was done is said by the report that is shown."""
    return any(step.step == "withdraw" for step in issue.history)


def _history(issues: Sequence[Issue]) -> tuple[Change, ...]:
    """What became of all reports of a period since the first was published, in the order of its days."""
    changes = [change for issue in issues for change in _changes(issue)]
    changes.sort(key=lambda change: (change.day, change.revision))
    return tuple(
        replace(change, what="again") if at and change.what == "publish" else change
        for at, change in enumerate(changes)
    )


def _changes(issue: Issue) -> Iterator[Change]:
    """What became of one report since it was published."""
    shown = False
    for step in issue.history:
        day = step.at.astimezone(VIET_NAM).date()
        if step.step == "publish":
            shown = True
            yield Change(day, step.revision, "revise" if issue.why else "publish", issue.why)
        elif shown and step.step == "forgotten":
            yield Change(day, step.revision, step.step, "")
        elif shown and step.step == "withdraw":
            yield Change(day, step.revision, step.step, step.note)


def public_tables(
    document: Document, ids: Sequence[str], withheld: Collection[RowName] = ()
) -> tuple[PublicTable, ...]:
    """The tables of these names, as the public reads them; of several forms “bang-2-1”, “bang-2-2” …

    withheld: what was decided when the document was approved.
    """
    found, rows = [], 0
    for table in (_public_table(each, withheld) for each in _tables(document, ids)):
        elsewhere = rows + len(table.rows) > ON_PAGE
        rows += 0 if elsewhere else len(table.rows)
        found.append(replace(table, elsewhere=elsewhere))
    return tuple(found)


def _tables(document: Document, ids: Sequence[str]) -> tuple[Table, ...]:
    tables = [block for block in blocks_of(for_outside(document)) if isinstance(block, Table)]
    return tuple(
        table
        for id in ids
        for table in tables
        if table.id == id or re.fullmatch(rf"{re.escape(id)}-\d+", table.id)
    )


def _public_table(table: Table, withheld: Collection[RowName]) -> PublicTable:
    hidden = hidden_rows(table, withheld)
    then = [hidden_before(table, row, withheld) for row in table.rows]
    kept = [at for at, column in enumerate(table.columns) if column.title != PLACE]
    return PublicTable(
        id=table.id,
        caption=table.caption,
        columns=tuple(
            PublicColumn(f"{each.group}, {each.title}" if each.group else each.title, each.number)
            for each in (table.columns[at] for at in kept)
        ),
        rows=tuple(
            _public_row(row, kept, range(len(row.cells)) if at in hidden else then[at])
            for at, row in enumerate(table.rows)
        ),
        note=table.note,
        few=bool(hidden) or any(then),
    )


def _public_row(row: Row, kept: Sequence[int], hidden: Collection[int]) -> PublicRow:
    """These cells of a row; hidden: those that show no number."""
    figures = {at: cell for at, cell in enumerate(row.cells) if isinstance(cell, Figure)}
    return PublicRow(
        tuple(FEW if at in figures and at in hidden else written(row.cells[at]) for at in kept),
        tuple(figures.get(at) if at not in hidden else None for at in kept),
        row.total,
    )


def open_rows(report: PublicReport) -> Iterator[tuple[str, ...]]:
    """The cells as open data, see OPEN_COLUMNS. The first cell of a row is its name.

    A number is written for a program, such as 1102 or 90.5; where the page shows none, it is "".
    """
    until = report.until.isoformat()
    for table in report.tables:
        for row in table.rows:
            name = _name(table, row)
            for column, figure in zip(table.columns, row.figures, strict=True):
                if column.number:
                    value, unit = (figure.value or "", UNITS[figure.kind]) if figure else ("", "")
                    yield table.caption, name, column.title, value, unit, until


def _name(table: PublicTable, row: PublicRow) -> str:
    texts = (cell for column, cell in zip(table.columns, row.cells, strict=True) if not column.number)
    return " · ".join(cell for cell in texts if cell)


OPEN_COLUMNS = ("bảng", "dòng", "cột", "giá trị", "đơn vị", "tính đến ngày")
# What the values of open data are counted in, by `Figure.kind`.
UNITS = {"count": "số lượng", "percent": "%", "points": "điểm %", "mean": "trung bình"}
