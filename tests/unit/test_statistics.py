"""Shares with their n and rule, and intervals only where they are true."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.drivers import drivers, rank_correlation, standing
from sync.central.figures.statistics import (
    Share,
    Unjoined,
    add,
    form_figures,
    rating_figures,
    rule_for,
)
from sync.contract.problem import ProblemError
from sync.contract.response import Answer, Response, SurveyRef, Void
from sync.contract.survey import NOT_APPLICABLE
from tests.support.counting import counted_of, figures_of
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.responses import response as some_response

FIVE, THREE = (5, 4, 3, 2, 1), (3, 2, 1)
SURVEY = replace(shipped_surveys()["van-thang"], version=1)
ANSWERS = st.lists(st.sampled_from([*FIVE, NOT_APPLICABLE]), max_size=60)


def answered(number: int, **answers: Answer) -> Response:
    return replace(some_response(number), survey=SurveyRef("van-thang", 1), answers=answers)


def test_levels_four_and_five_are_satisfied_and_the_rule_says_so() -> None:
    figures = rating_figures("result", FIVE, Counter([5, 5, 4, 3, 1, NOT_APPLICABLE]))
    assert figures.satisfied == Share(3, 5)
    assert figures.rule is not None
    assert "mức 4 và mức 5" in figures.rule.text["vi"]
    assert "levels 4 and 5" in figures.rule.text["en"]


def test_on_three_levels_only_the_highest_is_satisfied() -> None:
    figures = rating_figures("result", THREE, Counter([3, 2, 2, 1]))
    assert figures.satisfied == Share(1, 4)
    assert figures.rule is not None
    assert "mức 3" in figures.rule.text["vi"]


def test_a_scale_without_a_rule_has_a_distribution_and_no_share() -> None:
    figures = rating_figures("result", (1, 2, 3, 4), Counter([4, 4, 1]))
    assert rule_for((4, 3, 2, 1)) is None
    assert (figures.satisfied, figures.distribution[4]) == (None, Share(2, 3))


def test_not_applicable_and_blanks_are_no_part_of_n() -> None:
    figures = rating_figures("fees", FIVE, Counter([5, NOT_APPLICABLE, NOT_APPLICABLE]))
    assert (figures.n, figures.not_applicable, figures.mean) == (1, 2, 5)


def test_of_nothing_there_is_neither_mean_nor_percent() -> None:
    figures = rating_figures("fees", FIVE, Counter([]))
    assert figures.satisfied is not None
    assert (figures.mean, figures.satisfied.percent, figures.satisfied.words()) == (
        None,
        None,
        "– (n\u00a0=\u00a00)",
    )


def test_an_answer_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="no level"):
        rating_figures("result", THREE, Counter([5]))


def test_three_and_five_levels_are_never_added() -> None:
    with pytest.raises(ProblemError, match="HL5050"):
        add(rating_figures("result", FIVE, Counter([3])), rating_figures("result", THREE, Counter([3])))


@given(ANSWERS, ANSWERS)
def test_adding_figures_is_counting_all_answers_at_once(first: list[Answer], second: list[Answer]) -> None:
    together = add(rating_figures("q", FIVE, Counter(first)), rating_figures("q", FIVE, Counter(second)))
    assert together == rating_figures("q", FIVE, Counter([*first, *second]))


@given(ANSWERS)
def test_a_distribution_counts_everybody_once(answers: list[Answer]) -> None:
    figures = rating_figures("q", FIVE, Counter(answers))
    assert figures.n + figures.not_applicable == len(answers)
    assert sum(share.count for share in figures.distribution.values()) == figures.n
    if figures.mean is not None:
        assert 1 <= figures.mean <= 5


@pytest.mark.parametrize(
    ("count", "n", "percent"),
    [(19, 21, "90.5"), (1, 16, "6.3"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 800, "0.1"), (7, 7, "100.0")],
)
def test_percentages_have_one_decimal_halves_upwards(count: int, n: int, percent: str) -> None:
    assert Share(count, n).percent == Decimal(percent)


def test_a_share_is_printed_with_its_n() -> None:
    assert Share(19, 21).words() == "90,5\u00a0% (n\u00a0=\u00a021)"
    assert Share(19, 21).words("en") == "90.5\u00a0% (n\u00a0=\u00a021)"


def on_paper(count: int) -> list[Response]:
    return [
        replace(answered(number, overall=4 if number % 4 else 2), channel="paper") for number in range(count)
    ]


def test_only_people_who_were_drawn_have_an_interval() -> None:
    for plan in shipped_plans().values():
        group = plan.groups[0]
        drawn = figures_of(SURVEY, on_paper(40), plan, group)
        assert (drawn.rating("overall").interval is not None) == (plan.design == "random")
        # One who touched a terminal on the way past was not drawn.
        mixed = figures_of(SURVEY, [*on_paper(40), answered(41, overall=5)], plan, group)
        assert (mixed.rating("overall").interval, mixed.chosen) == (None, 1)
    assert figures_of(SURVEY, on_paper(40)).rating("overall").interval is None


def test_an_interval_is_corrected_for_the_population_of_its_group() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    staff, customers = (
        figures_of(SURVEY, on_paper(98), plan, group).rating("overall").interval for group in plan.groups
    )
    assert staff is not None
    assert customers is not None
    assert staff.high - staff.low < customers.high - customers.low


def test_what_was_voided_counts_nowhere() -> None:
    wrong = answered(1, overall=1)
    voided = replace(answered(2, overall=1), outcome="voided", void=Void("cb-01", "nhầm"))
    later = replace(answered(3), outcome="voided", void=Void("cb-01", "nhầm", wrong.id))
    right = answered(4, overall=5)
    assert standing([wrong, voided, later, right]) == [right]
    assert figures_of(SURVEY, [wrong, voided, later, right]).rating("overall").counts[1] == 0


def test_a_visit_that_broke_off_counts_for_what_it_answered() -> None:
    partial = replace(answered(1, officer=4), outcome="partial")
    silent = replace(answered(2), outcome="timed_out")
    figures = figures_of(SURVEY, [partial, silent])
    assert figures.forms == 1
    assert (figures.rating("officer").n, figures.rating("overall").n) == (1, 0)


def test_an_earlier_version_counts_where_the_question_means_the_same() -> None:
    again = replace(SURVEY, version=2, thanks={"vi": "Xin cảm ơn"})
    old = [answered(number, overall=4) for number in range(3)]
    new = replace(answered(9, overall=1), survey=SurveyRef("van-thang", 2))
    figures = form_figures({1: SURVEY, 2: again}, counted_of([*old, new]))
    assert (figures.version, figures.forms, figures.unjoined) == (2, 4, ())
    assert figures.rating("overall").satisfied == Share(3, 4)


def test_an_earlier_version_does_not_count_where_a_label_moved_to_another_level() -> None:
    first, *between, last = SURVEY.levels
    levels = (replace(first, label=last.label), *between, replace(last, label=first.label))
    turned = replace(SURVEY, version=2, levels=levels)
    figures = form_figures({1: SURVEY, 2: turned}, counted_of([answered(1, overall=5)]))
    assert (figures.rating("overall").n, figures.unjoined) == (0, (Unjoined(1, "overall", 1),))


def test_what_an_earlier_version_asked_otherwise_is_named_with_its_n() -> None:
    overall, officer = SURVEY.question("overall"), SURVEY.question("officer")
    three = tuple(level for level in SURVEY.levels if level.value <= 3)
    left = replace(SURVEY, version=2, questions=(overall,))
    scaled = replace(SURVEY, version=3, questions=(overall, officer), levels=three)
    every = [
        answered(1, overall=4, officer=5),
        replace(answered(2, overall=5), survey=SurveyRef("van-thang", 2)),
    ]
    gone = form_figures({1: SURVEY, 2: left}, counted_of(every))
    assert (gone.rating("overall").n, gone.unjoined) == (2, (Unjoined(1, "officer", 1),))
    other = form_figures({1: SURVEY, 2: left, 3: scaled}, counted_of(every))
    assert (other.forms, other.rating("overall").n) == (2, 0)
    assert other.unjoined == (
        Unjoined(1, "officer", 1),
        Unjoined(1, "overall", 1),
        Unjoined(2, "overall", 1),
    )


def test_the_rating_that_moves_with_the_whole_drives_it() -> None:
    responses = [
        answered(number, overall=level, officer=level, time=6 - level, procedures=4)
        for number, level in enumerate((1, 2, 2, 3, 4, 5, 5))
    ]
    found = {driver.question: driver for driver in drivers(SURVEY, "overall", responses)}
    assert list(found) == ["officer", "time", "procedures"]
    assert found["officer"].correlation == pytest.approx(1)
    assert found["time"].correlation == pytest.approx(-1)
    assert (found["procedures"].correlation, found["procedures"].n) == (None, 7)


def test_ranks_share_their_mean_where_values_are_equal() -> None:
    # By hand: ranks 1.5 1.5 3 4 and 1 2.5 2.5 4.
    assert rank_correlation([1, 1, 2, 3], [1, 2, 2, 5]) == pytest.approx(0.8333333333)


PAIRS = st.lists(st.tuples(st.sampled_from(FIVE), st.sampled_from(FIVE)), min_size=3, max_size=40)


@given(PAIRS)
def test_a_correlation_has_bounds_and_no_direction(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = rank_correlation(first, second)
    assert found == rank_correlation(second, first)
    if len(Counter(first)) > 1 and len(Counter(second)) > 1:
        assert found is not None
        assert -1 <= found <= 1
