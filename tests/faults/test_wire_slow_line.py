"""A line of 8 kbit/s that loses every third piece: batches grow small enough to get through in time.

Agent and centre over real sockets; the centre is a process of its own.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher, Step
from sync.agent.sending import Refused, Sender, Wire, make_client
from sync.contract.canonical import canonical_bytes
from sync.contract.sealing import seal_words
from sync.outbox import Outbox, OutboxReader, Receipts
from tests.support.processes import free_port, running, wait_until
from tests.support.receipts import status_of
from tests.support.slow_line import slow_line
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

BYTES_PER_SECOND, LOSS = 1000, 0.3  # 8 kbit/s
VISITS, WORDS = 12, 200  # what citizens wrote is sealed: no line of it gets smaller by packing
# Seconds of silence that the agent bears. All of VISITS take more than 5 without a loss, and no machine makes
# that less; one takes 2 with what is lost, and may take twice as long on a busy machine.
TIMEOUT = 4.0


@pytest.fixture
def port(central: CentreUnderTest, tmp_path: Path) -> Iterator[int]:
    """The centre, served by a process of its own; kiosk-1 is enrolled in `agent`."""
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tmp_path / "agent")
    number = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    with running([*command, "--port", str(number)], {**os.environ, "PYTHONPATH": str(ROOT)}):
        wait_until(lambda: answers(number))
        yield number


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


def serve_visits(folder: Path, central: CentreUnderTest) -> list[bytes]:
    """VISITS in an outbox; their bytes."""
    key = central.keys.public().sealing[-1]
    outbox = Outbox(folder / "outbox", "kiosk-1", clock=lambda: NOW)
    words = [seal_words({"unsatisfied": "x" * WORDS}, key.id, key.public) for _ in range(VISITS)]
    stored = [
        outbox.append(replace(visit(number), sealed=sealed)) for number, sealed in enumerate(words, start=1)
    ]
    outbox.close()
    return [canonical_bytes(each) for each in stored]


@contextmanager
def agent(folder: Path, port: int, kind: type[Pusher]) -> Iterator[tuple[Pusher, Receipts]]:
    """An agent behind the line."""
    receipts = Receipts(folder / "agent")
    with (
        slow_line(port, bytes_per_second=BYTES_PER_SECOND, loss=LOSS, seed=3) as line,
        make_client(f"http://127.0.0.1:{line.port}", timeout=TIMEOUT) as client,
    ):
        wire = Wire(client, lambda: NOW, patience=TIMEOUT)
        sender = Sender(wire, load_identity(folder / "agent"))
        yield kind(OutboxReader(folder / "outbox"), receipts, sender, lambda: NOW), receipts
        assert line.lost > 0
    receipts.close()


def test_a_line_of_8_kbits_that_loses_a_third_carries_everything_once(
    central: CentreUnderTest, port: int, tmp_path: Path
) -> None:
    written = serve_visits(tmp_path, central)
    steps: list[Step] = []
    with agent(tmp_path, port, Pusher) as (pusher, receipts):
        while not steps or not isinstance(steps[-1], Idle):
            steps.append(pusher.step())
            believed = {body for seq, body in enumerate(written, 1) if status_of(receipts.view, seq)}
            assert believed <= set(central.stored())
            assert len(steps) < 100, "it never got through"
        assert (receipts.through, dict(receipts.view.set_aside)) == (VISITS, {})
    assert isinstance(steps[0], Refused), "the whole batch was too much for the line"
    assert central.stored() == written


class Stubborn(Pusher):
    """The control: never sends less than it can."""

    def _shrink(self, tried: int) -> None:
        pass


def test_control_an_agent_that_never_sends_less_never_gets_through(
    central: CentreUnderTest, port: int, tmp_path: Path
) -> None:
    serve_visits(tmp_path, central)
    with agent(tmp_path, port, Stubborn) as (pusher, receipts):
        steps = [pusher.step() for _ in range(2)]
        assert [isinstance(step, Refused) and step.broke_off for step in steps] == [True] * 2
        assert receipts.through == 0
