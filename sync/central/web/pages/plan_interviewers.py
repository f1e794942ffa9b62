"""Who asks whom, and what each interviewer did each day: for who supervises the field work."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.interviews.by_day import QUICK, field_days
from sync.central.office.interviews.field_work import assign_unit
from sync.central.office.interviews.met import met_to_ask
from sync.central.office.interviews.whose_turn import interviewer_at
from sync.central.office.people.accounts import account_names, list_accounts
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.office.sample.selecting import assigned_counts
from sync.central.office.sample.whose_quota import FieldToAsk, fields_to_ask
from sync.central.reports.kinds.introductions import NAME, introduction, read_introduction
from sync.central.reports.model import Document
from sync.central.reports.printing.content import PrintedForm
from sync.central.reports.printing.interviewer_pack import read_pack, write_pack
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.web.choices import Option
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import HANDLE, group_of, place_of, sampled_plan, targets_of
from sync.central.web.shown import Shown
from sync.central.web.units_met import met_at
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.survey import Survey
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/phan-cong"
FileType = Literal["docx", "pdf"]
MEDIA: dict[FileType, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class DayRow(Struct, frozen=True, kw_only=True):
    """One interviewer on one day. minutes: "" without a form."""

    name: str
    day: date
    done: int
    refused: int
    moved: int
    unmet: int
    minutes: str
    quick: int


class UnitAssigned(Struct, frozen=True, kw_only=True):
    """A unit with people who were drawn. waiting: still to be asked; account: of their interviewer, or 0."""

    group: str
    stratum: str
    unit: str
    name: str
    waiting: int
    account: int
    interviewer: str


class InterviewersPage(Struct, frozen=True, kw_only=True):
    """Interviewers of a plan. people: who can be chosen. packs: who has somebody to ask, by account."""

    title: str
    address: str
    days: tuple[DayRow, ...]
    units: tuple[UnitAssigned, ...]
    people: tuple[Option, ...]
    packs: tuple[Option, ...]
    quick: int
    until: date | None
    may: bool
    wrong: ProblemPage | None


def interviewers_page(look: Look, id: str, problem: ProblemError | None = None) -> Shown:
    """Who asks whom; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    days = field_days(look.connection, id)
    people, met = people_of_plan(look, plan), met_at(look, plan)
    units = tuple(_units(look, plan))
    names = account_names(look.connection, {each.account for each in days} | {each.account for each in units})
    page = InterviewersPage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/phan-cong",
        days=tuple(
            DayRow(
                name=names.get(each.account, ""),
                day=each.day,
                done=each.done,
                refused=each.refused,
                moved=each.moved,
                unmet=each.unmet,
                minutes="" if each.minutes is None else f"{each.minutes:.1f}",
                quick=each.quick,
            )
            for each in days
        ),
        units=tuple(_named(each, names) for each in units),
        people=people,
        packs=tuple(each for each in people if met or fields_to_ask(look.connection, id, int(each.value))),
        quick=QUICK,
        until=max((last for _, last in map(plan.window, plan.groups) if last), default=None),
        may=look.may(HANDLE, plan.unit),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_interviewers.html",
        title=look.say("Điều tra viên"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def people_of_plan(look: Look, plan: Plan) -> tuple[Option, ...]:
    """The interviewers of the plan's unit whose role has a last day."""
    return tuple(
        Option(str(each.person.account), each.person.name)
        for each in list_accounts(look.connection)
        if not each.ended_at
        and any(
            held.role == "interviewer" and held.unit == plan.unit and held.last and held.on(look.today)
            for held in each.person.roles
        )
    )


def _units(look: Look, plan: Plan) -> list[UnitAssigned]:
    found = []
    for group in plan.groups:
        counts = assigned_counts(look.connection, Stratum(plan.id, group.id))
        for target in targets_of(look, plan, group):
            for account, waiting in counts.get(target.unit, {}).items():
                found.append(
                    UnitAssigned(
                        group=pick(group.name, look.translation.language),
                        stratum=group.id,
                        unit=target.unit,
                        name=target.name,
                        waiting=waiting,
                        account=account,
                        interviewer="",
                    )
                )
    return found


def _named(each: UnitAssigned, names: dict[int, str]) -> UnitAssigned:
    return replace(each, interviewer=names.get(each.account, ""))


@get(PATH, opt=needs(SEE))
async def interviewers(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Who asks whom, and what each did."""
    return await visit.show(interviewers_page, id)


class AssignFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks a unit's people; 0: nobody."""

    stratum: str = field(name="nhom")
    unit: str = field(name="don_vi")
    account: int = field(default=0, name="nguoi")


@post(PATH, opt=needs(HANDLE))
async def assigns(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Give a unit's people to an interviewer."""
    fields = await visit.fields(AssignFields)
    place, owner = await visit.read(_place, id, fields)
    try:
        count = await visit.act(assign_unit, place, fields.account or None, owner=owner)
    except ProblemError as error:
        return await visit.show(interviewers_page, id, error)
    return visit.go(f"{PLANS}/{id}/phan-cong", visit.say("Đã giao %(count)s người.", count=count))


def _place(look: Look, id: str, fields: AssignFields) -> tuple[Place, str]:
    plan = sampled_plan(look, id, HANDLE)
    return place_of(look, plan, fields.stratum, fields.unit)[0], plan.unit


class PaperAsked(Struct, frozen=True):
    """Whom the paper introduces; 0: a blank line for a name. kind: of the file."""

    account: Annotated[int, Meta(ge=0)] = field(default=0, name="nguoi")
    kind: Annotated[FileType, Meta(description="docx or pdf")] = field(default="docx", name="kieu")


def _introduction(look: Look, id: str, stratum: str, unit: str, account: int) -> Document:
    """GIẤY GIỚI THIỆU, valid until the plan's window or the interviewer's role ends.

    Raises ProblemError HL4010, also for an account that may not ask people of this plan.
    """
    plan = sampled_plan(look, id, HANDLE)
    target = place_of(look, plan, stratum, unit)[1]
    names = {int(each.value): each.label for each in people_of_plan(look, plan)}
    if account and account not in names:
        raise ProblemError(ADDRESS_UNKNOWN())
    held = interviewer_at(look.connection, account, plan.unit, look.today) if account else None
    ends = (plan.last_day_at(group_of(plan, stratum), unit), held.last if held else None)
    said = read_introduction(
        look.connection,
        plan,
        interviewer=names.get(account, ""),
        unit=target.name,
        last=min(filter(None, ends), default=None),
        today=look.today,
    )
    return introduction(said)


@get(
    PATH + "/{stratum:str}/{unit:str}/giay-gioi-thieu",
    opt=needs(HANDLE),
    dependencies={"asked": query(PaperAsked)},
)
async def introduction_paper(
    visit: NamedDependency[Visit],
    id: FromPath[str],
    stratum: FromPath[str],
    unit: FromPath[str],
    asked: NamedDependency[PaperAsked],
) -> Response[bytes]:
    """The paper with which an interviewer comes to a unit."""
    document = await visit.read(_introduction, id, stratum, unit, asked.account)
    write = write_pdf if asked.kind == "pdf" else write_docx
    content = await threads.pull(visit.request.app.state, partial(write, document))
    name = f"{NAME}-{unit}.{asked.kind}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[asked.kind], headers=headers)


class PackAsked(Struct, frozen=True):
    """Whose pack; 0: nobody's."""

    account: Annotated[int, Meta(ge=0)] = field(default=0, name="nguoi")


@get(PATH + "/bo-tai-lieu", opt=needs(HANDLE), dependencies={"asked": query(PackAsked)})
async def pack(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[PackAsked]
) -> Response[bytes]:
    """All that an interviewer carries, as one PDF."""
    documents, forms = await visit.read(_pack, id, asked.account)
    content = await threads.pull(visit.request.app.state, partial(write_pack, documents, forms))
    name = f"bo-tai-lieu-{id}-{asked.account}.pdf"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA["pdf"], headers=headers)


def _pack(look: Look, id: str, account: int) -> tuple[tuple[Document, ...], tuple[PrintedForm, ...]]:
    """What the pack holds; raises ProblemError HL4010, also for an account that may not ask people here."""
    plan = sampled_plan(look, id, HANDLE)
    names = {int(each.value): each.label for each in people_of_plan(look, plan)}
    if account not in names:
        raise ProblemError(ADDRESS_UNKNOWN())
    held = interviewer_at(look.connection, account, plan.unit, look.today)
    parts = {part.id: pick(part.name, "vi") for group in plan.groups for part in group.parts}
    return read_pack(
        look.connection,
        plan,
        interviewer=names[account],
        last=held.last if held else None,
        fields=_to_ask(look, plan, account),
        surveys=newest_forms(look),
        names={**look.names.units, **parts},
        today=look.today,
    )


def _to_ask(look: Look, plan: Plan, account: int) -> tuple[FieldToAsk, ...]:
    """Whom an account asks: who was drawn, and at every unit without a list the people met there."""
    met = [met_to_ask(each.group, each.place.unit, each.wanted) for each in met_at(look, plan)]
    groups = {each.group for each in met}
    listed = fields_to_ask(look.connection, plan.id, account)
    return (*(each for each in listed if each.group not in groups), *met)


def newest_forms(look: Look) -> dict[str, Survey]:
    """The newest release of each form by its id."""
    return {id: survey for (id, _), survey in sorted(look.names.surveys.items(), key=lambda each: each[0])}


def form_titles(look: Look) -> dict[str, str]:
    """What each form is called in Vietnamese, by its id."""
    return {id: pick(survey.title, "vi") for id, survey in newest_forms(look).items()}


ROUTES = (interviewers, assigns, introduction_paper, pack)
