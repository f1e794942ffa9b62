"""A survey plan: why responses are collected, from whom, when, and how many are needed. One TOML file each.

A plan says everything its text says: the office prints the plan and its reports from it. A terminal gets the
few fields it needs, see `for_terminals`.

What every plan must satisfy, checked by `decode_plan` before anything uses it:
- every group names an existing form, and asks only people whom that form is for;
- that form has every criterion the group requires, and nobody can skip one;
- a group's window is in order and within the plan's; it may begin before the plan was issued (back-dated);
- only a random sample has sample arithmetic, a quota has numbers, a census has a list;
- a bad file is refused with the file, the key and the reason, and no part of it is used.

A day that the text gives as “trước ngày X” is kept as `before`: the last day is then the day before it.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta, timezone
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.files import decode_toml
from sync.contract.official import Basis, Recipient, Signer, Words
from sync.contract.opening import WEEKDAYS, Opening
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import (
    CRITERION_MISSING,
    ENTRY_INVALID,
    ID_REPEATED,
    REFERENCE_DANGLING,
    TEXT_MISSING,
)
from sync.contract.response import Channel, Respondent
from sync.contract.survey import Rating, Survey
from sync.contract.text import Id, Text

# open: anyone may answer. census: everyone on the list. quota: fixed numbers by group. random: drawn by
# chance, the only design with a valid margin of error.
Design = Literal["open", "census", "quota", "random"]

# The kind of a step of the timetable; "recheck" is phúc tra, asking some of the people again.
StepKind = Literal["prepare", "collect", "recheck", "enter", "check", "analyse", "report", "publish"]

# Days of a plan are days in Viet Nam, which has had one offset and no summer time since 1975.
VIET_NAM = timezone(timedelta(hours=7))

Share = Annotated[float, Meta(gt=0, lt=1)]
Number = Annotated[int, Meta(ge=0)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How many forms of a group one unit, or several similar units, should collect in total.

    who: hands the forms out and collects them.
    """

    id: Id
    name: Text
    forms: Number
    units: Number = 1
    who: str = ""


