"""One device floods, others send byte by byte, ten thousand are made up: who is honest gets through.

Over real sockets, against the centre as a process of its own.
"""

import os
import resource
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from litestar.testing import TestClient
from nacl.signing import SigningKey

from sync.agent.identity import load_identity, own_key
from sync.agent.sending import Sender, Wire, make_client
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.signing import Call, sign_request
from sync.outbox import StoredResponse
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered

PLACES, SHARE = 8, 2
SLOW = tuple(f"slow-{number}" for number in range(PLACES))
HONEST, NOISY = "kiosk-1", "kiosk-2"
MADE_UP, TOGETHER = 10_000, 50
IDLE = 1500  # more than granian holds open by itself


class Place:
    """A centre that serves, with all of its devices enrolled; `agent` is the honest one."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], folder: Path, agent: Sender) -> None:
        self.port = port
        self.agent = agent
        self._folder = folder
        self._process = process

    def send(self, count: int) -> bool:
        """Whether the honest device's responses were taken."""
        bodies = [(each, canonical_bytes(each)) for each in numbered(count, device=HONEST)]
        batch = [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]
        return isinstance(self.agent.push(batch), BatchReply)

    def connect(self, device: str, body: bytes, *, sent: int, key: SigningKey | None = None) -> socket.socket:
        """A connection on which `device` has signed a batch and sent the first bytes of its body."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.sendall(head(device, key or own_key(self._folder / device), body) + body[:sent])
        return connection

    def drip(self, device: str) -> tuple[int, socket.socket]:
        """A connection whose body waits to be sent: 100 where it is admitted, else the status of the answer.

        An admitted request is the only one whose body the centre asks for (RFC 9110, 10.1.1).
        """
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        lines = head(device, own_key(self._folder / device), body_of(device))
        connection.sendall(lines.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        return status(connection), connection

    def memory(self) -> int:
        """Bytes that the centre's processes have to themselves."""
        process = psutil.Process(self._process.pid)
        return sum(each.memory_full_info().uss for each in (process, *process.children(recursive=True)))


def body_of(device: str) -> bytes:
    return b'{"device":"%b","responses":[]}' % device.encode()


def head(device: str, key: SigningKey, body: bytes) -> bytes:
    call = Call("POST", "/v1/batches", {"host": "centre"})
    created = int(NOW.timestamp())
    signed = sign_request(key, device, call, body, created=created, nonce=os.urandom(16))
    lines = [f"{name}: {value}" for name, value in signed.items()]
    length = f"Content-Length: {len(body)}"
    return "\r\n".join(["POST /v1/batches HTTP/1.1", "Host: centre", length, *lines, "", ""]).encode()


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Place]:
    """A centre of few places."""
    central = CentreUnderTest(folder / "centre", devices=(HONEST, NOISY, *SLOW))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    command += ["--port", str(port), "--admitted", str(PLACES), "--per-device", str(SHARE), *options]
    try:
        with TestClient(central.app) as client:
            for device in (HONEST, NOISY, *SLOW):
                central.enrolled(client, device, folder / device)
        with (
            running(command, {**os.environ, "PYTHONPATH": str(ROOT)}) as process,
            make_client(address) as client,
        ):
            wait_until(lambda: answers(address))
            agent = Sender(Wire(client, lambda: NOW), load_identity(folder / HONEST))
            yield Place(port, process, folder, agent)
    finally:
        central.close()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False


def status(connection: socket.socket) -> int:
    """The status of the next answer; 0 where the connection was closed without one."""
    # Without a buffer: what comes after the line stays to be read.
    with suppress(OSError), connection.makefile("rb", buffering=0) as lines:
        while (line := lines.readline()) == b"\r\n":  # the end of the answer before this one
            pass
        return int(line.split()[1]) if line else 0
    return 0


def test_a_device_that_floods_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(tmp_path) as place:
        stop = threading.Event()
        told: Counter[int] = Counter()

        def flood() -> None:
            while not stop.is_set():
                with place.connect(NOISY, body_of(NOISY), sent=100) as connection:
                    told[status(connection)] += 1

        noise = [threading.Thread(target=flood) for _ in range(4 * PLACES)]
        for each in noise:
            each.start()
        try:
            wait_until(lambda: told[429] > 0)
            # Not one of them is turned away: the places of others are no business of the noisy one's.
            assert all(place.send(count) for count in range(1, 21))
        finally:
            stop.set()
            for each in noise:
                each.join()
        assert told[200] > 0
        assert set(told) == {200, 429}


def test_bodies_that_drip_hold_no_place_that_others_need(tmp_path: Path) -> None:
    with serving(tmp_path, "--grace", "600") as place, ExitStack() as open_ones:

        def drip(device: str) -> tuple[int, socket.socket]:
            told, connection = place.drip(device)
            open_ones.enter_context(connection)
            return told, connection

        dripping = [drip(device) for device in SLOW]  # as many as there are places
        assert [told for told, _ in dripping] == [100] * PLACES
        wait_until(lambda: place.send(5))
        for _ in range(SHARE - 1):
            wait_until(lambda: drip(SLOW[0])[0] == 100)
        assert drip(SLOW[0])[0] == 429, "its share and no more"
        for device, (_, each) in zip(SLOW, dripping, strict=True):
            each.sendall(body_of(device))
        answered = [status(each) for _, each in dripping]
        assert answered == [200] * PLACES, "late, and welcome all the same"


def test_a_body_that_never_comes_is_waited_for_so_long_and_no_longer(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--grace", "0.2") as place,
        place.connect(NOISY, body_of(NOISY), sent=1) as connection,
    ):
        answer = connection.makefile("rb").read()  # to its end: the connection is closed
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"HL4036" in answer


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may have IDLE connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * IDLE:
        pytest.skip("the system lets nobody have so many connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * IDLE), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_connections_on_which_nothing_comes_keep_nobody_out(tmp_path: Path) -> None:
    with serving(tmp_path) as place, ExitStack() as open_ones:
        for _ in range(IDLE):
            open_ones.enter_context(socket.create_connection(("127.0.0.1", place.port), timeout=60))
        assert place.send(5)


def test_ten_thousand_made_up_devices_leave_nothing_in_memory(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as place,
        socket.create_connection(("127.0.0.1", place.port), timeout=60) as connection,
        connection.makefile("rb") as answered,
    ):

        def knock(numbers: range) -> None:
            """So many requests at once, each of another device that there is not."""
            key = SigningKey(bytes(32))
            for at in numbers:
                connection.sendall(
                    b"".join(head(f"made-up-{at + each}", key, b"") for each in range(TOGETHER))
                )
                for _ in range(TOGETHER):
                    lines = list(iter(answered.readline, b"\r\n"))
                    assert lines[0].startswith(b"HTTP/1.1 401 "), lines[0]
                    (length,) = (int(line.split()[1]) for line in lines if line.startswith(b"content-length"))
                    assert b"HL4018" in answered.read(length)

        knock(range(0, MADE_UP // 3, TOGETHER))  # what a process takes anyway until it is warm
        before = place.memory()
        knock(range(MADE_UP // 3, MADE_UP, TOGETHER))
        assert place.memory() - before < 16 * 2**20
        assert place.send(5)
