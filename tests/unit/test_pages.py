"""Which questions share a page: neighbouring ratings of one group, on as few pages as hold them."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from sync.contract.pages import gate_of, pages
from sync.contract.survey import OpenText, Question, Rating, Survey
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind


def rating(number: int, group: str = "g", required: bool = True) -> Rating:
    return Rating(id=f"q{number}", text={"vi": f"Câu {number}?"}, group=group, required=required)


def survey(*questions: Question) -> Survey:
    return replace(every_kind(), questions=questions)


def sizes(form: Survey, most: int) -> list[int]:
    return [len(page) for page in pages(form, {}, ratings_per_page=most, can_seal=True)]


@pytest.mark.parametrize(
    ("count", "most", "wanted"),
    [
        (9, 5, [5, 4]),
        (9, 4, [3, 3, 3]),
        (9, 3, [3, 3, 3]),
        (8, 5, [4, 4]),
        (7, 5, [4, 3]),
        (7, 3, [3, 2, 2]),
        (5, 5, [5]),
        (6, 5, [3, 3]),
        (3, 1, [1, 1, 1]),
    ],
)
def test_a_group_is_split_into_few_and_even_pages(count: int, most: int, wanted: list[int]) -> None:
    assert sizes(survey(*map(rating, range(count))), most) == wanted


def test_another_group_and_another_kind_begin_a_page_and_the_order_stays() -> None:
    words = OpenText(id="words", text={"vi": "Ý kiến?"})
    form = survey(rating(1), rating(2), rating(3, "h"), words, rating(4, "h"), rating(5, ""), rating(6, ""))
    made = pages(form, {}, ratings_per_page=5, can_seal=True)
    assert ids(made) == [["q1", "q2"], ["q3"], ["words"], ["q4"], ["q5"], ["q6"]]


def test_criteria_that_may_be_left_out_wait_behind_the_gate_before_what_takes_a_keyboard() -> None:
    words = OpenText(id="words", text={"vi": "Ý kiến?"}, required=False)
    form = survey(rating(1), rating(2), words, rating(3, "more", False), rating(4, "more", False))
    made = pages(form, {}, ratings_per_page=5, can_seal=True)
    assert ids(made) == [["q1", "q2"], ["q3", "q4"], ["words"]]
    assert gate_of(made) == 1


@pytest.mark.parametrize("most", [1, 3, 5])
def test_criteria_that_may_be_left_out_wait_behind_the_gate_also_in_the_group_of_the_others(
    most: int,
) -> None:
    form = survey(*map(rating, range(5)), rating(5, required=False), rating(6, required=False))
    made = pages(form, {}, ratings_per_page=most, can_seal=True)
    asked = [question.id for page in made[: gate_of(made)] for question in page]
    assert asked == [f"q{number}" for number in range(5)]


SHIPPED = {
    "kien-hung": ([1, 1], 2),
    "nha-trang-tram-y-te": ([4, 3], 2),
    "nha-trang-truong-hoc": ([4, 3], 2),
    "nha-trang-ubnd": ([3, 3], 2),
    "quang-binh-cong-dan": ([5, 4, 5], 2),
    "quang-binh-to-chuc": ([5, 4, 5], 2),
    "thach-ha-ben-ngoai": ([5, 4], 2),
    "thach-ha-noi-bo": ([4, 4], 2),
    "van-thang": ([4], 1),
}


@pytest.mark.parametrize("id", shipped_surveys())
def test_every_shipped_form_asks_all_it_must_on_two_pages_of_a_large_screen(id: str) -> None:
    form = shipped_surveys()[id]
    made = pages(form, {}, ratings_per_page=5, can_seal=True)
    wanted, before = SHIPPED[id]
    assert [len(page) for page in made if isinstance(page[0], Rating)] == wanted
    assert gate_of(made) == before
    asked = [question.id for page in made[:before] for question in page]
    assert asked == [question.id for question in form.questions if question.required]


def ids(made: Sequence[Sequence[Question]]) -> list[list[str]]:
    return [[question.id for question in page] for page in made]