class TopUp(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """More people of one unit who are asked on days of their own (điều tra bổ sung), also after the window.

    unit: whose list they are of. why: in the words of who ordered it, on the day `ordered`.
    """

    unit: Id
    people: Annotated[int, Meta(ge=1)]
    starts: date
    ends: date
    why: Words
    ordered: date


class PlanGroup(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One part of a plan: a form, the people it is for, how it reaches them, and when.

    form_code: the form's number in the office's own records, such as BM.VP.07.02. form_source: who made it.
    mandatory: ids of the questions that the form must have. who: hands the forms out and collects them.
    hours: when they are collected, also on days on which the office is closed; none: as in the plan.
    units: how many units take part, of the kind `unit_kind`; per_unit, total or parts: the target number of
    forms (none of them: no target). frame: the list of people, and how they are selected from it.
    every, per_day: where people are met and there is no list, every how many visitors one is asked, 0 where
    nobody is met; and how many forms a unit brings a day at most, 0 for a fifth of its forms.
    population: how many people the list has, if known. stated_share: the share of them that the plan's text
    says the forms are. overall: the overall rating, which the other ratings explain. top_ups: people who are
    asked in addition, ordered while the plan is carried out.
    """

    id: Id
    name: Text
    survey: Id
    form_code: str = ""
    form_source: str = ""
    mandatory: tuple[Id, ...] = ()
    respondents: tuple[Respondent, ...]
    channels: tuple[Channel, ...]
    who: str = ""
    starts: date | None = None
    ends: date | None = None
    hours: tuple[Opening, ...] = ()
    unit_kind: str = ""
    units: Number = 1
    per_unit: Number = 0
    total: Number = 0
    parts: tuple[Part, ...] = ()
    population: Number = 0
    stated_share: Share | None = None
    frame: str = ""
    every: Number = 0
    per_day: Number = 0
    overall: str = ""
    top_ups: tuple[TopUp, ...] = ()

    @property
    def wanted(self) -> int:
        """How many forms this group should collect; 0 if the plan sets no number."""
        return sum(part.forms for part in self.parts) or self.total or self.units * self.per_unit


class Sample(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The parameters of a random sample: expected share, margin and z, and the size the plan states.

    source: where the expected share comes from, such as last year's survey.
    """

    share: Share
    margin: Share
    z: Annotated[float, Meta(gt=0)]
    stated: int
    source: str = ""


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One line of the plan's timetable: what, from its first to its last day, and who is responsible.

    before: “trước ngày”, instead of `ends`. to: who gets the result.
    """

    kind: StepKind
    name: Text
    starts: date | None = None
    ends: date | None = None
    before: date | None = None
    who: str = ""
    to: str = ""

    @property
    def last_day(self) -> date | None:
        """Its last day; None if the plan sets none."""
        return self.ends or _day_before(self.before)


class Task(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What one office or title has to do, in the words of the plan.

    due: its last day; before: “trước ngày”, instead of `due`. to: who gets the result.
    """

    name: Words
    owner: Words
    due: date | None = None
    before: date | None = None
    to: str = ""

    @property
    def last_day(self) -> date | None:
        """Its last day; None if the plan sets none."""
        return self.due or _day_before(self.before)


class Objective(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A quality objective (mục tiêu chất lượng): the share of satisfied answers that a rating should reach.

    group: of this group alone. percent: None if the plan's text names the objective without its number.
    source: the document that sets it.
    """

    question: Id
    group: Id | None = None
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    source: str = ""


class Cost(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One line of the budget: a number of things, such as forms, at a price each in đồng."""

    name: Words
    count: Number
    price: Number

    @property
    def total(self) -> int:
        """In đồng."""
        return self.count * self.price


class Budget(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the survey is paid from. basis: the documents that set the rates. costs: what it is paid for."""

    source: Words
    basis: tuple[Basis, ...] = ()
    costs: tuple[Cost, ...] = ()

    @property
    def total(self) -> int:
        """In đồng."""
        return sum(cost.total for cost in self.costs)


class Consultant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An independent organisation that does the field work. contract: what its contract settles."""

    role: Words
    contract: str = ""


class Plan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One plan as its authority issued it.

    basis, recipients, signer: as the document prints them. purposes, requirements: its first section.
    hours: when forms are collected, see `PlanGroup`. recheck_percent: smallest share of forms that are
    checked again (phúc tra). report_day: the day of each month on which a report is due, to `report_to`.
    officer_minimum: a summary of this plan marks a figure about one officer as `small` if it rests on fewer
    responses; under 5 it changes nothing. undecided: what the text leaves to a later decision.
    """

    id: Id
    number: str = ""
    title: Text
    authority: str
    issued: date | None = None
    basis: tuple[Basis, ...] = ()
    purposes: tuple[Words, ...] = ()
    requirements: tuple[Words, ...] = ()
    unit: Id
    design: Design
    groups: tuple[PlanGroup, ...]
    starts: date | None = None
    ends: date | None = None
    hours: tuple[Opening, ...] = ()
    objectives: tuple[Objective, ...] = ()
    steps: tuple[Step, ...] = ()
    tasks: tuple[Task, ...] = ()
    recheck_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    report_day: Annotated[int, Meta(ge=0, le=31)] = 0
    report_to: str = ""
    officer_minimum: Annotated[int, Meta(ge=1)] = 5
    retention_days: Annotated[int, Meta(ge=1)] = 730
    sample: Sample | None = None
    consultant: Consultant | None = None
    budget: Budget | None = None
    undecided: tuple[Words, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    signer: Signer | None = None

    @property
    def wanted(self) -> int:
        """How many forms the plan should collect in total; 0 if it sets no number."""
        return sum(group.wanted for group in self.groups)

    @property
    def rechecks(self) -> int:
        """How many of the target forms are checked again, rounded up because the plans say "at least"."""
        return -(-self.wanted * self.recheck_percent // 100)

    def group(self, id: str) -> PlanGroup:
        """The group with this id; KeyError if there is none."""
        for group in self.groups:
            if group.id == id:
                return group
        raise KeyError(id)

    def window(self, group: PlanGroup) -> tuple[date | None, date | None]:
        """First and last day on which a response counts for `group`; None: no limit."""
        return group.starts or self.starts, group.ends or self.ends

    def asks_on(self, group: PlanGroup, unit: str, day: date) -> bool:
        """Whether people of the unit's list are asked on `day`: in the window, or in a top-up of the unit."""
        first, last = self.window(group)
        return (first or day) <= day <= (last or day) or any(
            each.starts <= day <= each.ends for each in group.top_ups if each.unit == unit
        )

    def last_day_at(self, group: PlanGroup, unit: str) -> date | None:
        """The last day on which people of the unit's list are asked; None: no limit."""
        last = self.window(group)[1]
        return last and max([last, *(each.ends for each in group.top_ups if each.unit == unit)])

    @property
    def last_day(self) -> date | None:
        """The last day on which a response counts; None if a group has none."""
        lasts = [self.window(group)[1] for group in self.groups]
        days = [day for day in lasts if day is not None]
        last = self.ends or (max(days) if days and len(days) == len(lasts) else None)
        return last and max([last, *(each.ends for group in self.groups for each in group.top_ups)])

    def collecting(self, group: PlanGroup) -> tuple[Opening, ...]:
        """The hours in which `group` is asked; none: whenever the office is open."""
        return group.hours or self.hours


def for_terminals(plan: Plan, forms: Collection[str] | None = None) -> Plan:
    """What a terminal needs of the plan: its name, whom it asks which form, and when.

    The result has only fields that terminals of release 0.1.0 know. Numbers, parts and lists name other units
    and stay at the office; so the design, whose rules need them, is `open` here: a terminal selects nobody.

    Args:
        plan: as the office has it.
        forms: ids of the forms that the terminal gets; groups of other forms are left out. None: all stay.

    """
    return Plan(
        id=plan.id,
        title=plan.title,
        authority=plan.authority,
        unit=plan.unit,
        design="open",
        starts=plan.starts,
        ends=plan.ends,
        groups=tuple(
            PlanGroup(
                id=group.id,
                name=group.name,
                survey=group.survey,
                respondents=group.respondents,
                channels=group.channels,
                starts=group.starts,
                ends=group.ends,
            )
            for group in plan.groups
            if forms is None or group.survey in forms
        ),
    )


def missing_criteria(group: PlanGroup, survey: Survey) -> tuple[str, ...]:
    """The mandatory criteria that this form lacks, or lets people skip."""
    asked = {question.id for question in survey.questions if question.required}
    return tuple(id for id in group.mandatory if id not in asked)


def report_days(plan: Plan, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` on which the plan's regular report is due: the report day of each month
    of its window, and of the following month for the remaining responses. A month without that day uses its
    last day."""
    if not plan.report_day:
        return ()
    begins, ends = max(first, plan.starts or first), min(last, _month_later(plan.ends) if plan.ends else last)
    found = []
    year, month = begins.year, begins.month
    while (year, month) <= (ends.year, ends.month):
        due = date(year, month, min(plan.report_day, monthrange(year, month)[1]))
        if begins <= due <= ends:
            found.append(due)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(found)


def _day_before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def _month_later(day: date) -> date:
    """The last day of the month after."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, monthrange(year, month)[1])


def decode_plan(text: str, surveys: Iterable[Survey], where: str) -> Plan:
    """The plan in this TOML text; `where` names the file. Raises ProblemError (HL1002 … HL1006)."""
    plan = decode_toml(text, Plan, where)
    for found in plan_problems(plan, surveys):
        raise ProblemError(found.kind(where=f"{where}: {found.where}", detail=found.detail))
    return plan


def plan_problems(plan: Plan, surveys: Iterable[Survey]) -> Iterator[Problem]:
    """All faults of a plan that may use these forms, each in its highest version; `where` is the key."""
    yield from _missing_texts(plan)
    yield from _wrong_order("", plan.starts, plan.ends)
    yield from _design_problems(plan)
    yield from _duplicates("groups", [group.id for group in plan.groups])
    for index, step in enumerate(plan.steps):
        yield from _wrong_order(
            f"steps[{index}].", step.starts, step.last_day, "before" if step.before else "ends"
        )
        yield from _two_last_days(f"steps[{index}].before", step.ends, step.before)
    for index, task in enumerate(plan.tasks):
        yield from _two_last_days(f"tasks[{index}].before", task.due, task.before)
    forms = {survey.id: survey for survey in sorted(surveys, key=lambda survey: survey.version)}
    for index, group in enumerate(plan.groups):
        where = f"groups[{index}] {group.id}"
        yield from _window_problems(plan, group, where)
        yield from _number_problems(plan, group, where)
        yield from _form_problems(group, forms.get(group.survey), where)
    yield from _hours_problems("hours", plan.hours, plan.starts, plan.ends)
    for index, objective in enumerate(plan.objectives):
        yield from _objective_problems(plan, objective, forms, f"objectives[{index}]")


def _design_problems(plan: Plan) -> Iterator[Problem]:
    if not plan.groups:
        yield ENTRY_INVALID(where="groups", detail="kế hoạch cần ít nhất một nhóm")
    if plan.design == "random" and plan.sample is None:
        yield ENTRY_INVALID(where="sample", detail="chọn mẫu ngẫu nhiên phải ghi share, margin và z")
    if plan.design != "random" and plan.sample is not None:
        yield ENTRY_INVALID(
            where="sample", detail=f"chỉ chọn mẫu ngẫu nhiên mới có, “{plan.design}” thì không"
        )
    if plan.recheck_percent and not plan.wanted:
        yield ENTRY_INVALID(
            where="recheck_percent", detail="không nhóm nào đặt số phiếu để tính tỷ lệ phúc tra"
        )


def _window_problems(plan: Plan, group: PlanGroup, where: str) -> Iterator[Problem]:
    first, last = plan.window(group)
    yield from _wrong_order(f"{where}.", first, last)
    if group.starts and plan.starts and group.starts < plan.starts:
        yield ENTRY_INVALID(where=f"{where}.starts", detail="trước ngày đầu của kế hoạch")
    if group.ends and plan.ends and group.ends > plan.ends:
        yield ENTRY_INVALID(where=f"{where}.ends", detail="sau ngày cuối của kế hoạch")
    for index, each in enumerate(group.top_ups):
        yield from _wrong_order(f"{where}.top_ups[{index}].", each.starts, each.ends)
    yield from _hours_problems(f"{where}.hours", group.hours, first, last)


def _hours_problems(
    where: str, hours: Sequence[Opening], first: date | None, last: date | None
) -> Iterator[Problem]:
    for index, span in enumerate(hours):
        if span.start >= span.end:
            yield ENTRY_INVALID(where=f"{where}[{index}].end", detail="không sau giờ bắt đầu")
    if hours and first and last and first <= last:
        ahead = range(min((last - first).days, 6) + 1)
        if not {WEEKDAYS[(first + timedelta(days=days)).weekday()] for days in ahead} & {
            day for span in hours for day in span.days
        }:
            yield ENTRY_INVALID(where=where, detail="từ ngày đầu đến ngày cuối không có thứ nào như thế")


def _number_problems(plan: Plan, group: PlanGroup, where: str) -> Iterator[Problem]:
    if sum(map(bool, (group.per_unit, group.total, group.parts))) > 1:
        yield ENTRY_INVALID(where=where, detail="chỉ ghi một trong per_unit, total và parts")
    yield from _duplicates(f"{where}.parts", [part.id for part in group.parts])
    if plan.design == "quota" and not group.wanted:
        yield ENTRY_INVALID(where=where, detail="chỉ tiêu cần per_unit, total hoặc parts")
    if plan.design in ("census", "random") and not group.frame:
        yield ENTRY_INVALID(where=f"{where}.frame", detail=f"“{plan.design}” cần danh sách người được hỏi")
    if group.population and group.wanted > group.population:
        yield ENTRY_INVALID(where=f"{where}.population", detail="số người ít hơn số phiếu cần")


def _form_problems(group: PlanGroup, survey: Survey | None, where: str) -> Iterator[Problem]:
    if survey is None:
        yield REFERENCE_DANGLING(where=f"{where}.survey", detail=f"không có phiếu hỏi “{group.survey}”")
        return
    for respondent in group.respondents:
        if respondent not in survey.respondents:
            detail = f"“{survey.id}” không hỏi “{respondent}”"
            yield ENTRY_INVALID(where=f"{where}.respondents", detail=detail)
    if group.overall and group.overall not in _ratings(survey):
        detail = f"“{survey.id}” không có câu đánh giá “{group.overall}”"
        yield REFERENCE_DANGLING(where=f"{where}.overall", detail=detail)
    yield from _duplicates(f"{where}.mandatory", list(group.mandatory))
    missing = missing_criteria(group, survey)
    if missing:
        yield CRITERION_MISSING(where=f"{where}.mandatory", detail=f"“{survey.id}”: {', '.join(missing)}")


def _objective_problems(
    plan: Plan, objective: Objective, forms: dict[str, Survey], where: str
) -> Iterator[Problem]:
    groups = [group for group in plan.groups if objective.group in (None, group.id)]
    if not groups:
        yield REFERENCE_DANGLING(where=f"{where}.group", detail=f"không có nhóm “{objective.group}”")
    for group in groups:
        survey = forms.get(group.survey)
        if survey is not None and objective.question not in _ratings(survey):
            detail = f"“{survey.id}” không có câu đánh giá “{objective.question}”"
            yield REFERENCE_DANGLING(where=f"{where}.question", detail=detail)


def _ratings(survey: Survey) -> set[str]:
    return {question.id for question in survey.questions if isinstance(question, Rating)}


def _two_last_days(where: str, day: date | None, before: date | None) -> Iterator[Problem]:
    if day and before:
        yield ENTRY_INVALID(where=where, detail="chỉ ghi ngày cuối hoặc `before`")


def _wrong_order(where: str, first: date | None, last: date | None, key: str = "ends") -> Iterator[Problem]:
    if first and last and last < first:
        yield ENTRY_INVALID(where=f"{where}{key}", detail="trước ngày đầu")


def _duplicates(where: str, ids: list[str]) -> Iterator[Problem]:
    for id, count in Counter(ids).items():
        if count > 1:
            yield ID_REPEATED(where=where, detail=f"“{id}” ghi {count} lần")


def _missing_texts(plan: Plan) -> Iterator[Problem]:
    for where, text in plan_texts(plan):
        if not text.get("vi", "").strip():
            yield TEXT_MISSING(where=where, detail="thiếu lời bằng “vi”")


def plan_texts(plan: Plan) -> Iterator[tuple[str, Text]]:
    """Every text of the plan with its key."""
    yield "title", plan.title
    for index, group in enumerate(plan.groups):
        yield f"groups[{index}] {group.id}.name", group.name
        for part in group.parts:
            yield f"groups[{index}] {group.id}.parts {part.id}.name", part.name
    for index, step in enumerate(plan.steps):
        yield f"steps[{index}].name", step.name
