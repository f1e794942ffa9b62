"""Many at once: the same batch from many connections, and more devices than the centre admits."""

import asyncio

import httpx
import pytest

from sync.central.app import build_app
from sync.central.http.admission import Limits
from sync.contract.canonical import canonical_bytes
from tests.support.wire import CentreUnderTest, numbered


def batch(count: int) -> bytes:
    bodies = b",".join(canonical_bytes(each) for each in numbered(count))
    return b'{"device":"kiosk-1","responses":[%b]}' % bodies


async def at_once(central: CentreUnderTest, count: int, body: bytes, limits: Limits) -> list[httpx.Response]:
    headers = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
    app = build_app(central.centre, limits)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
        return await asyncio.gather(
            *(client.post("/v1/batches", content=body, headers=headers) for _ in range(count))
        )


def test_fifty_identical_batches_at_once_store_each_response_once(central: CentreUnderTest) -> None:
    answers = asyncio.run(at_once(central, 50, batch(100), Limits(admitted=100, per_device=50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    statuses = [receipt["status"] for answer in answers for receipt in answer.json()["receipts"]]
    assert (statuses.count("stored"), statuses.count("duplicate")) == (100, 4900)
    assert len(central.stored()) == 100


@pytest.mark.parametrize("limits", [Limits(), Limits(admitted=20, per_device=20)])
def test_more_than_are_admitted_are_told_when_to_come_back(central: CentreUnderTest, limits: Limits) -> None:
    answers = asyncio.run(at_once(central, 200, batch(5), limits))
    counts = {answer.status_code for answer in answers}
    assert counts == {200, 429}
    for answer in answers:
        if answer.status_code == 429:
            assert answer.json()["number"] == "HL4015"
            assert int(answer.headers["retry-after"]) > 0
    assert len(central.stored()) == 5
