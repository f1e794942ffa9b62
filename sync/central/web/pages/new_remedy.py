"""The form that makes a remedy, by itself, from an alert, or from a report and what was remarked on it.

The form carries the id that its remedy will have, so that one sent twice makes one remedy. One that is sent
again with other contents is another remedy: the page is shown once more, with another id.
"""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.people.managed import managed_account, managed_accounts
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remedies.handling import NewRemedy, make_remedy, new_id
from sync.central.office.remedies.stages import NOTE
from sync.central.reports.records.stored import Report
from sync.central.web.alert_words import ALERTS, title_of
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.one_alert import known_alert
from sync.central.web.pages.one_report import seen_report
from sync.central.web.pages.remedies import HANDLE
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.remedy_words import REMEDIES
from sync.central.web.report_rows import REPORTS, title_of_report
from sync.central.web.role_fields import typed_day
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.unit_choices import unit_choices, units_below, usual_unit
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID, NOT_PERMITTED
from sync.contract.problem.centre import REMEDY_MADE_BEFORE

NEW = REMEDIES + "/moi"
Words = Annotated[str, Meta(max_length=4 * NOTE)]


class NewAsked(Struct, frozen=True):
    """What a remedy comes from. alert: the id of an alert; report: the number of a report; "" for none."""

    alert: Annotated[str, Meta(description="The alert that it comes from")] = field(
        default="", name="canh_bao"
    )
    report: Annotated[str, Meta(description="The report that it comes from")] = field(
        default="", name="bao_cao"
    )


class NewFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form. person: the number of an account, "" for who is typed as `office`."""

    id: Annotated[str, Meta(max_length=12)] = field(default="", name="ma")
    alert: Annotated[str, Meta(max_length=32)] = field(default="", name="canh_bao")
    report: Annotated[str, Meta(max_length=9)] = field(default="", name="bao_cao")
    unit: Annotated[str, Meta(max_length=64)] = field(default="", name="don_vi")
    problem: Words = field(default="", name="van_de")
    figure: Words = field(default="", name="so_lieu")
    first: Annotated[str, Meta(max_length=10)] = field(default="", name="tu")
    last: Annotated[str, Meta(max_length=10)] = field(default="", name="den")
    measure: Words = field(default="", name="bien_phap")
    person: Annotated[str, Meta(max_length=9)] = field(default="", name="nguoi_lam")
    office: Words = field(default="", name="chuc_danh")
    due: Annotated[str, Meta(max_length=10)] = field(default="", name="han")


class NewRemedyPage(Struct, frozen=True, kw_only=True):
    """The form. units: none where there is one; None where there are too many to list.

    source: the alert or report that it comes from. typed: what is in the fields.
    """

    units: tuple[Option, ...] | None
    people: tuple[Option, ...]
    source: Link | None
    typed: NewFields
    length: int
    wrong: ProblemPage | None


def new_remedy_page(
    look: Look, asked: NewAsked, *, typed: NewFields | None = None, refused: ProblemError | None = None
) -> Shown:
    """The form; raises ProblemError HL4010 for an alert or report that is not there, or not the visitor's."""
    roots = may_anywhere(look.person, HANDLE, look.today)
    history = known_alert(look, asked.alert) if asked.alert else None
    report = _known_report(look, asked.report) if asked.report else None
    units = units_below(look, roots)
    if typed is None:
        unit = usual_unit(roots, units)
        typed = NewFields(id=new_id(), alert=asked.alert, report=asked.report, unit=unit)
        if history:
            typed = replace(typed, unit=history.alert.unit, problem=title_of(look, history.alert))
        elif report:
            days = {"first": report.asked.first.isoformat(), "last": report.asked.last.isoformat()}
            typed = replace(typed, unit=report.asked.unit, **days)
    source = Link(f"{ALERTS}/{asked.alert}", title_of(look, history.alert)) if history else None
    if report:
        source = Link(f"{REPORTS}/{report.id}", title_of_report(look, report))
    page = NewRemedyPage(
        units=unit_choices(look, units),
        people=_people(look),
        source=source,
        typed=typed,
        length=NOTE,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="new_remedy.html",
        title=look.say("Lập việc khắc phục"),
        page=page,
        crumbs=(Link(REMEDIES, look.say("Khắc phục")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _known_report(look: Look, number: str) -> Report:
    return seen_report(look, int(number) if number.isdecimal() else 0)[0]


def _people(look: Look) -> tuple[Option, ...]:
    """Those whom the visitor manages, after an office or a title that is typed."""
    managed = managed_accounts(look.connection, look.person, look.today)
    people = sorted(
        (each.status.person.name, str(each.status.person.account))
        for each in managed
        if not each.status.ended_at
    )
    return (
        Option("", look.say("Cơ quan hoặc chức danh ghi ở dưới")),
        *(Option(number, name) for name, number in people),
    )


@get(NEW, opt=needs(HANDLE), dependencies={"asked": query(NewAsked)})
async def new_remedy(visit: NamedDependency[Visit], asked: NamedDependency[NewAsked]) -> Response[Any]:
    """The form that makes a remedy."""
    return await visit.show(new_remedy_page, asked)


@post(NEW, opt=needs(HANDLE))
async def makes_remedy(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make a remedy."""
    fields = await visit.fields(NewFields)
    asked = NewAsked(fields.alert, fields.report)
    try:
        await visit.read(_check, fields)
        id = await visit.act(_make, visit.visitor.person, fields)
    except ProblemError as error:
        typed = replace(fields, id=new_id()) if error.problem.kind is REMEDY_MADE_BEFORE else fields
        return await visit.show(new_remedy_page, asked, typed=typed, refused=error)
    return visit.go(f"{REMEDIES}/{id}", visit.say("Đã lập việc khắc phục."))


def _check(look: Look, fields: NewFields) -> None:
    """Raise ProblemError for a unit or an alert that is not the visitor's."""
    if not may_anywhere(look.person, HANDLE, look.today):
        raise ProblemError(NOT_PERMITTED())
    if not look.may(HANDLE, fields.unit) or fields.unit not in look.names.units:
        raise ProblemError(
            FORM_INVALID(where="don_vi", detail="không có đơn vị này, hoặc ngoài quyền của bạn")
        )
    if fields.alert:
        known_alert(look, fields.alert)
    if fields.report:
        _known_report(look, fields.report)


def _make(act: Act, person: Person, fields: NewFields) -> str:
    day = act.now.astimezone(VIET_NAM).date()
    account = None
    if fields.person:
        number = int(fields.person) if fields.person.isdecimal() else 0
        account = managed_account(act.connection, person, number, day).status.person.account
    new = NewRemedy(
        unit=fields.unit,
        problem=line(fields.problem, "van_de", required=True),
        figure=line(fields.figure, "so_lieu"),
        first=typed_day(fields.first, "tu"),
        last=typed_day(fields.last, "den"),
        measure=line(fields.measure, "bien_phap", required=True),
        account=account,
        person="" if account else line(fields.office, "chuc_danh", required=True),
        due=_ahead(typed_day(fields.due, "han"), day),
        source=_source(fields),
    )
    return make_remedy(act, new, id=fields.id)


def _source(fields: NewFields) -> str:
    if fields.alert:
        return f"alert {fields.alert}"
    return f"report {int(fields.report)}" if fields.report else ""


def _ahead(day: date | None, today: date) -> date:
    if day is None:
        raise ProblemError(FORM_INVALID(where="han", detail="để trống"))
    if day < today:
        raise ProblemError(FORM_INVALID(where="han", detail="ngày này đã qua"))
    return day


ROUTES = (new_remedy, makes_remedy)
