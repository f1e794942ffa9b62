"""Assignments: which unit, counter or device asks which form, for which plan, whom and when."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.assigning import (
    add_assignment,
    assignment_named,
    end_assignment,
    remove_assignment,
)
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.row_queries import read_assignments, read_plans
from sync.central.office.configuration.scope import read_configured, scope_of
from sync.central.office.configuration.spans import SpanError, read_opening
from sync.central.office.configuration.timetable import idle_terminals, idle_words
from sync.central.office.forms.releases import list_releases
from sync.central.office.people.accounts import day_of
from sync.central.office.units.stored import units_above
from sync.central.office.units.tree import CENTRE
from sync.central.web.assignment_rows import RESPONDENTS, AssignmentRow, assignment_row, read_titles
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import name_of
from sync.central.web.pages.form_draft import CHANGE, FORMS, crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Device
from sync.contract.opening import Opening
from sync.contract.plan import Plan
from sync.contract.problem import Problem, ProblemError, ProblemsError, Wrong
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.files import REFERENCE_DANGLING
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.response import Respondent
from sync.contract.text import pick

ASSIGNMENTS = "/phan-cong"
# Units that are offered in a list; with more, the code is typed.
MOST_LISTED = 400
MOST_NAMED = 5
"""Terminals in a sentence."""


class NewAsked(Struct, frozen=True):
    """unit: where the form will be asked. form: the one that is chosen already."""

    unit: str | None = None
    form: str = field(default="", name="mau")


class AssignmentFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the form sends. place: "" for the whole unit, else "quay:1" or "may:kiosk-1"."""

    id: Annotated[str, Meta(max_length=64)] = field(name="ma")
    unit: str = field(name="don_vi")
    place: str = field(default="", name="noi")
    survey: str = field(name="mau")
    plan: str = field(default="", name="ke_hoach")
    respondents: list[str] = field(default_factory=list, name="hoi")
    starts: str = field(default="", name="tu")
    ends: str = field(default="", name="den")
    hours: str = field(default="", name="gio")
    why: str = field(default="", name="ly_do")


class NewPage(Struct, frozen=True, kw_only=True):
    """The form for a new assignment; units: to choose from, none where there are too many to list."""

    unit: str
    unit_name: str
    units: tuple[Option, ...]
    places: tuple[Option, ...]
    forms: tuple[Option, ...]
    plans: tuple[Option, ...]
    respondents: tuple[Option, ...]
    typed: AssignmentFields
    wrong: tuple[ProblemPage, ...]


def new_page(
    look: Look, asked: NewAsked, typed: AssignmentFields | None = None, refused: tuple[Problem, ...] = ()
) -> Shown:
    """First the unit is chosen, then what is asked there."""
    place = look.place(CHANGE, asked.unit)
    catalogue = read_configured(look.connection, place.code, look.today)
    forms = {each.id: pick(each.title, look.translation.language) for each in list_releases(look.connection)}
    counters = [each for each in catalogue.counters if each.unit == place.code]
    devices = [each for each in catalogue.devices if each.unit == place.code]
    typed = typed or AssignmentFields(
        id=_free_id(look, f"{place.code}-{asked.form or 'phieu'}"[:60]),
        unit=place.code,
        survey=asked.form,
        respondents=["citizen"],
    )
    page = NewPage(
        unit=place.code,
        unit_name=place.name,
        units=_units(look, look.place(CHANGE).code),
        places=(
            Option("", look.say("Cả đơn vị, mọi quầy và máy")),
            *(
                Option(f"quay:{each.id}", f"{pick(each.name, look.translation.language)} ({each.id})")
                for each in counters
            ),
            *(Option(f"may:{each.id}", look.say("Máy %(id)s", id=each.id)) for each in devices),
        ),
        forms=tuple(Option(id, f"{title} ({id})") for id, title in sorted(forms.items())),
        plans=(
            Option("", look.say("Không thuộc kế hoạch nào")),
            *(
                Option(plan.id, f"{pick(plan.title, look.translation.language)} ({plan.id})")
                for plan in _plans(look, place.code)
            ),
        ),
        respondents=tuple(Option(each, look.say(RESPONDENTS[each])) for each in get_args(Respondent)),
        typed=typed,
        wrong=tuple(problem_page(problem, look.translation.language) for problem in refused),
    )
    return Shown(
        template="assignment_new.html",
        title=look.say("Phân công hỏi phiếu"),
        page=page,
        crumbs=crumbs(look),
        status=400 if refused else 200,
    )


