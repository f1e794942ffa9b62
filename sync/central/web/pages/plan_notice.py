"""The notice of a plan: its content for the units that take part, and which of them have read it.

A person of such a unit opens it at the unit's own role, though the plan belongs to an office above.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.figures.progress import day_within, row_of_unit, targets
from sync.central.http.queries import query
from sync.central.office.people.accounts import account_names
from sync.central.office.people.at_units import people_at
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.planning.notices import Notice, notices_of, own_units, read_notice, send_notice
from sync.central.office.plans import Issued, issued_plan
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.reports.model import Document
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.one_plan import PaperAsked, plan_document, plan_download
from sync.central.web.plan_words import CHANGE, PLANS, SEE, plan_crumbs, window_of, window_words
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/pho-bien"


class AskedOf(Struct, frozen=True, kw_only=True):
    """What the plan asks of the visitor's unit in one group. forms: 0 where it sets no number."""

    unit: str
    group: str
    form: str
    window: str
    who: str
    forms: int


class ReadRow(Struct, frozen=True, kw_only=True):
    """A unit that has read the notice, by whom and when."""

    name: str
    who: str
    at: datetime


class NoticePage(Struct, frozen=True, kw_only=True):
    """The notice. read: how many of `sent` units have. unread: their names; nobody: those of them without
    anybody who could, they need another way.

    to_send: units that have not got this wording. older: how many of them have got an earlier one. owner: the
    visitor sees the counts, as one of the plan's office. asked: of the visitor's units; own: those of them
    that have not read it yet.
    """

    id: str
    title: str
    number: str
    issued: date | None
    authority: str
    window: str
    purposes: tuple[str, ...]
    tasks: tuple[str, ...]
    papers: tuple[Link, ...]
    asked: tuple[AskedOf, ...]
    own: int
    done: bool
    owner: bool
    sent: int
    read: int
    unread: tuple[str, ...]
    nobody: tuple[str, ...]
    rows: tuple[ReadRow, ...]
    to_send: int
    older: int
    may_send: bool
    wrong: ProblemPage | None


class _Known(Struct, frozen=True, kw_only=True):
    """What the page rests on. owner: the visitor sees the plan; own: their units that got the notice."""

    issued: Issued
    notices: Mapping[str, Notice]
    owner: bool
    own: tuple[str, ...]


def _known(look: Look, id: str) -> _Known:
    """The plan and its notice; raises ProblemError HL4010 where the visitor sees neither."""
    issued = issued_plan(look.connection, id)
    if issued is None or issued.withdrawn:
        raise ProblemError(ADDRESS_UNKNOWN())
    notices = notices_of(look.connection, id)
    owner = look.may(SEE, issued.plan.unit)
    own = own_units(look.connection, notices.keys(), look.person.account, look.today)
    if not owner and not own:
        raise ProblemError(ADDRESS_UNKNOWN())
    return _Known(issued=issued, notices=notices, owner=owner, own=own)


def _units_of(look: Look, plan: Plan) -> frozenset[str]:
    """The units that take part, on the day of the plan's window that is nearest to today."""
    tree, day = UnitTree(load_units(look.connection)), day_within(plan, look.today)
    below = tree.subtree(plan.unit, day)
    return frozenset(unit for _, unit in row_of_unit(plan, tree, day) if unit in below)


