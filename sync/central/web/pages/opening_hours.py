"""The weekly opening hours of a unit: a grid of days and spans, set here or left to the units above."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.inherited import holding, offices_above
from sync.central.office.configuration.office_settings import change_office, office_of
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.units.tree import CENTRE
from sync.central.web.catalogue_entries import CHANGE, HUB, SEE, UnitAsked, check_mark, crumbs, mark_of
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, name_of, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.opening import WEEKDAYS, Opening, Weekday
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID

PATH = f"{HUB}/gio-lam-viec"
DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_USUAL_SPANS = 2
LEAVE = "theo-tren"


class SpanCell(Struct, frozen=True):
    """One span of a day as it is typed; both are empty where the office is closed."""

    start: str
    end: str


class DayRow(Struct, frozen=True):
    """One day of the week."""

    name: str
    spans: tuple[SpanCell, ...]


class OpeningPage(Struct, frozen=True, kw_only=True):
    """Opening hours. by: the unit that decided them, "" if nobody did. own: it is this unit.

    spans: numbers of the spans of a day. can_leave: whether a unit above could decide instead.
    """

    near: NearUnits
    by: str
    own: bool
    days: tuple[DayRow, ...]
    spans: tuple[int, ...]
    may_change: bool
    can_leave: bool
    action: str
    before: str
    why: str
    wrong: tuple[ProblemPage, ...]


class OpeningFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends: the spans of each day, day by day, as two lists of one length. before: `_mark`."""

    starts: tuple[str, ...] = field(default=(), name="tu")
    ends: tuple[str, ...] = field(default=(), name="den")
    why: str = field(default="", name="ly_do")
    choice: str = field(default="luu", name="lam")
    before: str = field(default="", name="truoc")


def opening_page(
    look: Look,
    asked: UnitAsked,
    typed: OpeningFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
) -> Shown:
    """The opening hours that hold at a unit."""
    place = look.place(SEE, asked.unit)
    offices = offices_above(look.connection, place.code, look.today)
    decided = holding(offices, "opening")
    rows = typed_rows(look, typed) if typed else day_rows(look, decided.value or ())
    page = OpeningPage(
        near=near_units(look, place, SEE, PATH),
        by="" if decided.unit is None else name_of(look, decided.unit),
        own=decided.unit == place.code,
        days=rows,
        spans=tuple(range(len(rows[0].spans))),
        may_change=look.may(CHANGE, place.code),
        can_leave=place.code != CENTRE and decided.unit == place.code,
        action=of_unit(PATH, place.code),
        before=_mark(offices[place.code]),
        why=typed.why if typed else "",
        wrong=wrong,
    )
    return Shown(
        template="opening_hours.html",
        title=look.say("Giờ làm việc"),
        page=page,
        crumbs=crumbs(look, unit=place.code),
        status=400 if wrong else 200,
    )


def day_rows(look: Look, opening: Sequence[Opening]) -> tuple[DayRow, ...]:
    """A row for each day, with as many spans as the fullest day has, and two at least."""
    of_day = {day: sorted((o.start, o.end) for o in opening if day in o.days) for day in WEEKDAYS}
    width = max(_USUAL_SPANS, *(len(spans) for spans in of_day.values()))
    return tuple(
        DayRow(
            look.say(name),
            tuple(
                SpanCell(f"{of_day[day][at][0]:%H:%M}", f"{of_day[day][at][1]:%H:%M}")
                if at < len(of_day[day])
                else SpanCell("", "")
                for at in range(width)
            ),
        )
        for day, name in zip(WEEKDAYS, DAYS, strict=True)
    )


def typed_rows(look: Look, typed: OpeningFields) -> tuple[DayRow, ...]:
    """The rows of a form that was refused, as they were typed; an empty grid if it is no grid at all."""
    width, rest = divmod(len(typed.starts), len(WEEKDAYS))
    if not width or rest or len(typed.ends) != len(typed.starts):
        return day_rows(look, ())
    cells = [SpanCell(*pair) for pair in zip(typed.starts, typed.ends, strict=True)]
    return tuple(
        DayRow(look.say(name), tuple(cells[at * width : (at + 1) * width])) for at, name in enumerate(DAYS)
    )


def read_grid(typed: OpeningFields) -> tuple[Opening, ...]:
    """The opening hours of a grid. Raises ProblemError HL4241."""
    width, rest = divmod(len(typed.starts), len(WEEKDAYS))
    if not width or rest or len(typed.ends) != len(typed.starts):
        raise ProblemError(FORM_INVALID(where="tu"))
    days: defaultdict[tuple[time, time], list[Weekday]] = defaultdict(list)
    wrong = Wrong()
    for at, (start, end) in enumerate(zip(typed.starts, typed.ends, strict=True)):
        with wrong:
            if start or end:
                days[_time(start, at // width), _time(end, at // width)].append(WEEKDAYS[at // width])
    wrong.check()
    if not days:
        raise ProblemError(FORM_INVALID(where="tu", detail="chưa có giờ nào"))
    return tuple(Opening(tuple(days[span]), *span) for span in sorted(days))


def _mark(office: OfficeRow) -> str:
    """Another text when the hours that this very unit decides are others."""
    return mark_of(OfficeRow(opening=office.opening))


def _decide(act: Act, before: str, unit: str, opening: tuple[Opening, ...] | None, why: str) -> None:
    begin(act, why, unit)
    check_mark(_mark(office_of(act.connection, unit)), before)
    change_office(act, unit, {"opening": opening}, why)


def _time(text: str, day: int) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        detail = f"“{text}” không phải giờ: viết 07:30"
        raise ProblemError(FORM_INVALID(where=DAYS[day], detail=detail)) from error


@get(PATH, opt=needs(SEE), dependencies={"asked": query(UnitAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """The opening hours."""
    return await visit.show(opening_page, asked)


@post(PATH, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def changes(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """Set the opening hours of a unit, or leave them to the units above."""
    fields = await visit.fields(OpeningFields)
    place = await visit.read(Look.place, CHANGE, asked.unit)
    wrong = Wrong()
    try:
        with wrong:
            opening = None if fields.choice == LEAVE else read_grid(fields)
        with wrong:
            why = line(fields.why, "ly_do", required=True)
        wrong.check()
        await visit.act(_decide, fields.before, place.code, opening, why)
    except ProblemError as error:
        return await visit.show(opening_page, asked, fields, refused(error, visit.language))
    return visit.go(of_unit(PATH, place.code), visit.say("Đã lưu giờ làm việc."))


ROUTES = (shows, changes)
