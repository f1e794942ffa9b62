from sync.central.rates import Rates


def test_a_burst_passes_and_then_a_steady_rate() -> None:
    rates = Rates(burst=3, a_second=2)
    assert [rates.take(1, 0.0) for _ in range(4)] == [True, True, True, False]
    assert [rates.take(1, 0.5), rates.take(1, 0.5)] == [True, False]
    assert [rates.take(1, 100.0) for _ in range(4)] == [True, True, True, False]


def test_one_caller_does_not_wait_for_another() -> None:
    rates = Rates(burst=1, a_second=1)
    assert [rates.take(1, 0.0), rates.take(1, 0.0), rates.take(2, 0.0)] == [True, False, True]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    rates = Rates(burst=1, a_second=1)
    assert [rates.take(1, 10.0), rates.take(1, 5.0), rates.take(1, 5.5)] == [True, False, False]
