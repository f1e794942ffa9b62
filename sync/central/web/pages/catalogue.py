"""What a unit has in its catalogue, what holds there, and what is still missing."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.http.queries import query
from sync.central.office.configuration.inherited import (
    Decided,
    count_people,
    count_units,
    holding,
    holidays_of,
    offered_procedures,
    offices_above,
)
from sync.central.office.configuration.scope import scope_of
from sync.central.office.letterheads import LetterheadRow, decided_letterhead
from sync.central.presenting.numbers import whole
from sync.central.web.catalogue_entries import CHANGE, HUB, SEE, UnitAsked
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, name_of, near_units, of_unit
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit

# From this month on, the next year's holidays should be there.
_NEXT_YEAR_DUE = 11


class HubCard(Struct, frozen=True, kw_only=True):
    """One part of the catalogue. missing: what is still to be done there, "" if nothing."""

    title: str
    sentence: str
    more: str
    missing: str
    link: Link


class HubPage(Struct, frozen=True, kw_only=True):
    """All parts of the catalogue at a unit."""

    near: NearUnits
    cards: tuple[HubCard, ...]


def hub_page(look: Look, asked: UnitAsked) -> Shown:
    """The catalogue of a unit."""
    place = look.place(SEE, asked.unit)
    unit = place.code
    scope = scope_of(look.connection, unit, look.today)
    people = count_people(look.connection, scope)
    procedures = offered_procedures(look.connection, unit, look.today)
    offices = offices_above(look.connection, unit, look.today)
    own = sum(each.unit == unit for each in procedures)
    opening, name = holding(offices, "opening"), offices[unit].name
    head = decided_letterhead(look.connection, unit)
    years = [each.special.day.year for each in holidays_of(offices)]
    year = look.today.year
    below = count_units(look.connection, scope - {unit}, look.today)

    def count(number: int) -> str:
        return whole(number, language=look.translation.language)

    cards: tuple[HubCard, ...] = (
        HubCard(
            title=look.say("Đơn vị"),
            sentence=look.say("%(count)s đơn vị bên dưới", count=count(below))
            if below
            else look.say("Không có đơn vị bên dưới"),
            more="",
            missing="" if below or unit else look.say("Chưa có đơn vị nào."),
            link=Link(of_unit(f"{HUB}/don-vi", unit), look.say("Xem cây đơn vị")),
        ),
        HubCard(
            title=look.say("Thủ tục"),
            sentence=look.say("%(count)s thủ tục", count=count(len(procedures))),
            more=look.say("%(count)s do đơn vị này thêm", count=count(own)) if own else "",
            missing="" if procedures else look.say("Chưa có thủ tục nào."),
            link=Link(of_unit(f"{HUB}/thu-tuc", unit), look.say("Xem thủ tục")),
        ),
        HubCard(
            title=look.say("Cán bộ"),
            sentence=look.say("%(count)s cán bộ", count=count(people.officers)),
            more=look.say("ở %(count)s đơn vị", count=count(people.with_officers)),
            missing="" if people.officers else look.say("Chưa có cán bộ nào."),
            link=Link(of_unit(f"{HUB}/can-bo", unit), look.say("Xem cán bộ")),
        ),
        HubCard(
            title=look.say("Quầy"),
            sentence=look.say("%(count)s quầy", count=count(people.counters)),
            more=look.say("ở %(count)s đơn vị", count=count(people.with_counters)),
            missing="" if people.counters else look.say("Chưa có quầy nào."),
            link=Link(of_unit(f"{HUB}/quay", unit), look.say("Xem quầy")),
        ),
        HubCard(
            title=look.say("Giờ làm việc"),
            sentence=look.say("Đã đặt") if opening.value else look.say("Lúc nào cũng mở"),
            more=_decided_by(look, opening, unit),
            missing="" if opening.value else look.say("Chưa đặt giờ: máy im ngoài giờ cũng bị coi là im."),
            link=Link(of_unit(f"{HUB}/gio-lam-viec", unit), look.say("Xem giờ làm việc")),
        ),
        HubCard(
            title=look.say("Ngày nghỉ"),
            sentence=look.say("%(count)s ngày trong năm %(year)s", count=count(years.count(year)), year=year),
            more="",
            missing=_holidays_missing(look, years),
            link=Link(of_unit(f"{HUB}/ngay-nghi", unit), look.say("Xem ngày nghỉ")),
        ),
        HubCard(
            title=look.say("Tên và màu của cơ quan"),
            sentence=(name or {}).get("vi", "") or look.say("Dùng tên ghi ở máy"),
            more="",
            missing="" if name or not unit else look.say("Chưa có tên hiện trên máy."),
            link=Link(of_unit(f"{HUB}/van-phong", unit), look.say("Xem tên và màu")),
        ),
        HubCard(
            title=look.say("Thể thức văn bản"),
            sentence=look.say("Đã đặt") if head != LetterheadRow() else look.say("Theo tên của đơn vị"),
            more=look.say("đầu văn bản, người ký, nơi nhận"),
            missing="",
            link=Link(of_unit(f"{HUB}/the-thuc", unit), look.say("Xem thể thức")),
        ),
        HubCard(
            title=look.say("Thẻ"),
            sentence=look.say("Thẻ cán bộ và thẻ thủ tục"),
            more=look.say("in trên giấy A4, 8 thẻ một trang"),
            missing="",
            link=Link(of_unit("/the", unit), look.say("In thẻ")),
        ),
    )
    if not look.may(CHANGE, unit):
        cards = cards[:-1]  # cards are printed by those who may change the catalogue
    page = HubPage(near=near_units(look, place, SEE, HUB), cards=cards)
    return Shown(template="catalogue.html", title=look.say("Danh mục"), page=page)


def _decided_by(look: Look, decided: Decided, unit: str) -> str:
    if decided.unit is None:
        return ""
    if decided.unit == unit:
        return look.say("do đơn vị này đặt")
    return look.say("do %(unit)s đặt", unit=name_of(look, decided.unit))


def _holidays_missing(look: Look, years: list[int]) -> str:
    year = look.today.year
    if year not in years:
        return look.say("Chưa có ngày nghỉ năm %(year)s.", year=year)
    if look.today.month >= _NEXT_YEAR_DUE and year + 1 not in years:
        return look.say("Chưa có ngày nghỉ năm %(year)s.", year=year + 1)
    return ""


@get(HUB, opt=needs(SEE), dependencies={"asked": query(UnitAsked)})
async def hub(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """The catalogue."""
    return await visit.show(hub_page, asked)


ROUTES = (hub,)
