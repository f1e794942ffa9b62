"""What a visit takes of a citizen who says no more than the form asks: `make bench NAME=visit` prints it."""

import pytest

from tests.support.citizen import HURRIED, SATISFIED, SILENT, Taken, Wish, panel_rules, taken, walk
from tests.support.plans import shipped_surveys


def take(id: str, wish: Wish) -> Taken:
    return taken(list(walk(panel_rules(shipped_surveys()[id]), wish, HURRIED)))


def test_kien_hung_is_done_with_two_touches_and_sent_with_a_third() -> None:
    assert take("kien-hung", SILENT).touches == 2
    assert take("kien-hung", SATISFIED).touches == 3


@pytest.mark.parametrize("id", ["quang-binh-cong-dan", "quang-binh-to-chuc"])
def test_nine_criteria_take_eleven_touches_and_forty_seconds_at_most(id: str) -> None:
    long = take(id, SATISFIED)
    assert long.touches <= 11
    assert long.seconds <= 40


@pytest.mark.parametrize("id", shipped_surveys())
def test_no_form_takes_more_touches_than_its_questions_and_one_to_send(id: str) -> None:
    required = sum(question.required for question in shipped_surveys()[id].questions)
    assert take(id, SATISFIED).touches <= required + 1
