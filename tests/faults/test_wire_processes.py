"""Real processes, sockets and disks: what is killed, cut off or unplugged comes back without loss."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender, Wire, make_client
from sync.contract.canonical import canonical_bytes
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from tests.support.chaos_proxy import chaos
from tests.support.loop_disk import LoopDisk, unavailable
from tests.support.processes import free_port, running, wait_until
from tests.support.receipts import status_of
from tests.support.wire import NOW, ROOT, CentreUnderTest, fill_outbox, visit

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def port(central: CentreUnderTest, tmp_path: Path) -> Iterator[int]:
    """The centre, served by a process of its own; kiosk-1 is enrolled in `agent`."""
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tmp_path / "agent")
    number = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    with running([*command, "--port", str(number)], ENVIRONMENT):
        wait_until(lambda: answers(number))
        yield number


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


class Steps:
    """Steps of the agent under strace, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def take(self, *options: str) -> int:
        """One step, traced; how it ended."""
        assert self._process.stdin
        assert self._process.stdout
        print(file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        wait_until(lambda: state_of(child, "State").startswith("T"))
        tracer = subprocess.Popen(["strace", "-qq", *options, "-p", str(child)])
        wait_until(lambda: tracer.poll() is not None or state_of(child, "TracerPid") != "0")
        refused = tracer.poll() is not None
        os.kill(child, signal.SIGCONT)
        if refused:
            pytest.skip("strace may not attach to a process here")
        ended = int(self._process.stdout.readline())
        tracer.wait()
        return ended


def state_of(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))


@contextmanager
def steps(port: int, folder: Path) -> Iterator[Steps]:
    command = [sys.executable, "-m", "tests.support.agent_steps", str(port), str(folder / "outbox")]
    with subprocess.Popen(
        [*command, str(folder / "agent")],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield Steps(process)
        process.communicate()


@pytest.mark.skipif(not Path("/usr/bin/strace").exists(), reason="strace is missing")
def test_an_agent_killed_at_any_system_call_of_a_step_loses_and_doubles_nothing(
    central: CentreUnderTest, port: int, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "outbox", "kiosk-1", clock=lambda: NOW)
    written: list[bytes] = []

    def serve() -> None:
        written.append(canonical_bytes(outbox.append(visit(len(written) + 1))))

    serve()
    with steps(port, tmp_path) as agent:
        serve()
        assert agent.take("-o", str(tmp_path / "calls")) == 0
        calls = Counter(re.findall(r"^(\w+)\(", (tmp_path / "calls").read_text(), re.MULTILINE))
        calls.subtract(["kill"])  # how it stopped itself
        assert {"connect", "sendto", "recvfrom", "pwrite64", "fdatasync"} <= set(calls)
        killed = 0
        for call, times in calls.items():
            for number in range(1, times + 1):
                serve()
                killed += agent.take("-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}") != 0
                there = central.stored()
                view = ReceiptsReader(tmp_path / "agent").view()
                believed = {body for seq, body in enumerate(written, 1) if status_of(view, seq) == "stored"}
                assert believed <= set(there)
                assert len(set(there)) == len(there)
        assert killed > sum(calls.values()) // 2, "the agent was hardly ever killed"
        while agent.take("-o", "/dev/null") == 0:
            pass
    outbox.close()
    assert central.stored() == written


@pytest.mark.parametrize("most", [900, 6000, 20_000])
def test_connections_that_are_reset_at_any_byte_lose_and_double_nothing(
    central: CentreUnderTest, port: int, tmp_path: Path, most: int
) -> None:
    visits = fill_outbox(tmp_path / "outbox", 200)
    receipts = Receipts(tmp_path / "agent")
    with chaos(port, seed=most, most=most) as proxy, make_client(f"http://127.0.0.1:{proxy.port}") as client:
        sender = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        pusher = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW, limit=20)
        for _ in range(60):
            if isinstance(pusher.step(), Idle):
                break
        assert proxy.resets > 0
        proxy.calm = True
        for _ in range(60):
            if isinstance(pusher.step(), Idle):
                break
    receipts.close()
    assert sorted(central.stored()) == sorted(canonical_bytes(each) for each in visits)
    assert receipts.view.through == 200


@pytest.mark.root
@pytest.mark.skipif(bool(unavailable()), reason=unavailable())
@pytest.mark.parametrize(("synchronous", "loses"), [("FULL", False), ("OFF", True)])
def test_a_centre_whose_power_is_cut_under_load_holds_all_it_acknowledged_and_the_control_does_not(
    tmp_path: Path, synchronous: str, loses: bool
) -> None:
    with LoopDisk(tmp_path, megabytes=64) as disk:
        command = [sys.executable, "-m", "tests.support.centre_process", str(disk.root / "c"), synchronous]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(12):
            acknowledged = int(process.stdout.readline())
        disk.cut_power()
        process.kill()
        process.wait()
        disk.power_on()
        held = surviving(disk.root / "c")
        assert (held < acknowledged) is loses


def surviving(folder: Path) -> int:
    """The last `seq` of the unbroken row that is at the centre; 0 where there is no sound database."""
    try:
        connection = sqlite3.connect(folder / "central.db")
        seqs = [row[0] for row in connection.execute("SELECT seq FROM responses ORDER BY seq")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return 0
    finally:
        connection.close()
    assert seqs == list(range(1, len(seqs) + 1))
    return len(seqs)


def test_an_agent_told_to_stop_in_the_middle_of_a_transfer_ends_and_can_be_started_again(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tmp_path / "agent")
    fill_outbox(tmp_path / "outbox", 3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = tmp_path / "agent.toml"
        config.write_text(
            f'centre = "http://127.0.0.1:{silent.getsockname()[1]}"\ndevice = "kiosk-1"\noutbox = "outbox"\n'
            'folder = "agent"\ntimeout_seconds = 3600.0\n'
        )
        command = [sys.executable, "-m", "sync.agent", "--config", str(config)]
        with running(command, ENVIRONMENT) as agent:
            connection, _ = silent.accept()
            connection.recv(1)  # it is sending, and will wait for an hour for the answer
            second = subprocess.run(
                command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
            )
            assert (second.returncode, "HL2003" in second.stderr) == (1, True), "two agents at once"
            agent.send_signal(signal.SIGTERM)
            assert agent.wait(timeout=30) == 0
            connection.close()
    Receipts(tmp_path / "agent").close()
