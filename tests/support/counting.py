"""Summaries and plans counted directly from responses, without the stored counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from sync.central.figures.drivers import standing
from sync.central.figures.plans import Outside
from sync.central.figures.statistics import (
    SELF_CHOSEN,
    Counted,
    FormFigures,
    PlanFigures,
    form_figures,
    plan_figures,
)
from sync.central.figures.summary import Axis, Key, Summary, summary_of
from sync.central.office.units.tree import UnitTree
from sync.contract.plan import VIET_NAM, Plan, PlanGroup
from sync.contract.response import ANSWERED, Response
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey


class Count(Struct, frozen=True, kw_only=True):
    """How often one rating got one answer under one officer, procedure, unit and day; None: not applicable.

    officer, procedure, unit: "" where the handover named none. day: YYYY-MM-DD.
    """

    question: str
    answer: int | None
    forms: int
    officer: str = ""
    procedure: str = ""
    unit: str = ""
    day: str = ""


def summarise(survey: Survey, counts: Iterable[Count], by: Sequence[Axis] = (), minimum: int = 5) -> Summary:
    """The summary of `survey` from its counts, by up to two axes.

    Raises:
        ValueError: more than two axes, or one of them twice.
    """
    axes = tuple(by)
    if len(axes) > 2 or len(set(axes)) < len(axes):
        raise ValueError("by one or two different axes")
    cells: defaultdict[Key, Counter[int | None]] = defaultdict(Counter)
    for count in counts:
        key = (*(str(getattr(count, axis)) for axis in axes), count.question)
        cells[key][count.answer] += count.forms
    return summary_of(survey, cells, axes, minimum=minimum)


def counts_of(survey: Survey, responses: Iterable[Response]) -> list[Count]:
    """The counts of these responses for `survey` in this version; voided ones are left out."""
    ratings = [question.id for question in survey.questions if isinstance(question, Rating)]
    found: Counter[tuple[str, int | None, str, str, str, str]] = Counter()
    for response in standing(responses):
        if response.outcome not in ANSWERED:
            continue
        if (response.survey.id, response.survey.version) != (survey.id, survey.version):
            continue
        tag, day = response.tag, response.finished_at.astimezone(VIET_NAM).date().isoformat()
        officer, procedure, unit = (tag.officer, tag.procedure, tag.unit) if tag else (None, None, None)
        for question in ratings:
            answer = response.answers.get(question)
            if answer is not None:
                level = None if answer == NOT_APPLICABLE else int(str(answer))
                found[question, level, officer or "", procedure or "", unit or "", day] += 1
    return [
        Count(question=q, answer=a, forms=n, officer=o, procedure=p, unit=u, day=d)
        for (q, a, o, p, u, d), n in found.items()
    ]


# --- forms and plans ------------------------------------------------------------------------------------


class Row(Struct, frozen=True):
    """A response with what the centre adds to it: the unit and the day that it counts for."""

    response: Response
    unit: str
    day: date


def row_of(response: Response, unit: str = "") -> Row:
    """A response as it is stored; `unit` is the device's, for a visit without a tag."""
    day = response.finished_at.astimezone(VIET_NAM).date()
    return Row(response, response.tag.unit if response.tag else unit, day)


def counted_of(responses: Iterable[Response]) -> list[Counted]:
    """Every answer of these responses, one by one."""
    found = []
    for response in standing(responses):
        if response.outcome in ANSWERED:
            version, chosen = response.survey.version, response.channel in SELF_CHOSEN
            found.append(Counted(version=version, chosen=chosen, n=1))
            for question, answer in response.answers.items():
                for part in answer if isinstance(answer, tuple) else (answer,):
                    value = str(part).lower() if isinstance(part, bool) else str(part)
                    found.append(Counted(version=version, question=question, value=value, chosen=chosen, n=1))
    return found


def figures_of(
    survey: Survey, responses: Iterable[Response], plan: Plan | None = None, group: PlanGroup | None = None
) -> FormFigures:
    """The figures of one version of a form."""
    return form_figures({survey.version: survey}, counted_of(responses), plan, group)


def group_of(plan: Plan, row: Row, tree: UnitTree) -> PlanGroup | None:
    """The first group of a plan that a response fits, by the literal rules of the plan."""
    response = row.response
    if row.unit != plan.unit and row.unit not in tree.subtree(plan.unit, row.day):
        return None
    for group in plan.groups:
        first, last = plan.window(group)
        if response.survey.id != group.survey or response.respondent not in group.respondents:
            continue
        if response.channel not in group.channels:
            continue
        if (first or row.day) <= row.day <= (last or row.day):
            return group
    return None


def plan_figures_of(
    plan: Plan, surveys: Mapping[tuple[str, int], Survey], rows: Iterable[Row], tree: UnitTree
) -> PlanFigures:
    """The figures of a plan, out of every response there is."""
    every = list(rows)
    counting = {response.id for response in standing(row.response for row in every)}
    groups: defaultdict[str, list[Response]] = defaultdict(list)
    for row in every:
        group = group_of(plan, row, tree)
        if group is not None and row.response.id in counting:
            groups[group.id].append(row.response)
    return plan_figures(plan, surveys, {group: counted_of(found) for group, found in groups.items()})


def forms_of(plan: Plan, rows: Iterable[Row], tree: UnitTree) -> Counter[tuple[str, str]]:
    """The answered forms that count for each group, by group and unit."""
    every = list(rows)
    counting = {response.id for response in standing(row.response for row in every)}
    found: Counter[tuple[str, str]] = Counter()
    for row in every:
        group = group_of(plan, row, tree)
        if group is not None and row.response.id in counting and row.response.outcome in ANSWERED:
            found[group.id, row.unit] += 1
    return found


def outside_of(plan: Plan, rows: Iterable[Row], tree: UnitTree) -> tuple[Outside, ...]:
    """The answered forms that name a plan and don't count for it."""
    every = list(rows)
    counting = {response.id for response in standing(row.response for row in every)}
    days: defaultdict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for row in every:
        one = row.response
        named = one.plan == plan.id and one.id in counting and one.outcome in ANSWERED
        if named and group_of(plan, row, tree) is None:
            days[row.unit, one.survey.id, one.respondent, one.channel].append(row.day.isoformat())
    return tuple(
        Outside(
            unit=unit,
            survey=survey,
            respondent=respondent,
            channel=channel,
            first=min(found),
            last=max(found),
            forms=len(found),
        )
        for (unit, survey, respondent, channel), found in sorted(days.items())
    )
