"""A plan is closed, handed over as a package, and the receiver confirms by its digest."""

from collections import Counter
from datetime import date, datetime
from functools import partial
from textwrap import wrap
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.closing import what_blocks, what_is_noted
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.figures.plans import read_forms
from sync.central.http import threads
from sync.central.office.people.accounts import account_names
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.planning.closed_plans import (
    CODE,
    Closing,
    HandedForm,
    PackedFile,
    closing_of,
    confirm_received,
    reopen_plan,
)
from sync.central.office.plans import Issued
from sync.central.pulling.handing_over import Package, pack
from sync.central.reports.asked import Asked
from sync.central.reports.issuing.closing import close_plan, hand_over_again
from sync.central.reports.kinds.minutes import HANDOVER
from sync.central.reports.model import Document
from sync.central.reports.writing.docx import write_docx
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.plan_words import CHANGE, PLANS, SEE, blocking_words, plan_crumbs, plan_file
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

EXPORT: PermittedAct = "export"
CLOSE = PLANS + "/{id:str}/dong"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ChangedGroup(Struct, frozen=True, kw_only=True):
    """A group whose forms have changed since the closing: late ones came, or some were removed."""

    name: str
    then: int
    now: int


class ClosingPage(Struct, frozen=True, kw_only=True):
    """What closing a plan needs, or what was handed over.

    changed: groups with other forms now than in the package; package: its number, from 1. forms: those of it
    that another body had handed over. blocking: what keeps the plan open. noted: what does not, and is to be
    known. digest: of the package, in groups to compare by eye. may_confirm: the visitor is not who closed it,
    and nobody has confirmed yet. typed: what was refused.
    """

    id: str
    title: str
    blocking: tuple[str, ...]
    noted: tuple[str, ...]
    closed_at: datetime | None
    closed_by: str
    changed: tuple[ChangedGroup, ...]
    package: int
    files: tuple[PackedFile, ...]
    forms: tuple[HandedForm, ...]
    digest: str
    received_by: str
    received_at: datetime | None
    may_close: bool
    may_confirm: bool
    may_export: bool
    typed: "ReceivedFields"
    code: int
    wrong: tuple[ProblemPage, ...]


class ReceivedFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the receiver says: the digest of the package, and who they are."""

    code: Annotated[str, Meta(max_length=100)] = field(default="", name="ma_goi")
    name: Annotated[str, Meta(max_length=800)] = field(default="", name="ben_nhan")


class ReopenFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the plan is opened again."""

    why: Annotated[str, Meta(max_length=1000)] = field(default="", name="ly_do")


def in_force(look: Look, id: str, act: PermittedAct = SEE) -> Issued:
    """The wording in force; raises ProblemError HL4010 for a plan never issued, withdrawn, or foreign."""
    issued = plan_file(look, id, act).issued
    if issued is None or issued.withdrawn:
        raise ProblemError(ADDRESS_UNKNOWN())
    return issued


def closing_page(
    look: Look,
    id: str,
    *,
    typed: ReceivedFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
    status: int = 200,
) -> Shown:
    """The page that a plan is closed from."""
    plan = in_force(look, id).plan
    closing = closing_of(look.connection, id)
    now = read_round(look.connection, plan, look.today, over=look.only_days_over(plan.unit))
    work = read_work(look.connection, plan, now, look.today)
    blocking = what_blocks(plan, work) if closing is None else ()
    page = ClosingPage(
        id=id,
        title=pick(plan.title, look.translation.language),
        blocking=tuple(blocking_words(look, plan, each) for each in blocking),
        noted=tuple(blocking_words(look, plan, each) for each in what_is_noted(plan, work)),
        closed_at=closing.closed_at if closing else None,
        closed_by=_name(look, closing),
        changed=_changed(look, plan, closing) if closing else (),
        package=closing.manifest.package if closing else 0,
        files=closing.manifest.files if closing else (),
        forms=closing.manifest.forms if closing else (),
        digest=" ".join(wrap(closing.digest, 8)) if closing else "",
        received_by=closing.received_by if closing else "",
        received_at=closing.received_at if closing else None,
        may_close=look.may(CHANGE, plan.unit),
        may_confirm=closing is not None
        and closing.received_at is None
        and closing.closed_by != look.person.account,
        may_export=look.may(EXPORT, plan.unit),
        typed=typed or ReceivedFields(),
        code=CODE,
        wrong=wrong,
    )
    title = look.say("Đóng kế hoạch")
    crumbs = plan_crumbs(look, plan)
    return Shown(template="plan_closing.html", title=title, page=page, crumbs=crumbs, status=status)


