"""Numbers on pages and in reports: marks of both languages, units that stay with them, aligned columns."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.statistics import Share
from sync.central.figures.summary import percent as percent_of
from sync.central.presenting.language import NBSP, UNKNOWN, Language, capital
from sync.central.presenting.numbers import (
    Aligned,
    align,
    decimal,
    mean,
    n_words,
    out_of,
    percent,
    points,
    size,
    whole,
    with_n,
    with_unit,
)


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [(0, "0", "0"), (999, "999", "999"), (1234, "1.234", "1,234"), (-1234567, "−1.234.567", "−1,234,567")],
)
def test_the_thousands_of_a_count_are_grouped(number: int, vi: str, en: str) -> None:
    assert (whole(number), whole(number, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        ("65.1", "65,1", "65.1"),
        ("1234.50", "1.234,50", "1,234.50"),
        ("-0.4", "−0,4", "−0.4"),
        (Decimal(7), "7", "7"),
    ],
)
def test_a_decimal_keeps_every_digit_that_it_came_with(number: str | Decimal, vi: str, en: str) -> None:
    assert (decimal(number), decimal(number, "en")) == (vi, en)


def test_number_unit_and_n_stay_on_one_line() -> None:
    written = [
        percent("65.1"),
        with_n("65.1", 1063),
        n_words(63),
        out_of(41, 1063),
        points("2.3"),
        with_unit(12, "lượt trả lời"),
    ]
    assert [text.replace(NBSP, "_") for text in written] == [
        "65,1_%",
        "65,1_% (n_=_1.063)",
        "n_=_63",
        "41_/_1.063",
        "+2,3_điểm_%",
        "12_lượt_trả_lời",
    ]


@pytest.mark.parametrize(
    ("octets", "written"),
    [(None, "–"), (0, "0 kB"), (999_999, "999 kB"), (12_345_678, "12 MB"), (1_250_000_000, "1,2 GB")],
)
def test_a_size_is_in_its_largest_unit(octets: int | None, written: str) -> None:
    assert size(octets).replace(NBSP, " ") == written


def test_what_is_unknown_is_never_zero() -> None:
    assert {whole(None), percent(None), decimal(None), mean(None), points(None)} == {UNKNOWN}
    assert out_of(None, 63) == f"–{NBSP}/{NBSP}63"
    assert with_n(percent_of(0, 0), 0) == f"– (n{NBSP}={NBSP}0)"


def test_a_difference_always_has_its_sign() -> None:
    assert [points(difference, "en") for difference in ("0.4", "0.0", "-0.4")] == [
        f"+0.4{NBSP}pp",
        f"0.0{NBSP}pp",
        f"−0.4{NBSP}pp",
    ]


def test_a_mean_has_two_decimals_rounded_half_up() -> None:
    assert [mean(level) for level in (4.0, 4.265, 4.2649999)] == ["4,00", "4,27", "4,26"]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_share_of_a_plan_and_one_of_a_summary_are_written_the_same(count: int, rest: int) -> None:
    n = count + rest
    assert with_n(percent_of(count, n), n) == Share(count, n).words()
    assert with_n(percent_of(count, n), n, "en") == Share(count, n).words("en")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_column_is_cut_at_its_decimal_marks(language: Language) -> None:
    column = [percent("86.4", language), percent("100.0", language), percent(None, language)]
    cells = [align(written, language) for written in column]
    assert [cell.integer for cell in cells] == ["86", "100", UNKNOWN]
    assert [cell.integer + cell.rest for cell in cells] == column
    assert align(whole(1234, language), language) == Aligned(whole(1234, language), "")
    assert align(with_unit(12, "phiếu"), language) == Aligned("12", f"{NBSP}phiếu")


def test_a_sentence_begins_with_a_capital_and_the_rest_is_left_alone() -> None:
    assert capital("đã trả cho UBND") == "Đã trả cho UBND"
    assert capital("") == ""
