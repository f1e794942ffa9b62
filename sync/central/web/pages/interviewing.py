"""An interviewer's phone: the next person, their form on one page, or why they could not be asked.

Nothing in an address names anybody, so another one's list can't be asked for. The form is saved when it is
sent, by one request.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.forms.terminal_words import RESPONDENTS, WHOM_FOR, terminal_words
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.confidential import has_promised, promise
from sync.central.office.interviews.field_work import (
    MOST_TRIES,
    Outcome,
    open_next,
    record_interview,
    record_outcome,
)
from sync.central.office.interviews.whose_rechecks import checks_of
from sync.central.office.interviews.whose_turn import Assigned, assigned_to
from sync.central.office.phone.walk import WHOM, Said, read_said, turn
from sync.central.office.sample.sealed_list import Person
from sync.central.web.look import Look
from sync.central.web.pages.phone import Asked, Pick, question_on_page
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.units_met import meetings_of
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED
from sync.contract.response import Respondent, SurveyRef
from sync.contract.survey import Survey
from sync.contract.text import pick

PATH = "/di-hoi"
ACT: Final = "interview"
KEY = "nguoi"
Fields = Mapping[str, Sequence[str]]


class InterviewPage(Struct, frozen=True, kw_only=True):
    """Who is next. person: while they are opened. key: names them in the forms; "" for nobody.

    left: how many are still to be asked. to_promise: confidentiality comes first. asked: the questions;
    whom: who answers, where there is a choice. missing: something that has to be answered was left out.
    checks: how many interviews of others the visitor is to check. met: at how many units people are met.
    """

    key: str
    plan: str
    group: str
    unit: str
    until: date | None
    field: str
    number: int
    tries: int
    most: int
    left: int
    checks: int
    met: int
    to_promise: bool
    open: bool
    person: Person | None
    title: str
    whom: Asked | None
    asked: tuple[Asked, ...]
    missing: bool
    language: str
    wrong: ProblemPage | None


def interview_page(
    look: Look,
    *,
    opened: tuple[Assigned, Person] | None = None,
    fields: Fields | None = None,
    missing: bool = False,
    problem: ProblemError | None = None,
) -> Shown:
    """The next person. opened: they are shown; fields: what was sent and is not whole."""
    every = assigned_to(look.connection, look.person.account, look.today)
    chosen = opened[0] if opened else every[0] if every else None
    language = look.translation.language
    survey = _survey(look, chosen) if chosen else None
    is_open = bool(chosen and survey and (opened or fields is not None))
    spoken = language if survey and language in survey.languages else "vi"
    said = read_said(survey, fields or {}, chosen.group.respondents) if chosen and survey else Said()
    page = InterviewPage(
        key=chosen.key if chosen else "",
        plan=pick(chosen.plan.title, language) if chosen else "",
        group=pick(chosen.group.name, language) if chosen else "",
        unit=look.names.units.get(chosen.place.unit, chosen.place.unit) if chosen else "",
        until=chosen.plan.last_day_at(chosen.group, chosen.place.unit) if chosen else None,
        field=chosen.field if chosen else "",
        number=chosen.number if chosen else 0,
        tries=chosen.tries if chosen else 0,
        most=MOST_TRIES,
        left=len(every),
        checks=len(checks_of(look.connection, look.person.account, look.today)),
        met=len(meetings_of(look)),
        to_promise=chosen is not None and not has_promised(look.connection, look.person.account),
        open=is_open,
        person=opened[1] if opened else None,
        title=pick(survey.title, spoken) if survey else "",
        whom=whom_of(chosen.group.respondents, survey, said, spoken)
        if is_open and chosen and survey
        else None,
        asked=questions_of(survey, said, spoken) if is_open and survey else (),
        missing=missing,
        language=spoken,
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="interview.html",
        title=look.say("Đi hỏi"),
        page=page,
        status=problem.problem.kind.status if problem else 400 if missing else 200,
    )


def _survey(look: Look, chosen: Assigned) -> Survey | None:
    """The newest release of the group's form."""
    releases = [key for key in look.names.surveys if key[0] == chosen.group.survey]
    return look.names.surveys[max(releases)] if releases else None


