"""What is typed about a paper form: digits as answers, short names as codes. Pure."""

import pytest

from sync.central.office.paper.matching import Entry, matches
from sync.central.web.paper_fields import fields_of, read_answers, read_words
from sync.contract.problem import ProblemsError
from tests.support.surveys import every_kind

PROCEDURES = (
    Entry("1.001193", "Đăng ký khai sinh"),
    Entry("1.000656", "Đăng ký khai tử"),
    Entry("2.000815", "Chứng thực bản sao từ bản chính"),
    Entry("2.000884", "Chứng thực chữ ký"),
    Entry("1.004964", "Giải quyết chế độ trợ cấp"),
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("1.001193", ["1.001193"]),
        ("1.0011", ["1.001193"]),
        ("1.001193 · Đăng ký khai sinh", ["1.001193"]),
        ("dang ky khai tu", ["1.000656"]),
        ("ks", ["1.001193"]),
        ("DKKT", ["1.000656"]),
        ("khai s", ["1.001193"]),
        ("chung thuc", ["2.000815", "2.000884"]),
        ("ct ck", []),
        ("ban sao", ["2.000815"]),
        ("cấp", ["1.004964"]),
        ("hộ chiếu", []),
        ("", []),
        ("   ", []),
    ],
)
def test_a_short_name_without_marks_means_its_entries(typed: str, codes: list[str]) -> None:
    assert [each.code for each in matches(typed, PROCEDURES)] == codes


def test_the_whole_name_is_meant_even_if_another_name_begins_with_it() -> None:
    entries = (Entry("a", "Nguyễn Văn An"), Entry("b", "Nguyễn Văn An Bình"))
    assert [each.code for each in matches("nguyen van an", entries)] == ["a"]


def test_digits_are_read_as_the_answers_of_every_kind_of_question() -> None:
    typed = {
        "c.result": "2",
        "c.why-result": "43",
        "c.manner": "5",
        "c.place": "0",
        "c.way": "1",
        "c.trips": "3",
        "c.again": "2",
    }
    assert read_answers(every_kind(), typed) == {
        "result": 2,
        "why-result": ("slow", "rude"),
        "manner": 5,
        "place": "na",
        "way": "a",
        "trips": 3,
        "again": False,
    }
    assert read_answers(every_kind(), {"c.trips": "NA", "c.words": "lời", "other": "9"}) == {"trips": "na"}
    assert read_answers(every_kind(), {}) == {}


def test_every_wrong_digit_is_named_with_its_field_and_never_repeated() -> None:
    typed = {"c.result": "9", "c.manner": "0", "c.way": "3", "c.trips": "x", "c.why-result": "17"}
    with pytest.raises(ProblemsError) as refused:
        read_answers(every_kind(), typed)
    assert [each.where for each in refused.value.problems] == [
        *("c.result", "c.why-result", "c.manner", "c.way", "c.trips"),
    ]
    assert all(each.number == "HL5224" for each in refused.value.problems)
    assert refused.value.problems[0].detail == "gõ một trong các số 5, 4, 3, 2, 1"


def test_words_are_read_apart_from_answers() -> None:
    typed = {"c.words": " hai\r\ndòng ", "c.contact.phone": "0912", "c.contact.name": " "}
    assert read_words(every_kind(), typed) == {"words": "hai\ndòng", "contact": {"phone": "0912"}}
    assert read_words(every_kind(), {"c.result": "5"}) == {}


def test_a_long_number_in_words_is_masked_as_on_a_terminal() -> None:
    assert read_words(every_kind(), {"c.words": "gọi 0900000001"}) == {"words": "gọi ••••••••••"}


def test_the_field_of_a_rating_takes_one_digit_and_says_what_it_means() -> None:
    fields = {each.name: each for each in fields_of(every_kind(), "vi", str)}
    assert (fields["c.result"].length, fields["c.result"].kind) == (1, "keys")
    assert fields["c.result"].keys[0] == ("5", "Rất hài lòng")
    assert ("0", "Không áp dụng") in fields["c.place"].keys
    assert fields["c.words"].kind == "text"
    assert fields["c.contact.name"].kind == "line"
