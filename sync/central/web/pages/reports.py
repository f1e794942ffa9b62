"""The reports of a unit: the regular one by one button, any other by a form, and where each one is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.people.permissions import PermittedAct
from sync.central.presenting.days import period_words
from sync.central.presenting.language import Language
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.awaited import Awaited, awaited_reports
from sync.central.reports.issuing.proposing import Proposal, plans_of, propose
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.monthly import MONTHLY
from sync.central.reports.kinds.office_reports import OfficeReport
from sync.central.reports.records.stages import State
from sync.central.reports.records.stored import Report, list_reports
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look, Place
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.report_rows import REPORTS, ReportRow, report_rows
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, checked_length, file_links, file_routes
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

SEE: PermittedAct = "see-reports"
DRAFT: PermittedAct = "draft-report"
# Between a plan and one group of it; no id has one.
_OF_GROUP = ":"
_GROUPS: Sequence[tuple[str, tuple[State, ...]]] = (
    ("Đang soạn", ("draft",)),
    ("Chờ gửi", ("approved",)),
    ("Đã gửi, đã công bố", ("sent", "published")),
    ("Đã thay, đã rút", ("replaced", "withdrawn")),
)


class ReportsAsked(Struct, frozen=True):
    """unit: the visitor's own without it."""

    unit: Annotated[str, Meta(max_length=64)] | None = None


class DraftFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which report to begin."""

    kind: str = field(name="loai")
    first: str = field(name="tu")
    last: str = field(name="den")
    plan: str = field(default="", name="ke_hoach")


class ProposedRow(Struct, frozen=True, kw_only=True):
    """The button of a regular report, or the report that there is for its period.

    title: on the button. due: None where no plan sets a day; working: that day, or the working day before it.
    days: until then, less than 0 if it is over. late: how many days it is not sent since then, 0 if it was.
    revision: of `there`, begun and not issued yet.
    """

    title: str
    kind: str
    first: date
    last: date
    period: str
    plan: str
    plan_title: str
    due: date | None
    working: date | None
    days: int
    late: int
    there: ReportRow | None
    revision: ReportRow | None


class OfficeRow(Struct, frozen=True):
    """What one office has reported. address: of its report, "" while there is none."""

    office: str
    state: str
    look: str
    address: str


class OfficesRow(Struct, frozen=True, kw_only=True):
    """The reports that a plan's offices owe their secretariat. due: None where the plan sets no day."""

    plan: str
    due: date | None
    late: bool
    to: str
    offices: tuple[OfficeRow, ...]
    missing: int


class Group(Struct, frozen=True):
    """The reports in some states."""

    title: str
    rows: tuple[ReportRow, ...]


class ReportsPage(Struct, frozen=True, kw_only=True):
    """All of a unit's reports. kinds, plans: to choose from for a draft, also one group of a plan.

    offices: what the offices of plans in two steps have reported. typed: what was refused. files: all of
    the reports as a file.
    """

    near: NearUnits
    may_draft: bool
    proposed: tuple[ProposedRow, ...]
    offices: tuple[OfficesRow, ...]
    groups: tuple[Group, ...]
    kinds: tuple[Option, ...]
    plans: tuple[Option, ...]
    action: str
    typed: DraftFields
    wrong: tuple[ProblemPage, ...]
    files: tuple[Link, ...]


def reports_page(
    look: Look,
    asked: ReportsAsked,
    typed: DraftFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
    status: int = 200,
) -> Shown:
    """The reports of the unit of the address."""
    place = look.place(SEE, asked.unit)
    reports = list_reports(look.connection, [place.code])
    proposed = propose(look.connection, MONTHLY, place.code, look.today)
    language = look.translation.language
    plans = plans_of(look.connection, place.code, look.today)
    first = proposed[0].asked
    usual = DraftFields(MONTHLY.name, first.first.isoformat(), first.last.isoformat(), first.plan)
    page = ReportsPage(
        near=near_units(look, place, SEE, REPORTS),
        may_draft=look.may(DRAFT, place.code),
        proposed=tuple(_proposed_row(look, each) for each in proposed),
        offices=tuple(
            _offices_row(look, each) for each in awaited_reports(look.connection, place.code, look.today)
        ),
        groups=_groups(look, reports),
        kinds=tuple(Option(kind.name, kind.title) for kind in KINDS.values()),
        plans=(Option("", look.say("Không theo kế hoạch nào")), *_plan_options(plans, language)),
        action=of_unit(REPORTS, place.code),
        typed=typed or usual,
        wrong=wrong,
        files=file_links(look, REPORTS, {"unit": asked.unit or ""}) if reports else (),
    )
    return Shown(template="reports.html", title=look.say("Báo cáo"), page=page, status=status)


def reports_table(look: Look, asked: ReportsAsked) -> TableFile:
    """All reports of the unit, as its page says them."""
    place, say = look.place(SEE, asked.unit), look.say
    reports = checked_length(list_reports(look.connection, [place.code]))
    return TableFile(
        (
            (say("Báo cáo"), "text"),
            (say("Kỳ"), "text"),
            (say("Đơn vị"), "text"),
            (say("Trạng thái"), "text"),
            (say("Việc tiếp theo"), "text"),
            (say("Số"), "text"),
            (say("Người soạn"), "text"),
            (say("Lần điều chỉnh"), "whole"),
        ),
        tuple(
            (*(row.title, row.period, row.unit, row.state, row.next, row.sent, row.who), row.revision)
            for row in report_rows(look, reports)
        ),
    )


