"""Devices: those who need a person first, by unit and state."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync import __version__
from sync.central.http.queries import query
from sync.central.office.attention import Attended, by_need
from sync.central.office.configuration.scope import scope_of
from sync.central.office.devices import list_devices
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Option, Tab
from sync.central.web.device_words import MACHINES, STATES, DeviceRow, State, device_row, state_of
from sync.central.web.frame import Link
from sync.central.web.look import Look, Place
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, file_links, file_routes
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.ranges import Ranges
from sync.tables.column import Kind

SEE: PermittedAct = "see-devices"
CHANGE: PermittedAct = "change-devices"
LISTED = 100
"""Devices on one page of the list."""
MOST_UNITS = 400
"""Units that are offered in a list; with more, the code is typed."""
_MOST_GAPS = 12


class DevicesFilter(Struct, frozen=True):
    """unit: whose devices, with those of the units below it. only: those in this state."""

    unit: str | None = None
    only: State | None = field(default=None, name="trang_thai")


class DevicesAsked(DevicesFilter, frozen=True):
    """The filter, and the number of the page, from 1."""

    number: Annotated[int, Meta(ge=1, le=10_000)] = field(default=1, name="trang")


class DevicesPage(Struct, frozen=True, kw_only=True):
    """Devices, those who need a person first. total: at the unit; active: of them in use; wrong: of these
    need a person; waiting: of them to be enrolled.

    units: to choose from, none where there are too many. tabs: the states, with how many are in each.
    enrol: where a new one is added, "" if the visitor may not. counts: as of one device. files: all of them
    as a file.
    """

    place: str
    unit: str
    state: str
    units: tuple[Option, ...]
    tabs: tuple[Tab, ...]
    total: int
    active: int
    waiting: int
    wrong: int
    rows: tuple[DeviceRow, ...]
    enrol: str
    counts: bool
    before: str
    after: str
    files: tuple[Link, ...]


def devices_page(look: Look, asked: DevicesAsked) -> Shown:
    """The devices of a unit and of those below it."""
    place = look.place(SEE, asked.unit)
    every = attended_at(look, place)
    wanted = in_state(every, asked.only)
    first = (asked.number - 1) * LISTED
    names, may_change = look.names, look.may(CHANGE, place.code)
    states = Counter(state_of(each) for each in every)
    page = DevicesPage(
        place=place.name,
        unit=place.code,
        state=asked.only or "",
        units=unit_options(look, look.place(SEE)),
        tabs=tuple(
            Tab(listed(place.code, state), f"{label} ({number})", state == asked.only)
            for state, label, number in _tabs(look, states)
            if number or state == asked.only
        ),
        total=len(every),
        active=states["can-xem"] + states["tot"],
        waiting=states["chua-ghi-danh"],
        wrong=states["can-xem"],
        rows=tuple(
            device_row(each, look.now, names, look.translation, counts=may_change)
            for each in wanted[first : first + LISTED]
        ),
        enrol=f"{MACHINES}/moi?{urlencode({'unit': place.code})}" if may_change else "",
        counts=may_change,
        before=listed(place.code, asked.only, asked.number - 1) if asked.number > 1 else "",
        after=listed(place.code, asked.only, asked.number + 1) if len(wanted) > first + LISTED else "",
        files=file_links(look, MACHINES, {"unit": place.code, "trang_thai": asked.only or ""}),
    )
    return Shown(template="devices.html", title=look.say("Máy"), page=page)


def attended_at(look: Look, place: Place) -> list[Attended]:
    """The terminals of a unit and of those below it, those who need a person first.

    What is only the name of paper or a web form has nothing to report, unless somebody enrolled it.
    """
    units = None if place.code == CENTRE else scope_of(look.connection, place.code, look.today)
    listed = list_devices(look.connection, units=units, now=look.now)
    return by_need(
        (each for each in listed if each.kind == "terminal" or each.enrolled), look.now, __version__
    )


def in_state(every: Sequence[Attended], only: State | None) -> list[Attended]:
    """Those of these devices that are in this state; None: in any."""
    return [each for each in every if only in (None, state_of(each))]


def _tabs(look: Look, states: Counter[State]) -> list[tuple[State | None, str, int]]:
    every: list[tuple[State | None, str, int]] = [(None, look.say("tất cả"), states.total())]
    return every + [(state, look.say(words), states[state]) for state, words in STATES.items()]


def listed(unit: str, state: State | None = None, page: int = 1) -> str:
    """The address of the list."""
    parts = {"unit": unit, "trang_thai": state or "", "trang": str(page) if page > 1 else ""}
    given = urlencode({name: value for name, value in parts.items() if value})
    return f"{MACHINES}?{given}" if given else MACHINES


def unit_options(look: Look, top: Place) -> tuple[Option, ...]:
    """The units of a place to choose from; none if there is one, or too many to list."""
    codes = scope_of(look.connection, top.code, look.today)
    if not 1 < len(codes) <= MOST_UNITS:
        return ()
    names = look.names.units
    below = sorted((Option(code, names.get(code, code)) for code in codes), key=lambda unit: unit.label)
    whole = (Option(CENTRE, top.name),) if top.code == CENTRE else ()
    return (*whole, *below)


@get(MACHINES, opt=needs(SEE), dependencies={"asked": query(DevicesAsked)})
async def devices(visit: NamedDependency[Visit], asked: NamedDependency[DevicesAsked]) -> Response[Any]:
    """The devices, those who need a person first."""
    return await visit.show(devices_page, asked)


def devices_table(look: Look, asked: DevicesFilter) -> TableFile:
    """All devices of the list, with what its page says of each."""
    place = look.place(SEE, asked.unit)
    names, counts = look.administrators.names(look.connection), look.may(CHANGE, place.code)
    rows = (
        device_row(each, look.now, names, look.translation, counts=counts)
        for each in in_state(attended_at(look, place), asked.only)
    )
    say = look.say
    counted: tuple[tuple[str, Kind], ...] = ((say("Chưa gửi"), "whole"), (say("Mất"), "whole"))
    return TableFile(
        (
            (say("Máy"), "text"),
            (say("Mã đơn vị"), "text"),
            (say("Đơn vị"), "text"),
            (say("Quầy"), "text"),
            (say("Tình trạng"), "text"),
            (say("Vì sao"), "text"),
            (say("Báo lần cuối"), "moment"),
            *(counted if counts else ()),
            (say("Đồng hồ"), "text"),
            (say("Đĩa còn (byte)"), "whole"),
            (say("Phần mềm"), "text"),
            (say("Cấu hình"), "whole"),
            (say("Cấu hình mới nhất"), "whole"),
        ),
        tuple(
            (
                *(row.id, row.unit, row.unit_name, row.counter, row.state_words, " ".join(row.reasons)),
                row.seen.isoformat() if row.seen else None,
                *((row.unsent, row.missing) if counts else ()),
                *(row.clock, row.disk_free, row.app, row.bundle or None, row.newest or None),
            )
            for row in rows
        ),
    )


def own_device(look: Look, id: str, act: PermittedAct) -> Attended:
    """The device, if the visitor may do this at its unit; raises ProblemError HL4010."""
    found = by_need(list_devices(look.connection, id, now=look.now), look.now, __version__)
    if not id or not found or not look.may(act, found[0].device.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return found[0]


def range_words(ranges: Ranges) -> str:
    """Ranges of numbers as text, the first ones of many."""
    words = [f"{first}–{last}" if last > first else str(first) for first, last in ranges[:_MOST_GAPS]]
    return ", ".join(words) + (", …" if len(ranges) > _MOST_GAPS else "")


def back_to(look: Look, each: Attended) -> tuple[Link, ...]:
    """The list that a device is on, and the device."""
    return (
        Link(listed(each.device.unit), look.say("Máy")),
        Link(f"{MACHINES}/{each.device.id}", each.device.id),
    )


ROUTES = (devices, *file_routes(MACHINES, "may", needs(SEE), DevicesFilter, devices_table))
