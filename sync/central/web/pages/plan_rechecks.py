"""The re-checks of a plan (phúc tra): drawn, asked by another person, compared, ordered to be asked again."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.again import (
    WRONG,
    Checked,
    Recheck,
    Result,
    checked_of,
    draw_rechecks,
    open_recheck,
    rechecks_of,
    record_recheck,
)
from sync.central.office.interviews.asked_again import (
    FEWEST,
    MOST_WRONG,
    is_asked_again,
    order_again,
    order_all_again,
)
from sync.central.office.interviews.confidential import has_promised, promise
from sync.central.office.interviews.whose_rechecks import assign_checker
from sync.central.office.people.accounts import account_names
from sync.central.office.sample.sealed_list import Person
from sync.central.web.choices import Option
from sync.central.web.look import Look
from sync.central.web.pages.phone import Asked
from sync.central.web.pages.plan_interviewers import people_of_plan
from sync.central.web.pages.recheck_form import (
    KEY,
    key_of,
    read_recheck,
    recheck_questions,
    recheck_survey,
    spoken_in,
)
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import HANDLE, REVEAL, sampled_plan
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.response import Answer
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/phuc-tra"
RESULTS: dict[Result, str] = {
    "same": "khớp",
    "level": "lệch 1 mức",
    "more": "lệch nhiều",
    "never": "chưa từng được hỏi",
}


class CheckedRow(Struct, frozen=True, kw_only=True):
    """One interviewer. undone: drawn and not checked; checker: the account that is to, 0 for nobody.

    people: to whom it can be given. all_again: all of their forms have to be asked again. beyond: re-checks
    that can't be made, because who was met left no telephone number.
    """

    account: int
    name: str
    asked: int
    wanted: int
    drawn: int
    done: int
    same: int
    level: int
    more: int
    never: int
    undone: int
    checker: str
    people: tuple[Option, ...]
    all_again: bool
    beyond: int


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
    """The re-checks of a plan. key: of the one that is open; person, asked: to ask them again.

    to_promise: the visitor has to promise confidentiality before anybody is opened. most, fewest: see
    `is_asked_again`.
    """

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
    to_promise: bool
    most: int
    fewest: int
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
    survey = recheck_survey(look, opened[0]) if opened else None
    may = look.may(HANDLE, plan.unit)
    people = people_of_plan(look, plan) if may else ()
    page = RechecksPage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/phuc-tra",
        percent=plan.recheck_percent,
        people=tuple(_person(each, found, names, people) for each in checked),
        rows=tuple(_row(look, each, names, may) for each in found),
        key=opened[0].key if opened else "",
        person=opened[1] if opened else None,
        asked=recheck_questions(survey, language) if survey else (),
        language=spoken_in(survey, language) if survey else "vi",
        may=may,
        to_promise=may and not has_promised(look.connection, look.person.account),
        most=MOST_WRONG,
        fewest=FEWEST,
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_rechecks.html",
        title=look.say("Phúc tra"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _person(
    each: Checked, found: tuple[Recheck, ...], names: Mapping[int, str], people: tuple[Option, ...]
) -> CheckedRow:
    undone = [one.checker for one in found if one.account == each.account and not one.result]
    given = undone[0] if undone and undone[0] else 0
    return CheckedRow(
        account=each.account,
        name=names.get(each.account, ""),
        asked=each.asked,
        wanted=each.wanted,
        drawn=each.drawn,
        done=each.done,
        same=each.results.get("same", 0),
        level=each.results.get("level", 0),
        more=each.results.get("more", 0),
        never=each.results.get("never", 0),
        undone=len(undone),
        checker=names.get(given, "") if given else "",
        people=tuple(option for option in people if option.value != str(each.account)),
        all_again=is_asked_again(each),
        beyond=each.beyond,
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
        again=may and each.result in WRONG and each.state == "done",
    )


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


@post(PATH + "/cam-ket", opt=needs(REVEAL))
async def promises_for_rechecks(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Promise confidentiality, once."""
    await visit.read(sampled_plan, id, REVEAL)
    await visit.act(promise, visit.visitor.person.account)
    return visit.go(f"{PLANS}/{id}/phuc-tra", visit.say("Đã ghi cam kết. Có thể mở người đầu tiên."))


class CheckerFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Who checks the interviews of whom; 0: nobody in particular."""

    interviewer: int = field(name="dtv")
    checker: int = field(default=0, name="nguoi")


@post(PATH + "/giao", opt=needs(HANDLE))
async def assigns_checker(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Give what is to be checked of an interviewer to somebody else."""
    plan = await visit.read(sampled_plan, id, HANDLE)
    fields = await visit.fields(CheckerFields)
    try:
        count = await visit.act(assign_checker, plan, fields.interviewer, fields.checker or None)
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(f"{PLANS}/{id}/phuc-tra", visit.say("Đã giao %(count)s phiếu phúc tra.", count=count))


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
    account = visit.visitor.person.account
    try:
        said = await visit.read(read_recheck, plan, fields)
        result = await visit.act(_record, plan, key_of(fields), account, said, visit)
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(
        f"{PLANS}/{id}/phuc-tra",
        visit.say("Đã ghi kết quả phúc tra: %(result)s.", result=visit.say(RESULTS[result])),
    )


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


class AllAgainFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose interviews are all asked again, and why."""

    interviewer: int = field(name="dtv")
    why: Annotated[str, Meta(max_length=300)] = field(default="", name="ly_do")


@post(PATH + "/hoi-lai-het", opt=needs(HANDLE))
async def orders_all_again(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Void all interviews of an interviewer whose re-checks went wrong too often."""
    plan = await visit.read(sampled_plan, id, HANDLE)
    fields = await visit.fields(AllAgainFields)
    try:
        why = line(fields.why, "ly_do", required=True)
        count = await visit.act(order_all_again, plan, fields.interviewer, why)
    except ProblemError as error:
        return await visit.show(rechecks_page, id, problem=error)
    return visit.go(
        f"{PLANS}/{id}/phuc-tra",
        visit.say("Đã hủy %(count)s phiếu. Giao những người này cho điều tra viên khác.", count=count),
    )


ROUTES = (
    rechecks,
    draws_rechecks,
    promises_for_rechecks,
    assigns_checker,
    opens_recheck,
    records_recheck,
    orders_again,
    orders_all_again,
)
