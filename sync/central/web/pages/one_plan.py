"""One plan on one page: its days, the forms of each group, its tasks, and what keeps it from closing."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.closing import what_blocks
from sync.central.figures.keying_time import PlanKeying, plan_keying
from sync.central.figures.plan_rounds import PlanRound, read_round, read_work
from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.people.accounts import account_names
from sync.central.office.planning.drafts import change_plan
from sync.central.office.planning.obstacles import (
    NOTE,
    ObstacleState,
    answer_obstacle,
    close_obstacle,
    new_id,
    obstacles_of,
    say_obstacle,
)
from sync.central.office.planning.tasks import PlanTask, tasks_of
from sync.central.office.remarks.calendar import Calendar
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.survey_plan import PLAN, build, figures_of
from sync.central.reports.model import Document
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.central.web.plan_words import (
    ANSWER,
    CHANGE,
    DESIGNS,
    PARTS,
    PLANS,
    SEE,
    STEPS,
    TASK_LOOKS,
    TASK_STATES,
    DayNote,
    PlanFile,
    blocking_words,
    calendar_of,
    last_day,
    plan_crumbs,
    plan_file,
    state_of,
    window_of,
    window_words,
)
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.report_rows import REPORTS
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.top_up_rows import TopUpRow, top_up_rows
from sync.central.web.typed import lines
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, PlanGroup, Step
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

FileType = Literal["docx", "pdf"]
_FILES: dict[FileType, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
CLOSED_SHOWN = 5
"""Obstacles that were closed, on the page."""
MOST_BLOCKING = 12
"""Things that keep a plan open on its page; all of them are on the page that closes it."""


class GroupRow(Struct, frozen=True, kw_only=True):
    """One group. full: how many of its units have their number, of `units`. wanted: 0 for no number."""

    name: str
    form: str
    who: str
    window: str
    full: int
    units: int
    have: int
    wanted: int
    missing: int


class StepRow(Struct, frozen=True, kw_only=True):
    """One step of the timetable. state: over, now, ahead; "" where it has no days."""

    name: str
    kind: str
    who: str
    first: date | None
    last: DayNote
    state: str
    look: str


class TaskRow(Struct, frozen=True, kw_only=True):
    """One task. person: who does it by name, "" for nobody. late: days."""

    id: str
    name: str
    owner: str
    person: str
    last: DayNote
    state: str
    look: str
    late: int
    result: str
    done_on: date | None


class ObstacleRow(Struct, frozen=True, kw_only=True):
    """One obstacle. due: the last day to answer; late: days since."""

    id: str
    words: str
    who: str
    at: datetime
    due: date
    late: int
    state: ObstacleState
    answer: str
    answered_by: str
    answered_at: datetime | None
    may_answer: bool
    may_close: bool


class PlanPage(Struct, frozen=True, kw_only=True):
    """One plan. days_left: of its window, None where it has no end or is not running.

    draft: where its next wording is written, with `changed_at`; "" for none. missing: forms that units lack.
    blocking: what keeps it from closing, the first of `blocks`. parts: the other pages of the plan.
    keying: what its paper forms cost. new_obstacle: the id of one that is said now, "" where the plan is not
    in force.
    """

    id: str
    title: str
    number: str
    issued: date | None
    authority: str
    unit: str
    version: int
    state: str
    look: str
    design: str
    window: str
    days_left: int | None
    have: int
    wanted: int
    missing: int
    outside: int | None
    groups: tuple[GroupRow, ...]
    steps: tuple[StepRow, ...]
    keying: PlanKeying
    tasks: tuple[TaskRow, ...]
    tasks_done: int
    top_ups: tuple[TopUpRow, ...]
    blocking: tuple[str, ...]
    blocks: int
    in_force: bool
    closed: bool
    draft: str
    changed_at: str
    may_change: bool
    parts: tuple[Link, ...]
    papers: tuple[Link, ...]
    reports: str
    next_year: str
    obstacles: tuple[ObstacleRow, ...]
    new_obstacle: str
    typed: str
    length: int
    wrong: ProblemPage | None


def plan_page(look: Look, id: str, *, typed: str = "", refused: ProblemError | None = None) -> Shown:
    """The plan of the address; raises ProblemError HL4010 if there is none that the visitor may see.

    typed: an obstacle that was refused.
    """
    file = plan_file(look, id)
    plan, language = file.plan, look.translation.language
    works = calendar_of(look, plan.unit)
    now = read_round(look.connection, plan, look.today, over=look.only_days_over(plan.unit))
    tasks = tasks_of(look.connection, plan)
    work = read_work(look.connection, plan, now, look.today)
    blocking = () if file.closed else what_blocks(plan, work)
    state, tag = state_of(look, file)
    may_change = look.may(CHANGE, plan.unit)
    first, last = window_of(plan)
    running = last is not None and (first is None or first <= look.today) and look.today <= last
    page = PlanPage(
        id=id,
        title=pick(plan.title, language),
        number=plan.number,
        issued=plan.issued,
        authority=plan.authority,
        unit=look.names.units.get(plan.unit, plan.unit),
        version=file.issued.version if file.issued else 0,
        state=state,
        look=tag,
        design=look.say(DESIGNS[plan.design]),
        window=window_words(look, first, last),
        days_left=(last - look.today).days if running and last else None,
        have=now.forms,
        wanted=plan.wanted,
        missing=now.missing,
        outside=now.outside,
        groups=tuple(_group(look, plan, group, now) for group in plan.groups),
        steps=tuple(_step(look, plan, step, works) for step in plan.steps),
        keying=plan_keying(look.connection, plan),
        tasks=task_rows(look, plan, tasks, works),
        tasks_done=sum(task.state == "done" for task in tasks),
        top_ups=top_up_rows(look, plan),
        blocking=tuple(blocking_words(look, plan, each) for each in blocking[:MOST_BLOCKING]),
        blocks=len(blocking),
        in_force=file.issued is not None and not file.issued.withdrawn,
        closed=file.closed,
        draft=f"{PLANS}/{id}/soan" if file.draft else "",
        changed_at=file.draft.changed_at if file.draft else "",
        may_change=may_change,
        parts=tuple(
            Link(f"{PLANS}/{id}/{path}", look.say(title))
            for path, title, act in PARTS
            if file.issued is not None and look.may(act, plan.unit)
        ),
        papers=tuple(
            Link(f"{PLANS}/{id}/van-ban?kieu={kind}", look.say(title))
            for kind, title in (("docx", "Văn bản KẾ HOẠCH (Word)"), ("pdf", "Văn bản KẾ HOẠCH (PDF)"))
        ),
        reports=of_unit(REPORTS, plan.unit),
        next_year=f"{PLANS}/moi?tu={id}" if may_change else "",
        obstacles=_obstacles(look, plan),
        new_obstacle=new_id() if file.issued is not None and not file.closed else "",
        typed=typed,
        length=NOTE,
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    status = refused.problem.kind.status if refused else 200
    crumbs = plan_crumbs(look)
    return Shown(template="one_plan.html", title=page.title, page=page, crumbs=crumbs, status=status)


def _obstacles(look: Look, plan: Plan) -> tuple[ObstacleRow, ...]:
    """Those that are not closed, and the newest of the others."""
    found = obstacles_of(look.connection, plan.id)
    shown = [each for each in found if each.state != "closed"]
    shown += [each for each in found if each.state == "closed"][:CLOSED_SHOWN]
    people = account_names(look.connection, {n for each in shown for n in (each.said_by, each.answered_by)})
    may_answer, may_change = look.may(ANSWER, plan.unit), look.may(CHANGE, plan.unit)
    own = look.person.account
    return tuple(
        ObstacleRow(
            id=each.id,
            words=each.words,
            who=people.get(each.said_by, ""),
            at=each.said_at,
            due=each.due,
            late=each.late(look.today),
            state=each.state,
            answer=each.answer,
            answered_by=people.get(each.answered_by, ""),
            answered_at=each.answered_at,
            may_answer=may_answer and each.state == "open",
            may_close=each.state == "answered" and (may_change or each.said_by == own),
        )
        for each in shown
    )


def _group(look: Look, plan: Plan, group: PlanGroup, now: PlanRound) -> GroupRow:
    rows = [row for row in now.of_group(group.id) if row.unit]
    numbered = [row for row in rows if row.wanted]
    return GroupRow(
        name=pick(group.name, look.translation.language),
        form=group.survey,
        who=group.who,
        window=window_words(look, *plan.window(group)),
        full=sum(not row.missing for row in numbered),
        units=len(numbered),
        have=sum(row.forms for row in now.of_group(group.id)),
        wanted=group.wanted,
        missing=sum(row.missing for row in numbered),
    )


def _step(look: Look, plan: Plan, step: Step, works: Calendar) -> StepRow:
    last, today = step.last_day, look.today
    over = last is not None and last < today
    ahead = step.starts is not None and today < step.starts
    state = "đã qua" if over else "sắp tới" if ahead else "đang làm" if step.starts else ""
    return StepRow(
        name=pick(step.name, look.translation.language),
        kind=look.say(STEPS[step.kind]),
        who=" → ".join(filter(None, (step.who, step.to))),
        first=step.starts,
        last=last_day(look, last, step.before, plan.issued, works),
        state=look.say(state) if state else "",
        look="good" if state == "đang làm" else "",
    )


def task_rows(look: Look, plan: Plan, tasks: Sequence[PlanTask], works: Calendar) -> tuple[TaskRow, ...]:
    """The tasks as a page draws them."""
    people = account_names(look.connection, {task.account for task in tasks if task.account is not None})
    return tuple(_task_rows(look, plan, tasks, works, people))


def _task_rows(
    look: Look, plan: Plan, tasks: Sequence[PlanTask], works: Calendar, people: dict[int, str]
) -> Iterator[TaskRow]:
    for each in tasks:
        task = each.task
        yield TaskRow(
            id=each.id,
            name=task.name,
            owner=" → ".join(filter(None, (task.owner, task.to))),
            person=people.get(each.account, "") if each.account is not None else "",
            last=last_day(look, task.last_day, task.before, plan.issued, works),
            state=look.say(TASK_STATES[each.state]),
            look=TASK_LOOKS[each.state],
            late=each.late(look.today),
            result=each.result,
            done_on=each.done_on,
        )


@get(PLANS + "/{id:str}", opt=needs(SEE))
async def plan(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One plan."""
    return await visit.show(plan_page, id)


