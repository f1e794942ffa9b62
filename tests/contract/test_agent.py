"""Agent and centre in one process, over a real outbox; then as real processes over a real socket."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.pushing import Delivered, Idle, Pusher
from sync.agent.sending import Sender, Wire
from sync.contract.bundle import load_bundle
from sync.contract.canonical import canonical_bytes
from sync.outbox import OutboxReader, Receipts, ReceiptsReader
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, fill_outbox, write_bundle


class Terminal:
    """A device with an outbox of its own, and an agent that speaks to the centre in this process."""

    def __init__(self, folder: Path, central: CentreUnderTest, client: httpx.Client) -> None:
        self.outbox = folder / "outbox"
        self.receipts = Receipts(folder / "agent")
        self.sender = central.enrolled(client, "kiosk-1", folder / "agent")

    def pusher(self) -> Pusher:
        return Pusher(OutboxReader(self.outbox), self.receipts, self.sender, lambda: NOW)


@pytest.fixture
def terminal(tmp_path: Path, central: CentreUnderTest) -> Iterator[Terminal]:
    with TestClient(central.app) as client:
        found = Terminal(tmp_path, central, client)
        yield found
        found.receipts.close()


def test_everything_in_the_outbox_reaches_the_centre_in_order_byte_for_byte(
    terminal: Terminal, central: CentreUnderTest
) -> None:
    visits = fill_outbox(terminal.outbox, 1203)
    pusher = terminal.pusher()
    steps = []
    while not isinstance(step := pusher.step(), Idle):
        steps.append(step)
    assert steps == [Delivered(500), Delivered(500), Delivered(203)]
    assert central.stored() == [canonical_bytes(each) for each in visits]
    assert terminal.receipts.through == 1203


def test_receipts_that_were_lost_are_asked_for_again_and_nothing_is_doubled(
    terminal: Terminal, central: CentreUnderTest
) -> None:
    fill_outbox(terminal.outbox, 20)
    pusher = terminal.pusher()
    pusher.step()
    terminal.receipts.withdraw(5, 12)
    assert terminal.pusher().step() == Delivered(8)
    assert len(central.stored()) == 20
    assert not terminal.receipts.view.set_aside


def test_a_response_that_cannot_be_read_any_more_is_given_up_and_the_others_go_on(
    terminal: Terminal, central: CentreUnderTest
) -> None:
    visits = fill_outbox(terminal.outbox, 10)
    (segment,) = terminal.outbox.glob("*.journal")
    data = bytearray(segment.read_bytes())
    data[data.index(visits[3].id.encode()) + 1] ^= 0xFF
    segment.write_bytes(bytes(data))
    pusher = terminal.pusher()
    while not isinstance(pusher.step(), Idle):
        pass
    assert len(central.stored()) == 9
    assert pusher.waiting() == 0
    assert [(each.seq, each.status) for each in terminal.receipts.view.set_aside.values()] == [(4, "lost")]


def test_what_the_outbox_has_deleted_is_not_given_up_when_the_receipts_are_lost(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    visits = fill_outbox(terminal.outbox, 10)
    while not isinstance(terminal.pusher().step(), Idle):
        pass
    terminal.receipts.close()
    (tmp_path / "agent" / "receipts.journal").unlink()
    terminal.receipts = Receipts(tmp_path / "agent")
    (segment,) = terminal.outbox.glob("*.journal")
    data = bytearray(segment.read_bytes())
    data[data.index(visits[3].id.encode()) + 1] ^= 0xFF
    segment.write_bytes(bytes(data))
    pusher = terminal.pusher()
    while not isinstance(pusher.step(), Idle):
        pass
    assert pusher.waiting() == 0
    assert not terminal.receipts.view.set_aside
    assert len(central.stored()) == 10


def test_a_centre_restored_from_an_old_backup_gets_its_data_again(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    fill_outbox(terminal.outbox, 20)
    pusher = terminal.pusher()
    pusher.step()
    with central.engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM responses WHERE seq > 7")
        connection.exec_driver_sql("UPDATE devices SET held = '[[1,7]]' WHERE id = 'kiosk-1'")
        connection.exec_driver_sql("UPDATE facts SET value = '2' WHERE name = 'epoch'")
        connection.commit()
    central.open()
    outbox = terminal.outbox
    with TestClient(central.app) as client:
        sender = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        pusher = Pusher(OutboxReader(outbox), terminal.receipts, sender, lambda: NOW)
        fill_more(outbox)
        while not isinstance(pusher.step(), Idle):
            pass
    assert len(central.stored()) == 21
    assert terminal.receipts.through == 21


def fill_more(folder: Path) -> None:
    from sync.outbox import Outbox
    from tests.support.wire import visit

    outbox = Outbox(folder, "kiosk-1", clock=lambda: NOW)
    outbox.append(visit(5000))
    outbox.close()


# --- real processes -----------------------------------------------------------------------------------------


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


PYTHON = [sys.executable, "-m"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def command(*arguments: str) -> str:
    done = subprocess.run(
        [*PYTHON, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_as_processes_they_carry_visits_within_moments_and_survive_a_killed_centre(tmp_path: Path) -> None:
    data, port = str(tmp_path / "centre"), free_port()
    command("sync.central", "init", "--data", data, "--bundle", str(write_bundle(tmp_path / "bundle")))
    code = command("sync.central", "enrol-token", "--data", data, "--device", "kiosk-1").split()[-1]
    admin = command("sync.central", "tokens", "create", "--data", data, "--role", "admin").strip()
    config = tmp_path / "agent.toml"
    config.write_text(
        f'centre = "http://127.0.0.1:{port}"\ndevice = "kiosk-1"\noutbox = "outbox"\nfolder = "agent"\n'
        'bundle = "current"\nheartbeat_seconds = 1\n'
    )
    fill_outbox(tmp_path / "outbox", 40)
    address = f"http://127.0.0.1:{port}/v1/responses"

    def pulled() -> list[int]:
        items = httpx.get(address, headers={"Authorization": f"Bearer {admin}"}).json()["items"]
        return [item["response"]["seq"] for item in items]

    serve = [*PYTHON, "sync.central", "serve", "--data", data, "--port", str(port)]
    agent = [*PYTHON, "sync.agent", "--config", str(config)]
    with running(serve, ENVIRONMENT) as centre_process:
        wait_until(lambda: answers(port))
        command("sync.agent", "--config", str(config), "enrol", code)
        os.killpg(centre_process.pid, signal.SIGKILL)
    with running(agent, ENVIRONMENT) as agent_process:
        with running(serve, ENVIRONMENT) as centre_process:
            receipts = ReceiptsReader(tmp_path / "agent")
            wait_until(lambda: receipts.view().through == 40)
            os.killpg(centre_process.pid, signal.SIGKILL)
        fill_more(tmp_path / "outbox")
        with running(serve, ENVIRONMENT):
            wait_until(lambda: receipts.view().through == 41)
            assert pulled() == list(range(1, 42))
            wait_until((tmp_path / "current").is_symlink)
            agent_process.send_signal(signal.SIGTERM)
            assert agent_process.wait(timeout=10) == 0
            status = json.loads(command("sync.agent", "--config", str(config), "status", "--json"))
            assert load_bundle(tmp_path / "current").keys.sealing
            assert (status["made"], status["queue"], status["problem"]) == (41, 0, None)
            assert command("sync.agent", "--config", str(config), "--once") == ""
