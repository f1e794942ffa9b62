"""How often a token may ask: a burst, then a steady rate, each token by itself."""

from sync.central.http.token_bucket import Rates


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_a_steady_rate() -> None:
    clock = Clock()
    rates = Rates(burst=3, a_second=2, clock=clock)
    assert [rates.take(1) for _ in range(4)] == [True, True, True, False]
    clock.now = 0.5
    assert [rates.take(1), rates.take(1)] == [True, False]
    clock.now = 100.0
    assert [rates.take(1) for _ in range(4)] == [True, True, True, False]


def test_one_caller_does_not_wait_for_another() -> None:
    rates = Rates(burst=1, a_second=1, clock=Clock())
    assert [rates.take(caller) for caller in (1, 1, 2)] == [True, False, True]


def test_what_is_refused_uses_nothing_up() -> None:
    clock = Clock()
    rates = Rates(burst=1, a_second=1, clock=clock)
    assert rates.take(1)
    for clock.now in (0.25, 0.5, 0.75):
        assert not rates.take(1)
    clock.now = 1.0
    assert rates.take(1)
