"""What reads for administrators waits for the calls of devices, and for no longer than it may."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import Engine, select

from sync.central.app import Centre
from sync.central.http.precedence import Precedence
from sync.central.store.database import open_database, reading, writing
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


class Listed(Precedence):
    """Lists what ran first."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def first(self, call: Callable[..., Any], *arguments: object) -> Any:
        self.calls.append(call.__name__)
        return super().first(call, *arguments)


def read(engine: Engine, happened: list[str]) -> None:
    with reading(engine) as connection:
        connection.execute(select(facts.c.name)).all()
    happened.append("read")


def waits(precedence: Precedence, engine: Engine) -> bool:
    """Whether a reader waits until the call of a device is over; otherwise it was done long before."""
    happened: list[str] = []
    with ThreadPoolExecutor(1) as pool, calling(precedence, happened) as may_end:
        reader = pool.submit(read, engine, happened)
        done, _ = wait([reader], 0.1)  # many times as long as it takes by itself
        may_end.set()
        reader.result(LONG)
    return not done and happened == ["called", "read"]


def test_a_reader_waits_until_the_call_of_a_device_is_over(central: CentreUnderTest) -> None:
    precedence = Precedence(patience=LONG)
    assert not waits(precedence, central.engine)
    precedence.heeded_by(central.engine)
    assert waits(precedence, central.engine)


def test_a_reader_gets_on_after_its_patience_while_devices_call_on(central: CentreUnderTest) -> None:
    precedence, happened = Precedence(patience=0.001), list[str]()
    precedence.heeded_by(central.engine)
    with calling(precedence, happened):
        read(central.engine, happened)
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
    with ThreadPoolExecutor(1) as pool:
        pool.submit(read, central.engine, happened).result(LONG / 2)
    assert happened == ["read"]


def test_what_devices_ask_comes_first_and_what_administrators_ask_does_not(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    listed = central.centre.precedence = Listed()
    with TestClient(central.app) as client:
        client.get("/health").raise_for_status()
        central.enrolled(client, "kiosk-1", tmp_path / "terminal")
        ran = list(listed.calls)
        headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
        client.get("/v1/responses", headers=headers).raise_for_status()
    assert ran == ["health", "newcomer", "enrol"]
    assert listed.calls == ran


def test_what_reads_for_administrators_gives_way_and_what_reads_for_devices_does_not(
    central: CentreUnderTest,
) -> None:
    pulls, precedence = open_database(central.address), Precedence(patience=LONG)
    Centre(central.engine, now=central.now, keys=central.keys, pulls=pulls, precedence=precedence)
    assert waits(precedence, pulls)
    assert not waits(precedence, central.engine)
    pulls.dispose()
