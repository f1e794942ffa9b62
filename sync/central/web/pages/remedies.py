"""The register of remedies, filtered by the address: what is due first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import names, query
from sync.central.office.corrections import naming
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.register import (
    RemediesAsked,
    Remedy,
    RemedyAct,
    RemedyCounts,
    remedies_of,
    remedy_counts,
    remedy_reader,
)
from sync.central.office.remedies.stages import State
from sync.central.web.choices import Option, Tab
from sync.central.web.filtered import filtered_address, filters_used
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.remedy_words import REMEDIES, RemedyRow, remedy_row
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, all_parts, checked_length, file_links, file_routes
from sync.central.web.unit_choices import unit_choices, units_below
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED

SEE: Final = "see-remedies"
HANDLE: Final = "handle-remedies"
StateAsked = Literal["can-lam", "qua-han", "cho-kiem-tra", "da-xong", "da-thoi", "tat-ca"]
_TABS: Mapping[StateAsked, str] = {
    "can-lam": "Cần làm",
    "qua-han": "Quá hạn",
    "cho-kiem-tra": "Chờ kiểm tra",
    "da-xong": "Đã kiểm tra",
    "da-thoi": "Thôi không làm",
    "tat-ca": "Tất cả",
}
_STATES: Mapping[StateAsked, State | Literal["waiting"]] = {
    "can-lam": "waiting",
    "qua-han": "waiting",
    "cho-kiem-tra": "done",
    "da-xong": "checked",
    "da-thoi": "closed",
}


class RemediesFilter(Struct, frozen=True, kw_only=True):
    """The filters of the register. tab: where the work is."""

    unit: Annotated[str, Meta(description="A unit, with those below it")] = ""
    tab: StateAsked = field(default="can-lam", name="trang_thai")


class PageAsked(RemediesFilter, frozen=True, kw_only=True):
    """The filters, and which part of the register."""

    after: Annotated[str, Meta(description="The cursor of a page")] = ""


class RemediesPage(Struct, frozen=True, kw_only=True):
    """The register; counts: by the same unit, whatever the tab. new: where one is made, "" for who may not.

    units: none where there is one; None where there are too many to list. files: all of them as a file.
    """

    counts: RemedyCounts
    tabs: tuple[Tab, ...]
    rows: tuple[RemedyRow, ...]
    asked: PageAsked
    units: tuple[Option, ...] | None
    new: str
    first: str
    next: str
    files: tuple[Link, ...]


def reader_for(look: Look, act: RemedyAct) -> Reader | None:
    """The visitor as a reader of remedies where they may do this; None if that is nowhere."""
    return remedy_reader(look.person, look.today, act, naming(look.connection, look.person.officer))


def own_reader(look: Look) -> Reader:
    """The visitor as a reader of remedies; raises ProblemError HL4236 if there are none for them."""
    reader = reader_for(look, SEE)
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    return reader


def remedies_page(look: Look, asked: PageAsked) -> Shown:
    """The register that the address asks for; raises ProblemError HL4010 for a unit that is not theirs."""
    reader = own_reader(look)
    found = remedies_of(look.connection, reader, _wanted(look, asked), after=asked.after)
    counts = remedy_counts(look.connection, reader, asked.unit, look.today)
    units = units_below(look, reader.units)
    page = RemediesPage(
        counts=counts,
        tabs=_tabs(look, asked, counts),
        rows=tuple(remedy_row(look, remedy, with_unit=len(units) > 1) for remedy in found.remedies),
        asked=asked,
        units=unit_choices(look, units, look.say("Mọi đơn vị")),
        new=f"{REMEDIES}/moi" if may_anywhere(look.person, HANDLE, look.today) else "",
        first=address(replace(asked, after="")) if asked.after else "",
        next=address(replace(asked, after=found.next)) if found.next else "",
        files=file_links(look, REMEDIES, filters_used(replace(asked, after=""))),
    )
    return Shown(template="remedies.html", title=look.say("Khắc phục"), page=page)


def _wanted(look: Look, asked: RemediesFilter) -> RemediesAsked:
    if asked.unit:
        look.place(SEE, asked.unit)
    return RemediesAsked(
        unit=asked.unit,
        state=_STATES.get(asked.tab, ""),
        due_before=look.today if asked.tab == "qua-han" else None,
    )


def remedies_table(look: Look, asked: RemediesFilter) -> TableFile:
    """All of the register, as its page says it; raises ProblemError HL5153 for more than a file has."""
    found = checked_length(_every(look, asked))
    say = look.say
    return TableFile(
        (
            (say("Vấn đề"), "text"),
            (say("Số liệu"), "text"),
            (say("Đơn vị"), "text"),
            (say("Biện pháp"), "text"),
            (say("Ai làm"), "text"),
            (say("Hạn"), "day"),
            (say("Quá hạn (ngày)"), "whole"),
            (say("Trạng thái"), "text"),
            (say("Kết quả"), "text"),
            (say("Số liệu sau khi làm"), "text"),
        ),
        tuple(
            (
                *(row.problem, row.figure, row.unit, row.measure, row.person),
                *(row.due.isoformat(), row.late, row.state, row.result, row.after),
            )
            for row in (remedy_row(look, remedy, with_unit=True) for remedy in found)
        ),
    )


def _every(look: Look, asked: RemediesFilter) -> Iterator[Remedy]:
    reader, wanted = own_reader(look), _wanted(look, asked)

    def part(after: str) -> tuple[Sequence[Remedy], str]:
        found = remedies_of(look.connection, reader, wanted, after=after)
        return found.remedies, found.next

    return all_parts(part)


def address(asked: PageAsked) -> str:
    """The address of a register; a filter that is not used is not in it."""
    return filtered_address(REMEDIES, asked)


def _tabs(look: Look, asked: PageAsked, counts: RemedyCounts) -> tuple[Tab, ...]:
    counted = {"can-lam": counts.waiting, "qua-han": counts.overdue, "cho-kiem-tra": counts.unchecked}
    return tuple(
        Tab(address(replace(asked, tab=tab, after="")), look.say(title), tab == asked.tab, counted.get(tab))
        for tab, title in _TABS.items()
    )


@get(REMEDIES, opt=needs(SEE, names=names(PageAsked)), dependencies={"asked": query(PageAsked)})
async def remedies(visit: NamedDependency[Visit], asked: NamedDependency[PageAsked]) -> Response[Any]:
    """The register of remedies."""
    return await visit.show(remedies_page, asked)


ROUTES = (
    remedies,
    *file_routes(
        REMEDIES, "khac-phuc", needs(SEE, names=names(RemediesFilter)), RemediesFilter, remedies_table
    ),
)
