"""The nine indicators of a plan: from dossiers, answers and the body; a grade with all of them alone."""

from decimal import Decimal

import pytest

from sync.central.figures.score_card import answers_as_points, score_card
from sync.central.figures.scoring import INDICATORS
from sync.central.figures.statistics import RatingFigures
from sync.central.office.planning.dossiers import BY_DOSSIER, heading, read_dossiers
from sync.central.office.planning.given_points import OF_THE_BODY, GivenScore
from sync.central.office.sheets.reader import Sheet, sheet_of
from sync.contract.problem import ProblemsError

ANSWERS = RatingFigures(question="service", counts={1: 1, 2: 2, 3: 3, 4: 4, 5: 10})


def sheet(text: str) -> Sheet:
    return sheet_of("ho-so.csv", text.encode(), list(map(heading, BY_DOSSIER)))


def test_which_indicators_are_by_dossier_is_said_once() -> None:
    assert tuple(each.number for each in INDICATORS if each.by_dossier) == BY_DOSSIER
    assert tuple(each.number for each in INDICATORS if not each.by_dossier) == OF_THE_BODY


def test_a_list_gives_the_dossiers_of_each_column_it_has() -> None:
    text = "Mã hồ sơ;Chỉ số 1;Chỉ số 3;Ghi chú\nA-1;2;0;x\nA-2;2;;\nA-3;1;1;\n"
    assert read_dossiers(sheet(text)) == {1: (0, 1, 2), 3: (1, 1, 0)}


def test_every_error_of_a_list_is_named_by_line_and_column() -> None:
    with pytest.raises(ProblemsError) as wrong:
        read_dossiers(sheet("Mã hồ sơ;Chỉ số 1;Chỉ số 2\nA-1;3;1\nA-2;2;x\nA-3;1;0\n"))
    assert [each.where for each in wrong.value.problems] == ["ho-so.csv:2: chỉ số 1", "ho-so.csv:3: chỉ số 2"]
    with pytest.raises(ProblemsError):
        read_dossiers(sheet("Mã hồ sơ;Chỉ số 1\nA-1;\n"))


def test_an_answer_is_worth_two_points_if_it_is_satisfied_and_one_in_the_middle() -> None:
    assert answers_as_points("service", [ANSWERS]) == (3, 3, 14)
    assert answers_as_points("result", [ANSWERS]) == (0, 0, 0)
    three = RatingFigures(question="service", counts={1: 5, 2: 6, 3: 7})
    assert answers_as_points("service", [ANSWERS, three]) == (8, 9, 21)


def test_the_sum_has_a_grade_once_every_indicator_has_points() -> None:
    given = [GivenScore(indicator=number, dossiers=(0, 0, 10)) for number in (1, 2, 3, 4)]
    given += [GivenScore(indicator=number, points=Decimal("1.5")) for number in OF_THE_BODY]
    card = score_card(given, [ANSWERS])
    assert (card.missing, card.score, card.points) == ((7,), None, Decimal("14.0"))
    card = score_card([*given, GivenScore(indicator=7, question="service")], [ANSWERS])
    line = card.lines[6]
    assert (line.source, line.n, line.points) == ("answers", 20, Decimal("1.6"))  # 31 of 20: 1.55 upwards
    assert card.score is not None
    assert (card.score.points, card.score.grade.name["vi"]) == (Decimal("15.6"), "Xuất sắc")
    # A rating that nobody has answered has no points.
    assert score_card([GivenScore(indicator=7, question="service")], []).lines[6].points is None
