"""An interviewer's phone at a unit where there is no list: how many forms today, which visitor, and the form.

What was typed stays where something is missing; a name and a telephone number are taken with consent alone.
"""

import secrets
from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.audit.acts import Act
from sync.central.office.corrections import voided_here
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.confidential import has_promised
from sync.central.office.interviews.met import (
    Contact,
    count_met,
    day_quota,
    first_visitor,
    record_met,
)
from sync.central.office.phone.walk import read_said, turn
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.one_person import phone_number
from sync.central.office.sample.sealed_list import Place
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.interviewing import ACT, questions_of, whom_of
from sync.central.web.pages.interviewing import PATH as INTERVIEWS
from sync.central.web.pages.phone import Asked
from sync.central.web.pages.plan_interviewers import newest_forms
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.units_met import Meeting, meetings_of
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.response import SurveyRef
from sync.contract.survey import Survey
from sync.contract.text import pick

PATH = INTERVIEWS + "/tai-cho"
ONE = PATH + "/{id:str}/{stratum:str}/{unit:str}"
TOKEN, BEGUN, CONSENT, NAME, PHONE = "ma", "tu", "dong_y", "ho_ten", "dien_thoai"
LONGEST: Final = 100
"""Characters of a name."""
LONGEST_VISIT: Final = timedelta(hours=2)
"""A form that was opened longer ago was left open."""
Fields = Mapping[str, Sequence[str]]


class MetRow(Struct, frozen=True, kw_only=True):
    """A unit at which people are met. today, quota: forms of today; open: another one may be brought."""

    address: str
    unit: str
    group: str
    plan: str
    have: int
    wanted: int
    today: int
    quota: int
    every: int
    first: int
    open: bool


class PlacesPage(Struct, frozen=True):
    """Where the visitor may meet people today."""

    rows: tuple[MetRow, ...]
    to_promise: bool


class MeetingPage(Struct, frozen=True, kw_only=True):
    """The form at one unit. token: of this form; begun: when it was opened, as ISO 8601.

    missing: something that has to be answered was left out. longest: characters of a name.
    """

    row: MetRow
    token: str
    begun: str
    title: str
    whom: Asked | None
    asked: tuple[Asked, ...]
    consent: bool
    name: str
    phone: str
    longest: int
    missing: bool
    language: str
    wrong: ProblemPage | None


def _row(look: Look, each: Meeting, voided: Container[str]) -> MetRow:
    count = count_met(look.connection, each.place, look.today, voided)
    quota, language, unit = day_quota(each.group, each.wanted), look.translation.language, each.place.unit
    return MetRow(
        address=f"{PATH}/{each.plan.id}/{each.group.id}/{unit}",
        unit=look.names.units.get(unit, unit),
        group=pick(each.group.name, language),
        plan=pick(each.plan.title, language),
        have=count.have,
        wanted=each.wanted,
        today=count.today,
        quota=quota,
        every=max(1, each.group.every),
        first=first_visitor(each.plan.id, unit, look.today, each.group.every),
        open=count.today < quota and count.have < each.wanted,
    )


def places_page(look: Look) -> Shown:
    """Where the visitor may meet people today."""
    voided = voided_here(look.connection)
    page = PlacesPage(
        tuple(_row(look, each, voided) for each in meetings_of(look)),
        not has_promised(look.connection, look.person.account),
    )
    crumbs = (Link(INTERVIEWS, look.say("Đi hỏi")),)
    return Shown(template="meeting_places.html", title=look.say("Hỏi tại chỗ"), page=page, crumbs=crumbs)


def meeting_page(
    look: Look,
    at: tuple[str, str, str],
    *,
    fields: Fields | None = None,
    missing: bool = False,
    problem: ProblemError | None = None,
) -> Shown:
    """The form at one unit; raises ProblemError HL4010."""
    each, survey = _meeting(look, at)
    language = look.translation.language
    spoken = language if language in survey.languages else "vi"
    fields = fields or {}
    said = read_said(survey, fields, each.group.respondents)
    page = MeetingPage(
        row=_row(look, each, voided_here(look.connection)),
        token=_last(fields, TOKEN) or secrets.token_hex(16),
        begun=_last(fields, BEGUN) or look.now.isoformat(),
        title=pick(survey.title, spoken),
        whom=whom_of(each.group.respondents, survey, said, spoken),
        asked=questions_of(survey, said, spoken),
        consent=bool(_last(fields, CONSENT)),
        name=_last(fields, NAME),
        phone=_last(fields, PHONE),
        longest=LONGEST,
        missing=missing,
        language=spoken,
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="meeting.html",
        title=look.say("Hỏi tại chỗ"),
        page=page,
        crumbs=(Link(INTERVIEWS, look.say("Đi hỏi")), Link(PATH, look.say("Hỏi tại chỗ"))),
        status=problem.problem.kind.status if problem else 400 if missing else 200,
    )


