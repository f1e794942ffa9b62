"""Those who hand forms out learn how: the guide of one page, and who was invited to a training and came.

Names are shown to who may change the plan; everybody else who sees it sees how many came.
"""

from datetime import date
from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.planning.trainings import (
    TEXT,
    drop_training,
    hold_training,
    new_training,
    note_attendance,
    read_invited,
    training_of,
    trainings_of,
)
from sync.central.reports.kinds.attendance import attendance_list
from sync.central.reports.kinds.field_guides import helpers_guide, read_guide
from sync.central.reports.kinds.frame import read_frame
from sync.central.reports.model import Document
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.plan_interviewers import MEDIA, FileType, form_titles
from sync.central.web.plan_words import CHANGE, PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import sampled_plan
from sync.central.web.shown import Shown
from sync.central.web.typed import line, lines
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/huong-dan"
ONE = PATH + "/{training:str}"


class InvitedRow(Struct, frozen=True, kw_only=True):
    """Somebody who was invited. at: their place in the list."""

    at: int
    name: str
    office: str
    there: bool


class TrainingRow(Struct, frozen=True, kw_only=True):
    """A training. people: none for who may not see names, or after they were removed. noted: it has begun."""

    address: str
    day: date
    place: str
    invited: int
    came: int
    people: tuple[InvitedRow, ...]
    before: str
    noted: bool


class TrainingFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A training. people: a line each, “name; office”."""

    id: Annotated[str, Meta(max_length=12)] = field(default="", name="ma")
    day: Annotated[str, Meta(max_length=10)] = field(default="", name="ngay")
    place: Annotated[str, Meta(max_length=4 * TEXT)] = field(default="", name="noi")
    people: Annotated[str, Meta(max_length=200_000)] = field(default="", name="nguoi")


class TrainingPage(Struct, frozen=True, kw_only=True):
    """The guide and the trainings of a plan. typed: a training that was refused, else an empty one.

    named: those whom the plan names to hand forms out; "" for none.
    """

    title: str
    address: str
    trainings: tuple[TrainingRow, ...]
    typed: TrainingFields
    named: str
    may: bool
    wrong: ProblemPage | None


def training_page(
    look: Look, id: str, *, typed: TrainingFields | None = None, problem: ProblemError | None = None
) -> Shown:
    """The guide and the trainings; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    may = look.may(CHANGE, plan.unit)
    address = f"{PLANS}/{id}/huong-dan"
    page = TrainingPage(
        title=pick(plan.title, language),
        address=address,
        trainings=tuple(
            TrainingRow(
                address=f"{address}/{each.id}",
                day=each.day,
                place=each.place,
                invited=len(each.people),
                came=each.came,
                people=tuple(
                    InvitedRow(at=at, name=one.name, office=one.office, there=one.there)
                    for at, one in enumerate(each.people)
                )
                if may
                else (),
                before=each.changed_at,
                noted=each.day <= look.today,
            )
            for each in trainings_of(look.connection, id)
        ),
        typed=typed or TrainingFields(id=new_training(), day=look.today.isoformat()),
        named=_named(plan),
        may=may,
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_training.html",
        title=look.say("Hướng dẫn, tập huấn"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _named(plan: Plan) -> str:
    named = [part.who for group in plan.groups for part in group.parts]
    named += [group.who for group in plan.groups]
    return ", ".join(dict.fromkeys(filter(None, named)))


@get(PATH, opt=needs(SEE))
async def training(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The guide and the trainings of a plan."""
    return await visit.show(training_page, id)


@post(PATH, opt=needs(CHANGE))
async def holds_training(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Plan a training."""
    fields = await visit.fields(TrainingFields)
    await visit.read(sampled_plan, id, CHANGE)
    try:
        day = read_day(fields.day)
        if day is None:
            raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
        place = line(fields.place, "noi")
        people = read_invited(lines(fields.people, "nguoi"))
        await visit.act(hold_training, id, fields.id, day, place, people)
    except ProblemError as error:
        return await visit.show(training_page, id, typed=fields, problem=error)
    return visit.go(f"{PLANS}/{id}/huong-dan", visit.say("Đã lập danh sách. In ra để ký tên khi đến."))


@post(ONE, opt=needs(CHANGE))
async def notes_attendance(
    visit: NamedDependency[Visit], id: FromPath[str], training: FromPath[str]
) -> Response[Any]:
    """Note who was there."""
    await visit.read(sampled_plan, id, CHANGE)
    form = await visit.request.form()
    ticked = [each for each in form.getall("co_mat", []) if isinstance(each, str)]
    there = {int(each) for each in ticked if each.isascii() and each.isdigit()}
    before = form.get("truoc", "")
    try:
        came = await visit.act(
            note_attendance, id, training, there, before if isinstance(before, str) else ""
        )
    except ProblemError as error:
        return await visit.show(training_page, id, problem=error)
    return visit.go(f"{PLANS}/{id}/huong-dan", visit.say("Đã ghi %(came)s người có mặt.", came=came))


@post(ONE + "/bo", opt=needs(CHANGE))
async def drops_training(
    visit: NamedDependency[Visit], id: FromPath[str], training: FromPath[str]
) -> Response[Any]:
    """Remove a training that nobody came to."""
    await visit.read(sampled_plan, id, CHANGE)
    try:
        await visit.act(drop_training, id, training)
    except ProblemError as error:
        return await visit.show(training_page, id, problem=error)
    return visit.go(f"{PLANS}/{id}/huong-dan", visit.say("Đã bỏ buổi này."))


class FileAsked(Struct, frozen=True):
    """kind: of the file."""

    kind: Annotated[FileType, Meta(description="docx or pdf")] = field(default="pdf", name="kieu")


@get(PATH + "/trang-huong-dan", opt=needs(SEE), dependencies={"asked": query(FileAsked)})
async def guide_file(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[FileAsked]
) -> Response[bytes]:
    """The guide of one page."""
    document = await visit.read(_guide, id)
    return await _file(visit, document, asked.kind)


@get(ONE + "/danh-sach", opt=needs(CHANGE), dependencies={"asked": query(FileAsked)})
async def attendance_file(
    visit: NamedDependency[Visit],
    id: FromPath[str],
    training: FromPath[str],
    asked: NamedDependency[FileAsked],
) -> Response[bytes]:
    """The list to sign at a training, or who was there."""
    document = await visit.read(_attendance, id, training)
    return await _file(visit, document, asked.kind)


async def _file(visit: Visit, document: Document, kind: FileType) -> Response[bytes]:
    write = write_pdf if kind == "pdf" else write_docx
    content = await threads.pull(visit.request.app.state, partial(write, document))
    disposition = f'attachment; filename="{document.kind}.{kind}"'
    return Response(
        content, media_type=MEDIA[kind], headers={**PAGE_HEADERS, "Content-Disposition": disposition}
    )


def _guide(look: Look, id: str) -> Document:
    plan = sampled_plan(look, id)
    return helpers_guide(read_guide(look.connection, plan, form_titles(look), look.today))


def _attendance(look: Look, id: str, training: str) -> Document:
    plan = sampled_plan(look, id, CHANGE)
    held = training_of(look.connection, id, training)
    if held is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return attendance_list(read_frame(look.connection, plan.unit, plan, look.today, "BB"), held)


ROUTES = (training, holds_training, guide_file, notes_attendance, drops_training, attendance_file)
