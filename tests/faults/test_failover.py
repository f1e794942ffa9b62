"""Three nodes of deploy/server/cluster/ for real: their leader dies, and takes nothing acknowledged along."""

import base64
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import httpx
import psutil
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.identity import load_identity
from sync.agent.retry import Verdict
from sync.agent.sending import Refused, Sender, Wire, make_client
from sync.central.office.backup import back_up, check
from sync.central.store import rollups
from sync.central.store.database import reading
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.outbox import StoredResponse
from tests.support.cluster import Cluster, Node, cluster, missing
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

pytestmark = pytest.mark.timeout(420)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
DEVICES = ("kiosk-1", "kiosk-2", "kiosk-3")
BATCH = 100
PAUSE = 0.05  # seconds between two batches: the nodes share this machine
PATIENCE = 150


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    if missing():
        pytest.skip(f"not installed: {missing()}")
    with cluster() as found:
        with found.superuser() as connection:
            connection.execute("CREATE ROLE hailong LOGIN CREATEDB PASSWORD 'secret'")
        yield found


def centre_on(nodes: Cluster, name: str, folder: Path) -> CentreUnderTest:
    """A centre over a new database of the cluster."""
    with nodes.superuser() as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER hailong")
    return CentreUnderTest(folder, url=nodes.url("hailong", "secret", name), devices=DEVICES)


def batch(device: str, first: int) -> list[StoredResponse]:
    found = [replace(visit(seq, device=device), seq=seq) for seq in range(first, first + BATCH)]
    bodies = [(each, canonical_bytes(each)) for each in found]
    return [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]


class Device(threading.Thread):
    """Sends batch after batch, each until it is acknowledged, until it is told to stop."""

    def __init__(self, id: str, sender: Sender, stop: threading.Event) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self.moments: list[float] = []
        self.refused: list[Refused] = []
        self._id, self._sender, self._stop_now = id, sender, stop

    def run(self) -> None:
        first = 1
        while not self._stop_now.wait(PAUSE):
            reply = self._sender.push(batch(self._id, first))
            if not isinstance(reply, BatchReply):
                self.refused.append(reply)
                continue
            assert {receipt.status for receipt in reply.receipts} <= {"stored", "duplicate"}
            self.acknowledged += [receipt.id for receipt in reply.receipts]
            self.moments.append(time.monotonic())
            first += BATCH


def stored_ids(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return list(connection.exec_driver_sql("SELECT id FROM responses").scalars())


def answers(address: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{address}/health").status_code == 200
    return False


def test_a_leader_that_dies_under_load_takes_nothing_acknowledged_with_it(
    nodes: Cluster, tmp_path: Path
) -> None:
    central = centre_on(nodes, "under_load", tmp_path / "centre")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with TestClient(central.app) as client:
        for id in DEVICES:
            central.enrolled(client, id, tmp_path / id)
    clients = [make_client(address) for _ in DEVICES]
    stop = threading.Event()
    devices = [
        Device(id, Sender(Wire(client, lambda: NOW), load_identity(tmp_path / id)), stop)
        for id, client in zip(DEVICES, clients, strict=True)
    ]
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    command += ["--database", str(central.url), "--workers", "2", "--port", str(port)]
    with running(command, ENVIRONMENT):
        wait_until(lambda: answers(address))
        try:
            for device in devices:
                device.start()
            wait_until(lambda: all(len(device.moments) >= 10 for device in devices), seconds=PATIENCE)
            leader = nodes.leader()
            assert leader is not None
            leader.die()
            died = time.monotonic()
            # The same process of the centre goes on, with nobody's help.
            wait_until(lambda: all(_since(device, died) >= 10 for device in devices), seconds=PATIENCE)
        finally:
            stop.set()
            for device in devices:
                device.join(60)
        leader.start()
    acknowledged = [id for device in devices for id in device.acknowledged]
    stored = stored_ids(central)
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    assert {each.verdict for device in devices for each in device.refused} == {Verdict.AGAIN}
    with reading(central.engine) as connection:
        kept = connection.exec_driver_sql("SELECT sum(n) FROM rollups").scalar_one()
        assert kept == sum(rollups.counted(connection).values())
    moments = sorted(moment for device in devices for moment in device.moments)
    gap = max(after - before for before, after in pairwise(moments))
    print(f"{len(acknowledged)} acknowledged, none missing; {gap:.1f} s without one")
    # A copy is taken and checked over the same address as everything else.
    back_up(central.engine, tmp_path / "copy")
    assert check(tmp_path / "copy", central.url).responses == len(stored)
    # Who led before follows now, without anybody's hand.
    wait_until(lambda: nodes.is_whole(2), seconds=PATIENCE)
    for each in clients:
        each.close()
    central.close()


def _since(device: Device, moment: float) -> int:
    return sum(each > moment for each in device.moments)


def test_without_synchronous_mode_the_same_death_takes_acknowledged_responses_along(
    nodes: Cluster, tmp_path: Path
) -> None:
    """The control: the standbys hear nothing for a moment, and the leader acknowledges by itself."""
    wait_until(lambda: nodes.is_whole(2), seconds=PATIENCE)
    central = centre_on(nodes, "control", tmp_path / "centre")
    nodes.configure(synchronous_mode=False, synchronous_mode_strict=False)
    wait_until(lambda: _waits_for_nobody(nodes), seconds=PATIENCE)
    leader = nodes.leader()
    assert leader is not None
    acknowledged: list[str] = []
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
        wait_until(lambda: _has_arrived(nodes), seconds=PATIENCE)
        deaf = [_stopped_receiver(node) for node in nodes.nodes if node is not leader]
        for first in (1, 1 + BATCH):
            reply = sender.push(batch("kiosk-1", first))
            assert isinstance(reply, BatchReply)
            acknowledged += [receipt.id for receipt in reply.receipts]
    leader.die()
    for receiver in deaf:
        # It ends before it reads what still lies in its socket, as it would on another machine.
        receiver.send_signal(signal.SIGTERM)
        receiver.send_signal(signal.SIGCONT)
    _forget_leader(nodes)
    wait_until(nodes.takes_writes, seconds=PATIENCE)
    central.engine.dispose()
    assert len(acknowledged) == 2 * BATCH
    assert not set(acknowledged) <= set(stored_ids(central))
    central.close()


def _waits_for_nobody(nodes: Cluster) -> bool:
    with nodes.superuser() as connection:
        return connection.execute("SHOW synchronous_standby_names").fetchone() == ("",)


def _has_arrived(nodes: Cluster) -> bool:
    """Whether the standbys have everything, so that only what comes next can be lost."""
    query = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()"
    with nodes.superuser() as connection:
        return connection.execute(query).fetchone() == (2,)


def _stopped_receiver(node: Node) -> psutil.Process:
    receiver = node.receiver()
    assert receiver is not None
    receiver.suspend()
    return receiver


def _forget_leader(nodes: Cluster) -> None:
    """Let the leader's time be up at once, instead of in twenty seconds."""
    key = base64.b64encode(b"/hailong/hailong/leader").decode()
    httpx.post(f"{nodes.etcd}/v3/kv/deleterange", json={"key": key}, timeout=10).raise_for_status()
