"""The sample of a plan: its size by each rule, the margin of each group, the draw, and those drawn.

No page names anybody: one person is opened at a time, by who has shown within minutes who they are.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.sample_sizes import Rule, group_margins, named_sizes
from sync.central.http.queries import query
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.planning.topping_up import left_of
from sync.central.office.sample.commitment import Stratum, find_commitment
from sync.central.office.sample.sealed_list import (
    Person,
    Place,
    codes_file,
    codes_of,
    frames_of,
    open_person,
)
from sync.central.office.sample.selecting import (
    DrawnState,
    FieldQuota,
    Why,
    draw_sample,
    drawn_counts,
    drawn_of,
    quotas_drawn,
    quotas_of,
    replace_person,
)
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import (
    HANDLE,
    LOOKS,
    REVEAL,
    STATES,
    WHYS,
    ListTarget,
    group_of,
    place_of,
    sampled_plan,
    targets_of,
)
from sync.central.web.shown import Shown
from sync.central.web.top_up_rows import TopUpFields, TopUpRow, top_up_rows, usual_top_up
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, PlanGroup, Sample
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/mau"
ONE = PATH + "/{stratum:str}/{unit:str}"
USUAL_SPARE = 20
"""Percent of the sample that are drawn as its reserve, unless somebody says otherwise."""
RULES: dict[Rule, str] = {
    "cochran": "Cochran, không hiệu chỉnh theo N",
    "cochran-finite": "Cochran, hiệu chỉnh theo N",
    "yamane": "Yamane, cần N",
}
FORMULAS: dict[Rule, str] = {
    "cochran": "n = Z²·p·(1 − p)/d²",
    "cochran-finite": "n / (1 + (n − 1)/N)",
    "yamane": "n = N/(1 + N·d²)",
}


class SizeAsked(Struct, frozen=True):
    """Other numbers than the plan's: share and margin in percent, and how many people there are."""

    share: Annotated[str, Meta(max_length=12)] = field(default="", name="p")
    margin: Annotated[str, Meta(max_length=12)] = field(default="", name="d")
    population: Annotated[str, Meta(max_length=12)] = field(default="", name="n")


class SizeRow(Struct, frozen=True, kw_only=True):
    """The size by one rule. down, up: rounded, each with its margin in points."""

    rule: str
    formula: str
    exact: str
    down: int
    down_margin: str
    up: int
    up_margin: str


class MarginRow(Struct, frozen=True, kw_only=True):
    """A group and its margin in points. corrected: for its own number of people, None if that is unknown."""

    name: str
    forms: int
    population: int
    margin: str
    corrected: str | None


class UnitRow(Struct, frozen=True, kw_only=True):
    """A unit of a group. asked: of those drawn, how many are to be asked or were."""

    name: str
    address: str
    people: int
    forms: int
    asked: int
    done: int
    replaced: int
    spare: int


class GroupSample(Struct, frozen=True, kw_only=True):
    """The draw of a group. seed: "" before it. owing: units without a list. whole: everybody is asked."""

    id: str
    name: str
    published_at: datetime | None
    seed_digest: str
    seed: str
    drawn_at: datetime | None
    spare_percent: int
    rows: tuple[UnitRow, ...]
    owing: int
    people: int
    forms: int
    asked: int
    whole: bool


class SamplePage(Struct, frozen=True, kw_only=True):
    """Sizes, margins and draws of a plan. stated: the size that the plan states, 0 for none."""

    title: str
    address: str
    lists: str
    asked: SizeAsked
    stated: int
    source: str
    sizes: tuple[SizeRow, ...]
    margins: tuple[MarginRow, ...]
    groups: tuple[GroupSample, ...]
    spare: int
    may: bool
    wrong: ProblemPage | None


