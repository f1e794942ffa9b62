"""What an office has published: where the public reads it, how it changed, and where it was read out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.copies import document_of
from sync.central.reports.issuing.public import Change, public_report
from sync.central.reports.issuing.words_to_check import text_to_check
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.records.stages import StepName, possible
from sync.central.reports.records.stored import history_of, issues_of, list_reports
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.pages.announcements import can_be_announced
from sync.central.web.pages.one_report import PUBLISH, StepFields, report_page, seen_report
from sync.central.web.pages.reports import SEE
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.report_rows import (
    PUBLICATIONS,
    REPORTS,
    DoneRow,
    ReportRow,
    done_rows,
    period_of,
    public_address,
    report_rows,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID

# How the public hears of it; one of them is chosen, and where is typed.
PLACES: Sequence[str] = (
    "Loa truyền thanh",
    "Niêm yết tại Một cửa",
    "Trang thông tin điện tử",
    "Họp tổ dân phố",
)
CHANGES: Mapping[str, str] = {
    "publish": "Công bố lần đầu",
    "again": "Công bố lại",
    "revise": "Điều chỉnh",
    "forgotten": "Đã rút một ý kiến theo yêu cầu của người trả lời; các số đã công bố giữ nguyên",
    "withdraw": "Đã rút, không còn công bố",
}


class PublicationsAsked(Struct, frozen=True):
    """unit: the visitor's own without it."""

    unit: Annotated[str, Meta(max_length=64)] | None = None


class PublicationsPage(Struct, frozen=True, kw_only=True):
    """What a unit has published."""

    near: NearUnits
    rows: tuple[ReportRow, ...]
    waiting: tuple[ReportRow, ...]


def publications_page(look: Look, asked: PublicationsAsked) -> Shown:
    """What the unit of the address has published, and what is approved and not public yet."""
    place = look.place(SEE, asked.unit)
    published = list_reports(look.connection, [place.code], states=["published"])
    kinds = [kind.name for kind in KINDS.values() if kind.public]
    waiting = list_reports(look.connection, [place.code], kinds=kinds, states=["approved", "sent"])
    page = PublicationsPage(
        near=near_units(look, place, SEE, PUBLICATIONS),
        rows=report_rows(look, published, PUBLICATIONS),
        waiting=report_rows(look, waiting),
    )
    return Shown(
        template="publications.html",
        title=look.say("Công bố"),
        page=page,
        crumbs=(Link(of_unit(REPORTS, place.code), look.say("Báo cáo")),),
    )


@get(PUBLICATIONS, opt=needs(SEE), dependencies={"asked": query(PublicationsAsked)})
async def publications(
    visit: NamedDependency[Visit], asked: NamedDependency[PublicationsAsked]
) -> Response[Any]:
    """What a unit has published."""
    return await visit.show(publications_page, asked)


# --- one publication ----------------------------------------------------------------------------------------


class ChangeRow(Struct, frozen=True, kw_only=True):
    """A line of the public history."""

    day: date
    revision: int
    what: str
    why: str


class PublicationPage(Struct, frozen=True, kw_only=True):
    """One publication. public: its address for everybody. to_announce: it has a radio text and a
    poster. done: what the office says it did.

    announced: where it was read out or put up. places: to choose from.
    """

    row: ReportRow
    address: str
    report: str
    read: str
    public: str
    to_announce: bool
    done: str
    changes: tuple[ChangeRow, ...]
    announced: tuple[DoneRow, ...]
    can: tuple[StepName, ...]
    places: tuple[str, ...]
    today: date
    wrong: ProblemPage | None


def publication_page(look: Look, id: int, *, refused: ProblemError | None = None) -> Shown:
    """One publication; a report that is not public leads to the page of the report."""
    report, kind = seen_report(look, id)
    shown = public_report(kind, report, issues_of(look.connection, report.asked))
    history = history_of(look.connection, [id])
    page = PublicationPage(
        row=report_rows(look, [report])[0],
        address=f"{PUBLICATIONS}/{id}",
        report=f"{REPORTS}/{id}",
        read=report.read,
        public=public_address(report) if report.state == "published" else "",
        to_announce=can_be_announced(report, kind.thawed(report.figures)),
        done=shown.done,
        changes=change_rows(look, shown.changes),
        announced=done_rows(look, [step for step in history if step.step == "announce"]),
        can=possible(report.state) if look.may(PUBLISH, report.asked.unit) else (),
        places=tuple(map(look.say, PLACES)),
        today=look.today,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="publication.html",
        title=look.say("Công bố kết quả, %(period)s", period=period_of(look, report)),
        page=page,
        crumbs=(
            Link(of_unit(REPORTS, report.asked.unit), look.say("Báo cáo")),
            Link(of_unit(PUBLICATIONS, report.asked.unit), look.say("Công bố")),
        ),
        status=refused.problem.kind.status if refused else 200,
    )


def change_rows(look: Look, changes: Sequence[Change]) -> tuple[ChangeRow, ...]:
    """The public history, in words."""
    return tuple(
        ChangeRow(day=each.day, revision=each.revision, what=look.say(CHANGES[each.what]), why=each.why)
        for each in changes
    )


@get(PUBLICATIONS + "/{report:int}", opt=needs(SEE))
async def publication(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """One publication."""
    return await visit.show(publication_page, report)


@post(PUBLICATIONS + "/{report:int}", opt=needs(PUBLISH))
async def publishes(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Publish an approved report; where its words may name somebody, once the person has looked again."""
    fields = await visit.fields(StepFields)
    stored, kind = await visit.read(seen_report, report, PUBLISH)
    doubtful = text_to_check(fields.note, document_of(kind, stored, outside=True))
    if doubtful and fields.looked_at != acts.mark_of(fields.note):
        return await visit.show(report_page, report, done=fields.note)
    try:
        await visit.act(_publish, report, fields)
    except ProblemError as error:
        return await visit.show(report_page, report, refused=error)
    return visit.go(f"{PUBLICATIONS}/{report}", visit.say("Đã công bố."))


def _publish(act: Act, id: int, fields: StepFields) -> None:
    acts.publish(act, KINDS, id, read=fields.read, done=fields.note)


class AnnounceFields(Struct, frozen=True, forbid_unknown_fields=True):
    """When and where it was read out or put up. read: what the page showed."""

    read: str = field(name="da_doc")
    day: Annotated[str, Meta(max_length=40)] = field(name="ngay")
    place: Annotated[str, Meta(max_length=100)] = field(name="noi")
    more: Annotated[str, Meta(max_length=400)] = field(default="", name="chi_tiet")


@post(PUBLICATIONS + "/{report:int}/da-lam", opt=needs(PUBLISH))
async def announces(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Note where the result was read out or put up."""
    fields = await visit.fields(AnnounceFields)
    await visit.read(seen_report, report, PUBLISH)
    try:
        await visit.act(_announce, report, fields)
    except ProblemError as error:
        return await visit.show(publication_page, report, refused=error)
    return visit.go(f"{PUBLICATIONS}/{report}", visit.say("Đã ghi."))


def _announce(act: Act, id: int, fields: AnnounceFields) -> None:
    day = read_day(fields.day)
    if day is None:
        raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
    place = f"{fields.place}: {fields.more}" if fields.more else fields.place
    acts.announce(act, id, read=fields.read, day=day, place=place)


ROUTES = (publications, publication, publishes, announces)
