"""Printing numbered forms, and noting how many of a run were given out and came back."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import Asked, new_id
from sync.central.office.paper.listing import RunState, list_runs
from sync.central.office.paper.runs import PrintRun, count_run, make_run, run_named
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.units.tree import CENTRE
from sync.central.reports.printing.content import read_printed
from sync.central.reports.printing.sheet import write_forms
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER
from sync.central.web.pages.paper_lots import form_options, named, read_asked, whole_number
from sync.central.web.paper_words import KEY, asked_words
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.unit_choices import unit_choices, units_below, usual_unit
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import PRINT_RUN_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

PRINTING = f"{PAPER}/in"
Short = Annotated[str, Meta(max_length=400)]


class PrintFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form. form: see `form_options`."""

    id: Short = field(default="", name="ma")
    unit: Short = field(default="", name="don_vi")
    form: Short = field(default="", name="phieu")
    count: Short = field(default="", name="so_phieu")
    holder: Short = field(default="", name="nguoi_phat")


class CountedFields(Struct, frozen=True, forbid_unknown_fields=True):
    """How many were given out and came back; "" for not counted yet."""

    given_out: Short = field(default="", name="phat")
    returned: Short = field(default="", name="thu")


class RunRow(Struct, frozen=True, kw_only=True):
    """A run in the list. file: its forms."""

    address: str
    file: str
    form: str
    unit: str
    state: RunState
    invalid: int


class PrintingPage(Struct, frozen=True, kw_only=True):
    """The form, and the runs. units: none where there is one; None where there are too many to list."""

    units: tuple[Option, ...] | None
    forms: tuple[Option, ...]
    typed: PrintFields
    rows: tuple[RunRow, ...]
    wrong: tuple[ProblemPage, ...]
    wrong_fields: frozenset[str]


def printing_page(
    look: Look, *, typed: PrintFields | None = None, error: ProblemError | None = None
) -> Shown:
    """The form to print forms, and what was printed."""
    roots = may_anywhere(look.person, KEY, look.today)
    units = units_below(look, roots)
    if typed is None:
        unit = usual_unit(roots, units)
        typed = PrintFields(id=new_id(), unit=unit, count="100")
    problems = refused(error, look.translation.language) if error else ()
    page = PrintingPage(
        units=unit_choices(look, units),
        forms=tuple(form_options(look, units)),
        typed=typed,
        rows=tuple(
            _row(look, state) for state in list_runs(look.connection, None if CENTRE in roots else units)
        ),
        wrong=problems,
        wrong_fields=frozenset(each.where for each in problems),
    )
    return Shown(
        template="paper_printing.html",
        title=look.say("In phiếu"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")),),
        status=error.problem.kind.status if error else 200,
    )


def _row(look: Look, state: RunState) -> RunRow:
    address = f"{PRINTING}/{state.run.id}"
    return RunRow(
        address=address,
        file=f"{address}/phieu.pdf",
        form=asked_words(look, state.run.asked),
        unit=look.names.units.get(state.run.asked.unit, state.run.asked.unit),
        state=state,
        invalid=sum(state.invalid.values()),
    )


def known_run(look: Look, id: str) -> PrintRun:
    """A run of a unit at which the visitor keys; raises ProblemError HL4010 for any other."""
    try:
        run = run_named(look.connection, id)
    except ProblemError as error:
        if error.problem.kind is PRINT_RUN_UNKNOWN:
            raise ProblemError(ADDRESS_UNKNOWN()) from None
        raise
    look.place(KEY, run.asked.unit)
    return run


@get(PRINTING, opt=needs(KEY))
async def printing(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form to print forms, and what was printed."""
    return await visit.show(printing_page)


@post(PRINTING, opt=needs(KEY))
async def prints(visit: NamedDependency[Visit]) -> Response[Any]:
    """Number forms; the page then has their file."""
    fields = await visit.fields(PrintFields)
    try:
        count = whole_number(fields.count, "so_phieu")
        holder = line(fields.holder, "nguoi_phat")
        asked = await visit.read(read_asked, fields.unit, fields.form, 0)
        run = await visit.act(_make, asked, fields.id, count, holder, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(printing_page, typed=fields, error=named(error))
    said = visit.say("Đã đánh số %(first)s đến %(last)s. Tải tệp để in.", first=run.first, last=run.last)
    return visit.go(PRINTING, said)


@get(PRINTING + "/{id:str}/phieu.pdf", opt=needs(KEY))
async def file(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The forms of a run, as a PDF."""
    pdf = await visit.read(_pdf, id)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="phieu-{id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@post(PRINTING + "/{id:str}", opt=needs(KEY))
async def counts(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Note how many forms of a run were given out and came back."""
    fields = await visit.fields(CountedFields)
    await visit.read(known_run, id)
    try:
        given_out = whole_number(fields.given_out, "phat") if fields.given_out else None
        returned = whole_number(fields.returned, "thu") if fields.returned else None
        await visit.act(_count, id, given_out, returned)
    except ProblemError as error:
        return await visit.show(printing_page, error=named(error))
    return visit.go(PRINTING, visit.say("Đã ghi số phiếu phát ra, thu về."))


def _make(act: Act, asked: Asked, id: str, count: int, holder: str, account: int) -> PrintRun:
    return make_run(act, asked, id=id, count=count, holder=holder, account=account)


def _count(act: Act, id: str, given_out: int | None, returned: int | None) -> None:
    count_run(act, id, given_out=given_out, returned=returned)


def _pdf(look: Look, id: str) -> bytes:
    run = known_run(look, id)
    return write_forms(read_printed(look.connection, run), run)


ROUTES = (printing, prints, file, counts)