def _changed(look: Look, plan: Plan, closing: Closing) -> tuple[ChangedGroup, ...]:
    now: Counter[str] = Counter()
    for (group, _), n in read_forms(look.connection, plan).items():
        now[group] += n
    names = {group.id: pick(group.name, look.translation.language) for group in plan.groups}
    return tuple(
        ChangedGroup(name=names.get(group.id, group.name), then=group.forms, now=now[group.id])
        for group in closing.manifest.groups
        if group.forms != now[group.id]
    )


def _name(look: Look, closing: Closing | None) -> str:
    return account_names(look.connection, {closing.closed_by}).get(closing.closed_by, "") if closing else ""


@get(CLOSE, opt=needs(SEE))
async def plan_closing(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What closing a plan needs."""
    await visit.read(_close_days)
    return await visit.show(closing_page, id)


def _close_days(look: Look) -> None:
    """Days that are over are in the package: let them be, before anything is read."""
    look.administrators.close_days()


@post(CLOSE, opt=needs(CHANGE))
async def closes_plan(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Close a plan."""
    package = await visit.read(_package, id, CHANGE)
    try:
        await visit.act(close_plan, id, package.manifest, account=visit.visitor.person.account)
    except ProblemError as error:
        return await _refused(visit, id, error)
    return visit.go(f"{PLANS}/{id}/dong", visit.say("Đã đóng. Tải gói bàn giao và biên bản."))


async def _refused(
    visit: Visit, id: str, error: ProblemError, typed: ReceivedFields | None = None
) -> Response[Any]:
    wrong, status = refused(error, visit.language), error.problem.kind.status
    return await visit.show(closing_page, id, typed=typed, wrong=wrong, status=status)


def _package(look: Look, id: str, act: PermittedAct) -> Package:
    return pack(look.administrators, look.connection, in_force(look, id, act))


@post(CLOSE + "/goi-moi", opt=needs(CHANGE))
async def renews_package(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Hand a closed plan over once more, with what came after the closing."""
    fields = await visit.fields(ReopenFields)
    await visit.read(_close_days)
    package = await visit.read(_package, id, CHANGE)
    account = visit.visitor.person.account
    try:
        await visit.act(hand_over_again, id, package.manifest, fields.why, account=account)
    except ProblemError as error:
        return await _refused(visit, id, error)
    return visit.go(f"{PLANS}/{id}/dong", visit.say("Đã lập gói bàn giao mới. Gửi lại bên nhận để xác nhận."))


@post(CLOSE + "/nhan", opt=needs(SEE))
async def confirms_package(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Confirm that the package arrived."""
    fields = await visit.fields(ReceivedFields)
    await visit.read(in_force, id)
    account = visit.visitor.person.account
    try:
        name = line(fields.name, "ben_nhan", required=True)
        await visit.act(confirm_received, id, fields.code, by=name, account=account)
    except ProblemError as error:
        return await _refused(visit, id, error, fields)
    return visit.go(f"{PLANS}/{id}/dong", visit.say("Đã ghi: bên nhận xác nhận gói khớp mã."))


@post(CLOSE + "/mo-lai", opt=needs(CHANGE))
async def reopens_plan(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Open a closed plan again."""
    fields = await visit.fields(ReopenFields)
    await visit.read(in_force, id, CHANGE)
    try:
        await visit.act(reopen_plan, id, fields.why)
    except ProblemError as error:
        return await _refused(visit, id, error)
    return visit.go(f"{PLANS}/{id}/dong", visit.say("Đã mở lại kế hoạch."))


def _closed_package(look: Look, id: str) -> bytes:
    """The package of a closed plan, made again of what there was then; raises HL4010 for an open one."""
    issued = in_force(look, id, EXPORT)
    closing = closing_of(look.connection, id)
    if closing is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return pack(look.administrators, look.connection, issued, closing=closing).content


@get(CLOSE + "/goi.zip", opt=needs(EXPORT, reveals=True))
async def handed_over(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """The package of a closed plan."""
    content = await visit.read(_closed_package, id)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="ban-giao-{id}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def _minutes(look: Look, id: str) -> Document:
    plan = in_force(look, id).plan
    closing = closing_of(look.connection, id)
    if closing is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    period = HANDOVER.period(plan, look.today)
    last: date = max(period.first, min(period.last, look.today))
    asked = Asked(kind=HANDOVER.name, unit=plan.unit, first=period.first, last=last, plan=id)
    return HANDOVER.build(HANDOVER.read(look.connection, asked, look.now), {})


@get(CLOSE + "/bien-ban", opt=needs(SEE))
async def handover_minutes(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """The minutes of the handover, as a Word file."""
    document = await visit.read(_minutes, id)
    content = await threads.pull(visit.request.app.state, partial(write_docx, document))
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="bien-ban-ban-giao-{id}.docx"'}
    return Response(content, media_type=_DOCX, headers=headers)


ROUTES = (
    plan_closing,
    closes_plan,
    confirms_package,
    reopens_plan,
    renews_package,
    handed_over,
    handover_minutes,
)
