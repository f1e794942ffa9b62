"""Lists of people for a plan: who still owes one, and one list on its way in, from here or through a link."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.audit.acts import Act
from sync.central.office.sample.commitment import Commitment, Stratum, find_commitment, publish_seed
from sync.central.office.sample.list_links import LASTS, make_list_link
from sync.central.office.sample.people_list import Columns
from sync.central.office.sample.sealed_list import (
    Frame,
    Place,
    SealedPerson,
    frames_of,
    remember_columns,
    take_list,
)
from sync.central.web.carried_list import CarriedList
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.sent_lists import SEND
from sync.central.web.people_upload import (
    UPLOAD_BYTES,
    UploadStep,
    first_step,
    sent_file,
    step_of,
    to_take,
    with_columns,
)
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import (
    HANDLE,
    ListTarget,
    group_of,
    place_of,
    sampled_plan,
    targets_of,
)
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.text import pick, without_marks

PATH = PLANS + "/{id:str}/danh-sach"
ONE = PATH + "/{stratum:str}/{unit:str}"


class ListRow(Struct, frozen=True, kw_only=True):
    """A unit and its list. lines, people: 0 while it owes one. by_link: it sent the list itself."""

    name: str
    address: str
    forms: int
    lines: int
    people: int
    taken_at: datetime | None
    by_link: bool


class GroupLists(Struct, frozen=True, kw_only=True):
    """The lists of a group. seed_digest: "" before it was published. owing: units without a list."""

    id: str
    name: str
    frame: str
    seed_digest: str
    key_digest: str
    published_at: datetime | None
    drawn_at: datetime | None
    rows: tuple[ListRow, ...]
    owing: int
    people: int


class Duty(Struct, frozen=True, kw_only=True):
    """Who has to bring lists, as the plan says it."""

    name: str
    owner: str
    due: date | None


class ListsPage(Struct, frozen=True, kw_only=True):
    """All lists of a plan. may: whether the visitor may take one in."""

    plan: str
    title: str
    address: str
    sample: str
    groups: tuple[GroupLists, ...]
    duties: tuple[Duty, ...]
    may: bool
    wrong: ProblemPage | None


def lists_page(look: Look, id: str, problem: ProblemError | None = None) -> Shown:
    """Who still owes a list; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    page = ListsPage(
        plan=id,
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/danh-sach",
        sample=f"{PLANS}/{id}/mau",
        groups=tuple(_group(look, plan, group) for group in plan.groups),
        duties=tuple(
            Duty(name=task.name, owner=task.owner, due=task.last_day)
            for task in plan.tasks
            if "danh sach" in without_marks(task.name)
        ),
        may=look.may(HANDLE, plan.unit),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_lists.html",
        title=look.say("Danh sách người được hỏi"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _group(look: Look, plan: Plan, group: PlanGroup) -> GroupLists:
    stratum = Stratum(plan.id, group.id)
    known = find_commitment(look.connection, stratum)
    frames = frames_of(look.connection, stratum) if known else {}  # who was met is on no list of a unit
    here = f"{PLANS}/{plan.id}/danh-sach/{group.id}"
    rows = tuple(
        _row(target, f"{here}/{target.unit}", frames.get(target.unit))
        for target in targets_of(look, plan, group)
    )
    return GroupLists(
        id=group.id,
        name=pick(group.name, look.translation.language),
        frame=group.frame,
        seed_digest=known.seed_digest if known else "",
        key_digest=known.key_digest if known else "",
        published_at=_moment(known.published_at) if known else None,
        drawn_at=_moment(known.drawn_at) if known else None,
        rows=rows,
        owing=sum(not row.people for row in rows),
        people=sum(row.people for row in rows),
    )


def _row(target: ListTarget, address: str, frame: Frame | None) -> ListRow:
    return ListRow(
        name=target.name,
        address=address,
        forms=target.forms,
        lines=frame.lines if frame else 0,
        people=frame.people if frame else 0,
        taken_at=_moment(frame.taken_at) if frame else None,
        by_link=frame is not None and frame.source == "link",
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class ListPage(Struct, frozen=True, kw_only=True):
    """One list. row: what is here; known: what was published, None for nothing yet. action: of its forms.

    link: an address that takes this list once, while it is shown; until: its last day.
    """

    plan: str
    group: str
    row: ListRow
    known: Commitment | None
    step: UploadStep
    action: str
    back: str
    link: str
    until: date | None


def list_page(
    look: Look,
    visit: Visit,
    at: tuple[str, str, str],
    table: CarriedList | None = None,
    problem: ProblemError | None = None,
    link: str = "",
) -> Shown:
    """One list, and where it is on its way in. at: plan, group and unit of the address."""
    plan, place, target = _place(look, at)
    if table and not problem:
        step = step_of(look, visit.desk, place, plan.unit, table)
    else:
        step = first_step(look, plan.unit, problem)
    frame = frames_of(look.connection, place.stratum).get(place.unit)
    back = Link(f"{PLANS}/{plan.id}/danh-sach", look.say("Danh sách người được hỏi"))
    here = f"{back.address}/{place.stratum.group}/{place.unit}"
    page = ListPage(
        plan=pick(plan.title, look.translation.language),
        group=pick(plan.group(place.stratum.group).name, look.translation.language),
        row=_row(target, here, frame),
        known=find_commitment(look.connection, place.stratum),
        step=step,
        action=here,
        back=back.address,
        link=f"{visit.site}{SEND}/{link}" if link else "",
        until=look.today + timedelta(seconds=LASTS) if link else None,
    )
    return Shown(
        template="people_list.html",
        title=look.say("Danh sách của %(unit)s", unit=target.name),
        page=page,
        crumbs=(*plan_crumbs(look, plan), back),
        status=400 if step.errors else 200,
    )


def _place(look: Look, at: tuple[str, str, str]) -> tuple[Plan, Place, ListTarget]:
    id, stratum, unit = at
    plan = sampled_plan(look, id, HANDLE)
    return plan, *place_of(look, plan, stratum, unit)


@get(PATH, opt=needs(SEE))
async def lists(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Who still owes a list."""
    return await visit.show(lists_page, id)


@post(PATH + "/{stratum:str}", opt=needs(HANDLE))
async def publishes_seed(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str]
) -> Response[Any]:
    """Publish the digest of a group's seed."""
    chosen = await visit.read(_stratum, id, stratum)
    try:
        await visit.act(publish_seed, visit.desk.keys.folder, chosen)
    except ProblemError as error:
        return await visit.show(lists_page, id, error)
    return visit.go(
        f"{PLANS}/{id}/danh-sach", visit.say("Đã công bố mã hạt giống. Bây giờ nhận được danh sách.")
    )


def _stratum(look: Look, id: str, stratum: str) -> Stratum:
    return Stratum(id, group_of(sampled_plan(look, id, HANDLE), stratum).id)


@get(ONE, opt=needs(HANDLE))
async def one_list(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """One list, and the form to send one."""
    return await visit.show(list_page, visit, (id, stratum, unit))


@post(ONE, opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def tries_list(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Read a file; nothing is changed."""
    at = (id, stratum, unit)
    plan, place, _ = await visit.read(_place, at)
    try:
        table = await sent_file(visit, place, plan.unit)
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return await visit.show(list_page, visit, at, table)


@post(ONE + "/cot", opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def names_columns(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Try the list with the columns that were chosen; nothing is changed."""
    at = (id, stratum, unit)
    _, place, _ = await visit.read(_place, at)
    try:
        table = await with_columns(visit, place)
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return await visit.show(list_page, visit, at, table)


@post(ONE + "/nhan", opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def takes_list(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Take a list in, as it was tried."""
    at = (id, stratum, unit)
    plan, place, target = await visit.read(_place, at)
    try:
        table, lines, people = await to_take(visit, place)
        frame = await visit.act(_take, place, plan.unit, table, lines, people, visit.visitor.who)
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return visit.go(
        f"{PLANS}/{id}/danh-sach",
        visit.say("Đã nhận danh sách của %(unit)s: %(people)s người.", unit=target.name, people=frame.people),
    )


def _take(
    act: Act,
    place: Place,
    owner: str,
    table: CarriedList,
    lines: int,
    people: tuple[SealedPerson, ...],
    source: str,
) -> Frame:
    columns: Columns | None = table.columns
    if table.software and columns is not None:
        remember_columns(act, owner, table.software, columns)
    return take_list(act, place, people, lines=lines, source=source)


@post(ONE + "/lien-ket", opt=needs(HANDLE))
async def makes_link(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Make an address through which the unit sends its list once; it can be read only now."""
    at = (id, stratum, unit)
    _, place, _ = await visit.read(_place, at)
    try:
        link = await visit.act(make_list_link, place, lambda: secrets.token_urlsafe(32))
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return await visit.show(list_page, visit, at, link=link)


ROUTES = (lists, publishes_seed, one_list, tries_list, names_columns, takes_list, makes_link)
