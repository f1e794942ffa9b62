"""What reads for administrators waits for the calls of devices, and for no longer than it may."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import select

from sync.central.http.precedence import Precedence
from sync.central.store.database import reading, writing
from sync.central.store.schema import facts
from tests.support.wire import CentreUnderTest

LONG = 60.0


@contextmanager
def calling(precedence: Precedence, happened: list[str]) -> Iterator[Event]:
    """A device's call that runs until the event is set."""
    begun, may_end = Event(), Event()

    def call() -> None:
        begun.set()
        assert may_end.wait(LONG)
        happened.append("called")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(precedence.first, call)
        assert begun.wait(LONG)
        try:
            yield may_end
        finally:
            may_end.set()


def read(central: CentreUnderTest, happened: list[str]) -> None:
    with reading(central.engine) as connection:
        connection.execute(select(facts.c.name)).all()
    happened.append("read")


def test_a_reader_waits_until_the_call_of_a_device_is_over(central: CentreUnderTest) -> None:
    precedence, happened = Precedence(patience=LONG), list[str]()
    precedence.heeded_by(central.engine)
    with ThreadPoolExecutor(1) as pool, calling(precedence, happened) as may_end:
        reader = pool.submit(read, central, happened)
        with pytest.raises(TimeoutError):
            reader.result(0.1)  # many times as long as it takes by itself
        may_end.set()
        reader.result(LONG)
    assert happened == ["called", "read"]


def test_a_reader_gets_on_after_its_patience_while_devices_call_on(central: CentreUnderTest) -> None:
    precedence, happened = Precedence(patience=0.001), list[str]()
    precedence.heeded_by(central.engine)
    with calling(precedence, happened):
        read(central, happened)
    assert happened == ["read", "called"]


def test_a_writer_never_waits_for_it_may_hold_what_the_call_waits_for(central: CentreUnderTest) -> None:
    precedence, happened = Precedence(patience=LONG), list[str]()
    precedence.heeded_by(central.engine)
    with calling(precedence, happened):
        with writing(central.engine) as connection:
            connection.execute(select(facts.c.name)).all()
        happened.append("written")
    assert happened == ["written", "called"]


def test_a_call_that_fails_keeps_nobody_waiting(central: CentreUnderTest) -> None:
    precedence, happened = Precedence(patience=LONG), list[str]()
    precedence.heeded_by(central.engine)
    with pytest.raises(ZeroDivisionError):
        precedence.first(lambda: 1 / 0)
    read(central, happened)
    assert happened == ["read"]
