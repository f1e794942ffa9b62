"""Visits and officers that look unusual, for a person to look at; nothing here changes a figure.

A reason comes from the times of a visit and from the device, which only who may open single responses sees:
so only they see who was flagged. Nobody finds here what is about oneself as an officer.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.figures.flag_table import (
    OFFICER_COLUMNS,
    VISIT_COLUMNS,
    FlaggedOfficer,
    flagged_officers,
    officer_row,
    visit_row,
)
from sync.central.figures.flags import OfficerFlag
from sync.central.http.queries import query
from sync.central.office.access import Caller
from sync.central.office.flag_reviews import reviews_of
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.units.tree import CENTRE
from sync.central.presenting import numbers
from sync.central.pulling.asked import ResponsesAsked, asked_day
from sync.central.pulling.flagged import MOST, Flagged, TooManyError, flagged
from sync.central.web.catalogue_entries import page_of
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look, Place
from sync.central.web.pages.devices import unit_options
from sync.central.web.pages.responses import FLAGGED, WHOLE
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.response_words import FLAGS, OFFICER_FLAGS, RESPONSES
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DAYS_REVERSED
from sync.contract.problem.wire import ADDRESS_UNKNOWN, PARAMETER_INVALID
from sync.tables.csv_table import write_csv

OFFICERS: PermittedAct = "see-officers"
USUAL_DAYS = 30
FILE = f"{FLAGGED}/tai-ve"
_DAY = timedelta(days=1)
_WRONG_DAYS = {PARAMETER_INVALID.number, DAYS_REVERSED.number}


class FlagsAsked(Struct, frozen=True, kw_only=True):
    """unit: with those below it; None: the visitor's own. first, last: "" for the last days. page: from 1."""

    unit: Annotated[str, Meta(max_length=64)] | None = None
    first: Annotated[str, Meta(max_length=10)] = field(default="", name="from")
    last: Annotated[str, Meta(max_length=10)] = field(default="", name="to")
    page: Annotated[int, Meta(ge=1, le=10_000)] = field(default=1, name="trang")


class FileAsked(FlagsAsked, frozen=True, kw_only=True):
    """One of the two tables."""

    table: Literal["luot", "can-bo"] = field(default="luot", name="bang")


class FlaggedRow(Struct, frozen=True, kw_only=True):
    """One visit, and why it is here. counter, officer: "" for none. same_form: the others with its form.

    valid: somebody looked at it and found it valid.
    """

    address: str
    started: datetime
    procedure: str
    unit: str
    counter: str
    officer: str
    reasons: tuple[str, ...]
    same_form: tuple[str, ...]
    counts: bool
    valid: bool


class OfficerRow(Struct, frozen=True):
    """One officer, and why. address: of the officers' figures for the same days."""

    name: str
    address: str
    reasons: tuple[str, ...]


class FlagsPage(Struct, frozen=True, kw_only=True):
    """What is flagged at a unit. units: as on the list of responses. wrong: the days can't be understood.

    most: how many responses are compared at most, where there are more; else 0. officers: None for who may
    not see any. visits_file, officers_file: "" where there is nothing to take along.
    """

    place: str
    unit: str
    units: tuple[Option, ...]
    types_unit: bool
    first: str
    last: str
    days: tuple[date, date] | None = None
    wrong: ProblemPage | None = None
    most: int = 0
    officers: tuple[OfficerRow, ...] | None = None
    rows: tuple[FlaggedRow, ...] = ()
    total: int = 0
    before: str = ""
    after: str = ""
    visits_file: str = ""
    officers_file: str = ""


def flags_page(look: Look, asked: FlagsAsked) -> Shown:
    """What is flagged at the unit and in the days of the address."""
    place = look.place(WHOLE, asked.unit)
    units = unit_options(look, look.place(WHOLE))
    frame = partial(
        FlagsPage, place=place.name, unit=place.code, units=units, types_unit=not units and not place.code
    )
    try:
        first, last = _days(asked, look.today)
    except ProblemError as error:
        if error.problem.kind.number not in _WRONG_DAYS:
            raise
        wrong = problem_page(error.problem, look.translation.language)
        return _shown(look, frame(first=asked.first, last=asked.last, wrong=wrong), error.problem.kind.status)
    frame = partial(frame, first=first.isoformat(), last=last.isoformat(), days=(first, last))
    officers = _officers(look, place, first, last) if _sees_officers(look, place) else None
    given = {"unit": place.code, "from": first.isoformat(), "to": last.isoformat()}
    if officers is not None:
        shown = tuple(_officer_row(look, each, given) for each in officers)
        file = _address(FILE, given, bang="can-bo") if officers else ""
        frame = partial(frame, officers=shown, officers_file=file)
    try:
        visits = _visits(look, place, first, last)
    except TooManyError:
        return _shown(look, frame(most=MOST))
    rows, before, after = page_of(visits, asked.page)
    reviews = reviews_of(look.connection, {each.visit.response.id for each in rows})
    page = frame(
        rows=tuple(_visit_row(look, each, valid=each.visit.response.id in reviews) for each in rows),
        total=len(visits),
        before=_address(FLAGGED, given, trang=str(before)) if before else "",
        after=_address(FLAGGED, given, trang=str(after)) if after else "",
        visits_file=_address(FILE, given) if visits else "",
    )
    return _shown(look, page)


