"""Lots of paper forms: what is left to key, and noting what came back, as when the ballot box is opened."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.configuration.scope import scope_of
from sync.central.office.paper.asked import Asked, new_id, wrong
from sync.central.office.paper.listing import LotState, list_lots, release_at
from sync.central.office.paper.lots import CHANNELS, WAYS, Lot, open_lot, recount
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER, desk_page, known_lot
from sync.central.web.paper_words import KEY, asked_words
from sync.central.web.paper_words import WAYS as WAY_WORDS
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.unit_choices import unit_choices, units_below, usual_unit
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

OPENING = f"{PAPER}/hom-phieu"
Short = Annotated[str, Meta(max_length=400)]


class LotRow(Struct, frozen=True, kw_only=True):
    """A lot in the list."""

    address: str
    form: str
    unit: str
    way: str
    state: LotState
    invalid: int


class LotsPage(Struct, frozen=True, kw_only=True):
    """The lots with forms left, and those that are done. left: forms in all of them."""

    open: tuple[LotRow, ...]
    done: tuple[LotRow, ...]
    left: int
    several_units: bool


class OpeningFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form about a lot. form: see `form_options`."""

    id: Short = field(default="", name="ma")
    unit: Short = field(default="", name="don_vi")
    form: Short = field(default="", name="phieu")
    way: Short = field(default="box", name="cach_ve")
    channel: Short = field(default="paper", name="kenh")
    day: Short = field(default="", name="ngay")
    first_person: Short = field(default="", name="nguoi_1")
    second_person: Short = field(default="", name="nguoi_2")
    counted: Short = field(default="", name="dem")
    first: Short = field(default="", name="so_tu")
    last: Short = field(default="", name="so_den")
    note: Short = field(default="", name="ghi_chu")
    twice: Short = field(default="0", name="nhap_hai_lan")


class CountFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form about a lot that was counted again."""

    counted: Short = field(default="", name="dem")
    first: Short = field(default="", name="so_tu")
    last: Short = field(default="", name="so_den")
    note: Short = field(default="", name="ghi_chu")


class OpeningPage(Struct, frozen=True, kw_only=True):
    """The form. units: none where there is one; None where there are too many to list."""

    units: tuple[Option, ...] | None
    forms: tuple[Option, ...]
    ways: tuple[Option, ...]
    channels: tuple[Option, ...]
    typed: OpeningFields
    today: date
    wrong: tuple[ProblemPage, ...]
    wrong_fields: frozenset[str]


def lots_page(look: Look) -> Shown:
    """Every lot at the visitor's units."""
    roots = may_anywhere(look.person, KEY, look.today)
    units = None if CENTRE in roots else units_below(look, roots)
    rows = tuple(_row(look, state) for state in list_lots(look.connection, units))
    page = LotsPage(
        open=tuple(row for row in rows if row.state.left > 0),
        done=tuple(row for row in rows if row.state.left <= 0),
        left=sum(row.state.left for row in rows if row.state.left > 0),
        several_units=units is None or len(units) > 1,
    )
    return Shown(template="paper_lots.html", title=look.say("Nhập phiếu"), page=page)


def _row(look: Look, state: LotState) -> LotRow:
    asked = state.lot.asked
    return LotRow(
        address=f"{PAPER}/{state.lot.id}",
        form=asked_words(look, asked),
        unit=look.names.units.get(asked.unit, asked.unit),
        way=look.say(WAY_WORDS[state.lot.way]),
        state=state,
        invalid=sum(state.invalid.values()),
    )


