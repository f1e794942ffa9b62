"""What a report says of citizens' remarks and of what the office puts right: two tables, without any words of
a citizen."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from sync.central.office.remarks.stages import State
from sync.central.office.remarks.tallies import remark_tallies
from sync.central.office.remedies.register import Remedy, finished_remedies, open_remedies
from sync.central.reports.kinds.cells import count
from sync.central.reports.kinds.sources import Source
from sync.central.reports.model import Cell, Column, Row, Table
from sync.contract.official import written_day
from sync.contract.text import pick

_A_MONTH = timedelta(days=31)
_UNREAD = "Chưa đọc, hoặc chỉ để lại thông tin liên hệ"


class Remarked(Struct, frozen=True):
    """Remarks by state. question: the wording of the one they answer, "" where it is not known."""

    question: str
    states: dict[State, int]


class Remarks(Struct, frozen=True):
    """states: every remark once. questions: who wrote to two questions counts in both."""

    states: dict[State, int]
    questions: tuple[Remarked, ...]


class RemedyLine(Struct, frozen=True, kw_only=True):
    """One shortcoming, and what is done about it.

    owner: an office or a title, never the name of an account: the copy that leaves the office has it, too.
    result: "" while it is open; after: the figure since.
    """

    problem: str
    figure: str
    measure: str
    owner: str
    due: date
    result: str = ""
    after: str = ""


def read_remarks(source: Source) -> Remarks:
    """The remarks of the days of a report that are over."""
    tallies = remark_tallies(source.connection, source.asked.unit, source.asked.first, source.until)
    return Remarks(
        tallies.states,
        tuple(
            Remarked(
                pick(source.names.surveys[each.survey, each.version].question(each.question).text, "vi")
                if each.question
                else "",
                each.states,
            )
            for each in tallies.questions
        ),
    )


def read_remedies(source: Source) -> tuple[RemedyLine, ...]:
    """What was put right since the report's first day, then what is open.

    As of the day on which it is written, so that it has the measures that its own figures led to; of an old
    report as of a month after its days.
    """
    asked = source.asked
    day = min(source.today, asked.last + _A_MONTH)
    done = finished_remedies(source.connection, asked.unit, asked.first, day)
    still = open_remedies(source.connection, asked.unit, day)
    return tuple(_line(remedy, source.names.units) for remedy in (*done, *still))


def _line(remedy: Remedy, units: Mapping[str, str]) -> RemedyLine:
    return RemedyLine(
        problem=remedy.problem,
        figure=remedy.figure,
        measure=remedy.measure,
        owner=remedy.person if remedy.account is None else units.get(remedy.unit, remedy.unit),
        due=remedy.due,
        result=remedy.result,
        after=remedy.after,
    )


def remarks_table(id: str, caption: str, remarks: Remarks) -> Table:
    """A line a question, by what became of the remarks, and their sum."""
    rows = [Row(cells=(each.question or _UNREAD, *_cells(each.states))) for each in remarks.questions]
    if rows:
        rows.append(Row(cells=("Tổng số ý kiến", *_cells(remarks.states)), total=True))
    several = "Ý kiến ghi vào hai câu hỏi được tính ở cả hai; dòng tổng tính mỗi ý kiến một lần."
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Nhóm vấn đề", width=3),
            Column(title="Số ý kiến", number=True),
            Column(title="Đã trả lời", number=True),
            Column(title="Đang xử lý", number=True),
            Column(title="Chưa xử lý", number=True),
        ),
        rows=tuple(rows),
        note=several if len(rows) > 2 else "",
        empty="Không có ý kiến nào.",
    )


def remedies_table(id: str, caption: str, remedies: tuple[RemedyLine, ...]) -> Table:
    """A line a remedy."""
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Hạn chế", width=2),
            Column(title="Biện pháp", width=2),
            Column(title="Người chịu trách nhiệm", width=1.4),
            Column(title="Thời hạn", width=1),
            Column(title="Kết quả", width=1.6),
        ),
        rows=tuple(
            Row(
                cells=(
                    str(number),
                    _with(each.problem, each.figure),
                    each.measure,
                    each.owner,
                    written_day(each.due),
                    _with(each.result, each.after) if each.result else "Đang thực hiện",
                )
            )
            for number, each in enumerate(remedies, 1)
        ),
        empty="Không có việc khắc phục nào đang theo dõi.",
        typed=True,
    )


def _with(text: str, figure: str) -> str:
    return f"{text} ({figure})" if figure else text


def _cells(states: Mapping[State, int]) -> tuple[Cell, ...]:
    done = states.get("answered", 0) + states.get("closed", 0)
    return (
        count(sum(states.values())),
        count(done),
        count(states.get("taken", 0)),
        count(states.get("new", 0)),
    )