def questions_of(survey: Survey, said: Said, language: str) -> tuple[Asked, ...]:
    """All questions of a form, on one page."""
    say = terminal_words(survey, language)
    return tuple(question_on_page(survey, each, said, say, language) for each in survey.questions)


def whom_of(respondents: Sequence[Respondent], survey: Survey, said: Said, language: str) -> Asked | None:
    """Who answers; None where there is no choice."""
    if len(respondents) < 2:
        return None
    say = terminal_words(survey, language)
    options = tuple(
        Pick(value=each, label=say(RESPONDENTS[each]), chosen=each == said.whom) for each in respondents
    )
    return Asked(name=WHOM, text=say(WHOM_FOR), options=options)


@get(PATH, opt=needs(ACT))
async def next_person(visit: NamedDependency[Visit]) -> Response[Any]:
    """How many are left; the next person is not open yet."""
    return await visit.show(interview_page)


@post(PATH + "/cam-ket", opt=needs(ACT))
async def promises(visit: NamedDependency[Visit]) -> Response[Any]:
    """Promise confidentiality, once."""
    await visit.act(promise, visit.visitor.person.account)
    return visit.go(PATH, visit.say("Đã ghi cam kết. Có thể mở người đầu tiên."))


@post(PATH + "/mo", opt=needs(ACT))
async def opens_next(visit: NamedDependency[Visit]) -> Response[Any]:
    """Open the next person; the line in the audit log is written before."""
    try:
        opened = await visit.act(open_next, visit.visitor.person.account, visit.desk.keys)
    except ProblemError as error:
        return await visit.show(interview_page, problem=error)
    return await visit.show(interview_page, opened=opened)


class OutcomeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the person could not be asked."""

    key: str = field(name=KEY)
    outcome: Outcome = field(name="ket_qua")


@post(PATH + "/ket-qua", opt=needs(ACT))
async def records_outcome(visit: NamedDependency[Visit]) -> Response[Any]:
    """The person was not met, refuses, or has moved away."""
    fields = await visit.fields(OutcomeFields)
    try:
        await visit.act(record_outcome, visit.visitor.person.account, fields.key, fields.outcome)
    except ProblemError as error:
        return await visit.show(interview_page, problem=error)
    return visit.go(PATH, visit.say("Đã ghi. Người tiếp theo đang chờ."))


@post(PATH + "/phieu", opt=needs(ACT))
async def records_answers(visit: NamedDependency[Visit]) -> Response[Any]:
    """Save a form that is whole; else show what is missing."""
    form = await visit.request.form()
    fields = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    key = (fields.get(KEY) or [""])[-1]
    try:
        said = await visit.read(_said, fields, key, bool(visit.desk.keys.public().sealing))
        if said is None:
            return await visit.show(interview_page, fields=fields, missing=True)
        await visit.act(_record, visit.visitor.person.account, key, said, visit)
    except ProblemError as error:
        return await visit.show(interview_page, problem=error)
    return visit.go(PATH, visit.say("Đã lưu phiếu. Người tiếp theo đang chờ."))


def _said(look: Look, fields: Fields, key: str, can_seal: bool) -> Interview | None:
    """What was said; None if something that has to be answered is missing. Raises ProblemError HL4318."""
    every = assigned_to(look.connection, look.person.account, look.today)
    survey = _survey(look, every[0]) if every and every[0].key == key else None
    if survey is None:
        raise ProblemError(DRAWN_CHANGED())
    chosen, respondents = every[0], every[0].group.respondents
    said = read_said(survey, fields, respondents)
    if not turn(survey, said, respondents, 0, "gui", can_seal=can_seal).done:
        return None
    return Interview(
        survey=SurveyRef(survey.id, survey.version),
        plan=chosen.plan.id,
        respondent=said.whom or respondents[0],
        answers=said.answers,
        words=said.words if can_seal else {},
    )


def _record(act: Act, account: int, key: str, said: Interview, visit: Visit) -> str:
    return record_interview(act, account, key, said, visit.desk.keys)


ROUTES = (next_person, promises, opens_next, records_outcome, records_answers)
