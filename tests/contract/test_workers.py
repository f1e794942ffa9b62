"""Several processes of the centre over one PostgreSQL: devices send side by side, and all is killed once."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.retry import Verdict
from sync.agent.sending import Refused, Sender, Wire, make_client
from sync.central.store import rollups
from sync.central.store.database import reading
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.outbox import StoredResponse
from tests.support.postgres import Postgres, postgres, programs
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
DEVICES = ("kiosk-1", "kiosk-2", "kiosk-3")
RESPONSES, BATCH = 240, 20


@pytest.fixture
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    centre = CentreUnderTest(tmp_path / "centre", url=server.fresh(), devices=DEVICES)
    yield centre
    centre.close()


class Device:
    """Sends all of its responses, each batch until it is acknowledged."""

    def __init__(self, id: str, sender: Sender) -> None:
        self.acknowledged: list[str] = []
        self._bodies = [(each, canonical_bytes(each)) for each in numbered(RESPONSES, device=id)]
        self._sender = sender

    def send(self) -> None:
        for at in range(0, RESPONSES, BATCH):
            batch = [
                StoredResponse(each.seq, each.id, body, digest(body))
                for each, body in self._bodies[at : at + BATCH]
            ]
            wait_until(partial(self._is_taken, batch))

    def _is_taken(self, batch: list[StoredResponse]) -> bool:
        reply = self._sender.push(batch)
        if not isinstance(reply, BatchReply):
            return False
        assert {receipt.status for receipt in reply.receipts} <= {"stored", "duplicate"}
        self.acknowledged += [receipt.id for receipt in reply.receipts]
        return True


class Puller:
    """Goes on where it stopped, until everything was there."""

    def __init__(self, address: str, token: str) -> None:
        self.seen: list[str] = []
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}"}
        self._cursor = ""

    def pull(self) -> bool:
        parameters = {"after": self._cursor, "limit": "50"}
        try:
            answer = httpx.get(f"{self._address}/v1/responses", params=parameters, headers=self._headers)
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            return False
        page = answer.json()
        self.seen += [item["response"]["id"] for item in page["items"]]
        self._cursor = page["next"]
        return len(self.seen) >= RESPONSES * len(DEVICES)


def test_workers_that_are_killed_lose_nothing_acknowledged_and_a_pull_sees_each_row_once(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with TestClient(central.app) as client:
        for id in DEVICES:
            central.enrolled(client, id, tmp_path / id)
    clients = [make_client(address) for _ in DEVICES]
    devices = [
        Device(id, Sender(Wire(client, lambda: NOW), load_identity(tmp_path / id)))
        for id, client in zip(DEVICES, clients, strict=True)
    ]
    puller = Puller(address, central.token(role="admin"))
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    command += ["--database", str(central.url), "--workers", "2", "--port", str(port)]
    threads = [threading.Thread(target=device.send) for device in devices]
    with running(command, ENVIRONMENT) as process:
        wait_until(lambda: is_up(address))
        for thread in threads:
            thread.start()
        wait_until(lambda: puller.pull() or len(puller.seen) > RESPONSES)
        os.killpg(process.pid, signal.SIGKILL)
    with running(command, ENVIRONMENT):
        wait_until(puller.pull)
        for thread in threads:
            thread.join(60)
    acknowledged = [id for device in devices for id in device.acknowledged]
    assert len(set(acknowledged)) == RESPONSES * len(DEVICES)
    assert sorted(puller.seen) == sorted(set(acknowledged))
    with reading(central.engine) as connection:
        kept = connection.exec_driver_sql("SELECT sum(n) FROM rollups").scalar_one()
        assert kept == sum(rollups.counted(connection).values())
        held = connection.exec_driver_sql("SELECT DISTINCT held FROM devices").scalars().all()
    assert held == [f"[[1,{RESPONSES}]]"]
    for each in clients:
        each.close()


def test_a_database_that_crashes_is_a_numbered_problem_and_takes_nothing_acknowledged_with_it(
    tmp_path: Path,
) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres(durable=True) as server:
        central = CentreUnderTest(tmp_path / "centre", url=server.fresh())
        bodies = [(each, canonical_bytes(each)) for each in numbered(60)]
        stored = [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]
        with TestClient(central.app) as client:
            sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
            headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
            assert isinstance(sender.push(stored[:40]), BatchReply)
            server.crash()
            refused = sender.push(stored[40:])
            assert isinstance(refused, Refused)
            # Without its database the centre can't know who asks, and signs for nobody.
            assert (refused.problem.number, refused.verdict) == ("HL4103", Verdict.AGAIN)
            assert "HL5006" in refused.problem.detail
            for path in ("/health", "/v1/responses"):
                answer = client.get(path, headers=headers)
                assert (answer.status_code, answer.json()["number"]) == (503, "HL5006")
            server.start()
            assert central.stored() == [body for _, body in bodies[:40]]
            assert isinstance(sender.push(stored[40:]), BatchReply)
        assert central.stored() == [body for _, body in bodies]
        central.close()


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False
