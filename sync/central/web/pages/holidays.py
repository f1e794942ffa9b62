"""Holidays and days that are worked instead of others: a unit's own, and those of the units above it."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.inherited import holidays_of, offices_above
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.shipped_holidays import offered_days
from sync.central.office.configuration.spans import SpanError, read_hours
from sync.central.office.configuration.special_days import remove_special_day, set_special_days
from sync.central.presenting.days import full_day
from sync.central.presenting.language import Language, capital
from sync.central.store.database import Connection
from sync.central.web.catalogue_entries import CHANGE, HUB, UnitAsked
from sync.central.web.catalogue_kinds import (
    EntryFields,
    Held,
    Input,
    Kind,
    ListAsked,
    Offer,
    entry_routes,
    list_page,
)
from sync.central.web.choices import Option
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.central.web.routes import needs
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.opening import Hours, SpecialDay
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID

NOUN = "ngay-nghi"
HeldDay = Held[SpecialDay]


def _listed(look: Look, unit: str) -> list[HeldDay]:
    """The special days that hold at a unit, from the beginning of this year."""
    every = holidays_of(offices_above(look.connection, unit, look.today))
    return [Held(each.special, each.unit) for each in every if each.special.day.year >= look.today.year]


def _cells(look: Look, days: Sequence[HeldDay]) -> list[tuple[str, ...]]:
    language = look.translation.language
    return [
        (
            capital(full_day(each.entry.day, language=language)),
            each.entry.name,
            _hours_words(each.entry) or look.say("nghỉ"),
        )
        for each in days
    ]


def _hours_words(special: SpecialDay) -> str:
    """The hours of a day that is worked, as they are typed; "" for a holiday."""
    return ", ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in special.hours)


def _called(special: SpecialDay, language: Language) -> str:
    return capital(full_day(special.day, language=language))


def _find(connection: Connection, unit: str, day: str) -> HeldDay | None:
    """A day that this very unit decides."""
    for special in office_of(connection, unit).special_days:
        if special.day.isoformat() == day:
            return Held(special, unit)
    return None


def _typed(held: HeldDay) -> EntryFields:
    special = held.entry
    return EntryFields(day=special.day.isoformat(), name=special.name, hours=_hours_words(special))


def _read(_: Look, typed: EntryFields, unit: str, wrong: Wrong) -> HeldDay | None:
    day, name = read_day(typed.day), ""
    with wrong:
        if day is None:
            raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
    with wrong:
        name = line(typed.name, "ten")
    with wrong:
        hours = _hours(typed.hours)
        return None if day is None else Held(SpecialDay(day, name, hours), unit)
    return None


def _hours(text: str) -> tuple[Hours, ...]:
    try:
        return read_hours(text)
    except SpanError as error:
        raise ProblemError(FORM_INVALID(where="gio", detail=error.reason)) from error


def _add(act: Act, held: HeldDay, why: str) -> None:
    """Decide about a day; a new one takes no other's place."""
    if _find(act.connection, held.unit, held.entry.day.isoformat()) is not None:
        raise ProblemError(FORM_INVALID(where="ngay", detail="ngày này đã có: mở ngày đó để sửa"))
    _change(act, held, why)


def _change(act: Act, held: HeldDay, why: str) -> None:
    set_special_days(act, held.unit, [held.entry], why)


def _remove(act: Act, held: HeldDay, why: str) -> None:
    remove_special_day(act, held.unit, held.entry.day, why)


def _offer(look: Look, unit: str) -> Offer | None:
    """The days that come with the product and that nobody has decided about."""
    days = offered_days(look.connection, unit, look.today)
    if not days:
        return None
    language = look.translation.language
    return Offer(
        title=look.say("Lịch đi cùng phần mềm: %(count)s ngày chưa có ở đây", count=len(days)),
        address=of_unit(f"{HUB}/{NOUN}", unit),
        button=look.say("Thêm các ngày đã chọn"),
        options=tuple(
            Option(
                each.day.isoformat(),
                f"{full_day(each.day, language=language)}: "
                + ", ".join(filter(None, (each.name, _hours_words(each)))),
            )
            for each in days
        ),
    )


HOLIDAYS = Kind(
    noun=NOUN,
    title="Ngày nghỉ",
    about="Các ngày từ đầu năm nay: ngày nghỉ, và ngày làm bù có giờ riêng.",
    nothing="Chưa có ngày nghỉ nào: máy im trong ngày nghỉ sẽ bị coi là im.",
    adding="Thêm ngày",
    removing="Bỏ ngày này",
    kept="Ngày đó lại theo giờ làm việc hằng tuần.",
    headings=("Ngày", "Tên", "Giờ"),
    inherits=True,
    coded=False,
    inputs=(
        Input(name="ngay", label="Ngày", kind="date", required=True, fixed=True),
        Input(name="ten", label="Tên", help="Ví dụ: Quốc khánh."),
        Input(
            name="gio",
            label="Giờ làm việc trong ngày đó",
            help="Để trống là ngày nghỉ. Ngày làm bù ghi như 07:30-11:30, 13:30-17:00.",
        ),
    ),
    listed=_listed,
    cells=_cells,
    called=_called,
    find=_find,
    typed=_typed,
    read=_read,
    add=_add,
    change=_change,
    remove=_remove,
    offered=_offer,
)


class ChosenFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Days that were chosen from the table that comes with the product."""

    days: list[str] = field(default_factory=list, name="ngay")
    why: str = field(default="", name="ly_do")


@post(HOLIDAYS.path, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def takes(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """Decide the chosen days of the table that comes with the product."""
    fields = await visit.fields(ChosenFields)
    place = await visit.read(Look.place, CHANGE, asked.unit)
    offered = await visit.read(lambda look: offered_days(look.connection, place.code, look.today))
    try:
        chosen = [each for each in offered if each.day.isoformat() in fields.days]
        if not chosen:
            raise ProblemError(FORM_INVALID(where="ngay", detail="chưa chọn ngày nào"))
        why = line(fields.why, "ly_do", required=True)
        await visit.act(set_special_days, place.code, chosen, why)
    except ProblemError as error:
        asked_again = ListAsked(place.code)
        return await visit.show(list_page, HOLIDAYS, asked_again, refused(error, visit.language))
    return visit.go(of_unit(HOLIDAYS.path, place.code), visit.say("Đã thêm các ngày đã chọn."))


ROUTES = (*entry_routes(HOLIDAYS), takes)
