"""Sample sizes, margins and intervals, with the figures that the plans print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.sampling import margin_of_error, sample_size, wilson
from tests.support.plans import shipped_plans

SHARES = st.integers(1, 99).map(lambda percent: percent / 100)


def test_the_formula_of_thach_ha_gives_138_rounded_down_and_139_rounded_up() -> None:
    sample = shipped_plans()["thach-ha-2021"].sample
    assert sample is not None
    size = sample_size(sample.share, sample.margin, sample.z)
    assert size.exact == 138.2976
    assert (size.down, size.up) == (sample.stated, 139)


def test_its_98_staff_and_40_customers_give_margins_of_their_own() -> None:
    assert round(100 * margin_of_error(98, 0.9), 2) == 5.94
    assert round(100 * margin_of_error(40, 0.9), 2) == 9.30


def test_of_279_staff_93_would_do() -> None:
    size = sample_size(0.9, 0.05, population=279)
    assert size.exact == pytest.approx(138.2976 / (1 + 137.2976 / 279))
    assert (size.down, size.up) == (92, 93)
    assert margin_of_error(93, 0.9, population=279) <= 0.05 < margin_of_error(92, 0.9, population=279)


def test_nha_trang_checks_327_of_3270_forms_again() -> None:
    plan = shipped_plans()["nha-trang-2023"]
    assert (plan.wanted, plan.rechecks) == (27 * 60 + 27 * 50 + 6 * 50, 327)


def test_a_size_that_is_whole_is_not_rounded_to_its_neighbour() -> None:
    size = sample_size(0.5, 0.1, 2)
    assert (size.exact, size.down, size.up) == (100.0, 100, 100)


def test_wilson_gives_the_published_interval() -> None:
    # 81 of 263, 95 %: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    interval = wilson(81, 263, 1.959964)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_wilson_holds_at_both_ends_of_the_scale() -> None:
    # 0 of 20 and 1 of 29: Newcombe (1998), table I, method 3.
    none, one = wilson(0, 20, 1.959964), wilson(1, 29, 1.959964)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)
    assert (round(one.low, 4), round(one.high, 4)) == (0.0061, 0.1718)
    assert wilson(20, 20).high == 1.0


def test_when_everybody_was_asked_nothing_is_uncertain() -> None:
    interval = wilson(30, 40, population=40)
    assert (interval.low, interval.high) == (0.75, 0.75)
    assert margin_of_error(40, 0.9, population=40) == 0


@pytest.mark.parametrize(
    ("share", "margin", "z", "population"),
    [
        (0, 0.05, 1.96, None),
        (1, 0.05, 1.96, None),
        (0.9, 0, 1.96, None),
        (0.9, 0.05, 0, None),
        (0.9, 0.05, 1.96, 0),
    ],
)
def test_an_impossible_sample_is_refused(
    share: float, margin: float, z: float, population: int | None
) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(share, margin, z, population)


@pytest.mark.parametrize(("count", "n", "population"), [(1, 0, None), (5, 4, None), (-1, 4, None), (3, 5, 4)])
def test_an_impossible_count_is_refused(count: int, n: int, population: int | None) -> None:
    with pytest.raises(ValueError, match=r"between 0 and n|at most the population"):
        wilson(count, n, population=population)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_between_0_and_1(counted: tuple[int, int]) -> None:
    count, n = counted
    interval = wilson(count, n)
    assert 0 <= interval.low <= count / n <= interval.high <= 1


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 5 * n))))
def test_a_known_population_never_widens_an_interval(counted: tuple[int, int, int]) -> None:
    count, n, population = counted
    open_end, closed = wilson(count, n), wilson(count, n, population=population)
    assert closed.high - closed.low <= open_end.high - open_end.low + 1e-12


@given(SHARES, SHARES.filter(lambda margin: margin <= 0.2), st.none() | st.integers(1, 10_000))
def test_the_size_rounded_up_keeps_the_margin(share: float, margin: float, population: int | None) -> None:
    size = sample_size(share, margin, population=population).up
    assert population is None or size <= population
    assert margin_of_error(size, share, population=population) <= margin + 1e-12
