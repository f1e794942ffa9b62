"""What may truthfully be said about counted answers. Pure: responses or counts in, figures out.

Promises, each with a test:
- a share stands with its n and with the rule it was made by; "không áp dụng" and blanks are no part of n;
- an interval is given for random samples alone, and narrows with the part of the population that was asked;
- answers on different scales are never added (HL5050);
- percentages are rounded once, to one decimal, halves upwards;
- what was voided counts nowhere.

Calling levels 4 and 5 satisfied is the usage of Vietnamese offices, not a law: the rule is printed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sync.central.fieldwork.sampling import Z95, Interval, margin_of_error, wilson
from sync.contract.plan import Plan, PlanGroup, group_of
from sync.contract.problem import ProblemError, problem
from sync.contract.response import Outcome, Response
from sync.contract.survey import NOT_APPLICABLE, Choice, Choices, Number, Rating, Survey, YesNo
from sync.contract.text import Text

# Outcomes in which somebody answered something.
ANSWERED: tuple[Outcome, ...] = ("complete", "partial")


# --- shares ------------------------------------------------------------------------------------------


class Share(Struct, frozen=True):
    """`count` of `n`. Never shown without its n."""

    count: int
    n: int

    @property
    def percent(self) -> Decimal | None:
        """Percent to one decimal, halves upwards; None of nothing."""
        if not self.n:
            return None
        return Decimal(tenths_of_percent(self.count, self.n)).scaleb(-1)

    def words(self, language: Literal["vi", "en"] = "vi") -> str:
        """The share as it is printed, such as "90,5 % (n = 21)"; no line break inside a number."""
        percent = "–" if self.percent is None else f"{self.percent}\u00a0%"
        words = f"{percent} (n\u00a0=\u00a0{self.n})"
        return words.replace(".", ",") if language == "vi" else words


def tenths_of_percent(count: int, n: int) -> int:
    """⌊1000 · count / n + ½⌋: the share in tenths of a percent, halves upwards, in whole numbers alone."""
    return (2000 * count + n) // (2 * n)


class Rule(Struct, frozen=True):
    """What counts as satisfied on a scale; `text` is printed beside every figure made by it."""

    levels: tuple[int, ...]
    satisfied: tuple[int, ...]
    text: Text


_RULES = (
    Rule(
        (1, 2, 3, 4, 5),
        (4, 5),
        {
            "vi": "Tỷ lệ hài lòng = số lượt chọn mức 4 và mức 5 chia cho số lượt có chọn mức (n); "
            "không tính “không áp dụng” và câu bỏ trống.",
            "en": "Satisfied = answers of levels 4 and 5 out of all answers with a level (n); "
            "“not applicable” and blanks are left out.",
        },
    ),
    Rule(
        (1, 2, 3),
        (3,),
        {
            "vi": "Tỷ lệ hài lòng = số lượt chọn mức 3 (cao nhất) chia cho số lượt có chọn mức (n); "
            "không tính “không áp dụng” và câu bỏ trống.",
            "en": "Satisfied = answers of level 3 (the highest) out of all answers with a level (n); "
            "“not applicable” and blanks are left out.",
        },
    ),
)


def rule_for(levels: Iterable[int]) -> Rule | None:
    """The rule of the scale with these levels; None where none is agreed, and then no share is given."""
    scale = tuple(sorted(levels))
    return next((rule for rule in _RULES if rule.levels == scale), None)


# --- one question ------------------------------------------------------------------------------------


class RatingFigures(Struct, frozen=True, kw_only=True):
    """The answers to one rating: how often each level of its scale was chosen, zeros included.

    interval: of the share of satisfied answers, where the design allows one.
    """

    question: str
    counts: dict[int, int]
    not_applicable: int = 0
    interval: Interval | None = None

    @property
    def n(self) -> int:
        """How many answers with a level."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The mean level; None of nothing. A scale of levels is no ruler: show it beside the distribution."""
        return sum(level * count for level, count in self.counts.items()) / self.n if self.n else None

    @property
    def distribution(self) -> dict[int, Share]:
        """The share of each level."""
        return {level: Share(count, self.n) for level, count in self.counts.items()}

    @property
    def rule(self) -> Rule | None:
        """What counts as satisfied here."""
        return rule_for(self.counts)

    @property
    def satisfied(self) -> Share | None:
        """The share of satisfied answers by `rule`; None where the scale has no rule."""
        if self.rule is None:
            return None
        return Share(sum(self.counts[level] for level in self.rule.satisfied), self.n)


class ChoiceFigures(Struct, frozen=True, kw_only=True):
    """The answers to any other question that is counted: how often each was given, and by how many people.

    counts: by option id, "true"/"false", or the number as text. n: people who answered; with several
    options a person counts under each, so the counts can exceed n.
    """

    question: str
    counts: dict[str, int]
    n: int
    not_applicable: int = 0


def rating_figures(question: str, levels: Iterable[int], answers: Iterable[object]) -> RatingFigures:
    """The figures of one rating on this scale; answers that are neither a level nor `na` raise ValueError."""
    scale = tuple(levels)
    found = Counter(answers)
    not_applicable = found.pop(NOT_APPLICABLE, 0)
    if not found.keys() <= set(scale):
        raise ValueError(f"{question}: an answer that is no level of {scale}")
    counts = {level: found[level] for level in scale}
    return RatingFigures(question=question, counts=counts, not_applicable=not_applicable)


