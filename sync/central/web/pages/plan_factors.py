"""What the overall rating of a plan's group goes along with: importance over level, and a table with n."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.figures.driver_query import read_drivers
from sync.central.figures.factors import Factor, factors
from sync.central.figures.plans import read_figures
from sync.central.figures.summary import SMALLEST
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.drawing.quadrants import Mark, quadrants
from sync.central.presenting.numbers import two_decimals
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.plan_closing import in_force
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, file_links, files_of_each
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, PlanGroup
from sync.contract.survey import Survey
from sync.contract.text import pick
from sync.tables.column import Kind

PATH = PLANS + "/{id:str}/yeu-to"


class FactorRow(Struct, frozen=True, kw_only=True):
    """One rating. number: of its dot, None for one without. percent, correlation: as decimal text."""

    number: int | None
    question: str
    n: int
    percent: str | None
    mean: float | None
    correlation: str | None
    priority: int | None


class FactorGroup(Struct, frozen=True, kw_only=True):
    """One group with an overall rating. few: too few answers to show any; chart: None without a dot."""

    name: str
    overall: str
    forms: int
    few: bool
    rows: tuple[FactorRow, ...]
    chart: Svg | None


class FactorsPage(Struct, frozen=True, kw_only=True):
    """The groups of a plan that have an overall rating. least: answers below which nothing is shown."""

    title: str
    groups: tuple[FactorGroup, ...]
    least: int
    files: tuple[Link, ...]


def factors_page(look: Look, id: str) -> Shown:
    """The factors of the plan of the address, of days that are over."""
    plan = in_force(look, id).plan
    groups = _groups(look, plan)
    page = FactorsPage(
        title=pick(plan.title, look.translation.language),
        groups=groups,
        least=SMALLEST,
        files=file_links(look, f"{PLANS}/{id}/yeu-to", {}) if any(each.rows for each in groups) else (),
    )
    title = look.say("Các yếu tố liên quan")
    return Shown(template="plan_factors.html", title=title, page=page, crumbs=plan_crumbs(look, plan))


def _groups(look: Look, plan: Plan) -> tuple[FactorGroup, ...]:
    figures = {each.group: each.figures for each in read_figures(look.connection, plan, over=True).groups}
    surveys = look.names.surveys
    groups = []
    for group in plan.groups:
        own = figures[group.id]
        survey = surveys.get((own.survey, own.version))
        if not group.overall or survey is None:
            continue
        found = factors(read_drivers(look.connection, plan, group, survey), own.ratings)
        groups.append(_group(look, group, survey, own.forms, found))
    return tuple(groups)


def _group(
    look: Look, group: PlanGroup, survey: Survey, forms: int, found: tuple[Factor, ...]
) -> FactorGroup:
    language = look.translation.language
    few = forms < SMALLEST
    texts = {question.id: pick(question.text, language) for question in survey.questions}
    shown = () if few else tuple(each for each in found if each.driver.n >= SMALLEST)
    rows: list[FactorRow] = []
    marks: list[Mark] = []
    for each in shown:
        share, correlation = each.rating.satisfied, each.driver.correlation
        label = texts[each.driver.question]
        number = None
        if share is not None and share.percent is not None and correlation is not None:
            number = len(marks) + 1
            marks.append(
                Mark(
                    number=number,
                    label=label,
                    share=float(share.percent),
                    correlation=correlation,
                    n=each.driver.n,
                )
            )
        rows.append(
            FactorRow(
                number=number,
                question=label,
                n=each.driver.n,
                percent=str(share.percent) if share is not None and share.percent is not None else None,
                mean=each.rating.mean,
                correlation=None if correlation is None else str(two_decimals(correlation)),
                priority=each.priority,
            )
        )
    name = pick(group.name, language)
    title = look.say("Mức quan trọng và mức hài lòng: %(group)s", group=name)
    return FactorGroup(
        name=name,
        overall=texts.get(group.overall, group.overall),
        forms=forms,
        few=few,
        rows=tuple(rows),
        chart=quadrants(marks, title, language) if marks else None,
    )


@get(PATH, opt=needs(SEE))
async def plan_factors(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What the overall rating goes along with."""
    return await visit.show(factors_page, id)


def _table(look: Look, id: str) -> TableFile:
    """The rows of all groups."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("Nhóm", "text"),
        ("Yếu tố", "text"),
        ("n", "whole"),
        ("Hài lòng (%)", "decimal"),
        ("Điểm trung bình", "decimal"),
        ("Tương quan", "decimal"),
        ("Thứ tự ưu tiên", "whole"),
    )
    return TableFile(
        columns=tuple((look.say(heading), kind) for heading, kind in columns),
        rows=[
            (
                group.name,
                row.question,
                row.n,
                None if row.percent is None else float(row.percent),
                None if row.mean is None else float(two_decimals(row.mean)),
                None if row.correlation is None else float(row.correlation),
                row.priority,
            )
            for group in _groups(look, in_force(look, id).plan)
            for row in group.rows
        ],
    )


ROUTES = (plan_factors, *files_of_each(PATH, "yeu-to", needs(SEE), _table))
