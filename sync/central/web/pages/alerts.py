"""What somebody must know, as a list of work: filtered by the address, the newest day first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import names, query
from sync.central.office.alerts.alarms import AlertKind
from sync.central.office.alerts.listing import (
    Alert,
    AlertAct,
    AlertCounts,
    AlertsAsked,
    alert_counts,
    alert_reader,
    alerts_of,
)
from sync.central.office.alerts.stages import State
from sync.central.office.corrections import naming
from sync.central.office.remarks.listing import Reader
from sync.central.web.alert_words import ALERTS, AlertRow, alert_row, holders
from sync.central.web.choices import Option, Tab
from sync.central.web.filtered import filtered_address, filters_used
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, all_parts, checked_length, file_links, file_routes
from sync.central.web.unit_choices import unit_choices, units_below
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED

SEE: Final = "see-alerts"
RULES: Final = "change-alert-rules"
StateAsked = Literal["dang-mo", "chua-nhan", "toi-giu", "da-dong", "tat-ca"]
_TABS: Mapping[StateAsked, str] = {
    "dang-mo": "Đang mở",
    "chua-nhan": "Chưa ai nhận",
    "toi-giu": "Tôi đang giữ",
    "da-dong": "Đã đóng",
    "tat-ca": "Tất cả",
}
_STATES: Mapping[StateAsked, State | Literal["open"]] = {
    "dang-mo": "open",
    "chua-nhan": "new",
    "toi-giu": "open",
    "da-dong": "closed",
}
_GROUPS: Mapping[str, tuple[AlertKind, ...]] = {
    "y-kien": ("low",),
    "may": ("silent", "silent-unit"),
    "luot-la": ("burst", "streak", "after-hours"),
    "den-han": ("deadline",),
}
_GROUP_WORDS: Mapping[str, str] = {
    "y-kien": "Người dân chưa hài lòng",
    "may": "Máy im lặng",
    "luot-la": "Lượt bất thường",
    "den-han": "Việc sắp đến hạn",
}


class AlertsFilter(Struct, frozen=True, kw_only=True):
    """The filters of the list. tab: where the work is; kind: a group of kinds."""

    unit: Annotated[str, Meta(description="A unit, with those below it")] = ""
    tab: StateAsked = field(default="dang-mo", name="trang_thai")
    kind: Literal["", "y-kien", "may", "luot-la", "den-han"] = field(default="", name="loai")


class PageAsked(AlertsFilter, frozen=True, kw_only=True):
    """The filters, and which part of the list."""

    after: Annotated[str, Meta(description="The cursor of a page")] = ""


class AlertsPage(Struct, frozen=True, kw_only=True):
    """The list; counts: of what is open by the same filters, whatever the tab.

    units: none where there is one; None where there are too many to list. filtered: by more than the tab.
    files: all of them as a file.
    """

    counts: AlertCounts
    tabs: tuple[Tab, ...]
    rows: tuple[AlertRow, ...]
    asked: PageAsked
    units: tuple[Option, ...] | None
    kinds: tuple[Option, ...]
    filtered: bool
    without_filter: str
    everything: str
    may_change: bool
    first: str
    next: str
    files: tuple[Link, ...]


def alert_reader_of(look: Look, act: AlertAct = SEE) -> Reader:
    """The visitor as a reader of alerts that are not about them; raises ProblemError HL4236."""
    reader = alert_reader(look.person, look.today, act, naming(look.connection, look.person.officer))
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    return reader


def alerts_page(look: Look, asked: PageAsked) -> Shown:
    """The list that the address asks for; raises ProblemError HL4010 for a unit that is not the visitor's."""
    reader = alert_reader_of(look)
    wanted = _wanted(look, reader, asked)
    found = alerts_of(look.connection, reader, wanted, after=asked.after)
    counts = alert_counts(look.connection, reader, wanted)
    units = units_below(look, reader.units)
    people = holders(look, found.alerts)
    page = AlertsPage(
        counts=counts,
        tabs=_tabs(look, asked, counts),
        rows=tuple(alert_row(look, alert, people, with_unit=len(units) > 1) for alert in found.alerts),
        asked=asked,
        units=unit_choices(look, units, look.say("Mọi đơn vị")),
        kinds=(
            Option("", look.say("Mọi loại cảnh báo")),
            *(Option(value, look.say(words)) for value, words in _GROUP_WORDS.items()),
        ),
        filtered=bool(asked.unit or asked.kind),
        without_filter=address(PageAsked(tab=asked.tab)),
        everything=address(PageAsked(tab="tat-ca")),
        may_change=look.may(RULES, reader.units[0]),
        first=address(replace(asked, after="")) if asked.after else "",
        next=address(replace(asked, after=found.next)) if found.next else "",
        files=file_links(look, ALERTS, filters_used(replace(asked, after=""))),
    )
    return Shown(template="alerts.html", title=look.say("Cảnh báo"), page=page)


def _wanted(look: Look, reader: Reader, asked: AlertsFilter) -> AlertsAsked:
    if asked.unit:
        look.place(SEE, asked.unit)
    return AlertsAsked(
        unit=asked.unit,
        kinds=_GROUPS.get(asked.kind, ()),
        state=_STATES.get(asked.tab, ""),
        owner=reader.account if asked.tab == "toi-giu" else None,
    )


def alerts_table(look: Look, asked: AlertsFilter) -> TableFile:
    """All alerts of the list, as its page says them; raises ProblemError HL5153 for more than a file has."""
    found = checked_length(_every(look, asked))
    people, say = holders(look, found), look.say
    rows = (alert_row(look, alert, people, with_unit=True) for alert in found)
    return TableFile(
        (
            (say("Ngày"), "day"),
            (say("Đơn vị"), "text"),
            (say("Cảnh báo"), "text"),
            (say("Im lặng từ"), "moment"),
            (say("Trạng thái"), "text"),
            (say("Ai giữ"), "text"),
            (say("Kết quả"), "text"),
        ),
        tuple(
            (
                *(row.day.isoformat(), row.unit, row.title, row.begun.isoformat() if row.begun else None),
                *(row.state, row.holder, row.result),
            )
            for row in rows
        ),
    )


def _every(look: Look, asked: AlertsFilter) -> Iterator[Alert]:
    reader = alert_reader_of(look)
    wanted = _wanted(look, reader, asked)

    def part(after: str) -> tuple[Sequence[Alert], str]:
        found = alerts_of(look.connection, reader, wanted, after=after)
        return found.alerts, found.next

    return all_parts(part)


def address(asked: PageAsked) -> str:
    """The address of a list; a filter that is not used is not in it."""
    return filtered_address(ALERTS, asked)


def _tabs(look: Look, asked: PageAsked, counts: AlertCounts) -> tuple[Tab, ...]:
    counted = {"dang-mo": counts.open, "chua-nhan": counts.new, "toi-giu": counts.own}
    return tuple(
        Tab(address(replace(asked, tab=tab, after="")), look.say(title), tab == asked.tab, counted.get(tab))
        for tab, title in _TABS.items()
    )


@get(ALERTS, opt=needs(SEE, names=names(PageAsked)), dependencies={"asked": query(PageAsked)})
async def alerts(visit: NamedDependency[Visit], asked: NamedDependency[PageAsked]) -> Response[Any]:
    """What somebody must know."""
    return await visit.show(alerts_page, asked)


ROUTES = (
    alerts,
    *file_routes(ALERTS, "canh-bao", needs(SEE, names=names(AlertsFilter)), AlertsFilter, alerts_table),
)
