"""Which units of a kind take part in a plan in force: drawn, or chosen with a reason; and the minutes."""

from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.people.accounts import account_names
from sync.central.office.planning.choosing_units import (
    UnitChoice,
    can_choose,
    candidates_of,
    choice_of,
    choose_units,
    draw_units,
    forms_each,
)
from sync.central.office.sample.commitment import Stratum, find_commitment
from sync.central.reports.kinds.frame import read_frame
from sync.central.reports.kinds.unit_choices import NAME, unit_choice_minutes
from sync.central.reports.model import Document
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.plan_interviewers import MEDIA
from sync.central.web.pages.plan_training import FileAsked
from sync.central.web.plan_words import CHANGE, PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import group_of, sampled_plan
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/chon-don-vi"
ONE = PATH + "/{stratum:str}"
KIND = "loai."
UNIT = "don_vi"
Fields = Mapping[str, Sequence[str]]


class Candidate(Struct, frozen=True):
    """A unit that can be chosen."""

    code: str
    name: str
    chosen: bool


class KindRow(Struct, frozen=True, kw_only=True):
    """The units of a kind. wanted: how many were drawn or chosen of it."""

    kind: str
    units: tuple[Candidate, ...]
    wanted: int


class GroupChoice(Struct, frozen=True, kw_only=True):
    """A group whose units can be chosen. fixed: a list is expected, so nobody chooses any more. at: None for
    nobody has chosen yet."""

    name: str
    address: str
    units: int
    forms: int
    kinds: tuple[KindRow, ...]
    fixed: bool
    seed: str
    reason: str
    times: int
    at: datetime | None
    who: str
    chosen: tuple[str, ...]


class UnitsPage(Struct, frozen=True, kw_only=True):
    """The groups of a plan whose units can be chosen."""

    title: str
    address: str
    groups: tuple[GroupChoice, ...]
    may: bool
    wrong: ProblemPage | None


def units_page(look: Look, id: str, problem: ProblemError | None = None) -> Shown:
    """Which units take part; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    candidates = candidates_of(look.connection, plan, look.today)
    page = UnitsPage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/chon-don-vi",
        groups=tuple(_group(look, plan, group, candidates) for group in plan.groups if can_choose(group)),
        may=look.may(CHANGE, plan.unit),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_units.html",
        title=look.say("Chọn đơn vị"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _group(
    look: Look, plan: Plan, group: PlanGroup, candidates: Mapping[str, tuple[str, ...]]
) -> GroupChoice:
    stratum = Stratum(plan.id, group.id)
    choice = choice_of(look.connection, stratum)
    names = look.names.units
    chosen = choice.chosen if choice else ()
    return GroupChoice(
        name=pick(group.name, look.translation.language),
        address=f"{PLANS}/{plan.id}/chon-don-vi/{group.id}",
        units=group.units,
        forms=forms_each(group),
        kinds=tuple(
            KindRow(
                kind=kind,
                units=tuple(Candidate(code, names.get(code, code), code in chosen) for code in codes),
                wanted=choice.wanted.get(kind, 0) if choice else 0,
            )
            for kind, codes in candidates.items()
        ),
        fixed=find_commitment(look.connection, stratum) is not None,
        seed=choice.seed if choice else "",
        reason=choice.reason if choice else "",
        times=choice.times if choice else 0,
        at=choice.at if choice else None,
        who=account_names(look.connection, {choice.account}).get(choice.account, "") if choice else "",
        chosen=tuple(names.get(code, code) for code in chosen),
    )


@get(PATH, opt=needs(SEE))
async def units(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Which units take part."""
    return await visit.show(units_page, id)


async def _typed(visit: Visit) -> Fields:
    form = await visit.request.form()
    return {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}


def _reason(fields: Fields, *, required: bool) -> str:
    return line((fields.get("ly_do") or [""])[-1], "ly_do", required=required)


def _plan_to_choose(look: Look, id: str, stratum: str) -> Plan:
    plan = sampled_plan(look, id, CHANGE)
    group_of(plan, stratum)
    return plan


async def _settle(
    visit: Visit,
    at: tuple[str, str],
    settle: Callable[..., Sized],
    which: Callable[[Fields], object],
    *,
    said: str,
    required: bool,
) -> Response[Any]:
    """Draw or choose units of a group. which: what `settle` needs of the fields; required: the reason is."""
    id, stratum = at
    fields = await _typed(visit)
    plan = await visit.read(_plan_to_choose, id, stratum)
    account = visit.visitor.person.account
    try:
        reason = _reason(fields, required=required)
        units = await visit.act(settle, plan, stratum, which(fields), account=account, reason=reason)
    except ProblemError as error:
        return await visit.show(units_page, id, error)
    return visit.go(f"{PLANS}/{id}/chon-don-vi", visit.say(said, n=len(units)))


def _wanted(fields: Fields) -> dict[str, int]:
    """How many of each kind; raises ProblemError HL4241."""
    wanted = {}
    for name, values in fields.items():
        if not name.startswith(KIND) or not values[-1].strip():
            continue
        text = values[-1].strip()
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            raise ProblemError(FORM_INVALID(where=KIND.rstrip("."), detail="không phải số"))
        wanted[name.removeprefix(KIND)] = int(text)
    return wanted


def _named(fields: Fields) -> frozenset[str]:
    return frozenset(fields.get(UNIT, ()))


@post(ONE + "/rut", opt=needs(CHANGE))
async def draws_units(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str]
) -> Response[Any]:
    """Draw the units of a group."""
    at = (id, stratum)
    return await _settle(visit, at, draw_units, _wanted, said="Đã rút %(n)s đơn vị.", required=False)


@post(ONE + "/chon", opt=needs(CHANGE))
async def chooses_units(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str]
) -> Response[Any]:
    """Choose the units of a group, with a reason."""
    at = (id, stratum)
    return await _settle(visit, at, choose_units, _named, said="Đã chọn %(n)s đơn vị.", required=True)


@get(ONE + "/bien-ban", opt=needs(SEE), dependencies={"asked": query(FileAsked)})
async def unit_minutes(
    visit: NamedDependency[Visit],
    id: FromPath[str],
    stratum: FromPath[str],
    asked: NamedDependency[FileAsked],
) -> Response[bytes]:
    """The minutes of a choice."""
    document = await visit.read(_minutes, id, stratum)
    write = write_pdf if asked.kind == "pdf" else write_docx
    content = await threads.pull(visit.request.app.state, partial(write, document))
    disposition = f'attachment; filename="{NAME}-{stratum}.{asked.kind}"'
    return Response(
        content, media_type=MEDIA[asked.kind], headers={**PAGE_HEADERS, "Content-Disposition": disposition}
    )


def _minutes(look: Look, id: str, stratum: str) -> Document:
    plan = sampled_plan(look, id)
    group = group_of(plan, stratum)
    choice: UnitChoice | None = choice_of(look.connection, Stratum(plan.id, group.id))
    if choice is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    frame = read_frame(look.connection, plan.unit, plan, look.today, "BB")
    return unit_choice_minutes(frame, pick(group.name, "vi"), choice, look.names.units)


ROUTES = (units, draws_units, chooses_units, unit_minutes)
