"""A plan is begun: from one of those that come with the product, or from one that there is, a year later."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.figures.earlier_shares import EarlierShare, earlier_shares, with_earlier
from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.letterheads import letterhead_of
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.planning.drafts import begin_plan
from sync.central.office.planning.templates import (
    from_template,
    id_for,
    moved,
    shipped_forms,
    shipped_plans,
)
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.numbers import whole
from sync.central.reports.kinds.share_sources import share_source
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.plan_words import CHANGE, DESIGNS, PLANS, plan_crumbs, plan_file
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.unit_choices import unit_choices, units_below, usual_unit
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

NEW = PLANS + "/moi"


class NewPlanAsked(Struct, frozen=True):
    """source: the id of a plan that there is, which the new one is made of; "" for a shipped one."""

    source: Annotated[str, Meta(max_length=64)] = field(default="", name="tu")


class NewPlanFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form. template: id of a shipped plan; source: of one that there is. id: "" for the usual one."""

    template: Annotated[str, Meta(max_length=64)] = field(default="", name="mau")
    source: Annotated[str, Meta(max_length=64)] = field(default="", name="tu")
    unit: Annotated[str, Meta(max_length=64)] = field(default="", name="don_vi")
    id: Annotated[str, Meta(max_length=64)] = field(default="", name="ma")


class TemplateRow(Struct, frozen=True, kw_only=True):
    """One shipped plan to choose. facts: how people are chosen, how many forms, which document it is of."""

    id: str
    title: str
    authority: str
    facts: str
    groups: tuple[str, ...]
    chosen: bool


class NewPlanPage(Struct, frozen=True, kw_only=True):
    """The form. source: the plan that the new one is made of, None for a shipped one. usual: the usual id.

    units: none where there is one; None where there are too many to list.
    """

    source: Link | None
    templates: tuple[TemplateRow, ...]
    units: tuple[Option, ...] | None
    typed: NewPlanFields
    usual: str
    wrong: ProblemPage | None


def new_plan_page(
    look: Look,
    asked: NewPlanAsked,
    *,
    typed: NewPlanFields | None = None,
    refused: ProblemError | None = None,
) -> Shown:
    """The form; raises ProblemError HL4010 for a plan to copy that there is not, or is not the visitor's."""
    source = plan_file(look, asked.source, CHANGE).plan if asked.source else None
    look.place(CHANGE)
    language = look.translation.language
    roots = may_anywhere(look.person, CHANGE, look.today)
    units = units_below(look, roots)
    typed = typed or NewPlanFields(source=asked.source, unit=usual_unit(roots, units))
    page = NewPlanPage(
        source=Link(f"{PLANS}/{source.id}", pick(source.title, language)) if source else None,
        templates=() if source else tuple(_template(look, plan, typed) for plan in shipped_plans().values()),
        units=() if source else unit_choices(look, units),
        typed=typed,
        usual=id_for(source, 1) if source else "",
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    title = look.say("Lập cho năm sau") if source else look.say("Lập kế hoạch")
    status = refused.problem.kind.status if refused else 200
    crumbs = plan_crumbs(look, source)
    return Shown(template="new_plan.html", title=title, page=page, crumbs=crumbs, status=status)


def _template(look: Look, plan: Plan, typed: NewPlanFields) -> TemplateRow:
    language = look.translation.language
    facts = [look.say(DESIGNS[plan.design])]
    if plan.wanted:
        facts.append(look.say("%(n)s phiếu", n=whole(plan.wanted, language)))
    if plan.report_day:
        facts.append(look.say("báo cáo ngày %(day)s hằng tháng", day=plan.report_day))
    if plan.recheck_percent:
        facts.append(look.say("phúc tra %(percent)s%%", percent=plan.recheck_percent))
    return TemplateRow(
        id=plan.id,
        title=pick(plan.title, language),
        authority=" · ".join(filter(None, (plan.authority, plan.number))),
        facts=", ".join(facts),
        groups=tuple(pick(group.name, language) for group in plan.groups),
        chosen=plan.id == typed.template,
    )


@get(NEW, opt=needs(CHANGE), dependencies={"asked": query(NewPlanAsked)})
async def new_plan(visit: NamedDependency[Visit], asked: NamedDependency[NewPlanAsked]) -> Response[Any]:
    """The form that begins a plan."""
    return await visit.show(new_plan_page, asked)


@post(NEW, opt=needs(CHANGE))
async def begins_plan(visit: NamedDependency[Visit]) -> Response[Any]:
    """Begin a plan as a draft."""
    fields = await visit.fields(NewPlanFields)
    asked = NewPlanAsked(fields.source)
    try:
        unit, source = await visit.read(_source, fields)
        earlier = await visit.read(_earlier, unit, source, fields)
        id = await visit.act(_begin, fields, unit, source, earlier)
    except ProblemError as error:
        return await visit.show(new_plan_page, asked, typed=fields, refused=error)
    return visit.go(f"{PLANS}/{id}/soan", visit.say("Đã có bản nháp. Sửa từng phần rồi ban hành."))


def _source(look: Look, fields: NewPlanFields) -> tuple[str, Plan]:
    """The unit of the new plan, and what it is made of; raises ProblemError HL4010, HL4241."""
    if fields.source:
        plan = plan_file(look, fields.source, CHANGE).plan
        return plan.unit, plan
    look.place(CHANGE)
    template = shipped_plans().get(fields.template)
    if template is None:
        raise ProblemError(FORM_INVALID(where="mau", detail="chưa chọn mẫu kế hoạch"))
    known = fields.unit != CENTRE and fields.unit in look.names.units
    if not known or not look.may(CHANGE, fields.unit):
        raise ProblemError(
            FORM_INVALID(where="don_vi", detail="không có đơn vị này, hoặc ngoài quyền của bạn")
        )
    return fields.unit, template


def _earlier(look: Look, unit: str, source: Plan, fields: NewPlanFields) -> EarlierShare | None:
    """What the unit's newest plan that is over came to, for a plan that draws people; None for nothing."""
    if source.design != "random":
        return None
    written = replace(source, unit=unit, id=fields.id or f"{unit}-moi")
    shares = earlier_shares(look.connection, written, look.today)
    return next((each for each in shares if each.expected is not None), None)


def _begin(act: Act, fields: NewPlanFields, unit: str, source: Plan, earlier: EarlierShare | None) -> str:
    today = act.now.astimezone(VIET_NAM).date()
    if fields.source:
        plan = moved(source, 1, fields.id or id_for(source, 1))
        plan = with_earlier(plan, earlier, share_source(earlier)) if earlier else plan
        begin_plan(act, plan)
        return plan.id
    plan = from_template(
        source,
        id=fields.id or f"{unit}-{today.year}",
        unit=unit,
        authority=letterhead_of(act.connection, unit, today).name,
        today=today,
    )
    plan = with_earlier(plan, earlier, share_source(earlier)) if earlier else plan
    named = {group.survey for group in plan.groups}
    begin_plan(act, plan, [form for id, form in shipped_forms().items() if id in named])
    return plan.id


ROUTES = (new_plan, begins_plan)