def _plans(look: Look, unit: str) -> list[Plan]:
    """The plans that a unit may collect for: its own, those of units above and below it, the centre's."""
    near = {CENTRE, *scope_of(look.connection, unit, look.today)}
    near |= units_above(look.connection, unit, look.today)
    return [plan for plan in read_plans(look.connection) if plan.unit in near]


def _units(look: Look, root: str) -> tuple[Option, ...]:
    codes = scope_of(look.connection, root, look.today)
    if len(codes) > MOST_LISTED:
        return ()
    names = {code: name_of(look, code) for code in codes}
    count = Counter(names.values())
    labels = {code: name if count[name] == 1 else f"{name} ({code})" for code, name in names.items()}
    return tuple(Option(code, label) for code, label in sorted(labels.items(), key=lambda each: each[1]))


def _free_id(look: Look, base: str) -> str:
    used = {each.id for each in read_assignments(look.connection)}
    number, id = 2, base
    while id in used:
        id, number = f"{base}-{number}", number + 1
    return id


@get(ASSIGNMENTS + "/moi", opt=needs(CHANGE), dependencies={"asked": query(NewAsked)})
async def new_assignment(visit: NamedDependency[Visit], asked: NamedDependency[NewAsked]) -> Response[Any]:
    """The form for a new assignment."""
    return await visit.show(new_page, asked)


@post(ASSIGNMENTS + "/moi", opt=needs(CHANGE))
async def adds_assignment(visit: NamedDependency[Visit]) -> Response[Any]:
    """Let a unit, a counter or a device ask a form; a conflict is refused by its names."""
    fields = await visit.fields(AssignmentFields)
    asked = NewAsked(unit=fields.unit, form=fields.survey)
    try:
        added = await visit.read(_assignment, fields)
        idle = await visit.act(_add, added, fields.why)
    except ProblemError as error:
        if error.problem.kind is ADDRESS_UNKNOWN:
            raise
        return await visit.show(new_page, asked, fields, _problems(error))
    said = visit.say("Đã phân công.") + _idle_said(visit, idle)
    return visit.go(f"{FORMS}?unit={added.unit}#phan-cong", said)


def _add(act: Act, added: Assignment, why: str) -> Sequence[Device]:
    """Add an assignment; the terminals that are left with nothing to ask."""
    add_assignment(act, added, why)
    return idle_terminals(act.connection, added.unit, day_of(act))


def _remove(act: Act, id: str, why: str) -> Sequence[Device]:
    return idle_terminals(act.connection, remove_assignment(act, id, why).unit, day_of(act))


def _idle_said(visit: Visit, idle: Sequence[Device]) -> str:
    """A sentence about terminals with nothing to ask, the first few by name."""
    if not idle:
        return ""
    named = idle_words(idle[:MOST_NAMED]) + (", …" if len(idle) > MOST_NAMED else "")
    return " " + visit.say("Máy không còn gì để hỏi: %(machines)s.", machines=named)


def _problems(error: ProblemError) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, ProblemsError) else (error.problem,)


def _assignment(look: Look, fields: AssignmentFields) -> Assignment:
    """What was typed as an assignment at a unit of the visitor; a foreign device is one that there is not."""
    place = look.place(CHANGE, fields.unit)
    kind, _, name = fields.place.partition(":")
    known = read_configured(look.connection, place.code, look.today).devices
    wrong, starts, ends, hours = Wrong(), None, None, tuple[Opening, ...]()
    with wrong:
        if kind == "may" and name not in {device.id for device in known}:
            detail = f"không có máy “{name}”"
            raise ProblemError(REFERENCE_DANGLING(where=f"assignments {fields.id}.device", detail=detail))
    with wrong:
        if fields.plan and fields.plan not in {plan.id for plan in _plans(look, place.code)}:
            detail = f"không có kế hoạch “{fields.plan}”"
            raise ProblemError(REFERENCE_DANGLING(where=f"assignments {fields.id}.plan", detail=detail))
    with wrong:
        starts = _day(fields.starts, "tu")
    with wrong:
        ends = _day(fields.ends, "den")
    with wrong:
        hours = _hours(fields.hours)
    with wrong:
        assignment = checked(
            Assignment,
            "assignments",
            id=fields.id,
            unit=place.code,
            counter=name if kind == "quay" else "",
            device=name if kind == "may" else None,
            survey=fields.survey,
            plan=fields.plan or None,
            respondents=fields.respondents,
            starts=starts,
            ends=ends,
            hours=hours,
        )
    wrong.check()
    return assignment


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ProblemError(FORM_INVALID(where=where)) from error


