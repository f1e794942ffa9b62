"""The tree of units on a day: one unit, and those right below it."""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.configuration.inherited import units_under
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.days import day_words
from sync.central.web.catalogue_entries import CHANGE, HUB, SEE, crumbs
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.text import pick

PATH = f"{HUB}/don-vi"
# Usual kinds; another word of the list of units is shown as it is.
KINDS = {
    "province": "tỉnh",
    "city": "thành phố",
    "ward": "phường",
    "commune": "xã",
    "special_zone": "đặc khu",
    "department": "sở",
    "office": "văn phòng",
}


class UnitsAsked(Struct, frozen=True):
    """unit: the visitor's own without it. day: today without it."""

    unit: str | None = None
    day: date | None = field(default=None, name="ngay")


class UnitRow(Struct, frozen=True, kw_only=True):
    """A unit below. address: "" if the visitor may not see it. since, until: "" without a limit."""

    code: str
    name: str
    kind: str
    address: str
    since: str
    until: str


class UnitsPage(Struct, frozen=True, kw_only=True):
    """A unit and those below it on a day. upload: None for who may not change the whole tree."""

    near: NearUnits
    day: str
    rows: tuple[UnitRow, ...]
    upload: Link | None


def units_page(look: Look, asked: UnitsAsked) -> Shown:
    """The units right below one on a day."""
    place = look.place(SEE, asked.unit)
    day, language = asked.day or look.today, look.translation.language
    rows = tuple(
        UnitRow(
            code=unit.code,
            name=pick(unit.name, language),
            kind=look.say(KINDS.get(unit.kind, unit.kind)),
            address=of_unit(PATH, unit.code, **({"ngay": day.isoformat()} if asked.day else {}))
            if asked.day is None or look.may(SEE, unit.code)
            else "",
            since=day_words(unit.valid_from, language) if unit.valid_from else "",
            until=day_words(unit.valid_to, language) if unit.valid_to else "",
        )
        for unit in units_under(look.connection, place.code, day)
    )
    page = UnitsPage(
        near=near_units(look, place, SEE, PATH),
        day=day.isoformat(),
        rows=rows,
        upload=Link(of_unit(f"{HUB}/nhap/don-vi", CENTRE), look.say("Nhập danh sách đơn vị"))
        if look.may(CHANGE, CENTRE)
        else None,
    )
    return Shown(
        template="units.html",
        title=look.say("Đơn vị"),
        page=page,
        crumbs=crumbs(look, unit=place.code),
    )


@get(PATH, opt=needs(SEE), dependencies={"asked": query(UnitsAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[UnitsAsked]) -> Response[Any]:
    """The tree."""
    return await visit.show(units_page, asked)


ROUTES = (shows,)