@post(PLANS + "/{id:str}/soan-moi", opt=needs(CHANGE))
async def begins_draft(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Begin the next wording of a plan that is in force."""
    file: PlanFile = await visit.read(plan_file, id, CHANGE)
    if file.draft is None:
        try:
            await visit.act(change_plan, file.plan, "")
        except ProblemError as error:
            return await visit.show(plan_page, id, refused=error)
    return visit.go(f"{PLANS}/{id}/soan", visit.say("Đã có bản nháp. Sửa từng phần rồi ban hành."))


# --- obstacles ----------------------------------------------------------------------------------------------


class ObstacleFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody says keeps the plan from going on. id: that the page gave it."""

    id: Annotated[str, Meta(max_length=12)] = field(default="", name="ma")
    words: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="vuong_mac")


class AnswerFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the leader answers."""

    answer: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="tra_loi")


@post(PLANS + "/{id:str}/vuong-mac", opt=needs(SEE))
async def says_obstacle(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Say what keeps the plan from going on."""
    fields = await visit.fields(ObstacleFields)
    file: PlanFile = await visit.read(plan_file, id)
    account = visit.visitor.person.account
    try:
        words = lines(fields.words, "vuong_mac")
        await visit.act(say_obstacle, file.plan, words, account=account, id=fields.id)
    except ProblemError as error:
        return await visit.show(plan_page, id, typed=fields.words, refused=error)
    return visit.go(f"{PLANS}/{id}#vuong-mac", visit.say("Đã báo; lãnh đạo thấy ở Việc của tôi."))


