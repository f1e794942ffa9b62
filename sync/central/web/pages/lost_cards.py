"""Badges and cards that are no longer valid at a unit and below it: lost ones, until they are found."""

import re
from typing import Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.configuration.serials import restore_serial, revoke_serial, serials_of
from sync.central.web.catalogue_entries import CHANGE, UnitAsked, crumbs
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.pages.cards import PATH as CARDS
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.codes import SERIAL
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID

PATH = f"{CARDS}/thu-hoi"
_serial = re.compile(SERIAL)


class LostFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the forms send: a serial is revoked, or accepted again."""

    change: Literal["thu-hoi", "dung-lai"] = field(name="viec")
    serial: str = field(default="", name="so_the")
    why: str = field(default="", name="ly_do")


class LostPage(Struct, frozen=True, kw_only=True):
    """The serials that this very unit has revoked. issued: where those of printed cards are, "" for none."""

    near: NearUnits
    serials: tuple[str, ...]
    action: str
    issued: str
    typed: LostFields
    wrong: tuple[ProblemPage, ...]


def lost_page(
    look: Look, asked: UnitAsked, typed: LostFields | None = None, wrong: tuple[ProblemPage, ...] = ()
) -> Shown:
    """The cards that are refused at a unit, and the form to add one."""
    place = look.place(CHANGE, asked.unit)
    page = LostPage(
        near=near_units(look, place, CHANGE, PATH),
        serials=serials_of(look.connection, place.code),
        action=of_unit(PATH, place.code),
        issued="/nhat-ky?viec=cards" if look.may("see-audit", place.code) else "",
        typed=typed if typed and typed.change == "thu-hoi" else LostFields("thu-hoi"),
        wrong=wrong,
    )
    return Shown(
        template="lost_cards.html",
        title=look.say("Thẻ bị thu hồi"),
        page=page,
        crumbs=crumbs(look, Link(of_unit(CARDS, place.code), look.say("In thẻ")), unit=place.code),
        status=400 if wrong else 200,
    )


@get(PATH, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """The cards that are refused."""
    return await visit.show(lost_page, asked)


@post(PATH, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def changes(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """Let a card be refused, or accepted again."""
    fields = await visit.fields(LostFields)
    place = await visit.read(Look.place, CHANGE, asked.unit)
    wrong, serial = Wrong(), "".join(fields.serial.split()).upper()
    try:
        with wrong:
            if not _serial.fullmatch(serial):
                raise ProblemError(
                    FORM_INVALID(where="so_the", detail="tám chữ cái và chữ số, như in trên thẻ")
                )
        with wrong:
            why = line(fields.why, "ly_do", required=True)
        wrong.check()
        act = revoke_serial if fields.change == "thu-hoi" else restore_serial
        await visit.act(act, place.code, serial, why)
    except ProblemError as error:
        return await visit.show(lost_page, asked, fields, refused(error, visit.language))
    said = (
        visit.say("Đã thu hồi thẻ %(serial)s. Máy từ chối thẻ này từ lần kết nối sau.", serial=serial)
        if fields.change == "thu-hoi"
        else visit.say("Thẻ %(serial)s dùng lại được.", serial=serial)
    )
    return visit.go(of_unit(PATH, place.code), said)


ROUTES = (shows, changes)