def sample_page(look: Look, id: str, asked: SizeAsked, problem: ProblemError | None = None) -> Shown:
    """The sample of a plan; raises ProblemError HL4010, HL4241."""
    plan, language = sampled_plan(look, id), look.translation.language
    sample, population = _numbers(plan, asked)
    names = {group.id: pick(group.name, language) for group in plan.groups}
    page = SamplePage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/mau",
        lists=f"{PLANS}/{id}/danh-sach",
        asked=_typed(sample, population),
        stated=plan.sample.stated if plan.sample else 0,
        source=plan.sample.source if plan.sample else "",
        sizes=size_rows(look, sample, population) if sample else (),
        margins=tuple(
            MarginRow(
                name=names[each.group],
                forms=each.forms,
                population=each.population,
                margin=_points(each.margin),
                corrected=None if each.corrected is None else _points(each.corrected),
            )
            for each in group_margins(plan)
        ),
        groups=tuple(_group(look, plan, group) for group in plan.groups),
        spare=USUAL_SPARE,
        may=look.may(HANDLE, plan.unit),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_sample.html",
        title=look.say("Cỡ mẫu và rút mẫu"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _numbers(plan: Plan, asked: SizeAsked) -> tuple[Sample | None, int]:
    """What sizes are calculated from: the plan's, with what was typed instead."""
    known = plan.sample
    share = percent_typed(asked.share, "p") or (known.share if known else 0)
    margin = percent_typed(asked.margin, "d") or (known.margin if known else 0)
    typed = asked.population.replace(".", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 10**9):
        raise ProblemError(FORM_INVALID(where="n"))
    population = int(typed) if typed else next((g.population for g in plan.groups if g.population), 0)
    if not share or not margin:
        return None, population
    return Sample(share=share, margin=margin, z=known.z if known else 1.96, stated=0), population


def percent_typed(text: str, name: str) -> float:
    """A percentage as a fraction; 0 for none. Raises ProblemError HL4241 for the field `name`."""
    if not text.strip():
        return 0
    try:
        value = round(float(text.replace(",", ".").removesuffix("%")) / 100, 6)
    except ValueError as error:
        raise ProblemError(FORM_INVALID(where=name)) from error
    if not 0 < value < 1:
        raise ProblemError(FORM_INVALID(where=name))
    return value


def _typed(sample: Sample | None, population: int) -> SizeAsked:
    if sample is None:
        return SizeAsked("", "", str(population or ""))
    return SizeAsked(
        percent_written(sample.share),
        percent_written(sample.margin),
        str(population or ""),
    )


def percent_written(share: float) -> str:
    """A fraction as it is typed: 90, or 87,5."""
    return f"{100 * share:.6g}".replace(".", ",")


def size_rows(look: Look, sample: Sample, population: int) -> tuple[SizeRow, ...]:
    """The size by each rule."""
    return tuple(
        SizeRow(
            rule=look.say(RULES[each.rule]),
            formula=FORMULAS[each.rule],
            exact=f"{each.size.exact:.4f}",
            down=each.size.down,
            down_margin=_points(each.margins[0]),
            up=each.size.up,
            up_margin=_points(each.margins[1]),
        )
        for each in named_sizes(sample, population)
    )


def _points(margin: float) -> str:
    return f"{100 * margin:.2f}"


def _group(look: Look, plan: Plan, group: PlanGroup) -> GroupSample:
    stratum = Stratum(plan.id, group.id)
    known = find_commitment(look.connection, stratum)
    frames = frames_of(look.connection, stratum)
    counts = drawn_counts(look.connection, stratum)
    here = f"{PLANS}/{plan.id}/mau/{group.id}"
    rows = tuple(
        _unit(
            target,
            f"{here}/{target.unit}",
            frames[target.unit].people if target.unit in frames else 0,
            {state: n for (unit, state), n in counts.items() if unit == target.unit},
        )
        for target in targets_of(look, plan, group)
    )
    return GroupSample(
        id=group.id,
        name=pick(group.name, look.translation.language),
        published_at=_moment(known.published_at) if known else None,
        seed_digest=known.seed_digest if known else "",
        seed=known.seed if known else "",
        drawn_at=_moment(known.drawn_at) if known else None,
        spare_percent=known.spare_percent if known else 0,
        rows=rows,
        owing=sum(not row.people for row in rows),
        people=sum(row.people for row in rows),
        forms=sum(row.forms for row in rows),
        asked=sum(row.asked for row in rows),
        whole=plan.design == "census",
    )


def _unit(target: ListTarget, address: str, people: int, states: dict[DrawnState, int]) -> UnitRow:
    replaced = sum(states.get(state, 0) for state in WHYS)
    return UnitRow(
        name=target.name,
        address=address,
        people=people,
        forms=target.forms,
        asked=states.get("waiting", 0) + states.get("done", 0),
        done=states.get("done", 0),
        replaced=replaced,
        spare=states.get("spare", 0),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class DrawnRow(Struct, frozen=True, kw_only=True):
    """Somebody drawn. replaces: the number of who could not be asked, 0 for none."""

    number: int
    field: str
    state: str
    look: str
    replaces: int
    waiting: bool


class UnitPage(Struct, frozen=True, kw_only=True):
    """One unit's part of a sample. person: who was opened, by `number`. file: of the codes.

    top_ups: what was ordered in addition; left: how many more people could be asked, 0 where none are.
    typed: of the form that orders it.

    quotas: how many of each field were drawn, or would be by the plan of today.
    """

    group: str
    plan: str
    name: str
    address: str
    digest: str
    people: int
    drawn: bool
    spare_percent: int
    quotas: tuple[FieldQuota, ...]
    rows: tuple[DrawnRow, ...]
    whys: tuple[Option, ...]
    person: Person | None
    number: int
    file: str
    top_ups: tuple[TopUpRow, ...]
    left: int
    typed: TopUpFields
    wrong: ProblemPage | None


def unit_page(
    look: Look,
    at: tuple[str, str, str],
    *,
    person: Person | None = None,
    number: int = 0,
    typed: TopUpFields | None = None,
    problem: ProblemError | None = None,
) -> Shown:
    """One unit's part of a sample. at: plan, group and unit of the address. Raises ProblemError HL4010."""
    plan, place, target = place_at(look, at)
    language = look.translation.language
    known = find_commitment(look.connection, place.stratum)
    frame = frames_of(look.connection, place.stratum).get(place.unit)
    drawn = bool(known and known.drawn_at)
    spare = known.spare_percent if known and drawn else USUAL_SPARE
    people = drawn_of(look.connection, place)
    listed = frame.people if frame and not frame.emptied_at else 0
    above = Link(f"{PLANS}/{plan.id}/mau", look.say("Cỡ mẫu và rút mẫu"))
    here = f"{above.address}/{place.stratum.group}/{place.unit}"
    page = UnitPage(
        group=pick(plan.group(place.stratum.group).name, language),
        plan=pick(plan.title, language),
        name=target.name,
        address=here,
        digest=frame.digest if frame else "",
        people=frame.people if frame else 0,
        drawn=drawn,
        spare_percent=spare,
        quotas=quotas_drawn(look.connection, place)
        if drawn
        else quotas_of(codes_of(look.connection, place), target.forms, spare),
        rows=tuple(
            DrawnRow(
                number=each.number,
                field=each.field,
                state=look.say(STATES[each.state]),
                look=LOOKS.get(each.state, ""),
                replaces=each.replaces,
                waiting=each.state == "waiting",
            )
            for each in people
        ),
        whys=tuple(Option(why, look.say(words)) for why, words in WHYS.items()),
        person=person,
        number=number,
        file=f"{here}/ma.csv" if frame and not frame.emptied_at else "",
        top_ups=top_up_rows(look, plan, place.stratum.group, place.unit),
        left=max(0, left_of(people, listed)) if drawn and not is_closed(look.connection, plan.id) else 0,
        typed=typed or usual_top_up(target.forms, people, look.today),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="drawn_unit.html",
        title=look.say("Mẫu của %(unit)s", unit=target.name),
        page=page,
        crumbs=(*plan_crumbs(look, plan), above),
        status=problem.problem.kind.status if problem else 200,
    )


def place_at(look: Look, at: tuple[str, str, str]) -> tuple[Plan, Place, ListTarget]:
    """The plan, list and unit of an address, for who handles samples; raises ProblemError HL4010."""
    id, stratum, unit = at
    plan = sampled_plan(look, id, HANDLE)
    return plan, *place_of(look, plan, stratum, unit)


@get(PATH, opt=needs(SEE), dependencies={"asked": query(SizeAsked)})
async def sample(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[SizeAsked]
) -> Response[Any]:
    """Sizes, margins and draws."""
    return await visit.show(sample_page, id, asked)


class DrawFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form that draws."""

    spare: Annotated[int, Meta(ge=0, le=100)] = field(name="du_phong")


@post(PATH + "/{stratum:str}", opt=needs(HANDLE))
async def draws(visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str]) -> Response[Any]:
    """Draw the sample of a group."""
    fields = await visit.fields(DrawFields)
    sizes = await visit.read(_sizes_of, id, stratum)
    try:
        asked = await visit.act(
            draw_sample, visit.desk.keys.folder, Stratum(id, stratum), sizes, spare_percent=fields.spare
        )
    except ProblemError as error:
        return await visit.show(sample_page, id, SizeAsked(), error)
    return visit.go(f"{PLANS}/{id}/mau", visit.say("Đã rút mẫu: %(asked)s người.", asked=asked))


def _sizes_of(look: Look, id: str, stratum: str) -> dict[str, int]:
    """How many each unit has to bring: in a census everybody on its list."""
    plan = sampled_plan(look, id, HANDLE)
    targets = targets_of(look, plan, group_of(plan, stratum))
    if plan.design != "census":
        return {each.unit: each.forms for each in targets}
    frames = frames_of(look.connection, Stratum(id, stratum))
    return {each.unit: frames[each.unit].people if each.unit in frames else 1 for each in targets}


@get(ONE, opt=needs(HANDLE))
async def drawn_unit(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Those drawn from a unit's list, without names."""
    return await visit.show(unit_page, (id, stratum, unit))


class NumberFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is opened."""

    number: Annotated[int, Meta(ge=1)] = field(name="so")


@post(ONE + "/mo", opt=needs(REVEAL))
async def opens_person(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Open one person; the line in the audit log is written before."""
    at = (id, stratum, unit)
    fields = await visit.fields(NumberFields)
    place, staff = await visit.read(_revealed_place, at)
    try:
        person = await visit.act(
            open_person, place, fields.number, visit.desk.keys.sealing_keys(), named=not staff
        )
    except ProblemError as error:
        return await visit.show(unit_page, at, problem=error)
    return await visit.show(unit_page, at, person=person, number=fields.number)


def _revealed_place(look: Look, at: tuple[str, str, str]) -> tuple[Place, bool]:
    """Where somebody is opened, and whether they may be staff: then the log does not say which of them."""
    plan, place, _ = place_at(look, at)
    if not look.may(REVEAL, plan.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return place, "staff" in plan.group(place.stratum.group).respondents


class ReplaceFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is replaced, and why."""

    number: Annotated[int, Meta(ge=1)] = field(name="so")
    why: Literal["refused", "moved", "unmet"] = field(name="vi_sao")


@post(ONE + "/thay", opt=needs(HANDLE))
async def replaces_person(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Ask somebody of the reserve instead."""
    at = (id, stratum, unit)
    fields = await visit.fields(ReplaceFields)
    _, place, _ = await visit.read(place_at, at)
    why: Why = fields.why
    try:
        chosen = await visit.act(
            replace_person, place, fields.number, why, account=visit.visitor.person.account
        )
    except ProblemError as error:
        return await visit.show(unit_page, at, problem=error)
    if chosen:
        said = visit.say("Số %(one)s được thay bằng số %(other)s.", one=fields.number, other=chosen)
    else:
        said = visit.say(
            "Đã ghi số %(one)s. Không còn ai dự phòng: đơn vị này sẽ thiếu phiếu.", one=fields.number
        )
    return visit.go(f"{PLANS}/{id}/mau/{stratum}/{unit}", said)


@get(ONE + "/ma.csv", opt=needs(HANDLE, reveals=True))
async def codes(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[bytes]:
    """The codes of a unit's list, from which the draw can be repeated; no code leads to a person."""
    content = await visit.read(_codes, (id, stratum, unit))
    name = f"ma-{id}-{stratum}-{unit}.csv"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv", headers=headers)


def _codes(look: Look, at: tuple[str, str, str]) -> bytes:
    _, place, _ = place_at(look, at)
    people = codes_of(look.connection, place)
    if not people:
        raise ProblemError(ADDRESS_UNKNOWN())
    return codes_file(people)


ROUTES = (sample, draws, drawn_unit, opens_person, replaces_person, codes)
