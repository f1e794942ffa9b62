"""What citizens wrote, as a list of work: filtered by the address, the newest visit first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import names, query
from sync.central.office.names import Names
from sync.central.office.remarks.listing import (
    Asked,
    Reader,
    Remark,
    RemarkCounts,
    counts_of,
    remarks_of,
)
from sync.central.office.remarks.stages import State
from sync.central.pulling.asked import read_days
from sync.central.web.choices import Option, Tab
from sync.central.web.filtered import filtered_address, filters_used
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.remark_rows import REMARKS, RemarkRow, procedure_name, read_drawing, remark_row
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, all_parts, checked_length, file_links, file_routes
from sync.central.web.unit_choices import unit_choices, units_below
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.survey import OpenText
from sync.contract.text import pick
from sync.tables.column import Value

SEE: Final = "see-remarks"
StateAsked = Literal["can-xu-ly", "qua-han", "chua-nhan", "toi-giu", "da-tra-loi", "da-dong", "tat-ca"]
_TABS: Mapping[StateAsked, str] = {
    "can-xu-ly": "Cần xử lý",
    "qua-han": "Quá hạn",
    "chua-nhan": "Chưa ai nhận",
    "toi-giu": "Tôi đang giữ",
    "da-tra-loi": "Đã trả lời",
    "da-dong": "Đã đóng",
    "tat-ca": "Tất cả",
}
_STATES: Mapping[StateAsked, State | Literal["open"]] = {
    "can-xu-ly": "open",
    "toi-giu": "open",
    "chua-nhan": "new",
    "da-tra-loi": "answered",
    "da-dong": "closed",
}
# Remarks in one file: each is opened to be read.
MOST_REMARKS = 5_000


class RemarksFilter(Struct, frozen=True, kw_only=True):
    """The filters of the list. tab: where the work is; called: only who asked to be called back."""

    unit: Annotated[str, Meta(description="A unit, with those below it")] = ""
    procedure: Annotated[str, Meta(description="A procedure")] = ""
    question: Annotated[str, Meta(description="A question that has words")] = ""
    tab: StateAsked = field(default="can-xu-ly", name="trang_thai")
    called: Literal["", "co"] = field(default="", name="goi_lai")
    first: Annotated[str, Meta(description="The first day of the visits")] = field(default="", name="from")
    last: Annotated[str, Meta(description="The last day of the visits")] = field(default="", name="to")


class RemarksAsked(RemarksFilter, frozen=True, kw_only=True):
    """The filters, and which part of the list."""

    after: Annotated[str, Meta(description="The cursor of a page")] = ""


class RemarksPage(Struct, frozen=True, kw_only=True):
    """The list; counts: of what is left to do by the same filters, whatever the tab.

    units: none where there is one; None where there are too many to list. filtered: by more than the tab.
    files: all remarks of the list as a file.
    """

    counts: RemarkCounts
    tabs: tuple[Tab, ...]
    rows: tuple[RemarkRow, ...]
    asked: RemarksAsked
    units: tuple[Option, ...] | None
    procedures: tuple[Option, ...]
    questions: tuple[Option, ...]
    filtered: bool
    without_filter: str
    everything: str
    first: str
    next: str
    files: tuple[Link, ...]


def remarks_page(look: Look, asked: RemarksAsked) -> Shown:
    """The list that the address asks for; raises ProblemError HL4010 for a unit that is not the visitor's."""
    reader = _reader(look, asked.unit)
    wanted = _wanted(asked, reader)
    asked = replace(asked, first=_written(wanted.first), last=_written(wanted.last))
    opener = look.administrators.opener(look.connection)
    found = remarks_of(look.connection, reader, wanted, now=look.now, opener=opener, after=asked.after)
    everything = replace(wanted, state="", owner=None, overdue=False)
    left = counts_of(look.connection, reader, everything, now=look.now)
    names = look.names
    units = units_below(look, reader.units)
    owners = {remark.stage.owner for remark in found.remarks if remark.stage.owner is not None}
    drawing = read_drawing(look, names, owners)
    counts = sum(left.values(), RemarkCounts())
    page = RemarksPage(
        counts=counts,
        tabs=_tabs(look, asked, counts),
        rows=tuple(
            remark_row(look, drawing, remark, with_unit=len(units) > 1, whole=False)
            for remark in found.remarks
        ),
        asked=asked,
        units=unit_choices(look, units, look.say("Mọi đơn vị")),
        procedures=_procedures(look, names, asked, _with_work(look, reader, asked), found.remarks),
        questions=_questions(look, names),
        filtered=any((asked.unit, asked.procedure, asked.question, asked.called, asked.first, asked.last)),
        without_filter=address(RemarksAsked(tab=asked.tab)),
        everything=address(RemarksAsked(tab="tat-ca")),
        first=address(replace(asked, after="")) if asked.after else "",
        next=address(replace(asked, after=found.next)) if found.next else "",
        files=file_links(look, REMARKS, filters_used(replace(asked, after=""))),
    )
    return Shown(template="remarks.html", title=look.say("Ý kiến"), page=page)