@post(PLANS + "/{id:str}/vuong-mac/{obstacle:str}/tra-loi", opt=needs(ANSWER))
async def answers_obstacle(
    visit: NamedDependency[Visit], id: FromPath[str], obstacle: FromPath[str]
) -> Response[Any]:
    """Answer an obstacle."""
    fields = await visit.fields(AnswerFields)
    await visit.read(plan_file, id, ANSWER)
    account = visit.visitor.person.account
    try:
        words = lines(fields.answer, "tra_loi")
        await visit.act(answer_obstacle, id, obstacle, words, account=account)
    except ProblemError as error:
        return await visit.show(plan_page, id, refused=error)
    return visit.go(f"{PLANS}/{id}#vuong-mac", visit.say("Đã trả lời; người báo đóng khi đã gỡ xong."))


@post(PLANS + "/{id:str}/vuong-mac/{obstacle:str}/dong", opt=needs(SEE))
async def closes_obstacle(
    visit: NamedDependency[Visit], id: FromPath[str], obstacle: FromPath[str]
) -> Response[Any]:
    """Close an obstacle that was answered."""
    await visit.read(_closable, id, obstacle)
    try:
        await visit.act(close_obstacle, id, obstacle)
    except ProblemError as error:
        return await visit.show(plan_page, id, refused=error)
    return visit.go(f"{PLANS}/{id}#vuong-mac", visit.say("Đã đóng vướng mắc."))


