"""Shares, means and intervals of counted answers, only where they are valid. Pure: counts in, figures out.

Promises, each with a test:
- a share comes with its n and with its rule; "không áp dụng" and blanks are not part of n;
- an interval is given only for people who were drawn: in a random sample, and none of them at a terminal,
  where people choose themselves; it narrows with the share of the population that was asked;
- answers on different scales are never added (HL5050);
- answers to an earlier version of a form count if the question means the same; the others are listed;
- percentages are rounded once, to one decimal, halves upwards.

Calling levels 4 and 5 satisfied is the usage of Vietnamese offices, not a law, so the rule is printed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.central.figures.sampling import Z95, Interval, margin_of_error, wilson
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import with_n
from sync.contract.meaning import comparable
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SCALES_DIFFER
from sync.contract.response import Channel
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey
from sync.contract.text import Text

# Channels on which people choose themselves: anyone who passes a terminal can answer.
SELF_CHOSEN: tuple[Channel, ...] = ("kiosk",)


# --- shares ------------------------------------------------------------------------------------------


class Share(Struct, frozen=True):
    """`count` of `n`. Never shown without its n."""

    count: int
    n: int

    @property
    def percent(self) -> Decimal | None:
        """Percent to one decimal, halves upwards; None if n is 0."""
        if not self.n:
            return None
        return Decimal(tenths_of_percent(self.count, self.n)).scaleb(-1)

    def words(self, language: Language = "vi") -> str:
        """The share as it is printed, such as "90,5 % (n = 21)"; no line break inside a number."""
        return with_n(self.percent, self.n, language)


def tenths_of_percent(count: int, n: int) -> int:
    """⌊1000 · count / n + ½⌋: the share in tenths of a percent, halves upwards, in integer arithmetic."""
    return (2000 * count + n) // (2 * n)


class Rule(Struct, frozen=True):
    """What counts as satisfied on a scale; `text` is printed next to every figure that uses it."""

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
    """The rule of the scale with these levels; None if none is agreed, and then no share is given."""
    scale = tuple(sorted(levels))
    return next((rule for rule in _RULES if rule.levels == scale), None)


# --- one question ------------------------------------------------------------------------------------


class RatingFigures(Struct, frozen=True, kw_only=True):
    """The answers to one rating: how often each level of its scale was chosen, zeros included.

    interval: of the share of satisfied answers, if the design allows one.
    """

    question: str
    counts: dict[int, int]
    not_applicable: int = 0
    interval: Interval | None = None

    @property
    def n(self) -> int:
        """The number of answers with a level."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The mean level; None without answers. Levels are not equally spaced: show the distribution too."""
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
        """The share of satisfied answers by `rule`; None if the scale has no rule."""
        if self.rule is None:
            return None
        return Share(sum(self.counts[level] for level in self.rule.satisfied), self.n)


def rating_figures(question: str, levels: Iterable[int], answers: Mapping[Any, int]) -> RatingFigures:
    """The figures of one rating on this scale, from how often each answer was given.

    Answers that are neither a level nor `na` raise ValueError.
    """
    scale = tuple(levels)
    if not answers.keys() <= {*scale, NOT_APPLICABLE}:
        raise ValueError(f"{question}: an answer that is no level of {scale}")
    counts = {level: answers.get(level, 0) for level in scale}
    return RatingFigures(question=question, counts=counts, not_applicable=answers.get(NOT_APPLICABLE, 0))


def add(first: RatingFigures, second: RatingFigures) -> RatingFigures:
    """The sum of both, without an interval. Raises ProblemError HL5050 if their scales differ."""
    if first.counts.keys() != second.counts.keys():
        detail = f"{sorted(first.counts)} + {sorted(second.counts)}"
        raise ProblemError(SCALES_DIFFER(where=second.question, detail=detail))
    return RatingFigures(
        question=first.question,
        counts={level: count + second.counts[level] for level, count in first.counts.items()},
        not_applicable=first.not_applicable + second.not_applicable,
    )


# --- one form, one plan ------------------------------------------------------------------------------


class Counted(Struct, frozen=True, kw_only=True):
    """How often one value was given to a question in one version of a form.

    question: "" for the forms with at least one answer; then there is no value. chosen: by people who chose
    themselves, see SELF_CHOSEN.
    """

    version: int
    question: str = ""
    value: str = ""
    chosen: bool
    n: int


