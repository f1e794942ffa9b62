"""What can wait waits next to the writers: nobody but who writes keeps a device from being heard."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sync.agent.sending import Refused
from sync.central import app, housekeeping
from sync.central.app import Centre
from sync.central.http.admission import Limits
from sync.central.office import removal
from sync.central.store.database import open_database
from sync.contract.canonical import canonical_bytes
from sync.contract.response import Sealed
from sync.contract.tombstones import ForgottenRequest, make_tombstone
from tests.support.processes import wait_until
from tests.support.tablet import WORDS, found_in
from tests.support.wire import CentreUnderTest, visit


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre over SQLite: one writer."""
    found = CentreUnderTest(tmp_path / "centre")
    yield found
    found.close()


class Held:
    """Stands in the way of a call until `release`; `came` is set as soon as somebody waits in it."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.came = threading.Event()
        self._go = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        self.came.set()
        assert self._go.wait(60)
        return self._call(*arguments)

    def release(self) -> None:
        self._go.set()


@contextmanager
def under_way(call: Callable[[], object], held: Held) -> Iterator[None]:
    """While this lasts, `call` is on its way and stands still where `held` is."""
    thread = threading.Thread(target=call)
    thread.start()
    try:
        assert held.came.wait(60)
        yield
    finally:
        held.release()
        thread.join()


def batch(central: CentreUnderTest, client: Any, *responses: bytes) -> Any:
    headers = {"Authorization": f"Bearer {central.token(device='kiosk-2')}"}
    content = b'{"device":"kiosk-2","responses":[%b]}' % b",".join(responses)
    return client.post("/v1/batches", content=content, headers=headers)


# --- tombstones that come back after a restore --------------------------------------------------------------


class Place:
    """A centre with one device that has an identity, over one client."""

    def __init__(self, central: CentreUnderTest, client: Any, folder: Path) -> None:
        self.central = central
        self.client = client
        self._sender = central.enrolled(client, "kiosk-1", folder)

    def store(self, number: int = 1) -> str:
        """One response with sealed words; its id."""
        sealed = Sealed("sealing-20260302", WORDS)
        found = replace(visit(number, device="kiosk-2"), seq=number, sealed=sealed)
        answer = batch(self.central, self.client, canonical_bytes(found)).json()
        assert answer["receipts"][0]["status"] == "stored"
        return found.id

    def give_back(self, id: str) -> None:
        """Hand the centre a tombstone of its own that it does not know."""
        tombstone = make_tombstone(id, *self.central.keys.signing_key())
        answer = self._sender.forgotten(ForgottenRequest(0, (tombstone,)))
        assert not isinstance(answer, Refused)


@pytest.fixture
def place(central: CentreUnderTest, tmp_path: Path) -> Iterator[Place]:
    with TestClient(central.app) as client:
        yield Place(central, client, tmp_path / "agent")


def test_a_tombstone_given_back_is_answered_before_anything_is_scrubbed(
    alone: CentreUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SCRUB_EVERY", 0.01)
    held = Held(removal.scrub)
    monkeypatch.setattr(removal, "scrub", held)
    with TestClient(alone.app) as client:
        place = Place(alone, client, tmp_path / "agent")
        place.give_back(place.store())
        try:
            assert alone.stored() == []
            assert held.came.wait(60), "the centre does it by itself"
            assert batch(alone, client).status_code == 200, "while it is scrubbed, devices are heard"
        finally:
            held.release()


def test_what_was_given_back_leaves_the_files_of_the_database(
    alone: CentreUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SCRUB_EVERY", 0.01)
    with TestClient(alone.app) as client:
        place = Place(alone, client, tmp_path / "agent")
        id = place.store()
        assert found_in(alone.folder), "control: they are there"
        place.give_back(id)
        wait_until(lambda: found_in(alone.folder) == [])


def test_many_that_are_given_back_at_once_cost_one_scrub(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def scrub(engine: Engine) -> bool:
        times.append(1)
        return real(engine)

    real = removal.scrub
    monkeypatch.setattr(removal, "scrub", scrub)
    for number in (1, 2, 3):
        place.give_back(place.store(number))
    assert times == []
    for _ in range(3):
        place.central.centre.house.scrub_removed()
    assert times == [1]


def test_a_scrub_that_did_not_come_to_its_end_is_done_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [False, True, True]
    monkeypatch.setattr(removal, "scrub", lambda _: ends.pop(0))
    place.give_back(place.store())
    for _ in range(3):
        place.central.centre.house.scrub_removed()
    assert ends == [True]


# --- strangers ----------------------------------------------------------------------------------------------


def test_strangers_never_wait_for_the_writer_nor_keep_it(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(alone.centre.devices.receive)
    monkeypatch.setattr(alone.centre.devices, "receive", held)
    with (
        TestClient(alone.app) as client,
        under_way(lambda: batch(alone, client), held),  # the one writer there is
    ):
        for headers in ({}, {"Authorization": "Bearer made-up"}):
            assert client.get("/v1/responses", headers=headers).status_code == 401


# --- administrators -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["summary", "responses"])
def test_administrators_hold_no_thread_that_a_device_needs(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    held = Held(getattr(alone.centre.administrators, call))
    monkeypatch.setattr(alone.centre.administrators, call, held)
    waiting = [{"Authorization": f"Bearer {alone.token(role='analyst')}"} for _ in range(4)] * 4
    device = {"Authorization": f"Bearer {alone.token(device='kiosk-1')}"}

    built = app.build_app(alone.centre)
    lanes: Any = built.app
    held_up = lanes.state["administrators"].statistics

    async def asked() -> list[int]:
        transport = httpx.ASGITransport(built)  # type: ignore[arg-type]
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://centre") as client,
            asyncio.timeout(20),
        ):
            asking = [asyncio.create_task(client.get(f"/v1/{call}", headers=one)) for one in waiting]
            while held_up().tasks_waiting == 0:
                await asyncio.sleep(0.01)
            try:
                heard = [await client.get(path, headers=device) for path in ("/health", "/v1/config")]
                assert not any(each.done() for each in asking)
            finally:
                held.release()
            return [each.status_code for each in [*heard, *[await one for one in asking]]]

    assert asyncio.run(asked()) == [200] * 18


def test_an_administrator_who_asks_again_does_not_need_the_devices_writer(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(alone.centre.devices.receive)
    headers = {"Authorization": f"Bearer {alone.token(role='analyst')}"}
    with TestClient(alone.app) as client:
        assert client.get("/v1/summary", headers=headers).status_code == 200
        monkeypatch.setattr(alone.centre.devices, "receive", held)
        with under_way(lambda: batch(alone, client), held):  # the one writer there is
            answers = [client.get("/v1/summary", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3


def test_administrators_hold_no_connection_that_a_device_needs(alone: CentreUnderTest) -> None:
    pulls = open_database(alone.address, 2)
    centre = Centre(alone.engine, now=alone.now, keys=alone.keys, pulls=pulls)
    with (
        TestClient(app.build_app(centre)) as client,
        pulls.connect(),
        pulls.connect(),
    ):
        assert batch(alone, client).status_code == 200
        assert pulls.pool.checkedout() == 2  # type: ignore[attr-defined]
    pulls.dispose()


def test_a_token_that_asks_for_more_than_its_turns_is_told_when_to_come_back(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(alone.centre.administrators.summary)
    monkeypatch.setattr(alone.centre.administrators, "summary", held)
    headers = {"Authorization": f"Bearer {alone.token(role='analyst')}"}

    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app.build_app(alone.centre))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
            asking = [asyncio.create_task(client.get("/v1/summary", headers=headers)) for _ in range(20)]
            try:
                async with asyncio.timeout(60):
                    while sum(each.done() for each in asking) < 4:
                        await asyncio.sleep(0.01)
            finally:
                held.release()
            return [await each for each in asking]

    answers = asyncio.run(asked())
    refused = [each for each in answers if each.status_code == 429]
    assert [each.status_code for each in answers].count(200) == 16
    assert {(each.json()["number"], each.headers["retry-after"]) for each in refused} == {("HL4024", "15")}


# --- admission ----------------------------------------------------------------------------------------------


def test_the_configuration_is_admitted_like_all_that_devices_ask_for(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(alone.centre.devices.config)
    monkeypatch.setattr(alone.centre.devices, "config", held)
    headers = {"Authorization": f"Bearer {alone.token(device='kiosk-1')}"}

    async def asked() -> list[int]:
        transport = httpx.ASGITransport(app.build_app(alone.centre, Limits(per_device=2)))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
            asking = [asyncio.create_task(client.get("/v1/config", headers=headers)) for _ in range(12)]
            try:
                async with asyncio.timeout(60):
                    while sum(each.done() for each in asking) < 10:
                        await asyncio.sleep(0.01)
            finally:
                held.release()
            return sorted([(await each).status_code for each in asking])

    assert asyncio.run(asked()) == [200] * 2 + [429] * 10


# --- the house ----------------------------------------------------------------------------------------------


def test_whatever_the_database_says_to_the_keeper_the_centre_goes_on(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(housekeeping, "MONTHS_EVERY", 0.01)
    times: list[int] = []

    def fails() -> None:
        times.append(1)
        raise PoolTimeoutError("words of a citizen")

    monkeypatch.setattr(alone.centre.house, "keep_months", fails)
    with caplog.at_level(logging.WARNING), TestClient(alone.app) as client:
        wait_until(lambda: len(times) > 2)
        assert client.get("/health").status_code == 200
    assert "HL5006 TimeoutError" in caplog.text
    assert "citizen" not in caplog.text


def test_who_finds_no_connection_to_the_database_is_told_to_come_back(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PoolTimeoutError("QueuePool limit")

    monkeypatch.setattr(alone.centre.devices, "arriving", fails)
    with TestClient(alone.app) as client:
        answer = batch(alone, client)
    assert (answer.status_code, answer.json()["number"]) == (503, "HL5006")