def _closable(look: Look, id: str, obstacle: str) -> None:
    """Raise ProblemError HL4010 for an obstacle that is not the visitor's to close."""
    plan = plan_file(look, id).plan
    said_by = {each.id: each.said_by for each in obstacles_of(look.connection, id)}
    own = said_by.get(obstacle) == look.person.account
    if obstacle not in said_by or not (own or look.may(CHANGE, plan.unit)):
        raise ProblemError(ADDRESS_UNKNOWN())


# --- the plan as a document ---------------------------------------------------------------------------------


class PaperAsked(Struct, frozen=True):
    """kind: of the file."""

    kind: Annotated[FileType, Meta(description="docx or pdf")] = field(default="docx", name="kieu")


def _paper(look: Look, id: str) -> Document:
    """KẾ HOẠCH of the draft, while there is one, else of the wording in force."""
    file = plan_file(look, id)
    return plan_document(look, file.draft.plan if file.draft else file.plan)


def plan_document(look: Look, plan: Plan) -> Document:
    """The plan as the document that issues it."""
    period = PLAN.period(plan, look.today)
    asked = Asked(kind=PLAN.name, unit=plan.unit, first=period.first, last=period.last, plan=plan.id)
    return build(figures_of(look.connection, asked, plan), {})


async def plan_download(visit: Visit, document: Document, id: str, kind: FileType) -> Response[bytes]:
    """This document of a plan as a file."""
    write = write_pdf if kind == "pdf" else write_docx
    content = await threads.pull(visit.request.app.state, partial(write, document))
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="ke-hoach-{id}.{kind}"'}
    return Response(content, media_type=_FILES[kind], headers=headers)


@get(PLANS + "/{id:str}/van-ban", opt=needs(SEE), dependencies={"asked": query(PaperAsked)})
async def plan_paper(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[PaperAsked]
) -> Response[bytes]:
    """The plan as the document that issues it."""
    return await plan_download(visit, await visit.read(_paper, id), id, asked.kind)


ROUTES = (plan, begins_draft, says_obstacle, answers_obstacle, closes_obstacle, plan_paper)
