"""Badges and procedure cards on paper: the same cards and audit line as of the command `cards`."""

import os
from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.cards.issuing import CardKind, card_files, issue, make_cards, sheet_name
from sync.central.office.configuration.compose import catalogue_of
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.units.tree import CENTRE
from sync.central.web.catalogue_entries import CHANGE, crumbs
from sync.central.web.choices import Tab
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.catalogue import Catalogue
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

PATH = "/the"
KINDS = {"can-bo": CardKind.OFFICERS, "thu-tuc": CardKind.PROCEDURES}
_USUAL_DAYS = 365


class CardsAsked(Struct, frozen=True):
    """unit: the visitor's own without it. kind: one of KINDS."""

    unit: str | None = None
    kind: str = field(default="can-bo", name="loai")


class Subject(Struct, frozen=True, kw_only=True):
    """Somebody or something that a card can be for."""

    id: str
    name: str
    more: str
    chosen: bool


class CardsPage(Struct, frozen=True, kw_only=True):
    """The form to print cards. lost: where cards are revoked.

    of_a_unit: whether a unit is chosen: the whole centre has no cards.
    """

    near: NearUnits
    lost: str
    of_a_unit: bool
    tabs: tuple[Tab, ...]
    subjects: tuple[Subject, ...]
    missing: str
    expires: str
    action: str
    wrong: tuple[ProblemPage, ...]


class CardsFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends. chosen: ids or codes; none: all of them."""

    chosen: tuple[str, ...] = field(default=(), name="chon")
    expires: str = field(default="", name="den_ngay")


def cards_page(
    look: Look, asked: CardsAsked, typed: CardsFields | None = None, wrong: tuple[ProblemPage, ...] = ()
) -> Shown:
    """Who and what a unit can print cards for."""
    place = look.place(CHANGE, asked.unit)
    kind = _kind(asked)
    usual = look.today + timedelta(days=_USUAL_DAYS)
    chosen = typed.chosen if typed else ()
    tabs = {"can-bo": look.say("Thẻ cán bộ"), "thu-tuc": look.say("Thẻ thủ tục")}
    page = CardsPage(
        near=near_units(look, place, CHANGE, PATH),
        lost=of_unit(f"{PATH}/thu-hoi", place.code),
        of_a_unit=place.code != CENTRE,
        tabs=tuple(
            Tab(of_unit(PATH, place.code, loai=key), title, key == asked.kind) for key, title in tabs.items()
        ),
        subjects=_subjects(look, _catalogue(look, place.code), kind, place.code, chosen),
        missing=look.say("Đơn vị này chưa có cán bộ nào.")
        if kind is CardKind.OFFICERS
        else look.say("Đơn vị này chưa có thủ tục nào."),
        expires=typed.expires if typed else usual.isoformat(),
        action=of_unit(PATH, place.code, loai=asked.kind),
        wrong=wrong,
    )
    return Shown(
        template="cards.html",
        title=look.say("In thẻ"),
        page=page,
        crumbs=crumbs(look, unit=place.code),
        status=400 if wrong else 200,
    )


def _kind(asked: CardsAsked) -> CardKind:
    if asked.kind not in KINDS:
        raise ProblemError(FORM_INVALID(where="loai"))
    return KINDS[asked.kind]


def _catalogue(look: Look, unit: str) -> Catalogue:
    return catalogue_of(read_rows(look.connection, unit, look.today))


def _subjects(
    look: Look, catalogue: Catalogue, kind: CardKind, unit: str, chosen: tuple[str, ...]
) -> tuple[Subject, ...]:
    if unit == CENTRE:
        return ()
    if kind is CardKind.OFFICERS:
        rows = [(each.id, each.name, each.title) for each in catalogue.officers if each.unit == unit]
    else:
        language = look.translation.language
        rows = [(each.code, pick(each.name, language), each.field) for each in catalogue.procedures]
    return tuple(Subject(id=id, name=name, more=more, chosen=id in chosen) for id, name, more in rows)


@get(PATH, opt=needs(CHANGE), dependencies={"asked": query(CardsAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[CardsAsked]) -> Response[Any]:
    """The form to print cards."""
    return await visit.show(cards_page, asked)


@post(PATH, opt=needs(CHANGE), dependencies={"asked": query(CardsAsked)})
async def prints(visit: NamedDependency[Visit], asked: NamedDependency[CardsAsked]) -> Response[Any]:
    """Issue the cards, and answer with the sheet to print."""
    fields = await visit.fields(CardsFields)
    place = await visit.read(Look.place, CHANGE, asked.unit)
    kind = _kind(asked)
    try:
        last_day = _last_day(fields.expires, visit.desk.today())
        catalogue = await visit.read(_catalogue, place.code)
        key = visit.desk.keys.badge_key()
        made = make_cards(catalogue, kind, place.code, last_day, key, os.urandom, fields.chosen)
        # The sheet is drawn first: nothing is issued that could not be printed.
        files = await threads.pull(
            visit.request.app.state,
            lambda: card_files(kind, place.code, made, png=False, svg=False),
        )
        await visit.act(issue, kind, place.code, made)
    except ProblemError as error:
        return await visit.show(cards_page, asked, fields, refused(error, visit.language))
    name = sheet_name(kind, place.code)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(files[name], media_type="application/pdf", headers=headers, status_code=200)


def _last_day(text: str, today: date) -> date:
    day = read_day(text)
    if day is None:
        raise ProblemError(FORM_INVALID(where="den_ngay", detail="không phải ngày, ghi như 2026-11-01"))
    if day < today:
        raise ProblemError(FORM_INVALID(where="den_ngay", detail="ngày này đã qua"))
    return day


ROUTES = (shows, prints)