class Unjoined(Struct, frozen=True, order=True):
    """Answers to a question of an earlier version that the newest version has changed or dropped."""

    version: int
    question: str
    n: int


class FormFigures(Struct, frozen=True, kw_only=True):
    """All counted answers to one form, under the questions of its newest version.

    forms: responses with at least one answer. chosen: those of people who chose themselves.
    """

    survey: str
    version: int
    forms: int
    chosen: int
    ratings: tuple[RatingFigures, ...]
    unjoined: tuple[Unjoined, ...]

    def rating(self, question: str) -> RatingFigures:
        """The figures of this rating; raises KeyError if there are none."""
        for rating in self.ratings:
            if rating.question == question:
                return rating
        raise KeyError(question)


def form_figures(
    versions: Mapping[int, Survey],
    counted: Iterable[Counted],
    plan: Plan | None = None,
    group: PlanGroup | None = None,
) -> FormFigures:
    """The figures of a form from the counts of all its versions.

    An interval is given only where `plan` is a random sample, corrected for the population of `group`.
    """
    newest = versions[max(versions)]
    joined = {version: _joined(survey, newest) for version, survey in versions.items()}
    forms: Counter[bool] = Counter()
    answers: defaultdict[str, Counter[object]] = defaultdict(Counter)
    chosen: Counter[str] = Counter()
    unjoined: Counter[tuple[int, str]] = Counter()
    for each in counted:
        if not each.question:
            forms[each.chosen] += each.n
        elif each.question in joined[each.version]:
            value = each.value if each.value == NOT_APPLICABLE else int(each.value)
            answers[each.question][value] += each.n
            chosen[each.question] += each.n if each.chosen else 0
        elif _is_rating(versions[each.version], each.question) or _is_rating(newest, each.question):
            unjoined[each.version, each.question] += each.n
    levels = [level.value for level in newest.levels]
    ratings = [rating_figures(id, levels, answers[id]) for id in joined[newest.version]]
    drawn = [rating if chosen[rating.question] else _with_interval(rating, plan, group) for rating in ratings]
    return FormFigures(
        survey=newest.id,
        version=newest.version,
        forms=sum(forms.values()),
        chosen=forms[True],
        ratings=tuple(drawn),
        unjoined=tuple(sorted(Unjoined(*key, n) for key, n in unjoined.items() if n)),
    )


def _joined(survey: Survey, newest: Survey) -> tuple[str, ...]:
    """The ratings of the newest version that mean the same in this one."""
    return tuple(id for id in comparable(survey, newest) if _is_rating(newest, id))


def _is_rating(survey: Survey, id: str) -> bool:
    return any(question.id == id and isinstance(question, Rating) for question in survey.questions)


class GroupFigures(Struct, frozen=True, kw_only=True):
    """One group of a plan: how many forms it wants, and the figures of those it has.

    margin: half the width of the interval, as a share, by the plan's own assumptions and the forms at hand;
    only for a random sample in which nobody chose themselves.
    """

    group: str
    wanted: int
    figures: FormFigures
    margin: float | None = None


class PlanFigures(Struct, frozen=True, kw_only=True):
    """The figures of a plan, group by group."""

    plan: str
    groups: tuple[GroupFigures, ...]


def plan_figures(
    plan: Plan,
    surveys: Mapping[tuple[str, int], Survey],
    counted: Mapping[str, Iterable[Counted]],
) -> PlanFigures:
    """The figures of every group of `plan` from its counts; `surveys` by id and version."""
    return PlanFigures(
        plan=plan.id,
        groups=tuple(
            _group_figures(plan, group, _versions(surveys, group.survey), counted.get(group.id, ()))
            for group in plan.groups
        ),
    )


def _versions(surveys: Mapping[tuple[str, int], Survey], id: str) -> dict[int, Survey]:
    return {version: survey for (of, version), survey in surveys.items() if of == id}


def _group_figures(
    plan: Plan, group: PlanGroup, versions: Mapping[int, Survey], counted: Iterable[Counted]
) -> GroupFigures:
    figures = form_figures(versions, counted, plan, group)
    margin = None
    if plan.sample and plan.design == "random" and figures.forms and not figures.chosen:
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
    """The size of the population, if the plan states it and it is not below the number of answers."""
    return group.population if group and group.population >= n else None