def _plan_options(plans: Iterable[Plan], language: Language) -> Iterator[Option]:
    """Each plan, and each of its groups alone."""
    for plan in plans:
        title = pick(plan.title, language)
        yield Option(plan.id, title)
        if len(plan.groups) > 1:
            for group in plan.groups:
                value = f"{plan.id}{_OF_GROUP}{group.id}"
                yield Option(value, f"{title}: {pick(group.name, language)}")


def _groups(look: Look, reports: Sequence[Report]) -> tuple[Group, ...]:
    groups = (
        Group(look.say(title), report_rows(look, [each for each in reports if each.state in states]))
        for title, states in _GROUPS
    )
    return tuple(group for group in groups if group.rows)


def _proposed_row(look: Look, each: Proposal) -> ProposedRow:
    language = look.translation.language
    period = period_words(each.asked.first, each.asked.last, language)
    title = (
        look.say("Lập báo cáo ngày %(day)s", day=each.due.day)
        if each.due
        else look.say("Lập báo cáo %(period)s", period=period)
    )
    return ProposedRow(
        title=title,
        kind=each.asked.kind,
        first=each.asked.first,
        last=each.asked.last,
        period=period,
        plan=each.asked.plan,
        plan_title=pick(each.plan.title, language) if each.plan else "",
        due=each.due,
        working=each.working,
        days=(each.working - look.today).days if each.working else 0,
        late=_late(look, each),
        there=report_rows(look, [each.report])[0] if each.report else None,
        revision=report_rows(look, [each.revision])[0] if each.revision else None,
    )


def _offices_row(look: Look, awaited: Awaited) -> OfficesRow:
    return OfficesRow(
        plan=pick(awaited.plan.title, look.translation.language),
        due=awaited.due,
        late=awaited.due is not None and awaited.due < look.today,
        to=awaited.to,
        offices=tuple(_office_row(look, each) for each in awaited.offices),
        missing=sum(not each.approved for each in awaited.offices),
    )


def _office_row(look: Look, office: OfficeReport) -> OfficeRow:
    if office.approved:
        state, tag = look.say("Đã có báo cáo"), "good"
    elif office.number:
        state, tag = look.say("Đang soạn"), "wait"
    else:
        state, tag = look.say("Chưa lập"), "call"
    return OfficeRow(office.office, state, tag, f"{REPORTS}/{office.number}" if office.number else "")


def _late(look: Look, each: Proposal) -> int:
    done = each.report is not None and each.report.issued
    return max(0, (look.today - each.working).days) if each.working and not done else 0


@get(REPORTS, opt=needs(SEE), dependencies={"asked": query(ReportsAsked)})
async def reports(visit: NamedDependency[Visit], asked: NamedDependency[ReportsAsked]) -> Response[Any]:
    """The reports of a unit."""
    return await visit.show(reports_page, asked)


@post(REPORTS, opt=needs(DRAFT), dependencies={"asked": query(ReportsAsked)})
async def drafts_report(visit: NamedDependency[Visit], asked: NamedDependency[ReportsAsked]) -> Response[Any]:
    """Begin a report with the figures of this moment."""
    fields = await visit.fields(DraftFields)
    place: Place = await visit.read(Look.place, DRAFT, asked.unit)
    try:
        plan, group = await visit.read(_plan, place.code, fields.kind, fields.plan)
        wanted = Asked(
            kind=fields.kind,
            unit=place.code,
            first=_day(fields.first, "tu"),
            last=_day(fields.last, "den"),
            plan=plan,
            group=group,
        )
        id = await visit.act(acts.draft, KINDS, wanted)
    except ProblemError as error:
        shown = ReportsAsked(place.code), fields, refused(error, visit.language)
        return await visit.show(reports_page, *shown, error.problem.kind.status)
    return visit.go(f"{REPORTS}/{id}", visit.say("Đã lập báo cáo. Đọc, sửa lời rồi chuyển phê duyệt."))


def _day(text: str, name: str) -> date:
    day = read_day(text)
    if day is None:
        raise ProblemError(FORM_INVALID(where=name, detail="không phải ngày, ghi như 2026-11-01"))
    return day


def _plan(look: Look, unit: str, kind: str, chosen: str) -> tuple[str, str]:
    """The plan, and one group of it, "" for all; raises ProblemError HL4241.

    It is a plan of this unit or of those above it.
    """
    if not chosen:
        return "", ""
    plan, _, group = chosen.partition(_OF_GROUP)
    offered = {each.id: each.groups for each in plans_of(look.connection, unit, look.today)}
    if plan not in offered or (group and group not in {each.id for each in offered[plan]}):
        raise ProblemError(FORM_INVALID(where="ke_hoach"))
    if group and kind in KINDS and not KINDS[kind].grouped:
        raise ProblemError(FORM_INVALID(where="ke_hoach", detail="loại này không lập riêng cho một nhóm"))
    return plan, group


ROUTES = (
    reports,
    drafts_report,
    *file_routes(REPORTS, "bao-cao", needs(SEE), ReportsAsked, reports_table),
)
