"""The table that came back of a closed plan's data, next to our figures line by line."""

import hashlib
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.configuration.handed_over import LONGEST, Source
from sync.central.office.people.accounts import account_names
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.planning.returned_table import HEADINGS, read_lines, returned_of, take_table
from sync.central.office.sheets.reader import Sheet, sheet_of
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.final import FINAL
from sync.central.reports.kinds.returned import ComparedLine, Item, compare_table
from sync.central.reports.kinds.survey_figures import items_of, read_survey
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.forms import printable
from sync.central.web.pages.plan_closing import EXPORT, in_force
from sync.central.web.people_upload import UNPACKED
from sync.central.web.plan_words import CHANGE, PLANS, plan_crumbs
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import FILE_TYPES, TableFile, written_table
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import UPLOAD_MISSING
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/doi-chieu"
MOST_BYTES = 4 * 1024 * 1024
SHOWN = 10
"""Faults of one file that are shown."""


class ReturnedPage(Struct, frozen=True, kw_only=True):
    """The comparison. source: who made the table, its file; None before one came.

    lines: of the table; same: of them. differing, unknown, missing: what is named one by one. template: an
    empty table to fill in. taken_by: who took it in, by name.
    """

    id: str
    title: str
    source: Source | None
    taken_at: str
    taken_by: str
    lines: int
    same: int
    differing: tuple[ComparedLine, ...]
    unknown: tuple[ComparedLine, ...]
    missing: tuple[Item, ...]
    template: str
    may_take: bool
    typed: str
    length: int
    wrong: tuple[ProblemPage, ...]


def returned_page(look: Look, id: str, *, typed: str = "", problem: ProblemError | None = None) -> Shown:
    """What came back of the plan; raises ProblemError HL4010 for one that is open, or not the visitor's."""
    plan = _closed(look, id)
    returned = returned_of(look.connection, id)
    found = compare_table(returned.lines, _items(look, plan)) if returned else None
    language = look.translation.language
    names = account_names(look.connection, {returned.taken_by}) if returned else {}
    page = ReturnedPage(
        id=id,
        title=pick(plan.title, language),
        source=returned.source if returned else None,
        taken_at=returned.taken_at if returned else "",
        taken_by=names.get(returned.taken_by, "") if returned else "",
        lines=len(found.lines) if found else 0,
        same=found.same if found else 0,
        differing=found.differing if found else (),
        unknown=found.unknown if found else (),
        missing=found.missing if found else (),
        template=f"{PLANS}/{id}/doi-chieu/mau.xlsx",
        may_take=look.may(CHANGE, plan.unit),
        typed=typed,
        length=LONGEST,
        wrong=refused(problem, language)[:SHOWN] if problem else (),
    )
    return Shown(
        template="plan_returned.html",
        title=look.say("Đối chiếu bảng trả về"),
        page=page,
        crumbs=plan_crumbs(look, plan),
        status=problem.problem.kind.status if problem else 200,
    )


def _closed(look: Look, id: str) -> Plan:
    plan = in_force(look, id, EXPORT).plan
    if not is_closed(look.connection, id):
        raise ProblemError(ADDRESS_UNKNOWN())
    return plan


def _items(look: Look, plan: Plan) -> tuple[Item, ...]:
    """The figures of the report about the whole plan."""
    period = FINAL.period(plan, look.today)
    asked = Asked(kind=FINAL.name, unit=plan.unit, first=period.first, last=period.last, plan=plan.id)
    return items_of(read_survey(look.connection, asked, look.now))


@get(PATH, opt=needs(EXPORT))
async def returned_table(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What came back, next to our figures."""
    return await visit.show(returned_page, id)


def _taker(look: Look, id: str) -> None:
    if not look.may(CHANGE, _closed(look, id).unit):
        raise ProblemError(ADDRESS_UNKNOWN())


def _read(_: Look, name: str, content: bytes) -> Sheet:
    return sheet_of(name, content, [each for names in HEADINGS.values() for each in names], unpacked=UNPACKED)


@post(PATH, opt=needs(CHANGE), request_max_body_size=MOST_BYTES)
async def takes_table(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take a table in; one with faults is refused whole, with all of them."""
    await visit.read(_taker, id)
    sent = await visit.request.form()
    file, body = sent.get("tep"), str(sent.get("chuyen_giao", "")).strip()
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise ProblemError(UPLOAD_MISSING(where="tep"))
        content, name = await file.read(), printable(file.filename)
        lines = read_lines(await visit.read(_read, name, content))
        source = Source(body=body, file=name, sha256=hashlib.sha256(content).hexdigest())
        await visit.act(take_table, id, source, lines, account=visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(returned_page, id, typed=body, problem=error)
    said = visit.say("Đã nhận bảng %(file)s: %(n)s dòng.", file=name, n=len(lines))
    return visit.go(f"{PLANS}/{id}/doi-chieu", said)


def _template(look: Look, id: str) -> bytes:
    """An empty table with a line for each item."""
    items = _items(look, _closed(look, id))
    group, unit, words, n, percent = (names[0] for names in HEADINGS.values())
    table = TableFile(
        columns=((group, "text"), (unit, "text"), (words, "text"), (n, "whole"), (percent, "decimal")),
        rows=[(item.group_name, item.unit_name, item.words, None, None) for item in items],
    )
    return written_table("xlsx", "doi-chieu", table)


@get(PATH + "/mau.xlsx", opt=needs(EXPORT))
async def empty_table(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """The table to fill in."""
    content = await visit.read(_template, id)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="doi-chieu-{id}.xlsx"'}
    return Response(content, media_type=FILE_TYPES["xlsx"], headers=headers)


ROUTES = (returned_table, takes_table, empty_table)
