"""What the reports about a whole survey say by themselves, group by group of its plan.

Groups have forms of their own, so nothing of two groups is added. Of a random sample an interval is printed,
except where people chose themselves, see figures/statistics.py.

Promises, each with a test:
- every figure is of the days of the report, also where the plan has more days;
- “Năm trước” says what was issued about the same days a year before, if anything was; like all figures it is
  read with the others, and stays as it is from the approval on.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.driver_query import read_drivers
from sync.central.figures.factors import factors
from sync.central.figures.periods import Period, compared
from sync.central.figures.plans import read_figures, read_forms
from sync.central.figures.progress import UnitProgress, progress
from sync.central.figures.statistics import GroupFigures, RatingFigures
from sync.central.figures.summary import Axis
from sync.central.office.configuration.handed_over import Source as HandedOver
from sync.central.office.paper.listing import PaperCounts, counts_of_plan
from sync.central.office.planning.returned_table import Returned, returned_of
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.presenting.numbers import two_decimals
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.drawn import DrawnSample, drawn_samples
from sync.central.reports.kinds.followed_up import Remarks, RemedyLine, read_remarks, read_remedies
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.kinds.levels import ENOUGH, Rated, RatedForm, as_issued, levels_of
from sync.central.reports.kinds.office_reports import OfficeReport
from sync.central.reports.kinds.rechecked import CheckedInterviewer, checked_interviewers
from sync.central.reports.kinds.returned import Item, UnitShare, compare_table, items_of_group
from sync.central.reports.kinds.sources import Source, source_of
from sync.central.reports.records.stored import issued_of, of_these_days
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REPORT_PLAN_ELSEWHERE, REPORT_WITHOUT_PLAN
from sync.contract.survey import Rating, Survey
from sync.contract.text import pick

_DAY = timedelta(days=1)


class Reached(Struct, frozen=True):
    """Forms of one unit or part of a group. name: "" for all units without a number. wanted: 0 for none."""

    name: str
    wanted: int
    forms: int


class Ranked(Struct, frozen=True, kw_only=True):
    """The overall rating of one unit. rank: among those of the group with enough answers, else None.

    unit: its code.
    """

    name: str
    n: int
    percent: str | None
    rank: int | None = None
    unit: str = ""


class Factor(Struct, frozen=True, kw_only=True):
    """How a rating goes along with the overall one among the n people who gave both.

    correlation: Spearman's, two decimals; None where it can't be calculated. priority: the place in the order
    in which to improve; None without a correlation above 0.
    """

    question: str
    n: int
    mean: str | None
    percent: str | None
    correlation: str | None
    priority: int | None = None


class GroupResult(Struct, frozen=True, kw_only=True):
    """One group of the plan. Everything of `group` is as the plan says it.

    title, version, criteria, levels, rule: of its form. forms: answered ones; chosen: by people who chose
    themselves; unjoined: answers to questions that the newest version has changed or dropped. margin: of the
    forms at hand, in percent, None where there is none. overall: the wording of the overall rating. ratings:
    `then` is the year before.
    """

    group: PlanGroup
    first: date | None
    last: date | None
    title: str
    version: int
    criteria: int
    levels: tuple[tuple[int, str], ...]
    rule: str
    forms: int
    chosen: int
    unjoined: int
    margin: str | None
    overall: str
    ratings: tuple[Rated, ...]
    reached: tuple[Reached, ...]
    ranked: tuple[Ranked, ...]
    factors: tuple[Factor, ...]

    @property
    def name(self) -> str:
        """What the plan calls it."""
        return pick(self.group.name, "vi")

    @property
    def rated(self) -> RatedForm:
        """Its ratings as those of a form."""
        return RatedForm(
            survey=self.group.survey,
            version=self.version,
            title=self.title,
            levels=self.levels,
            rule=self.rule,
            ratings=self.ratings,
        )


class ComparedWith(Struct, frozen=True, kw_only=True):
    """The table that came back of the plan's data, next to these figures. source: from whom, and its file.

    lines: how many; same, differing, unknown: of them, see returned.py. forms, points: largest difference.
    """

    source: HandedOver
    lines: int
    same: int
    differing: int
    unknown: int
    forms: int
    points: str


class SurveyFigures(Struct, frozen=True, kw_only=True):
    """All that a report about a survey says by itself.

    until: the last day that is counted. backdated: the days before the plan was issued that are counted, and
    the answered forms of these. respondents, channels: answered forms by each. voided: what staff took back.
    paper: of the whole plan, None if it has no paper forms. samples, checked: its draws, and the re-checks of
    each interviewer. offices: what they reported, for a report that joins theirs. compared: with a table of
    another body, None before one came back.
    """

    asked: Asked
    until: date
    frame: Frame
    plan: Plan
    groups: tuple[GroupResult, ...]
    backdated: Period | None
    backdated_forms: int
    respondents: dict[str, int]
    channels: dict[str, int]
    voided: int
    remarks: Remarks
    remedies: tuple[RemedyLine, ...]
    paper: PaperCounts | None = None
    samples: tuple[DrawnSample, ...] = ()
    checked: tuple[CheckedInterviewer, ...] = ()
    offices: tuple[OfficeReport, ...] = ()
    compared: ComparedWith | None = None

    def reported(self, group: GroupResult, words: str) -> str:
        """What the office of a group wrote in this text of its own report; "" for nothing."""
        return next((each.words.get(words, "") for each in self.offices if each.group == group.group.id), "")

    @property
    def forms(self) -> int:
        """All answered forms."""
        return sum(each.forms for each in self.groups)

    @property
    def year_before(self) -> Period:
        """The same days a year before."""
        return periods.year_before(Period(self.asked.first, self.asked.last))


def read_survey(connection: Connection, asked: Asked, now: datetime) -> SurveyFigures:
    """The figures of a plan, of days that are over. Raises ProblemError HL5020, HL5190, HL5191."""
    source = source_of(connection, asked, now)
    plan = source.plan
    if plan is None:
        raise ProblemError(REPORT_WITHOUT_PLAN(where="plan"))
    if plan.unit != asked.unit:
        raise ProblemError(REPORT_PLAN_ELSEWHERE(where="plan", detail=f"{plan.id}: {plan.unit}"))
    counting = _within(plan, source.period)
    by_group = {each.group: each for each in read_figures(connection, counting, over=True).groups}
    tree = UnitTree(load_units(connection))
    reached = progress(plan, tree, read_forms(connection, counting, over=True), asked.last)
    backdated = _backdated(plan, source.period)
    early = source.summary(period=backdated).handovers if backdated else None
    figures = SurveyFigures(
        asked=asked,
        until=source.until,
        frame=read_frame(connection, asked.unit, plan, asked.last),
        plan=plan,
        groups=tuple(
            _group(
                source,
                counting,
                group,
                by_group[group.id],
                [each for each in reached if each.group == group.id],
            )
            for group in plan.groups
            if asked.group in ("", group.id)
        ),
        backdated=backdated,
        backdated_forms=early.answered + early.untagged if early else 0,
        respondents=_answered(source, "respondent"),
        channels=_answered(source, "channel"),
        voided=source.summary().handovers.voided,
        remarks=read_remarks(source),
        remedies=read_remedies(source),
        paper=counts_of_plan(connection, plan.id),
        samples=tuple(drawn_samples(connection, plan)),
        checked=tuple(checked_interviewers(connection, plan)),
    )
    returned = returned_of(connection, plan.id)
    if returned is None:
        return figures
    return replace(figures, compared=_compared_with(returned, figures))


def _compared_with(returned: Returned, figures: SurveyFigures) -> ComparedWith:
    found = compare_table(returned.lines, items_of(figures))
    return ComparedWith(
        source=returned.source,
        lines=len(found.lines),
        same=found.same,
        differing=len(found.differing),
        unknown=len(found.unknown),
        forms=max((abs(each.forms) for each in found.differing), default=0),
        points=str(max((abs(each.points) for each in found.differing), default=Decimal(0))),
    )


def items_of(figures: SurveyFigures) -> tuple[Item, ...]:
    """The figures that a table of another body can be compared with."""
    return tuple(
        item
        for group in figures.groups
        for item in items_of_group(
            group.group,
            group.forms,
            group.ratings,
            (
                *(
                    UnitShare(unit=each.name, name=each.name, n=each.forms, percent=None)
                    for each in group.reached
                    if each.name
                ),
                *(
                    UnitShare(unit=each.unit, name=each.name, n=each.n, percent=each.percent)
                    for each in group.ranked
                ),
            ),
            next((each.question for each in group.ratings if each.text == group.overall), ""),
        )
    )


def _within(plan: Plan, period: Period) -> Plan:
    """The plan as if it collected on these days alone."""
    groups = []
    for group in plan.groups:
        starts, ends = plan.window(group)
        first, last = max(starts or period.first, period.first), min(ends or period.last, period.last)
        top_ups = tuple(
            replace(each, starts=max(each.starts, period.first), ends=min(each.ends, period.last))
            for each in group.top_ups
            if each.starts <= period.last and period.first <= each.ends
        )
        groups.append(replace(group, starts=first, ends=last, top_ups=top_ups))
    return replace(plan, groups=tuple(groups))


def _group(
    source: Source, counting: Plan, group: PlanGroup, found: GroupFigures, reached: list[UnitProgress]
) -> GroupResult:
    """One group. counting: the plan of which only the days of the report count."""
    figures = found.figures
    survey = source.names.surveys[figures.survey, figures.version]
    ratings = tuple(_rated(each, survey) for each in figures.ratings)
    overall = group.overall or next((each.question for each in ratings), "")
    first, last = source.plan.window(group) if source.plan else (None, None)
    margin = None
    if found.margin is not None:
        margin = str(Decimal(repr(100 * found.margin)).quantize(Decimal("0.1"), ROUND_HALF_UP))
    rule = next((each.rule for each in figures.ratings if each.rule), None)
    return GroupResult(
        group=group,
        first=first,
        last=last,
        title=pick(survey.title, "vi"),
        version=survey.version,
        criteria=sum(isinstance(question, Rating) for question in survey.questions),
        levels=levels_of(survey),
        rule=pick(rule.text, "vi") if rule else "",
        forms=figures.forms,
        chosen=figures.chosen,
        unjoined=sum(each.n for each in figures.unjoined),
        margin=margin,
        overall=pick(survey.question(overall).text, "vi") if overall else "",
        ratings=_next_to_last_year(source, survey, ratings),
        reached=tuple(Reached(_named(source, group, each.unit), each.wanted, each.forms) for each in reached),
        ranked=_ranked(source, group, overall) if len(reached) > 1 and not group.parts else (),
        factors=_factors(source, counting, group, survey, figures.ratings),
    )


def _rated(figures: RatingFigures, survey: Survey) -> Rated:
    share = figures.satisfied
    interval = figures.interval
    return Rated(
        question=figures.question,
        text=pick(survey.question(figures.question).text, "vi"),
        n=figures.n,
        percent=str(share.percent) if share and share.n else None,
        counts=tuple(sorted(figures.counts.items())),
        not_applicable=figures.not_applicable,
        low=_percent(interval.low) if interval else None,
        high=_percent(interval.high) if interval else None,
    )


def _percent(share: float) -> str:
    return str(Decimal(repr(100 * share)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _next_to_last_year(source: Source, survey: Survey, ratings: tuple[Rated, ...]) -> tuple[Rated, ...]:
    """The ratings next to all answers to the same form on the same days a year before."""
    period = periods.year_before(source.period)
    earlier = source.summary(period=period, of_plan=False, survey=survey.id)
    issued = _issued(source, period, survey.id)
    if issued is not None:
        earlier = as_issued(earlier, issued)
    if not earlier.surveys:
        return ratings
    now = source.summary(survey=survey.id)
    surveys = source.names.surveys
    both = {each.question: each for each in compared(now, earlier, surveys) if each.now and each.then}
    found = []
    for rated in ratings:
        match = both.get(rated.question)
        if match is None or match.now is None or match.then is None or match.now.percent != rated.percent:
            found.append(rated)
        else:
            then = match.then
            found.append(replace(rated, then=then.percent, then_n=then.n, points=match.points))
    return tuple(found)


def _issued(source: Source, period: Period, survey: str) -> list[RatedForm] | None:
    """The ratings of this form in the report about these days that was issued; None without one."""
    asked = source.asked
    there = of_these_days(source.connection, asked.unit, period.first, period.last)
    days = (period.first, period.last)
    same = [
        each
        for each in there
        if each.asked.kind == asked.kind and (each.asked.first, each.asked.last) == days
    ]
    report = issued_of(same)
    if report is None:
        return None
    groups = msgspec.json.decode(report.figures, type=SurveyFigures).groups
    return [each.rated for each in groups if each.group.survey == survey]


def _ranked(source: Source, group: PlanGroup, overall: str) -> tuple[Ranked, ...]:
    """The units of a group by their overall rating; those with few answers last and without a place."""
    rows = [
        row
        for summary in source.summary("unit", survey=group.survey).surveys
        for row in summary.rows
        if row.question == overall and row.percent is not None
    ]
    rows.sort(key=lambda row: ((row.n or 0) < ENOUGH, -Decimal(row.percent or 0), row.by["unit"]))
    shares = [Decimal(row.percent or 0) for row in rows if (row.n or 0) >= ENOUGH]
    names = source.names.units
    return tuple(
        Ranked(
            name=names.get(row.by["unit"], row.by["unit"]),
            n=row.n or 0,
            percent=row.percent,
            unit=row.by["unit"],
            rank=1 + shares.index(Decimal(row.percent or 0)) if (row.n or 0) >= ENOUGH else None,
        )
        for row in rows
    )


def _factors(
    source: Source, counting: Plan, group: PlanGroup, survey: Survey, ratings: tuple[RatingFigures, ...]
) -> tuple[Factor, ...]:
    """Every other rating, the strongest correlation first."""
    counted = next(each for each in counting.groups if each.id == group.id)
    return tuple(
        Factor(
            question=pick(survey.question(each.driver.question).text, "vi"),
            n=each.driver.n,
            mean=_two(each.rating.mean),
            percent=_rated(each.rating, survey).percent,
            correlation=_two(each.driver.correlation),
            priority=each.priority,
        )
        for each in factors(read_drivers(source.connection, counting, counted, survey), ratings)
    )


def _two(number: float | None) -> str | None:
    return None if number is None else str(two_decimals(number))


def _answered(source: Source, axis: Axis) -> dict[str, int]:
    """Answered forms of the plan under each value of an axis."""
    rows = source.summary(axis).handovers.rows
    found = {row.by[axis]: (row.answered or 0) + (row.untagged or 0) for row in rows}
    return {name: n for name, n in sorted(found.items()) if n}


def _named(source: Source, group: PlanGroup, unit: str) -> str:
    parts: Mapping[str, str] = {part.id: pick(part.name, "vi") for part in group.parts}
    return parts.get(unit) or source.names.units.get(unit, unit)


def _backdated(plan: Plan, period: Period) -> Period | None:
    """The days of the survey before its plan was issued."""
    if plan.issued is None or period.first >= plan.issued:
        return None
    return Period(period.first, min(period.last, plan.issued - _DAY))
