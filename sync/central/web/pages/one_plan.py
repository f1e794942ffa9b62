"""One plan on one page: its days, the forms of each group, its tasks, and what keeps it from closing."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.closing import Work, what_blocks
from sync.central.figures.plan_rounds import PlanRound, read_round
from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.hours import hours_of
from sync.central.office.people.accounts import account_names
from sync.central.office.planning.drafts import change_plan
from sync.central.office.planning.tasks import PlanTask, tasks_of
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
    last_day,
    plan_crumbs,
    plan_file,
    state_of,
    window_of,
    window_words,
)
from sync.central.web.report_rows import REPORTS
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.assignment import OfficeHours
from sync.contract.plan import Plan, PlanGroup, Step
from sync.contract.text import pick

FileType = Literal["docx", "pdf"]
_FILES: dict[FileType, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
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


class PlanPage(Struct, frozen=True, kw_only=True):
    """One plan. days_left: of its window, None where it has no end or is not running.

    draft: where its next wording is written, with `changed_at`; "" for none. missing: forms that units lack.
    blocking: what keeps it from closing, the first of `blocks`. parts: the other pages of the plan.
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
    outside: int
    groups: tuple[GroupRow, ...]
    steps: tuple[StepRow, ...]
    tasks: tuple[TaskRow, ...]
    tasks_done: int
    blocking: tuple[str, ...]
    blocks: int
    in_force: bool
    draft: str
    changed_at: str
    may_change: bool
    parts: tuple[Link, ...]
    papers: tuple[Link, ...]
    reports: str
    next_year: str


def plan_page(look: Look, id: str) -> Shown:
    """The plan of the address; raises ProblemError HL4010 if there is none that the visitor may see."""
    file = plan_file(look, id)
    plan, language = file.plan, look.translation.language
    hours = hours_of(look.connection, plan.unit)
    now = read_round(look.connection, plan, look.today)
    tasks = tasks_of(look.connection, plan)
    blocking = what_blocks(plan, work_of(look, now, tasks))
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
        steps=tuple(_step(look, plan, step, hours) for step in plan.steps),
        tasks=task_rows(look, plan, tasks, hours),
        tasks_done=sum(task.state == "done" for task in tasks),
        blocking=tuple(blocking_words(look, plan, each) for each in blocking[:MOST_BLOCKING]),
        blocks=len(blocking),
        in_force=file.issued is not None and not file.issued.withdrawn,
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
    )
    return Shown(template="one_plan.html", title=page.title, page=page, crumbs=plan_crumbs(look))


def work_of(look: Look, now: PlanRound, tasks: Sequence[PlanTask]) -> Work:
    """What closing the plan asks about."""
    return Work(
        today=look.today,
        rows=now.rows,
        lacking=now.lacking,
        tasks=[task.task.name for task in tasks if task.state != "done"],
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


def _step(look: Look, plan: Plan, step: Step, hours: OfficeHours) -> StepRow:
    last, today = step.last_day, look.today
    over = last is not None and last < today
    ahead = step.starts is not None and today < step.starts
    dated = last is not None or step.starts is not None
    state = "" if not dated else "đã qua" if over else "sắp tới" if ahead else "đang làm"
    return StepRow(
        name=pick(step.name, look.translation.language),
        kind=look.say(STEPS[step.kind]),
        who=" → ".join(filter(None, (step.who, step.to))),
        first=step.starts,
        last=last_day(look, last, step.before, plan.issued, hours),
        state=look.say(state) if state else "",
        look="good" if state == "đang làm" else "",
    )


def task_rows(look: Look, plan: Plan, tasks: Sequence[PlanTask], hours: OfficeHours) -> tuple[TaskRow, ...]:
    """The tasks as a page draws them."""
    people = account_names(look.connection, {task.account for task in tasks if task.account is not None})
    return tuple(_task_rows(look, plan, tasks, hours, people))


def _task_rows(
    look: Look, plan: Plan, tasks: Sequence[PlanTask], hours: OfficeHours, people: dict[int, str]
) -> Iterator[TaskRow]:
    for each in tasks:
        task = each.task
        yield TaskRow(
            id=each.id,
            name=task.name,
            owner=" → ".join(filter(None, (task.owner, task.to))),
            person=people.get(each.account, "") if each.account is not None else "",
            last=last_day(look, task.last_day, task.before, plan.issued, hours),
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
        await visit.act(change_plan, file.plan, "")
    return visit.go(f"{PLANS}/{id}/soan", visit.say("Đã có bản nháp. Sửa từng phần rồi ban hành."))


# --- the plan as a document ---------------------------------------------------------------------------------


class PaperAsked(Struct, frozen=True):
    """kind: of the file."""

    kind: Annotated[FileType, Meta(description="docx or pdf")] = field(default="docx", name="kieu")


def _paper(look: Look, id: str) -> Document:
    """KẾ HOẠCH of the draft, while there is one, else of the wording in force."""
    file = plan_file(look, id)
    plan = file.draft.plan if file.draft else file.plan
    period = PLAN.period(plan, look.today)
    asked = Asked(kind=PLAN.name, unit=plan.unit, first=period.first, last=period.last, plan=plan.id)
    return build(figures_of(look.connection, asked, plan), {})


@get(PLANS + "/{id:str}/van-ban", opt=needs(SEE), dependencies={"asked": query(PaperAsked)})
async def plan_paper(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[PaperAsked]
) -> Response[bytes]:
    """The plan as the document that issues it."""
    document = await visit.read(_paper, id)
    write = write_pdf if asked.kind == "pdf" else write_docx
    content = await threads.pull(visit.request.app.state, partial(write, document))
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="ke-hoach-{id}.{asked.kind}"'}
    return Response(content, media_type=_FILES[asked.kind], headers=headers)


ROUTES = (plan, begins_draft, plan_paper)