def _hours(text: str) -> tuple[Opening, ...]:
    try:
        return tuple(read_opening(line) for line in text.splitlines() if line.strip())
    except SpanError as error:
        raise ProblemError(FORM_INVALID(where="gio", detail=error.reason)) from error


# --- one assignment: its end ------------------------------------------------------------------------------


class AssignmentPage(Struct, frozen=True, kw_only=True):
    """One assignment, which may be ended or removed; last, why: what was typed."""

    row: AssignmentRow
    last: str
    why: str
    wrong: tuple[ProblemPage, ...]


class EndFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The last day, and why."""

    last: str = field(default="", name="ngay_cuoi")
    why: str = field(default="", name="ly_do")


def own_assignment(look: Look, id: str) -> Assignment:
    """The assignment, if the visitor decides at its unit; raises ProblemError HL4010."""
    found = assignment_named(look.connection, id)
    if found is None or not look.may(CHANGE, found.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return found


def assignment_page(
    look: Look, id: str, typed: EndFields | None = None, refused: tuple[Problem, ...] = ()
) -> Shown:
    """What is asked where, and the two ways to end it."""
    found = own_assignment(look, id)
    typed = typed or EndFields(last=look.today.isoformat())
    page = AssignmentPage(
        row=assignment_row(look, found, name_of(look, found.unit), read_titles(look)),
        last=typed.last,
        why=typed.why,
        wrong=tuple(problem_page(problem, look.translation.language) for problem in refused),
    )
    title = look.say("Phân công %(id)s", id=id)
    status = 400 if refused else 200
    return Shown(template="assignment.html", title=title, page=page, crumbs=_back(look, found), status=status)


def _back(look: Look, assignment: Assignment) -> tuple[Link, ...]:
    return (Link(f"{FORMS}?unit={assignment.unit}#phan-cong", look.say("Mẫu phiếu")),)


@get(ASSIGNMENTS + "/{id:str}", opt=needs(CHANGE))
async def assignment(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One assignment."""
    return await visit.show(assignment_page, id)


@post(ASSIGNMENTS + "/{id:str}/ket-thuc", opt=needs(CHANGE))
async def ends_assignment(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Let a day be its last one."""
    fields = await visit.fields(EndFields)
    found = await visit.read(own_assignment, id)
    try:
        last = _day(fields.last, "ngay_cuoi")
        if last is None:
            raise ProblemError(FORM_INVALID(where="ngay_cuoi"))
        await visit.act(end_assignment, id, last, fields.why)
    except ProblemError as error:
        return await visit.show(assignment_page, id, fields, _problems(error))
    return visit.go(f"{FORMS}?unit={found.unit}#phan-cong", visit.say("Đã ghi ngày cuối."))


@post(ASSIGNMENTS + "/{id:str}/bo", opt=needs(CHANGE))
async def removes_assignment(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Remove it; what was collected by it stays."""
    fields = await visit.fields(EndFields)
    found = await visit.read(own_assignment, id)
    try:
        idle = await visit.act(_remove, id, fields.why)
    except ProblemError as error:
        return await visit.show(assignment_page, id, fields, _problems(error))
    said = visit.say("Đã bỏ phân công.") + _idle_said(visit, idle)
    return visit.go(f"{FORMS}?unit={found.unit}#phan-cong", said)


ROUTES = (new_assignment, adds_assignment, assignment, ends_assignment, removes_assignment)
