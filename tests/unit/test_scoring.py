"""Nine indicators, eighteen points, five grades, and no gap between them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.scoring import GRADES, INDICATORS, dossier_score, score
from sync.contract.problem import ProblemError


def points(*values: str) -> dict[int, Decimal]:
    return {number: Decimal(value) for number, value in enumerate(values, 1)}


TENTHS = st.integers(0, 20).map(lambda tenths: Decimal(tenths) / 10)


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("18", "Xuất sắc"),
        ("15.1", "Xuất sắc"),
        ("15", "Xuất sắc"),
        ("14.9", "Tốt"),
        ("12", "Tốt"),
        ("11.9", "Khá"),
        ("9", "Khá"),
        ("8.9", "Trung bình"),
        ("6", "Trung bình"),
        ("5.9", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_a_grade_begins_at_its_cut_point(total: str, grade: str) -> None:
    left = Decimal(total)
    given_points = {}
    for indicator in INDICATORS:
        given_points[indicator.number] = min(left, Decimal(2))
        left -= given_points[indicator.number]
    found = score(given_points)
    assert (found.points, found.grade.name["vi"]) == (Decimal(total), grade)


def test_tenths_add_up_to_exactly_fifteen() -> None:
    # In floats this sum is 14.999999999999998, a grade less.
    found = score(points("1.9", "2.0", "1.7", "2.0", "2.0", "1.1", "1.6", "1.6", "1.1"))
    assert found.points == Decimal("15.0")
    assert found.grade.name["vi"] == "Xuất sắc"


@given(st.lists(TENTHS, min_size=9, max_size=9))
def test_every_sum_has_exactly_one_grade(values: list[Decimal]) -> None:
    found = score(dict(enumerate(values, 1)))
    assert found.points == sum(values)
    above = [grade for grade in GRADES if grade.least > found.points]
    assert found.grade == GRADES[len(above)]


def test_an_indicator_by_dossier_is_the_mean_to_one_decimal() -> None:
    assert dossier_score([2, 2, 1]) == Decimal("1.7")
    assert dossier_score([2] * 13 + [1] * 7) == Decimal("1.7")  # 1.65: halves upwards
    assert [indicator.number for indicator in INDICATORS if indicator.by_dossier] == [1, 2, 3, 4, 7]


@pytest.mark.parametrize("wrong", [[], [3], [2, -1]])
def test_points_that_no_dossier_can_have_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ProblemError, match="HL5051"):
        dossier_score(wrong)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (points("1", "1", "1", "1", "1", "1", "1", "1"), "indicator 9"),
        (points("1", "2.1", "1", "1", "1", "1", "1", "1", "1"), "indicator 2"),
        (points("1", "1", "1", "1", "1", "1", "1", "1", "1", "1"), "indicator 10"),
    ],
)
def test_a_missing_or_impossible_indicator_is_named(wrong: dict[int, Decimal], where: str) -> None:
    with pytest.raises(ProblemError) as caught:
        score(wrong)
    assert caught.value.problem.where == where
