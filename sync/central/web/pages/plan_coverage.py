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
from sync.central.web.figure_links import HANDOVERS, places, summary_files, summary_query
from sync.central.web.frame import Link
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
    """One procedure or day. returned: None where no list says it. share: answered of returned.

    at: where its figures are, see figure_links.py.
    """

    name: str
    at: str
    returned: int | None
    answered: int | None
    left: int | None
    share: str | None


class ChannelRow(Struct, frozen=True):
    """How many answers to handovers from before the issue came by a channel; at: where the figure is."""

    name: str
    forms: int
    at: str


class CoveragePage(Struct, frozen=True, kw_only=True):
    """The coverage. total: None where the days can't be answered. early: before the issue, with its days.

    unlisted: a day on which something was handed over has no list. wrong: why there is nothing.
    query…: what the figures of the procedures, of the days and of the early answers were asked for.
    files…: the tables, as files.
    """

    title: str
    days: str
    total: CoverageRow | None
    procedures: tuple[CoverageRow, ...]
    by_day: tuple[CoverageRow, ...]
    early: tuple[ChannelRow, ...]
    early_days: str
    unlisted: bool
    query: str
    query_days: str
    query_early: str
    files: tuple[Link, ...]
    files_days: tuple[Link, ...]
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
        query="",
        query_days="",
        query_early="",
        files=(),
        files_days=(),
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
    def asked(by: str, end: date, of: str = "") -> SummaryAsked:
        return SummaryAsked(unit=plan.unit, first=first.isoformat(), last=end.isoformat(), by=by, plan=of)

    def read(wanted: SummaryAsked) -> SummaryReply:
        body, _ = look.administrators.summary(caller, wanted)
        return _reply.decode(body)

    of_procedures, of_days = asked("procedure", last), asked("day", last)
    by_procedure, by_day = read(of_procedures), read(of_days)
    names, language = look.names.procedures, look.translation.language
    early: tuple[ChannelRow, ...] = ()
    issued, early_days, query_early = plan.issued, "", ""
    if issued is not None and first < issued:
        before = min(last, issued - _DAY)
        early_days = window_words(look, first, before)
        of_early = asked("channel", before, plan.id)
        early, query_early = _channels(look, read(of_early)), _query(of_early)
    at = places(by_procedure) | places(by_day)
    rows = [
        _row(row, at[id(row)], names.get(row.by["procedure"]) or look.say("Không rõ thủ tục"))
        for row in by_procedure.handovers.rows
        if not row.hidden
    ]
    days = [
        _row(row, at[id(row)], capital(full_day(date.fromisoformat(row.by["day"]), language)))
        for row in by_day.handovers.rows
        if not row.hidden
    ]
    total = by_procedure.handovers
    return msgspec.structs.replace(
        page,
        total=_coverage(look.say("Cộng"), HANDOVERS.rstrip("/"), total.returned, total.answered),
        procedures=tuple(sorted(rows, key=lambda row: (-(row.left or 0), row.name))),
        by_day=tuple(reversed(days)),
        early=early,
        early_days=early_days,
        unlisted=bool(total.unlisted),
        query=_query(of_procedures),
        query_days=_query(of_days),
        query_early=query_early,
        files=summary_files(look, plan.unit, _query(of_procedures)) if rows else (),
        files_days=summary_files(look, plan.unit, _query(of_days)) if days else (),
    )


def _query(asked: SummaryAsked) -> str:
    days = {"from": asked.first, "to": asked.last}
    return summary_query({"unit": asked.unit, **days, "by": asked.by, "plan": asked.plan})


def _channels(look: Look, reply: SummaryReply) -> tuple[ChannelRow, ...]:
    at = places(reply)
    return tuple(
        ChannelRow(
            look.say(CHANNELS[row.by["channel"]]),  # type: ignore[index]
            (row.answered or 0) + (row.untagged or 0),
            f"{at[id(row)]}/answered+untagged",
        )
        for row in reply.handovers.rows
        if row.answered or row.untagged
    )


def _row(row: HandoverRow, at: str, name: str) -> CoverageRow:
    return _coverage(name, at, row.returned, row.answered)


def _coverage(name: str, at: str, returned: int | None, answered: int | None) -> CoverageRow:
    return CoverageRow(
        name=name,
        at=at,
        returned=returned,
        answered=answered,
        left=None if returned is None or answered is None else max(0, returned - answered),
        share=None if returned is None or answered is None else percent(answered, returned),
    )


@get(PLANS + "/{id:str}/bao-phu", opt=needs(SEE))
async def plan_coverage(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """How many of the returned results were answered for."""
    return await visit.show(coverage_page, id)


ROUTES = (plan_coverage,)
