"""The phone of who checks interviews (phúc tra): the next person, and the ratings to ask again.

Nothing in an address names anybody, and neither what was said the first time nor how it compares is shown.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.again import Recheck, open_recheck, record_recheck
from sync.central.office.interviews.confidential import has_promised, promise
from sync.central.office.interviews.whose_rechecks import ToCheck, checks_of
from sync.central.office.sample.sealed_list import Person
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.interviewing import ACT
from sync.central.web.pages.interviewing import PATH as INTERVIEWS
from sync.central.web.pages.phone import Asked
from sync.central.web.pages.recheck_form import (
    Fields,
    key_of,
    read_recheck,
    recheck_questions,
    recheck_survey,
    spoken_in,
)
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED
from sync.contract.response import Answer
from sync.contract.text import pick

PATH = INTERVIEWS + "/phuc-tra"


class CheckingPage(Struct, frozen=True, kw_only=True):
    """Who is next. left: how many are to be checked. person, key, asked: while they are open."""

    left: int
    plan: str
    unit: str
    to_promise: bool
    key: str
    person: Person | None
    asked: tuple[Asked, ...]
    language: str
    wrong: ProblemPage | None


def checking_page(
    look: Look, *, opened: tuple[Recheck, Person] | None = None, problem: ProblemError | None = None
) -> Shown:
    """The next person to check."""
    every = checks_of(look.connection, look.person.account, look.today)
    language = look.translation.language
    first = every[0] if every else None
    survey = recheck_survey(look, opened[0]) if opened else None
    unit = first.recheck.place.unit if first else ""
    page = CheckingPage(
        left=len(every),
        plan=pick(first.plan.title, language) if first else "",
        unit=look.names.units.get(unit, unit),
        to_promise=first is not None and not has_promised(look.connection, look.person.account),
        key=opened[0].key if opened else "",
        person=opened[1] if opened else None,
        asked=recheck_questions(survey, language) if survey else (),
        language=spoken_in(survey, language) if survey else "vi",
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="recheck_phone.html",
        title=look.say("Phúc tra"),
        page=page,
        crumbs=(Link(INTERVIEWS, look.say("Đi hỏi")),),
        status=problem.problem.kind.status if problem else 200,
    )


@get(PATH, opt=needs(ACT))
async def next_check(visit: NamedDependency[Visit]) -> Response[Any]:
    """How many are left; the next person is not open yet."""
    return await visit.show(checking_page)


@post(PATH + "/cam-ket", opt=needs(ACT))
async def promises_for_checks(visit: NamedDependency[Visit]) -> Response[Any]:
    """Promise confidentiality, once."""
    await visit.act(promise, visit.visitor.person.account)
    return visit.go(PATH, visit.say("Đã ghi cam kết. Có thể mở người đầu tiên."))


def _next(look: Look, key: str = "") -> ToCheck:
    """Who is next; raises ProblemError HL4318 if it is nobody, or another one than the form names."""
    every = checks_of(look.connection, look.person.account, look.today)
    if not every or key not in ("", every[0].recheck.key):
        raise ProblemError(DRAWN_CHANGED())
    return every[0]


@post(PATH + "/mo", opt=needs(ACT))
async def opens_check(visit: NamedDependency[Visit]) -> Response[Any]:
    """Open the next person; the line in the audit log is written before."""
    account, keys = visit.visitor.person.account, visit.desk.keys
    try:
        first = await visit.read(_next)
        opened = await visit.act(open_recheck, first.plan, first.recheck.key, account, keys)
    except ProblemError as error:
        return await visit.show(checking_page, problem=error)
    return await visit.show(checking_page, opened=opened)


@post(PATH + "/ghi", opt=needs(ACT))
async def records_check(visit: NamedDependency[Visit]) -> Response[Any]:
    """Compare what the person says, and keep the result alone."""
    form = await visit.request.form()
    fields = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    try:
        first, said = await visit.read(_said, fields)
        await visit.act(_record, first, visit.visitor.person.account, said, visit)
    except ProblemError as error:
        return await visit.show(checking_page, problem=error)
    return visit.go(PATH, visit.say("Đã ghi. Người tiếp theo đang chờ."))


def _said(look: Look, fields: Fields) -> tuple[ToCheck, dict[str, Answer] | None]:
    first = _next(look, key_of(fields) or "-")
    return first, read_recheck(look, first.plan, fields)


def _record(act: Act, first: ToCheck, account: int, said: dict[str, Answer] | None, visit: Visit) -> None:
    surveys = visit.desk.administrators.names(act.connection).surveys
    record_recheck(act, first.plan, first.recheck.key, account, said, surveys)


ROUTES = (next_check, promises_for_checks, opens_check, records_check)