def add(first: RatingFigures, second: RatingFigures) -> RatingFigures:
    """Both together, without an interval. Raises ProblemError HL5050 where their scales differ."""
    if first.counts.keys() != second.counts.keys():
        detail = f"{sorted(first.counts)} + {sorted(second.counts)}"
        raise ProblemError(problem("HL5050", where=second.question, detail=detail))
    return RatingFigures(
        question=first.question,
        counts={level: count + second.counts[level] for level, count in first.counts.items()},
        not_applicable=first.not_applicable + second.not_applicable,
    )


# --- one form, one plan ------------------------------------------------------------------------------


class FormFigures(Struct, frozen=True, kw_only=True):
    """All counted answers to one version of one form. forms: responses in which somebody answered."""

    survey: str
    version: int
    forms: int
    outcomes: dict[Outcome, int]
    ratings: tuple[RatingFigures, ...]
    choices: tuple[ChoiceFigures, ...]

    def rating(self, question: str) -> RatingFigures:
        """The figures of this rating; KeyError where there is none."""
        for rating in self.ratings:
            if rating.question == question:
                return rating
        raise KeyError(question)


def form_figures(
    survey: Survey, responses: Iterable[Response], plan: Plan | None = None, group: PlanGroup | None = None
) -> FormFigures:
    """The figures of `survey` in this version; responses to others, and voided ones, are left out.

    An interval is given only where `plan` is a random sample, corrected for the population of `group`.
    """
    mine = [
        response
        for response in standing(responses)
        if (response.survey.id, response.survey.version) == (survey.id, survey.version)
    ]
    answered = [response for response in mine if response.outcome in ANSWERED]
    levels = tuple(level.value for level in survey.levels)
    ratings = [
        rating_figures(question.id, levels, _answers(question.id, answered))
        for question in survey.questions
        if isinstance(question, Rating)
    ]
    choices = [
        _choice_figures(question, _answers(question.id, answered))
        for question in survey.questions
        if isinstance(question, Choice | Choices | YesNo | Number)
    ]
    return FormFigures(
        survey=survey.id,
        version=survey.version,
        forms=len(answered),
        outcomes=dict(Counter(response.outcome for response in mine)),
        ratings=tuple(_with_interval(rating, plan, group) for rating in ratings),
        choices=tuple(choices),
    )


def standing(responses: Iterable[Response]) -> list[Response]:
    """The responses that count: neither voided themselves nor by a later one."""
    every = list(responses)
    voided = {response.void.response for response in every if response.void and response.void.response}
    return [response for response in every if response.outcome != "voided" and response.id not in voided]


class GroupFigures(Struct, frozen=True, kw_only=True):
    """One group of a plan: how many forms it wants, and what those it has say.

    margin: half the width, as a share, that the plan's own assumptions give with the forms at hand; only
    for a random sample.
    """

    group: str
    wanted: int
    figures: FormFigures
    margin: float | None = None


class PlanFigures(Struct, frozen=True, kw_only=True):
    """A plan as it stands. outside: answered responses of the plan that fit none of its groups."""

    plan: str
    groups: tuple[GroupFigures, ...]
    outside: int


def plan_figures(plan: Plan, surveys: Mapping[str, Survey], responses: Iterable[Response]) -> PlanFigures:
    """The figures of every group of `plan` from the responses that name it; `surveys` by id."""
    sorted_in: dict[str, list[Response]] = {group.id: [] for group in plan.groups}
    outside = 0
    for response in standing(responses):
        if response.plan != plan.id:
            continue
        group = group_of(plan, response)
        if group is not None:
            sorted_in[group.id].append(response)
        elif response.outcome in ANSWERED:
            outside += 1
    groups = tuple(
        _group_figures(plan, group, surveys[group.survey], sorted_in[group.id]) for group in plan.groups
    )
    return PlanFigures(plan=plan.id, groups=groups, outside=outside)


def _group_figures(plan: Plan, group: PlanGroup, survey: Survey, responses: list[Response]) -> GroupFigures:
    figures = form_figures(survey, responses, plan, group)
    margin = None
    if plan.sample and plan.design == "random" and figures.forms:
        population = _population(group, figures.forms)
        margin = margin_of_error(figures.forms, plan.sample.share, plan.sample.z, population)
    return GroupFigures(group=group.id, wanted=group.wanted, figures=figures, margin=margin)


def _with_interval(rating: RatingFigures, plan: Plan | None, group: PlanGroup | None) -> RatingFigures:
    share = rating.satisfied
    if plan is None or plan.design != "random" or share is None or not share.n:
        return rating
    z = plan.sample.z if plan.sample else Z95
    return replace(rating, interval=wilson(share.count, share.n, z, _population(group, share.n)))


def _population(group: PlanGroup | None, n: int) -> int | None:
    """How many people could have been asked, where the plan says so and can be right."""
    return group.population if group and group.population >= n else None


def _answers(question: str, responses: Iterable[Response]) -> list[object]:
    return [response.answers[question] for response in responses if question in response.answers]


def _choice_figures(question: Choice | Choices | YesNo | Number, answers: list[object]) -> ChoiceFigures:
    given = [answer for answer in answers if answer != NOT_APPLICABLE]
    counts: Counter[str] = Counter()
    if isinstance(question, Choice | Choices):
        counts.update({option.id: 0 for option in question.options})
    for answer in given:
        parts = answer if isinstance(answer, tuple) else (answer,)
        counts.update(str(part).lower() if isinstance(part, bool) else str(part) for part in parts)
    return ChoiceFigures(
        question=question.id,
        counts=dict(counts),
        n=len(given),
        not_applicable=len(answers) - len(given),
    )
