from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from sync.central.http.token_bucket import Rates
from sync.central.store.schema import token_rates


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as found:
        token_rates.create(found)
        yield found


def test_a_burst_passes_and_then_a_steady_rate(connection: Connection) -> None:
    rates = Rates(burst=3, a_second=2)
    assert [rates.take(connection, 1, 0.0) for _ in range(4)] == [True, True, True, False]
    assert [rates.take(connection, 1, 0.5), rates.take(connection, 1, 0.5)] == [True, False]
    assert [rates.take(connection, 1, 100.0) for _ in range(4)] == [True, True, True, False]


def test_one_caller_does_not_wait_for_another(connection: Connection) -> None:
    rates = Rates(burst=1, a_second=1)
    taken = [rates.take(connection, caller, 0.0) for caller in (1, 1, 2)]
    assert taken == [True, False, True]


def test_a_clock_that_goes_back_a_little_gives_nothing_away(connection: Connection) -> None:
    rates = Rates(burst=1, a_second=0.1)
    assert [rates.take(connection, 1, now) for now in (10.0, 5.0, 5.5, 15.5)] == [True, False, False, False]
    assert rates.take(connection, 1, 20.0)


def test_a_clock_that_was_years_ahead_locks_nobody_out(connection: Connection) -> None:
    ahead = Rates(burst=2, a_second=1)
    assert [ahead.take(connection, 1, 1e9) for _ in range(3)] == [True, True, False]
    for rates in (ahead, Rates(burst=2, a_second=1)):  # the second was started since
        assert not rates.exhausted(1, 0.0)
        assert rates.take(connection, 1, 0.0)
    assert not ahead.take(connection, 1, 0.0)
    assert ahead.take(connection, 1, 1.0)


def test_what_is_refused_again_needs_no_database(connection: Connection) -> None:
    rates = Rates(burst=1, a_second=1)
    assert not rates.exhausted(1, 0.0)
    assert rates.take(connection, 1, 0.0)
    assert [rates.exhausted(1, now) for now in (0.0, 0.5, 1.0)] == [True, True, False]


def test_a_few_calls_are_drawn_at_once_and_spent_without_the_database(connection: Connection) -> None:
    rates, other = Rates(burst=100, a_second=1), Rates(burst=100, a_second=1)
    assert not rates.spend(1)
    assert rates.take(connection, 1, 0.0)
    assert [rates.spend(1), rates.spend(1)] == [True, False]
    taken = [rates.take(connection, 1, 0.0) for _ in range(49)]
    assert taken == [True] * 49, "two at a time"
    assert not other.take(connection, 1, 0.0)
    assert not rates.exhausted(1, 0.0), "one is left of the last two"
    assert [rates.spend(1), rates.exhausted(1, 0.0)] == [True, True]


def test_two_that_share_a_database_count_together(connection: Connection) -> None:
    one, other = Rates(burst=2, a_second=1), Rates(burst=2, a_second=1)
    assert [each.take(connection, 1, 0.0) for each in (one, other, one, other)] == [True, True, False, False]
