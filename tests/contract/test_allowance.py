"""One device makes the centre keep only so much a day of what it can't count, and loses nothing by it."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.intake.ingest import ALLOWANCE, RANGES
from sync.central.store.database import reading
from sync.contract.canonical import canonical_bytes
from sync.contract.response import Response
from tests.support.wire import NOW, CentreUnderTest, numbered, visit

LARGE = 900_000  # bytes


class Device:
    def __init__(self, central: CentreUnderTest, client: Any, name: str = "kiosk-1") -> None:
        self.central, self.client, self.name = central, client, name
        self.headers = {"Authorization": f"Bearer {central.token(device=name)}"}

    def push(self, *responses: Response) -> Any:
        bodies = b",".join(map(canonical_bytes, responses))
        content = b'{"device":"%b","responses":[%b]}' % (self.name.encode(), bodies)
        return self.client.post("/v1/batches", content=content, headers=self.headers)

    def statuses(self, *responses: Response) -> list[str]:
        answer = self.push(*responses)
        assert answer.status_code == 200, answer.text
        return [each["status"] for each in answer.json()["receipts"]]

    def set_aside(self) -> int:
        with reading(self.central.engine) as connection:
            found = connection.exec_driver_sql("SELECT sum(length(body)) FROM set_aside").scalar_one()
            return int(found or 0)


@pytest.fixture
def device(central: CentreUnderTest) -> Iterator[Device]:
    with TestClient(central.app) as client:
        yield Device(central, client)


def large(number: int, device: str = "kiosk-1") -> Response:
    return replace(visit(number, device=device), seq=number, app=secrets.token_hex(LARGE // 2))


def test_what_is_set_aside_has_an_allowance_a_day(device: Device, central: CentreUnderTest) -> None:
    kept = [large(number) for number in range(1, ALLOWANCE // LARGE + 1)]
    for each in kept:
        assert device.statuses(each) == ["refused"]
    beyond, good = large(50), replace(visit(51), seq=51)
    before = device.set_aside()
    answer = device.push(good, beyond)
    assert (answer.status_code, answer.json()["number"]) == (429, "HL4049")
    assert int(answer.headers["Retry-After"]) == 9 * 3600  # 15:00 in Viet Nam: until midnight
    assert (device.set_aside(), central.stored()) == (before, [])

    assert device.statuses(kept[0]) == ["refused"], "what is kept already has its receipt again"
    assert device.statuses(good) == ["stored"], "what counts is not kept back"
    other = Device(central, device.client, "kiosk-2")
    assert other.statuses(large(1, "kiosk-2")) == ["refused"], "each device has its own allowance"
    central.now = lambda: NOW + timedelta(hours=9)
    assert device.statuses(beyond) == ["refused"], "tomorrow is another day"


def test_a_ledger_with_gaps_without_end_is_turned_away(device: Device, central: CentreUnderTest) -> None:
    odd = [replace(each, seq=2 * each.seq) for each in numbered(RANGES + 1)]
    for at in range(0, RANGES, 500):
        assert set(device.statuses(*odd[at : at + 500])) == {"stored"}
    answer = device.push(odd[RANGES])
    assert (answer.status_code, answer.json()["number"]) == (409, "HL4053")
    assert len(central.stored()) == RANGES
    between = replace(visit(5000), seq=3)
    assert device.statuses(between) == ["stored"], "what closes a gap is welcome"