def _meeting(look: Look, at: tuple[str, str, str]) -> tuple[Meeting, Survey]:
    """The unit of an address, and its form; raises ProblemError HL4010."""
    id, stratum, unit = at
    place = Place(Stratum(id, stratum), unit)
    each = next((each for each in meetings_of(look) if each.place == place), None)
    survey = newest_forms(look).get(each.group.survey) if each else None
    if each is None or survey is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return each, survey


def _last(fields: Fields, name: str) -> str:
    return (fields.get(name) or [""])[-1]


@get(PATH, opt=needs(ACT))
async def meeting_places(visit: NamedDependency[Visit]) -> Response[Any]:
    """Where the visitor may meet people today."""
    return await visit.show(places_page)


@get(ONE, opt=needs(ACT))
async def meeting(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """The form at one unit."""
    return await visit.show(meeting_page, (id, stratum, unit))


@post(ONE, opt=needs(ACT))
async def records_meeting(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Save a form that is whole; else show what is missing."""
    at = (id, stratum, unit)
    form = await visit.request.form()
    fields = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    can_seal = bool(visit.desk.keys.public().sealing)
    try:
        each, said = await visit.read(_said, at, fields, can_seal)
        if said is None:
            return await visit.show(meeting_page, at, fields=fields, missing=True)
        await visit.act(_record, each, said, _contact(fields), fields, visit)
    except ProblemError as error:
        return await visit.show(meeting_page, at, fields=fields, problem=error)
    return visit.go(PATH, visit.say("Đã lưu phiếu."))


def _said(
    look: Look, at: tuple[str, str, str], fields: Fields, can_seal: bool
) -> tuple[Meeting, Interview | None]:
    """What was said; None if something that has to be answered is missing."""
    each, survey = _meeting(look, at)
    respondents = each.group.respondents
    said = read_said(survey, fields, respondents)
    if not turn(survey, said, respondents, 0, "gui", can_seal=can_seal).done:
        return each, None
    return each, Interview(
        survey=SurveyRef(survey.id, survey.version),
        plan=each.plan.id,
        respondent=said.whom or respondents[0],
        answers=said.answers,
        words=said.words if can_seal else {},
    )


def _contact(fields: Fields) -> Contact:
    """Whom to call; raises ProblemError HL4241 without consent, or for a number that is none."""
    name, typed = line(_last(fields, NAME), NAME), _last(fields, PHONE).strip()
    phone = phone_number(typed)
    if not name and not typed:
        return Contact()
    if not _last(fields, CONSENT):
        raise ProblemError(FORM_INVALID(where=CONSENT, detail="chưa có sự đồng ý của người ấy"))
    if len(name) > LONGEST:
        raise ProblemError(FORM_INVALID(where=NAME, detail=f"dài hơn {LONGEST} ký tự"))
    if not phone:
        raise ProblemError(FORM_INVALID(where=PHONE, detail="không phải số điện thoại"))
    return Contact(name, phone)


def _begun(fields: Fields, now: datetime) -> datetime:
    """When the form was opened; `now` if it doesn't say so, or says what can't be."""
    try:
        begun = datetime.fromisoformat(_last(fields, BEGUN))
    except ValueError:
        return now
    if begun.tzinfo is None or not timedelta() <= now - begun <= LONGEST_VISIT:
        return now
    return begun


def _record(act: Act, each: Meeting, said: Interview, contact: Contact, fields: Fields, visit: Visit) -> str:
    return record_met(
        act,
        each.plan,
        each.place,
        account=visit.visitor.person.account,
        said=said,
        begun=_begun(fields, act.now),
        contact=contact,
        token=_last(fields, TOKEN),
        wanted=each.wanted,
        keys=visit.desk.keys,
    )


ROUTES = (meeting_places, meeting, records_meeting)