def opening_page(
    look: Look, *, typed: OpeningFields | None = None, error: ProblemError | None = None
) -> Shown:
    """The form to note that forms came back."""
    roots = may_anywhere(look.person, KEY, look.today)
    units = units_below(look, roots)
    if typed is None:
        unit = usual_unit(roots, units)
        typed = OpeningFields(id=new_id(), unit=unit, day=look.today.isoformat())
    problems = refused(error, look.translation.language) if error else ()
    page = OpeningPage(
        units=unit_choices(look, units),
        forms=tuple(form_options(look, units)),
        ways=tuple(Option(way, look.say(WAY_WORDS[way])) for way in WAYS),
        channels=(Option("paper", look.say("phát tại chỗ")), Option("post", look.say("qua bưu điện"))),
        typed=typed,
        today=look.today,
        wrong=problems,
        wrong_fields=frozenset(each.where for each in problems),
    )
    return Shown(
        template="paper_opening.html",
        title=look.say("Ghi phiếu đã về"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")),),
        status=error.problem.kind.status if error else 200,
    )


def form_options(look: Look, units: frozenset[str]) -> Iterator[Option]:
    """What is asked on paper at these units: groups of plans that collect such forms, then every form."""
    language = look.translation.language
    for plan in read_plans(look.connection):
        if units.isdisjoint(scope_of(look.connection, plan.unit, look.today)):
            continue
        for group in plan.groups:
            if set(CHANNELS) & set(group.channels):
                named = plan.number or pick(plan.title, language)
                yield Option(f"{plan.id}/{group.id}", f"{named} · {pick(group.name, language)}")
    newest = {id: survey for (id, _), survey in sorted(look.names.surveys.items())}
    for id, survey in newest.items():
        yield Option(id, f"{pick(survey.title, language)} ({id})")


def read_asked(look: Look, unit: str, form: str, first: int) -> Asked:
    """What was chosen, in the release that the form with this number was printed in, else in the newest.

    Raises ProblemError HL4241 for a unit that is not the visitor's, or for no form.
    """
    if not look.may(KEY, unit) or unit not in look.names.units:
        raise ProblemError(
            FORM_INVALID(where="don_vi", detail="không có đơn vị này, hoặc ngoài quyền của bạn")
        )
    plan_id, _, group_id = form.rpartition("/")
    survey = group_id
    if plan_id:
        plans = {plan.id: plan for plan in read_plans(look.connection)}
        groups = {group.id: group for group in plans[plan_id].groups} if plan_id in plans else {}
        if group_id not in groups:
            raise ProblemError(FORM_INVALID(where="phieu"))
        survey = groups[group_id].survey
    versions = [version for id, version in look.names.surveys if id == survey]
    if not versions:
        raise ProblemError(FORM_INVALID(where="phieu", detail="để trống"))
    asked = Asked(
        unit=unit, plan=plan_id, group=group_id if plan_id else "", survey=survey, version=max(versions)
    )
    return replace(asked, version=release_at(look.connection, asked, first) or asked.version)


def whole_number(text: str, name: str) -> int:
    """A number that was typed; raises ProblemError HL4241 for the field `name`."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ProblemError(FORM_INVALID(where=name, detail="không phải số"))
    return int(text)


@get(PAPER, opt=needs(KEY))
async def lots(visit: NamedDependency[Visit]) -> Response[Any]:
    """Every lot."""
    return await visit.show(lots_page)


@get(OPENING, opt=needs(KEY))
async def opening(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form to note that forms came back."""
    return await visit.show(opening_page)


@post(OPENING, opt=needs(KEY))
async def opens(visit: NamedDependency[Visit]) -> Response[Any]:
    """Note that forms came back."""
    fields = await visit.fields(OpeningFields)
    try:
        lot = await visit.read(_lot, fields)
        await visit.act(_open, lot, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(opening_page, typed=fields, error=named(error))
    return visit.go(f"{PAPER}/{lot.id}", visit.say("Đã ghi lô phiếu. Nhập từng phiếu ở đây."))


@post(PAPER + "/{id:str}/dem-lai", opt=needs(KEY))
async def recounts(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Note that the forms of a lot were counted again."""
    fields = await visit.fields(CountFields)
    await visit.read(known_lot, id)
    try:
        counts = {
            "counted": whole_number(fields.counted, "dem"),
            "first": whole_number(fields.first, "so_tu"),
            "last": whole_number(fields.last, "so_den"),
        }
        await visit.act(_recount, id, counts, line(fields.note, "ghi_chu"))
    except ProblemError as error:
        return await visit.show(_desk_of, id, named(error))
    return visit.go(f"{PAPER}/{id}", visit.say("Đã ghi số đếm lại."))


def _desk_of(look: Look, id: str, error: ProblemError) -> Shown:
    return desk_page(look, id, error=error)


def _lot(look: Look, fields: OpeningFields) -> Lot:
    first = whole_number(fields.first, "so_tu")
    day = read_day(fields.day)
    if day is None:
        raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
    way = next((each for each in WAYS if each == fields.way), None)
    channel = next((each for each in CHANNELS if each == fields.channel), None)
    if way is None or channel is None:
        raise wrong("cach_ve" if way is None else "kenh")
    return Lot(
        id=fields.id,
        asked=read_asked(look, fields.unit, fields.form, first),
        way=way,
        channel=channel,
        day=day,
        first_person=line(fields.first_person, "nguoi_1", required=True),
        second_person=line(fields.second_person, "nguoi_2", required=True),
        counted=whole_number(fields.counted, "dem"),
        first=first,
        last=whole_number(fields.last, "so_den"),
        note=line(fields.note, "ghi_chu"),
        twice=whole_number(fields.twice, "nhap_hai_lan"),
    )


def _open(act: Act, lot: Lot, account: int) -> None:
    open_lot(act, lot, account=account)


def _recount(act: Act, id: str, counts: dict[str, int], note: str) -> None:
    recount(act, id, **counts, note=note)


# The fields of the acts as fields of the pages.
_NAMES = {
    "counted": "dem",
    "first": "so_tu",
    "last": "so_den",
    "note": "ghi_chu",
    "day": "ngay",
    "first_person": "nguoi_1",
    "second_person": "nguoi_2",
    "way": "cach_ve",
    "channel": "kenh",
    "unit": "don_vi",
    "group": "phieu",
    "survey": "phieu",
    "count": "so_phieu",
    "holder": "nguoi_phat",
    "given_out": "phat",
    "returned": "thu",
    "twice": "nhap_hai_lan",
}


def named(error: ProblemError) -> ProblemError:
    """The same with the field of the page as its place."""
    problem = error.problem
    return ProblemError(replace(problem, where=_NAMES.get(problem.where, problem.where)))


ROUTES = (lots, opening, opens, recounts)
