"""What everybody may read: the published result of a unit and a period, as page, open data and fragment.

It is Vietnamese, has no script and no session, and a copy of it may be kept for five minutes; who asks again
gets “unchanged” (304) instead of the page.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.http import threads
from sync.central.presenting.days import period_words
from sync.central.reports.issuing.copies import code_of
from sync.central.reports.issuing.public import OPEN_COLUMNS, PublicReport, open_rows, public_report
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.records.stored import issues_of, public_of
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.publications import ChangeRow, change_rows
from sync.central.web.report_rows import PUBLIC, WHOLE_CENTRE
from sync.central.web.visit import HTML, Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.tables.csv_table import write_csv

_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)", re.ASCII)
_KEPT = {**PAGE_HEADERS, "Cache-Control": "public, max-age=300"}


class PublicPage(Struct, frozen=True, kw_only=True):
    """The page. code: of the figures, as the printed report has it. data: the address of the open data."""

    unit: str
    period: str
    first: date
    last: date
    report: PublicReport
    changes: tuple[ChangeRow, ...]
    code: str
    data: str
    sample: bool


def _page(look: Look, unit: str, period: str) -> PublicPage:
    """What is published; raises ProblemError HL4010 for anything else."""
    code = "" if unit == WHOLE_CENTRE else unit
    first, last = _days(period)
    publishable = [name for name, kind in KINDS.items() if kind.public]
    report = public_of(look.connection, code, first, last, publishable)
    if report is None or (code and code not in look.names.units):
        raise ProblemError(ADDRESS_UNKNOWN())
    kind = KINDS[report.asked.kind]
    shown = public_report(kind, report, issues_of(look.connection, report.asked))
    return PublicPage(
        unit=look.names.units.get(code, "Toàn bộ"),
        period=period_words(first, last),
        first=first,
        last=last,
        report=shown,
        changes=change_rows(look, shown.changes),
        code=code_of(shown.digest),
        data=f"{PUBLIC}/{unit}/{period}.csv",
        sample=look.names.invented,
    )


def _days(period: str) -> tuple[date, date]:
    parts = _PERIOD.fullmatch(period)
    try:
        assert parts is not None
        return date.fromisoformat(parts[1]), date.fromisoformat(parts[2])
    except (AssertionError, ValueError):
        raise ProblemError(ADDRESS_UNKNOWN()) from None


def _csv(page: PublicPage) -> str:
    out = StringIO()
    write_csv(out, OPEN_COLUMNS, open_rows(page.report))
    return out.getvalue()


async def _answer(
    visit: Visit, unit: str, period: str, media_type: str, write: Callable[[PublicPage], str]
) -> Response[Any]:
    """The page in one form, or 304 if the browser has it."""
    visit.language = "vi"
    page = await visit.read(_page, unit, period)
    text = await threads.pull(visit.request.app.state, lambda: write(page))
    content = text.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_KEPT, "ETag": tag}
    if tag in visit.request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


@get(PUBLIC + "/{unit:str}/{period:str}")
async def public(visit: NamedDependency[Visit], unit: FromPath[str], period: FromPath[str]) -> Response[Any]:
    """The published result; with `.csv` as open data, with `.html` as a fragment for another page."""
    draw = visit.desk.renderer.render
    days, _, form = period.partition(".")
    if form == "csv":
        return await _answer(visit, unit, days, "text/csv; charset=utf-8", _csv)
    if form == "html":
        return await _answer(
            visit, unit, days, HTML, lambda page: draw("vi", "public_fragment.html", page, None)
        )
    if form:
        raise ProblemError(ADDRESS_UNKNOWN())
    return await _answer(visit, unit, days, HTML, lambda page: draw("vi", "public.html", page, None))


ROUTES = (public,)