def notice_page(look: Look, id: str, refused: ProblemError | None = None) -> Shown:
    """The notice of a plan, for who sees the plan, and for the units that it went to."""
    known = _known(look, id)
    plan, language = known.issued.plan, look.translation.language
    wanted = _units_of(look, plan) if known.owner else frozenset()
    to_send = _to_send(known, wanted)
    unread = [each.unit for each in known.notices.values() if each.read_at is None]
    there = people_at(look.connection, unread, SEE, look.today) if known.owner else {}
    people = account_names(look.connection, {each.read_by for each in known.notices.values() if each.read_by})
    page = NoticePage(
        id=id,
        title=pick(plan.title, language),
        number=plan.number,
        issued=plan.issued,
        authority=plan.authority,
        window=window_words(look, *window_of(plan)),
        purposes=plan.purposes,
        tasks=tuple(f"{task.owner}: {task.name}" for task in plan.tasks),
        papers=tuple(
            Link(f"{PLANS}/{id}/pho-bien/van-ban?kieu={kind}", look.say(title))
            for kind, title in (("docx", "Văn bản KẾ HOẠCH (Word)"), ("pdf", "Văn bản KẾ HOẠCH (PDF)"))
        ),
        asked=tuple(_asked_of(look, plan, known.own)),
        own=sum(unit in known.own for unit in unread),
        done=bool(known.own) and not set(known.own) & set(unread),
        owner=known.owner,
        sent=len(known.notices),
        read=len(known.notices) - len(unread),
        unread=tuple(_named(look, unit) for unit in unread if unit in there),
        nobody=tuple(_named(look, unit) for unit in unread if unit not in there),
        rows=tuple(
            ReadRow(name=_named(look, each.unit), who=people.get(each.read_by, ""), at=each.read_at)
            for each in known.notices.values()
            if each.read_at is not None
        ),
        to_send=len(to_send),
        older=sum(unit in known.notices for unit in to_send),
        may_send=look.may(CHANGE, plan.unit) and not is_closed(look.connection, id),
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    return Shown(
        template="plan_notice.html",
        title=look.say("Phổ biến kế hoạch"),
        page=page,
        crumbs=plan_crumbs(look, plan) if known.owner else (),
        status=refused.problem.kind.status if refused else 200,
    )


def _to_send(known: _Known, wanted: Collection[str]) -> tuple[str, ...]:
    version, there = known.issued.version, known.notices
    return tuple(unit for unit in sorted(wanted) if unit not in there or there[unit].version != version)


def _named(look: Look, unit: str) -> str:
    return look.names.units.get(unit, unit)


def _asked_of(look: Look, plan: Plan, own: Collection[str]) -> list[AskedOf]:
    """What the plan asks of these units."""
    tree, day = UnitTree(load_units(look.connection)), day_within(plan, look.today)
    return [
        AskedOf(
            unit=_named(look, unit),
            group=pick(group.name, look.translation.language),
            form=group.survey,
            window=window_words(look, *plan.window(group)),
            who=group.who,
            forms=forms if len(units) == 1 else 0,
        )
        for group in plan.groups
        for _, units, forms in targets(plan, group, tree, day)
        for unit in own
        if unit in units
    ]


@get(PATH, opt=needs(SEE))
async def plan_notice(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The notice of a plan."""
    return await visit.show(notice_page, id)


def _owned(look: Look, id: str) -> tuple[Issued, frozenset[str]]:
    """The plan and its units, for who may send the notice; raises ProblemError HL4010."""
    known = _known(look, id)
    if not look.may(CHANGE, known.issued.plan.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return known.issued, _units_of(look, known.issued.plan)


@post(PATH, opt=needs(CHANGE))
async def sends_notice(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Send the notice to the units that have not got this wording."""
    issued, units = await visit.read(_owned, id)
    try:
        count = await visit.act(send_notice, issued, units, account=visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(notice_page, id, error)
    return visit.go(
        f"{PLANS}/{id}/pho-bien", visit.say("Đã gửi thông báo đến %(count)s đơn vị.", count=count)
    )


def _own(look: Look, id: str) -> tuple[str, ...]:
    return _known(look, id).own


@post(PATH + "/da-xem", opt=needs(SEE))
async def reads_notice(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Note that the visitor has read it for the units of their own."""
    own = await visit.read(_own, id)
    await visit.act(read_notice, id, own, account=visit.visitor.person.account)
    return visit.go(f"{PLANS}/{id}/pho-bien", visit.say("Đã ghi là đơn vị đã xem."))


def _paper(look: Look, id: str) -> Document:
    """KẾ HOẠCH as it is in force; no draft of it is anybody else's."""
    return plan_document(look, _known(look, id).issued.plan)


@get(PATH + "/van-ban", opt=needs(SEE), dependencies={"asked": query(PaperAsked)})
async def notice_paper(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[PaperAsked]
) -> Response[bytes]:
    """The plan as a document, for the units that got its notice."""
    return await plan_download(visit, await visit.read(_paper, id), id, asked.kind)


ROUTES = (plan_notice, sends_notice, reads_notice, notice_paper)
