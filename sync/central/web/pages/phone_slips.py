"""Slips of paper with codes for the citizen's own phone: what they are for, and the file to print."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http import threads
from sync.central.office.configuration.inherited import offered_procedures
from sync.central.office.configuration.office_settings import public_address
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.configuration.scope import scope_of
from sync.central.office.paper.matching import Entry, matches, shown
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.phone.slips import MOST, SlipsAsked, make_slips
from sync.central.reports.printing.slips import SlipWords, write_slips
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER
from sync.central.web.pages.paper_lots import read_asked, whole_number
from sync.central.web.paper_words import KEY
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.unit_choices import unit_choices, units_below
from sync.central.web.visit import Visit
from sync.contract.phone_token import DAYS
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

SLIPS: Final = f"{PAPER}/giay-qr"
Short = Annotated[str, Meta(max_length=400)]
# The fields of the act as fields of the page.
_NAMES = {"unit": "don_vi", "group": "phieu", "survey": "phieu", "count": "so_giay", "dossier": "ho_so"}


class SlipFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form. form: as on the page of printed forms."""

    unit: Short = field(default="", name="don_vi")
    form: Short = field(default="", name="phieu")
    procedure: Short = field(default="", name="thu_tuc")
    dossier: Short = field(default="", name="ho_so")
    count: Short = field(default="8", name="so_giay")


class SlipsPage(Struct, frozen=True, kw_only=True):
    """The form. units: none where there is one; None where there are too many to list.

    reached: citizens can open an address of the office from outside.
    """

    units: tuple[Option, ...] | None
    forms: tuple[Option, ...]
    procedures: tuple[str, ...]
    typed: SlipFields
    days: int
    most: int
    reached: bool
    wrong: tuple[ProblemPage, ...]
    wrong_fields: frozenset[str]


def slips_page(look: Look, *, typed: SlipFields | None = None, error: ProblemError | None = None) -> Shown:
    """What slips can be for at the visitor's units."""
    units = units_below(look, may_anywhere(look.person, KEY, look.today))
    unit = next(iter(units)) if len(units) == 1 else ""
    typed = typed or SlipFields(unit=unit)
    problems = refused(error, look.translation.language) if error else ()
    page = SlipsPage(
        units=unit_choices(look, units),
        forms=tuple(_forms(look, units)),
        procedures=tuple(map(shown, _procedures(look, unit))) if unit else (),
        typed=typed,
        days=DAYS,
        most=MOST,
        reached=not unit or bool(public_address(look.connection, unit, look.today)),
        wrong=problems,
        wrong_fields=frozenset(each.where for each in problems),
    )
    return Shown(
        template="phone_slips.html",
        title=look.say("Giấy mã QR"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")),),
        status=error.problem.kind.status if error else 200,
    )


def _forms(look: Look, units: frozenset[str]) -> Iterator[Option]:
    """Groups of plans that are asked on phones at these units, then every form."""
    language = look.translation.language
    for plan in read_plans(look.connection):
        if units.isdisjoint(scope_of(look.connection, plan.unit, look.today)):
            continue
        for group in plan.groups:
            if "phone" in group.channels:
                named = plan.number or pick(plan.title, language)
                yield Option(f"{plan.id}/{group.id}", f"{named} · {pick(group.name, language)}")
    newest = {id: survey for (id, _), survey in sorted(look.names.surveys.items())}
    for id, survey in newest.items():
        yield Option(id, f"{pick(survey.title, language)} ({id})")


def _procedures(look: Look, unit: str) -> list[Entry]:
    offered = offered_procedures(look.connection, unit, look.today)
    return [
        Entry(each.procedure.code, pick(each.procedure.name, look.translation.language)) for each in offered
    ]


class _Read(Struct, frozen=True):
    """What was asked for, and what the slips say."""

    wanted: SlipsAsked
    words: SlipWords


def _read(look: Look, fields: SlipFields) -> _Read:
    asked = read_asked(look, fields.unit, fields.form, 0)
    typed = line(fields.procedure, "thu_tuc")
    meant = matches(typed, _procedures(look, asked.unit))
    if typed and len(meant) != 1:
        detail = f"có {len(meant)} tên như vậy: gõ thêm" if meant else "không có trong danh mục"
        raise ProblemError(FORM_INVALID(where="thu_tuc", detail=detail))
    wanted = SlipsAsked(
        asked=asked,
        count=whole_number(fields.count, "so_giay"),
        procedure=meant[0].code if meant else "",
        dossier=line(fields.dossier, "ho_so"),
    )
    survey = look.names.surveys[asked.survey, asked.version]
    last: date = look.today + timedelta(days=DAYS - 1)
    words = SlipWords(
        office=look.names.units.get(asked.unit, asked.unit),
        title=pick(survey.title, "vi"),
        procedure=meant[0].name if meant else "",
        last=last,
    )
    return _Read(wanted, words)


@get(SLIPS, opt=needs(KEY))
async def slips(visit: NamedDependency[Visit]) -> Response[Any]:
    """What slips can be for."""
    return await visit.show(slips_page)


@post(SLIPS, opt=needs(KEY))
async def prints_slips(visit: NamedDependency[Visit]) -> Response[Any]:
    """The slips, as a file to print."""
    fields = await visit.fields(SlipFields)
    try:
        read = await visit.read(_read, fields)
        addresses = await visit.act(make_slips, read.wanted, visit.desk.keys)
    except ProblemError as error:
        problem = error.problem
        named = replace(problem, where=_NAMES.get(problem.where, problem.where))
        return await visit.show(slips_page, typed=fields, error=ProblemError(named))
    content = await threads.pull(visit.request.app.state, partial(write_slips, read.words, addresses))
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="giay-ma-qr.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


ROUTES = (slips, prints_slips)
