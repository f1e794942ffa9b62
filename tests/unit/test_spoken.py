"""Numbers and days in words can be read back; a share is never said as more than it is."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.presenting.spoken import day_in_words, days_in_words, number_words, share_words

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
VALUES = {**{word: value for value, word in enumerate(DIGITS)}, "mốt": 1, "tư": 4, "lăm": 5}
SIZES = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def read_back(words: str) -> int:
    """The number that somebody hears."""
    total = group = 0
    last: int | None = None
    for word in words.split():
        if word == "linh":
            last = None
        elif word == "mười":
            group, last = group + 10, None
        elif word in ("trăm", "mươi"):
            assert last is not None
            group, last = group + last * (100 if word == "trăm" else 10) - last, None
        elif word in SIZES:
            total, group, last = total + group * SIZES[word], 0, None
        else:
            last = VALUES[word]
            group += last
    return total + group


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (688, "sáu trăm tám mươi tám"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1102, "một nghìn một trăm linh hai"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (21_000, "hai mươi mốt nghìn"),
        (1_000_001, "một triệu không trăm linh một"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert number_words(number) == words


@given(st.integers(0, 10**12 - 1))
def test_a_number_in_words_is_read_back(number: int) -> None:
    assert read_back(number_words(number)) == number


def test_every_number_up_to_ten_thousand_has_its_own_words() -> None:
    assert len({number_words(number) for number in range(10_001)}) == 10_001


@pytest.mark.parametrize(
    ("satisfied", "n", "words"),
    [
        (0, 0, ""),
        (3, 3, "tất cả ba người trả lời đều"),
        (0, 3, "trong ba người trả lời chưa có người nào"),
        (5, 7, "trong bảy người trả lời có năm người"),
        (905, 1000, "cứ mười người trả lời thì có chín người"),
        (624, 1000, "cứ mười người trả lời thì có hơn sáu người"),
        (880, 1000, "cứ mười người trả lời thì có gần chín người"),
        (999, 1000, "cứ mười người trả lời thì có hơn chín người"),
        (4, 1000, "cứ mười người trả lời thì có chưa đến một người"),
    ],
)
def test_a_share_is_said_of_ten_people(satisfied: int, n: int, words: str) -> None:
    assert share_words(satisfied, n) == words


@given(st.integers(10, 100_000).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))))
def test_a_share_in_words_is_on_the_right_side_of_what_it_says(pair: tuple[int, int]) -> None:
    satisfied, n = pair
    words = share_words(satisfied, n)
    share = Fraction(satisfied, n)
    if "chưa đến một" in words:
        assert share < Fraction(1, 10)
        return
    found = re.search(r"có (hơn |gần )?(\w+) người$", words)
    assert found is not None
    said = Fraction(VALUES[found[2]], 10)
    if found[1] is None:
        assert abs(share - said) <= Fraction(1, 100)
    elif found[1] == "hơn ":
        assert said < share < said + Fraction(1, 10)
    else:
        assert said - Fraction(1, 20) <= share < said


def test_days_are_said_without_a_year_that_both_have() -> None:
    assert days_in_words(date(2026, 10, 21), date(2026, 11, 20)) == (
        "từ ngày hai mươi mốt tháng mười đến ngày hai mươi tháng mười một"
    )
    assert days_in_words(date(2026, 12, 21), date(2027, 1, 20)) == (
        "từ ngày hai mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu "
        "đến ngày hai mươi tháng một năm hai nghìn không trăm hai mươi bảy"
    )
    assert day_in_words(date(2026, 4, 5)) == "ngày mùng năm tháng tư"
    assert days_in_words(date(2024, 2, 29), date(2024, 2, 29)) == "ngày hai mươi chín tháng hai"


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_day_in_words_is_read_back(day: date) -> None:
    spoken = day_in_words(day, year=True)
    number, _, rest = spoken.removeprefix("ngày ").removeprefix("mùng ").partition(" tháng ")
    month = rest[: -len(number_words(day.year)) - len(" năm ")]
    assert (read_back(number), read_back(month)) == (day.day, day.month)
    assert read_back(rest[-len(number_words(day.year)) :]) == day.year


def test_what_cannot_be_said_is_refused() -> None:
    for number in (-1, 10**12):
        with pytest.raises(ValueError, match=str(number)):
            number_words(number)
    with pytest.raises(ValueError, match="4"):
        share_words(4, 3)
