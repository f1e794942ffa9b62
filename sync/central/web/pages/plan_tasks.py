"""One task of a plan: who does it, how far it is, and what came of it.

Who may see the plan sees its tasks; the account that a task is given to opens it wherever its roles are. A
task that there is not and a foreign one answer alike.
"""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.people.managed import managed_account, managed_accounts
from sync.central.office.people.permissions import Person
from sync.central.office.planning.tasks import (
    NOTE,
    PlanTask,
    TaskStep,
    assign_task,
    possible,
    step_task,
    tasks_of,
)
from sync.central.office.plans import issued_plan
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.one_plan import TaskRow, task_rows
from sync.central.web.plan_words import CHANGE, PLANS, SEE, calendar_of, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.report_rows import people_of
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import lines
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

TASK = PLANS + "/{id:str}/viec/{task:str}"


class TaskFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. read: how often the task had been changed, as the page showed it."""

    step: TaskStep = field(name="buoc")
    read: int = field(default=0, name="da_doc")
    result: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="ket_qua")


class AssignFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Who does the task. person: the number of an account, "" for nobody by name."""

    read: int = field(default=0, name="da_doc")
    person: Annotated[str, Meta(max_length=9)] = field(default="", name="nguoi_lam")


class TaskPage(Struct, frozen=True, kw_only=True):
    """One task. plan: None for who may not see it. can: what the visitor may do. people: to give it to."""

    address: str
    row: TaskRow
    plan_title: str
    plan: Link | None
    done_by: str
    done_on: date | None
    can: tuple[TaskStep, ...]
    people: tuple[Option, ...]
    chosen: str
    read: int
    length: int
    typed: str
    wrong: ProblemPage | None


def task_of(look: Look, id: str, task: str) -> tuple[Plan, PlanTask]:
    """A task that the visitor may see; raises ProblemError HL4010 if there is none."""
    issued = issued_plan(look.connection, id)
    found = tasks_of(look.connection, issued.plan) if issued else ()
    own = next((each for each in found if each.id == task), None)
    if issued is None or own is None or not _sees(look, issued.plan, own):
        raise ProblemError(ADDRESS_UNKNOWN())
    return issued.plan, own


def _sees(look: Look, plan: Plan, task: PlanTask) -> bool:
    return look.may(SEE, plan.unit) or task.account == look.person.account


def _does(look: Look, plan: Plan, task: PlanTask) -> bool:
    return look.may(CHANGE, plan.unit) or task.account == look.person.account


def task_page(
    look: Look, id: str, task: str, *, typed: str = "", refused: ProblemError | None = None
) -> Shown:
    """The task of the address, as it is now."""
    plan, own = task_of(look, id, task)
    (row,) = task_rows(look, plan, [own], calendar_of(look, plan.unit))
    may_see = look.may(SEE, plan.unit)
    title = pick(plan.title, look.translation.language)
    page = TaskPage(
        address=f"{PLANS}/{id}/viec/{task}",
        row=row,
        plan_title=title,
        plan=Link(f"{PLANS}/{id}", title) if may_see else None,
        done_by=people_of(look, [own.done_by]).get(own.done_by, own.done_by),
        done_on=own.done_on,
        can=possible(own.state) if _does(look, plan, own) else (),
        people=_people(look, own) if look.may(CHANGE, plan.unit) else (),
        chosen=str(own.account or ""),
        read=own.read,
        length=NOTE,
        typed=typed,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="plan_task.html",
        title=own.task.name,
        page=page,
        crumbs=plan_crumbs(look, plan) if may_see else (),
        status=refused.problem.kind.status if refused else 200,
    )


def _people(look: Look, task: PlanTask) -> tuple[Option, ...]:
    """Those whom the visitor manages, the visitor, and who has it already."""
    names = {
        each.status.person.account: each.status.person.name
        for each in managed_accounts(look.connection, look.person, look.today)
        if not each.status.ended_at
    }
    names[look.person.account] = look.person.name
    if task.account is not None and task.account not in names:
        names[task.account] = look.say("người đang giữ")
    listed = sorted((name, str(account)) for account, name in names.items())
    return (
        Option("", look.say("chưa giao cho ai theo tên")),
        *(Option(account, name) for name, account in listed),
    )


@get(TASK, opt=needs(None))
async def plan_task(visit: NamedDependency[Visit], id: FromPath[str], task: FromPath[str]) -> Response[Any]:
    """One task of a plan."""
    return await visit.show(task_page, id, task)


@post(TASK, opt=needs(None))
async def does_task(visit: NamedDependency[Visit], id: FromPath[str], task: FromPath[str]) -> Response[Any]:
    """Begin, finish or reopen a task."""
    fields = await visit.fields(TaskFields)
    plan = await visit.read(_to_do, id, task)
    try:
        result = lines(fields.result, "ket_qua")
        await visit.act(step_task, plan, task, fields.step, read=fields.read, result=result)
    except ProblemError as error:
        return await visit.show(task_page, id, task, typed=fields.result, refused=error)
    return visit.go(f"{PLANS}/{id}/viec/{task}", visit.say("Đã ghi."))


def _to_do(look: Look, id: str, task: str) -> Plan:
    """The plan of a task that is the visitor's to do; raises ProblemError HL4010."""
    plan, own = task_of(look, id, task)
    if not _does(look, plan, own):
        raise ProblemError(ADDRESS_UNKNOWN())
    return plan


@post(TASK + "/giao", opt=needs(CHANGE))
async def assigns_task(
    visit: NamedDependency[Visit], id: FromPath[str], task: FromPath[str]
) -> Response[Any]:
    """Give a task to somebody."""
    fields = await visit.fields(AssignFields)
    plan = await visit.read(_to_assign, id, task)
    try:
        await visit.act(_assign, visit.visitor.person, plan, task, fields)
    except ProblemError as error:
        return await visit.show(task_page, id, task, refused=error)
    return visit.go(f"{PLANS}/{id}/viec/{task}", visit.say("Đã giao việc."))


def _to_assign(look: Look, id: str, task: str) -> Plan:
    plan, _ = task_of(look, id, task)
    if not look.may(CHANGE, plan.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return plan


def _assign(act: Act, person: Person, plan: Plan, task: str, fields: AssignFields) -> None:
    account = int(fields.person) if fields.person.isdecimal() else None
    held = next((each.account for each in tasks_of(act.connection, plan) if each.id == task), None)
    if account is not None and account not in (person.account, held):
        day = act.now.astimezone(VIET_NAM).date()
        account = managed_account(act.connection, person, account, day).status.person.account
    assign_task(act, plan, task, account, read=fields.read)


ROUTES = (plan_task, does_task, assigns_task)