def _shown(look: Look, page: FlagsPage, status: int = 200) -> Shown:
    return Shown(
        template="flags.html",
        title=look.say("Lượt nên xem lại"),
        page=page,
        crumbs=(Link(RESPONSES, look.say("Phiếu")),),
        status=status,
    )


def _days(asked: FlagsAsked, today: date) -> tuple[date, date]:
    """The first and the last day; raises ProblemError HL4013 or HL5023."""
    last = asked_day("to", asked.last) or today
    usual = last - min((USUAL_DAYS - 1) * _DAY, last - date.min)
    first = asked_day("from", asked.first) or usual
    if last < first:
        raise ProblemError(DAYS_REVERSED(where="from, to", detail=f"{first:%d/%m/%Y} > {last:%d/%m/%Y}"))
    return first, last


def _address(path: str, given: dict[str, str], **more: str) -> str:
    return f"{path}?{urlencode({**given, **more})}"


def _visits(look: Look, place: Place, first: date, last: date) -> list[Flagged]:
    wanted = ResponsesAsked(unit=place.code, first=first.isoformat(), last=last.isoformat())
    return flagged(look.administrators, look.connection, look.caller(place.code, WHOLE), wanted)


def _sees_officers(look: Look, place: Place) -> bool:
    return look.may(OFFICERS, place.code) and not look.only_months_over(place.code)


def _officers(look: Look, place: Place, first: date, last: date) -> list[FlaggedOfficer]:
    caller = look.caller(place.code, OFFICERS)
    days = (first.isoformat(), last.isoformat())
    return flagged_officers(look.connection, *days, _roots(caller, place), oneself=look.person.officer)


def _roots(caller: Caller, place: Place) -> set[str]:
    """What the visitor may see, and what was asked for."""
    return {root for root in (caller.unit, place.code) if root is not None and root != CENTRE}


def _officer_row(look: Look, officer: FlaggedOfficer, given: dict[str, str]) -> OfficerRow:
    return OfficerRow(
        name=look.names.officers.get(officer.officer) or officer.officer,
        address=_address("/can-bo", given),
        reasons=tuple(_officer_reasons(look, officer)),
    )


def _officer_reasons(look: Look, officer: FlaggedOfficer) -> Iterator[str]:
    counts = {OfficerFlag.VOIDS: officer.voided, OfficerFlag.DECLINES: officer.declined}
    language = look.translation.language
    for flag in sorted(officer.flags):
        n, total = (numbers.whole(each, language) for each in (counts[flag], officer.visits))
        yield look.say(OFFICER_FLAGS[flag], n=n, total=total)


def _visit_row(look: Look, each: Flagged, *, valid: bool) -> FlaggedRow:
    response, names = each.visit.response, look.names
    tag = response.tag
    counter, officer, procedure = (
        (tag.counter, tag.officer or "", tag.procedure or "") if tag else ("", "", "")
    )
    return FlaggedRow(
        address=f"{RESPONSES}/{response.id}",
        started=response.started_at,
        procedure=names.procedures.get(procedure, procedure) or look.say("Không rõ thủ tục"),
        unit=names.units.get(each.unit, each.unit),
        counter=names.counters.get((each.unit, counter)) or counter,
        officer=names.officers.get(officer, officer),
        reasons=tuple(look.say(FLAGS[flag]) for flag in sorted(each.visit.flags)),
        same_form=tuple(f"{RESPONSES}/{id}" for id in each.visit.same_form),
        counts=each.counts,
        valid=valid,
    )


@get(FLAGGED, opt=needs(WHOLE, reveals=True), dependencies={"asked": query(FlagsAsked)})
async def flags(visit: NamedDependency[Visit], asked: NamedDependency[FlagsAsked]) -> Response[Any]:
    """What is flagged."""
    return await visit.show(flags_page, asked)


def read_file(look: Look, asked: FileAsked) -> str:
    """A table as the command `flags` writes it.

    Raises ProblemError HL4010 for what the visitor may not see, HL4013 or HL5023 for days.
    """
    place = look.place(WHOLE, asked.unit)
    days = _days(asked, look.today)
    out = StringIO()
    if asked.table == "can-bo":
        if not _sees_officers(look, place):
            raise ProblemError(ADDRESS_UNKNOWN())
        officers = _officers(look, place, *days)
        write_csv(out, OFFICER_COLUMNS, map(officer_row, officers))
    else:
        visits = _visits(look, place, *days)
        write_csv(out, VISIT_COLUMNS, (visit_row(each.visit) for each in visits))
    return out.getvalue()


@get(FILE, opt=needs(WHOLE, reveals=True), dependencies={"asked": query(FileAsked)})
async def flags_file(visit: NamedDependency[Visit], asked: NamedDependency[FileAsked]) -> Response[bytes]:
    """What is flagged, as a table."""
    text = await visit.read(read_file, asked)
    name = f"nen-xem-lai-{asked.table}-{visit.desk.today().isoformat()}.csv"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv", headers=headers)


ROUTES = (flags, flags_file)
