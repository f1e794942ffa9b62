"""How many of the results returned within a plan's window were answered for, by procedure and by day.

For a census, which asks everybody. The numbers come from the call that answers `/v1/summary`. What a list did
not bring is unknown, never 0. Handovers from before the plan was issued are asked by paper or phone; the page
says how many came that way, as the report does.
"""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.figures.summary import HandoverRow, percent
from sync.central.figures.summary_query import SummaryReply
from sync.central.office.access import Caller
from sync.central.presenting.days import full_day
from sync.central.presenting.language import capital
from sync.central.pulling.asked import SummaryAsked
from sync.central.web.look import Look
from sync.central.web.pages.plan_closing import in_force
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs, window_of, window_words
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.response_words import CHANNELS
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import SUMMARY_UNSUPPORTED
from sync.contract.text import pick

LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)
_reply = msgspec.json.Decoder(SummaryReply)


class CoverageRow(Struct, frozen=True, kw_only=True):
    """One procedure or day. returned: None where no list says it. share: answered of returned."""

    name: str
    returned: int | None
    answered: int
    left: int | None
    share: str | None


class ChannelRow(Struct, frozen=True):
    """How many answers to handovers from before the issue came by a channel."""

    name: str
    forms: int


class CoveragePage(Struct, frozen=True, kw_only=True):
    """The coverage. total: None where the days can't be answered. early: before the issue, with its days.

    unlisted: a day on which something was handed over has no list. wrong: why there is nothing.
    """

    title: str
    days: str
    total: CoverageRow | None
    procedures: tuple[CoverageRow, ...]
    by_day: tuple[CoverageRow, ...]
    early: tuple[ChannelRow, ...]
    early_days: str
    unlisted: bool
    wrong: ProblemPage | None


def coverage_page(look: Look, id: str) -> Shown:
    """The coverage of the plan of the address."""
    plan = in_force(look, id).plan
    first, last = _days(look, plan)
    caller = look.caller(plan.unit)
    title = look.say("Độ bao phủ")
    crumbs = plan_crumbs(look, plan)
    page = CoveragePage(
        title=pick(plan.title, look.translation.language),
        days=window_words(look, first, last),
        total=None,
        procedures=(),
        by_day=(),
        early=(),
        early_days="",
        unlisted=False,
        wrong=None,
    )
    try:
        page = _filled(look, plan, caller, page, first, last)
    except ProblemError as error:
        if error.problem.kind is not SUMMARY_UNSUPPORTED:
            raise
        page = msgspec.structs.replace(page, wrong=problem_page(error.problem, look.translation.language))
    return Shown(template="plan_coverage.html", title=title, page=page, crumbs=crumbs)


def _days(look: Look, plan: Plan) -> tuple[date, date]:
    """The days of the window that are over; of an open plan, the last year."""
    starts, ends = window_of(plan)
    last = min(ends or look.today, look.today - _DAY)
    first = max(starts or last - LONGEST, last - LONGEST)
    return min(first, last), last


def _filled(
    look: Look, plan: Plan, caller: Caller, page: CoveragePage, first: date, last: date
) -> CoveragePage:
    def read(by: str, end: date, *, of_plan: bool = False) -> SummaryReply:
        asked = SummaryAsked(
            unit=plan.unit,
            first=first.isoformat(),
            last=end.isoformat(),
            by=by,
            plan=plan.id if of_plan else "",
        )
        body, _ = look.administrators.summary(caller, asked)
        return _reply.decode(body)

    by_procedure, by_day = read("procedure", last).handovers, read("day", last).handovers
    names, language = look.names.procedures, look.translation.language
    early: tuple[ChannelRow, ...] = ()
    issued, early_days = plan.issued, ""
    if issued is not None and first < issued:
        before = min(last, issued - _DAY)
        early_days = window_words(look, first, before)
        early = tuple(
            ChannelRow(look.say(CHANNELS[row.by["channel"]]), (row.answered or 0) + (row.untagged or 0))  # type: ignore[index]
            for row in read("channel", before, of_plan=True).handovers.rows
            if row.answered or row.untagged
        )
    rows = [
        _row(row, names.get(row.by["procedure"]) or look.say("Không rõ thủ tục"))
        for row in by_procedure.rows
        if not row.hidden
    ]
    days = [_row(row, capital(full_day(date.fromisoformat(row.by["day"]), language))) for row in by_day.rows]
    return msgspec.structs.replace(
        page,
        total=_coverage(look.say("Cộng"), by_procedure.returned, by_procedure.answered),
        procedures=tuple(sorted(rows, key=lambda row: (-(row.left or 0), row.name))),
        by_day=tuple(reversed(days)),
        early=early,
        early_days=early_days,
        unlisted=bool(by_procedure.unlisted),
    )


def _row(row: HandoverRow, name: str) -> CoverageRow:
    return _coverage(name, row.returned, row.answered or 0)


def _coverage(name: str, returned: int | None, answered: int) -> CoverageRow:
    return CoverageRow(
        name=name,
        returned=returned,
        answered=answered,
        left=None if returned is None else max(0, returned - answered),
        share=None if returned is None else percent(answered, returned),
    )


@get(PLANS + "/{id:str}/bao-phu", opt=needs(SEE))
async def plan_coverage(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """How many of the returned results were answered for."""
    return await visit.show(coverage_page, id)


ROUTES = (plan_coverage,)
