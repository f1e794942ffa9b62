"""The forms behind a report, in the template that its plan prescribes: one workbook, of any length."""

from functools import partial
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.http import threads
from sync.central.http.attendance import attendance
from sync.central.office.access import Caller
from sync.central.office.configuration.scope import scope_of
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.sending import send_export
from sync.central.reports.issuing.copies import document_of
from sync.central.reports.issuing.public import counted_until
from sync.central.reports.model import Document
from sync.central.web.data_sheet import forms_behind, workbook_of
from sync.central.web.look import Look
from sync.central.web.pages.one_report import DATA, seen_report
from sync.central.web.pages.responses import EXPORT
from sync.central.web.report_rows import REPORTS
from sync.central.web.routes import needs
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN


class _Data(Struct, frozen=True):
    """Which responses, for whom, and with which document. forms: whose questions have columns."""

    caller: Caller
    wanted: ResponsesAsked
    document: Document
    forms: frozenset[str]
    units: bool
    name: str


def _data(look: Look, id: int) -> _Data:
    report, kind = seen_report(look, id, EXPORT)
    forms = forms_behind(look.connection, kind, report)
    if not forms:
        raise ProblemError(ADDRESS_UNKNOWN())
    asked, until = report.asked, counted_until(kind, report)
    (only, *_) = forms
    wanted = ResponsesAsked(
        unit=asked.unit,
        plan=asked.plan,
        survey=only if asked.group else "",
        first=asked.first.isoformat(),
        last=until.isoformat(),
        format="xlsx",
    )
    return _Data(
        caller=look.caller(asked.unit, EXPORT),
        wanted=wanted,
        document=document_of(kind, report, outside=True),
        forms=forms,
        units=len(scope_of(look.connection, asked.unit, asked.last)) > 1,
        name=f"du-lieu-phieu-{asked.unit or 'toan-bo'}-{asked.first}-{asked.last}.xlsx",
    )


@get(REPORTS + "/{report:int}" + DATA, opt=needs(EXPORT, reveals=True))
async def report_data(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """The forms behind a report, next to its tables."""
    state, call = visit.request.app.state, attendance(visit.request.scope)
    data = await visit.read(_data, report)
    # Tokens and accounts are both counted from 1; a negative number is no token's.
    call.hold(state.callers.exports.taken(-visit.visitor.person.account))
    answer = partial(
        visit.desk.administrators.responses,
        data.caller,
        data.wanted,
        call.check,
        words=False,
        fill=workbook_of(data.document, forms=data.forms, units=data.units),
    )
    return await send_export(visit.request, call, await threads.pull(state, answer), data.name)


ROUTES = (report_data,)