def address(asked: RemarksAsked) -> str:
    """The address of a list; a filter that is not used is not in it."""
    return filtered_address(REMARKS, asked)


def _reader(look: Look, unit: str) -> Reader:
    """The visitor as a reader; raises ProblemError HL4010 for a unit that is not the visitor's."""
    reader = look.reader()
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    if unit:
        look.place(SEE, unit)
    return reader


def remarks_table(look: Look, asked: RemarksFilter) -> TableFile:
    """All remarks of the list, as its page says them; raises ProblemError HL5153 for more than a file has."""
    found = checked_length(_every(look, asked), MOST_REMARKS)
    names = look.administrators.names(look.connection)
    owners = {remark.stage.owner for remark in found if remark.stage.owner is not None}
    drawing = read_drawing(look, names, owners)
    say = look.say
    return TableFile(
        (
            (say("Ngày"), "day"),
            (say("Đơn vị"), "text"),
            (say("Về thủ tục"), "text"),
            (say("Điều đã viết"), "text"),
            (say("Xin được gọi lại"), "truth"),
            (say("Tình trạng"), "text"),
            (say("Ai giữ"), "text"),
            (say("Kết quả"), "text"),
            (say("Hạn"), "day"),
            (say("Quá hạn (ngày)"), "whole"),
        ),
        tuple(_cells(remark_row(look, drawing, remark, with_unit=True, whole=False)) for remark in found),
    )


def _every(look: Look, asked: RemarksFilter) -> Iterator[Remark]:
    reader = _reader(look, asked.unit)
    wanted = _wanted(asked, reader)
    opener = look.administrators.opener(look.connection)

    def part(after: str) -> tuple[Sequence[Remark], str]:
        found = remarks_of(look.connection, reader, wanted, now=look.now, opener=opener, after=after)
        return found.remarks, found.next

    return all_parts(part)


def _cells(row: RemarkRow) -> tuple[Value, ...]:
    words = "\n".join(f"{said.question} {said.text}" for said in row.said)
    return (
        row.day.isoformat(),
        row.unit,
        row.procedure,
        words or row.nothing,
        row.called,
        row.state,
        row.holder,
        row.result,
        row.due.isoformat() if row.due else None,
        row.late or None,
    )


def _wanted(asked: RemarksFilter, reader: Reader) -> Asked:
    first, last = read_days(asked.first, asked.last)
    return Asked(
        unit=asked.unit,
        procedure=asked.procedure,
        question=asked.question,
        state=_STATES.get(asked.tab, ""),
        owner=reader.account if asked.tab == "toi-giu" else None,
        overdue=asked.tab == "qua-han",
        called=asked.called == "co",
        first=first,
        last=last,
    )


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _tabs(look: Look, asked: RemarksAsked, counts: RemarkCounts) -> tuple[Tab, ...]:
    counted = {"can-xu-ly": counts.open, "qua-han": counts.overdue, "chua-nhan": counts.new}
    return tuple(
        Tab(
            address(replace(asked, tab=state, after="")),
            look.say(title),
            state == asked.tab,
            counted.get(state),
        )
        for state, title in _TABS.items()
    )


def _with_work(look: Look, reader: Reader, asked: RemarksAsked) -> Iterable[str]:
    """The procedures about which there is something to do."""
    return counts_of(look.connection, reader, Asked(unit=asked.unit), now=look.now, by="procedure")


def _procedures(
    look: Look, names: Names, asked: RemarksAsked, with_work: Iterable[str], shown: Iterable[Remark]
) -> tuple[Option, ...]:
    """The procedures to choose from: with work left, on this page, and the one that is chosen."""
    codes = {*with_work, *(remark.procedure for remark in shown), asked.procedure} - {""}
    options = sorted((procedure_name(look, names, code), code) for code in codes)
    return (Option("", look.say("Mọi thủ tục")), *(Option(code, name) for name, code in options))


def _questions(look: Look, names: Names) -> tuple[Option, ...]:
    """The questions that are answered in words, by the newest form of each name."""
    language = look.translation.language
    found: dict[str, str] = {}
    for key in sorted(names.surveys):
        for question in names.surveys[key].questions:
            if isinstance(question, OpenText):
                found[question.id] = pick(question.text, language)
    return (Option("", look.say("Mọi câu hỏi")), *(Option(id, text) for id, text in found.items()))


@get(
    REMARKS,
    opt=needs(SEE, reveals=True, names=names(RemarksAsked)),
    dependencies={"asked": query(RemarksAsked)},
)
async def remarks(visit: NamedDependency[Visit], asked: NamedDependency[RemarksAsked]) -> Response[Any]:
    """What citizens wrote."""
    return await visit.show(remarks_page, asked)


ROUTES = (
    remarks,
    *file_routes(
        REMARKS,
        "y-kien",
        needs(SEE, reveals=True, names=names(RemarksFilter)),
        RemarksFilter,
        remarks_table,
    ),
)
