"""The re-checks of a plan (phúc tra): drawn, asked by another person, compared, ordered to be asked again."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.forms.terminal_words import terminal_words
from sync.central.office.interviews.again import (
    Recheck,
    Result,
    checked_of,
    draw_rechecks,
    open_recheck,
    order_again,
    rechecks_of,
    record_recheck,
)
from sync.central.office.people.accounts import account_names
from sync.central.office.phone.walk import Said, read_said
from sync.central.office.sample.sealed_list import Person
from sync.central.web.look import Look
from sync.central.web.pages.phone import Asked, question_on_page
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import HANDLE, REVEAL, sampled_plan
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.response import Answer
from sync.contract.survey import Rating, Survey
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/phuc-tra"
KEY = "phieu"
NEVER = "chua_hoi"
RESULTS: dict[Result, str] = {
    "same": "khớp",
    "level": "lệch 1 mức",
    "more": "lệch nhiều",
    "never": "chưa từng được hỏi",
}
Fields = Mapping[str, Sequence[str]]


class CheckedRow(Struct, frozen=True, kw_only=True):
    """One interviewer."""

    name: str
    asked: int
    wanted: int
    drawn: int
    done: int
    same: int
    level: int
    more: int
    never: int


class RecheckRow(Struct, frozen=True, kw_only=True):
    """One interview to check. open: the visitor may; again: it may be ordered to be asked again."""

    key: str
    unit: str
    number: int
    name: str
    checker: str
    result: str
    look: str
    open: bool
    again: bool


class RechecksPage(Struct, frozen=True, kw_only=True):
    """The re-checks of a plan. key: of the one that is open; person, asked: to ask them again."""

    title: str
    address: str
    percent: int
    people: tuple[CheckedRow, ...]
    rows: tuple[RecheckRow, ...]
    key: str
    person: Person | None
    asked: tuple[Asked, ...]
    language: str
    may: bool
    wrong: ProblemPage | None


def rechecks_page(
    look: Look,
    id: str,
    *,
    opened: tuple[Recheck, Person] | None = None,
    problem: ProblemError | None = None,
) -> Shown:
    """The re-checks; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    found, checked = rechecks_of(look.connection, id), checked_of(look.connection, plan)
    accounts = {each.account for each in (*found,)} | {each.account for each in checked}
    names = account_names(look.connection, accounts | {each.checker for each in found if each.checker})
    survey = _survey(look, plan, opened[0].place.stratum.group) if opened else None
    may = look.may(HANDLE, plan.unit)
    page = RechecksPage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/phuc-tra",
        percent=plan.recheck_percent,
        people=tuple(
            CheckedRow(
                name=names.get(each.account, ""),
                asked=each.asked,
                wanted=each.wanted,
                drawn=each.drawn,
                done=each.done,
                same=each.results.get("same", 0),
                level=each.results.get("level", 0),
                more=each.results.get("more", 0),
                never=each.results.get("never", 0),
            )
            for each in checked
        ),
        rows=tuple(_row(look, each, names, may) for each in found),
        key=opened[0].key if opened else "",
        person=opened[1] if opened else None,
        asked=_questions(survey, language) if survey else (),
        language=language if survey and language in survey.languages else "vi",
        may=may,
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_rechecks.html",
        title=look.say("Phúc tra"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _row(look: Look, each: Recheck, names: Mapping[int, str], may: bool) -> RecheckRow:
    own = each.account == look.person.account
    return RecheckRow(
        key=each.key,
        unit=look.names.units.get(each.place.unit, each.place.unit),
        number=each.number,
        name=names.get(each.account, ""),
        checker=names.get(each.checker, "") if each.checker else "",
        result=look.say(RESULTS[each.result]) if each.result else "",
        look={"same": "good", "more": "call", "never": "call"}.get(each.result, ""),
        open=may and not each.result and not own,
        again=may and each.result in ("more", "never") and each.state == "done",
    )


def _survey(look: Look, plan: Plan, group: str) -> Survey | None:
    releases = [key for key in look.names.surveys if key[0] == plan.group(group).survey]
    return look.names.surveys[max(releases)] if releases else None


def _questions(survey: Survey, language: str) -> tuple[Asked, ...]:
    """The ratings of the form: they are what is compared."""
    spoken = language if language in survey.languages else "vi"
    say = terminal_words(survey, spoken)
    ratings = (each for each in survey.questions if isinstance(each, Rating))
    return tuple(question_on_page(survey, each, Said(), say, spoken) for each in ratings)


@get(PATH, opt=needs(SEE))
async def rechecks(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The re-checks of a plan."""
    return await visit.show(rechecks_page, id)


@post(PATH, opt=needs(HANDLE))
async def draws_rechecks(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Draw what is missing."""
    plan = await visit.read(sampled_plan, id, HANDLE)
    try:
        count = await visit.act(draw_rechecks, plan)
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(f"{PLANS}/{id}/phuc-tra", visit.say("Đã rút %(count)s phiếu phúc tra.", count=count))


class KeyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which interview."""

    key: str = field(name=KEY)


@post(PATH + "/mo", opt=needs(REVEAL))
async def opens_recheck(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Open the person of an interview; the line in the audit log is written before."""
    plan = await visit.read(sampled_plan, id, REVEAL)
    fields = await visit.fields(KeyFields)
    account, keys = visit.visitor.person.account, visit.desk.keys
    try:
        opened = await visit.act(open_recheck, plan, fields.key, account, keys)
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return await visit.show(rechecks_page, id, opened=opened)


@post(PATH + "/ghi", opt=needs(REVEAL))
async def records_recheck(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Compare what the person says, and keep the result alone."""
    plan = await visit.read(sampled_plan, id, REVEAL)
    form = await visit.request.form()
    fields = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    key = (fields.get(KEY) or [""])[-1]
    try:
        result = await visit.act(
            _record,
            plan,
            key,
            visit.visitor.person.account,
            await visit.read(_said, plan, key, fields),
            visit,
        )
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(
        f"{PLANS}/{id}/phuc-tra",
        visit.say("Đã ghi kết quả phúc tra: %(result)s.", result=visit.say(RESULTS[result])),
    )


def _said(look: Look, plan: Plan, key: str, fields: Fields) -> dict[str, Answer] | None:
    """What the person says now; None if they were never asked. Raises ProblemError HL4241."""
    group = next((each for each in plan.groups if key.startswith(f"{each.id}/")), None)
    survey = _survey(look, plan, group.id) if group else None
    if NEVER in fields or survey is None or group is None:
        return None
    answers = read_said(survey, fields, group.respondents).answers
    if any(
        isinstance(each, Rating) and each.required and each.id not in answers for each in survey.questions
    ):
        raise ProblemError(FORM_INVALID(where=KEY, detail="còn câu chưa trả lời"))
    return answers


def _record(
    act: Act, plan: Plan, key: str, account: int, said: dict[str, Answer] | None, visit: Visit
) -> Result:
    surveys = visit.desk.administrators.names(act.connection).surveys
    return record_recheck(act, plan, key, account, said, surveys)


class AgainFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which interview is asked again, and why."""

    key: str = field(name=KEY)
    why: Annotated[str, Meta(max_length=300)] = field(default="", name="ly_do")


@post(PATH + "/hoi-lai", opt=needs(HANDLE))
async def orders_again(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Void an interview; its person waits for another interviewer."""
    plan = await visit.read(sampled_plan, id, HANDLE)
    fields = await visit.fields(AgainFields)
    try:
        await visit.act(order_again, plan, fields.key, line(fields.why, "ly_do", required=True))
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(
        f"{PLANS}/{id}/phuc-tra", visit.say("Đã hủy phiếu ấy. Giao người này cho điều tra viên khác.")
    )


ROUTES = (rechecks, draws_rechecks, opens_recheck, records_recheck, orders_again)
