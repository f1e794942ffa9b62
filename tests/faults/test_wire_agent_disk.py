"""The agent on a disk that is full, read-only, or does not give a part of the outbox back.

It stays up, says what is wrong, and goes on when it can; nothing is lost, doubled or taken for done.
"""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.pushing import POSTPONED_AGAIN, Idle, Pusher, Step
from sync.agent.sending import Sender, Wire
from sync.agent.status import read_status
from sync.contract.canonical import canonical_bytes
from sync.contract.ranges import to_ranges
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, OutboxSettings, Receipts, ReceiptsReader, Unreadable
from sync.outbox.segments import segments
from tests.support.loop_disk import LoopDisk, needs_loop_disk
from tests.support.processes import free_port, running, wait_until
from tests.support.receipts import status_of
from tests.support.simulated_disk import PowerCut, SimulatedDisk
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


# --- full and read-only: real processes on a real file system -----------------------------------------------


class Tablet:
    """A kiosk whose outbox is on a good disk, and an agent whose folder is on the one in question."""

    def __init__(self, folder: Path, agent: Path, port: int) -> None:
        self.agent = agent
        self._outbox = folder / "outbox"
        self._config = folder / "agent.toml"
        self._config.write_text(
            f'centre = "http://127.0.0.1:{port}"\ndevice = "kiosk-1"\noutbox = "outbox"\n'
            f'folder = "{agent}"\npoll_seconds = 0.01\nheartbeat_seconds = 1\n'
        )
        self.written: list[bytes] = []

    def serve(self) -> int:
        """One more visit; its `seq`."""
        outbox = Outbox(self._outbox, "kiosk-1", clock=lambda: NOW)
        self.written.append(canonical_bytes(outbox.append(visit(len(self.written) + 1))))
        outbox.close()
        return len(self.written)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "sync.agent", "--config", str(self._config), *arguments]

    def problem(self) -> str:
        """What `status` says is wrong."""
        done = subprocess.run(
            self.command("status", "--json"), env=ENVIRONMENT, stdout=subprocess.PIPE, check=False
        )
        return str(json.loads(done.stdout)["problem"] or "")

    def through(self) -> int:
        return ReceiptsReader(self.agent).view().through


@contextmanager
def tablet_on(disk: LoopDisk, folder: Path, central: CentreUnderTest) -> Iterator[Tablet]:
    agent = disk.root / "agent"
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", agent)
    port = free_port()
    serve = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    with running([*serve, "--port", str(port)], ENVIRONMENT):
        wait_until(lambda: answers(port))
        yield Tablet(folder, agent, port)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


def fill(path: Path) -> None:
    """Write until there is not a byte of room."""
    size = 1024 * 1024
    with path.open("wb", buffering=0) as ballast:
        while size:
            try:
                ballast.write(bytes(size))
            except OSError:
                size //= 2


def is_on(disk: LoopDisk) -> bool:
    """Whether the disk could be mounted anew; not as long as somebody has it open."""
    try:
        disk.power_on()
    except OSError:
        return False
    return True


@needs_loop_disk
def test_an_agent_on_a_full_disk_stays_up_says_so_and_goes_on_when_there_is_room(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    said = tmp_path / "log"
    with (
        LoopDisk(tmp_path, megabytes=4) as disk,
        tablet_on(disk, tmp_path, central) as tablet,
        said.open("wb") as log,
        running(tablet.command(), ENVIRONMENT, log=log) as agent,
    ):
        first = tablet.serve()
        wait_until(lambda: tablet.through() == first)
        fill(disk.root / "ballast")
        while "HL2002" not in said.read_text():  # until the last block of the receipts is full, too
            tablet.serve()
            wait_until(lambda: tablet.through() == len(tablet.written) or "HL2002" in said.read_text())
        tablet.serve()
        assert "HL2002" in tablet.problem()
        assert agent.poll() is None
        (disk.root / "ballast").unlink()
        wait_until(lambda: tablet.through() == len(tablet.written))
        wait_until(lambda: tablet.problem() == "")
        assert agent.poll() is None
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(timeout=30) == 0
        assert central.stored() == tablet.written


@needs_loop_disk
def test_an_agent_on_a_disk_that_became_read_only_stays_up_says_so_and_loses_nothing(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    with (
        LoopDisk(tmp_path, megabytes=4, options="loop,errors=remount-ro") as disk,
        tablet_on(disk, tmp_path, central) as tablet,
    ):
        with running(tablet.command(), ENVIRONMENT) as agent:
            first = tablet.serve()
            wait_until(lambda: tablet.through() == first)
            disk.become_read_only()
            tablet.serve()
            wait_until(lambda: "EROFS" in tablet.problem())
            wait_until(lambda: len(central.stored()) == 2)
            assert (agent.poll(), tablet.through()) == (None, first)
            agent.send_signal(signal.SIGTERM)
            assert agent.wait(timeout=30) == 0
        wait_until(lambda: is_on(disk))
        with running(tablet.command(), ENVIRONMENT):
            wait_until(lambda: tablet.through() == 2)
            wait_until(lambda: tablet.problem() == "")
        assert central.stored() == tablet.written


def test_an_agent_whose_identity_the_disk_does_not_give_back_waits_and_goes_on_when_it_does(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    said, agent, port = tmp_path / "log", tmp_path / "agent", free_port()
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", agent)
    tablet = Tablet(tmp_path, agent, port)
    tablet.serve()
    good = (agent / "identity.json").rename(agent / "good")
    (agent / "identity.json").symlink_to("/proc/self/mem")  # reading it fails like a bad sector
    serve = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    with (
        running([*serve, "--port", str(port)], ENVIRONMENT),
        said.open("wb") as log,
        running(tablet.command(), ENVIRONMENT, log=log) as process,
    ):
        wait_until(lambda: "HL2001" in said.read_text())
        assert process.poll() is None
        good.replace(agent / "identity.json")
        wait_until(lambda: tablet.through() == 1)
    assert "HL4106" not in said.read_text()


# --- a part of the outbox that the disk does not give back --------------------------------------------------


class BadDisk(SimulatedDisk):
    """`bad`: a file and the bytes of it that can't be read; None: the disk is well."""

    bad: tuple[Path, range] | None = None

    def read(self, fd: int, length: int, offset: int) -> bytes:
        path, _ = self._open[fd]
        if (
            self.bad
            and path == self.bad[0]
            and offset < self.bad[1].stop
            and offset + length > self.bad[1].start
        ):
            raise OSError(errno.EIO, "input/output error", str(path))
        return super().read(fd, length, offset)


class Careless(OutboxReader):
    """The control: what can't be read is passed over and nothing said."""

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        return ()

    @unreadable.setter
    def unreadable(self, _: tuple[Unreadable, ...]) -> None:
        pass


VISITS, SEGMENT = 60, 20
OUTBOX, AGENT = Path("/outbox"), Path("/agent")


class Scene:
    """A tablet with three segments on a bad disk, and a centre."""

    def __init__(self, folder: Path, central: CentreUnderTest, client: httpx.Client) -> None:
        self.disk = BadDisk()
        self.now = NOW
        self._central = central
        self._client = client
        central.enrolled(client, "kiosk-1", folder / "agent")
        self._identity = load_identity(folder / "agent")
        outbox = self.open_outbox()
        self.written = [canonical_bytes(outbox.append(visit(number))) for number in range(1, VISITS + 1)]
        outbox.close()

    def clock(self) -> datetime:
        return self.now

    def open_outbox(self) -> Outbox:
        """The kiosk starts."""
        settings = OutboxSettings(segment_responses=SEGMENT)
        return Outbox(OUTBOX, "kiosk-1", clock=self.clock, files=self.disk, settings=settings)

    def segment(self, number: int) -> Path:
        return OUTBOX / segments(self.disk, OUTBOX)[number].name

    def run(self, pusher: Pusher) -> Idle:
        step: Step
        for _ in range(10 * VISITS):
            if isinstance(step := pusher.step(), Idle):
                return step
        raise AssertionError("it never became idle")

    @contextmanager
    def agent(self, reader: type[OutboxReader] = OutboxReader) -> Iterator[Pusher]:
        receipts = Receipts(AGENT, files=self.disk)
        sender = Sender(Wire(self._client, self.clock), self._identity)
        yield Pusher(reader(OUTBOX, self.disk), receipts, sender, self.clock, limit=7)
        receipts.close()

    def problem(self) -> str:
        status = read_status(OutboxReader(OUTBOX, self.disk), ReceiptsReader(AGENT, files=self.disk))
        return status.problem.brief() if status.problem else ""

    def at_centre(self) -> list[int]:
        return sorted(msgspec.json.decode(body, type=Response).seq for body in self._central.stored())


@pytest.fixture
def scene(tmp_path: Path, central: CentreUnderTest) -> Iterator[Scene]:
    with TestClient(central.app) as client:
        yield Scene(tmp_path, central, client)


@pytest.mark.parametrize("sector", [0, 1, 2])
def test_what_the_disk_does_not_give_back_waits_and_everything_else_goes_on(
    scene: Scene, central: CentreUnderTest, sector: int
) -> None:
    bad = scene.segment(1)
    scene.disk.bad = (bad, range(4096 * sector, 4096 * sector + 1))
    with scene.agent() as pusher:
        idle = scene.run(pusher)
        there = scene.at_centre()
        waiting = set(range(1, VISITS + 1)) - set(there)
        assert 0 < len(waiting) < SEGMENT // 2
        assert waiting <= set(range(SEGMENT + 1, 2 * SEGMENT + 1)), "one sector costs what is in it"
        assert (idle.postponed, pusher.waiting()) == (len(waiting), len(waiting))
        assert scene.problem() == f"HL2001 {bad} EIO"
    with scene.agent() as pusher:  # started again, and told by the centre what that holds
        scene.run(pusher)
        pusher.reconcile(1, to_ranges(there))
        scene.disk.bad = None
        assert scene.run(pusher).postponed == len(waiting), "not tried at every look"
        scene.now += timedelta(seconds=POSTPONED_AGAIN)
        assert scene.run(pusher).postponed == 0
    assert scene.problem() == ""
    assert sorted(central.stored()) == sorted(scene.written)
    view = ReceiptsReader(AGENT, files=scene.disk).view()
    assert (view.through, dict(view.set_aside)) == (VISITS, {})


def test_control_an_agent_that_takes_what_it_cannot_read_for_lost_gives_it_up(scene: Scene) -> None:
    scene.disk.bad = (scene.segment(1), range(4096))
    with scene.agent(Careless) as pusher:
        scene.run(pusher)
        pusher.reconcile(1, to_ranges(scene.at_centre()))
        assert pusher.waiting() == 0
    assert {each.status for each in ReceiptsReader(AGENT, files=scene.disk).view().set_aside.values()} == {
        "lost"
    }


# --- power cuts at every call that the agent makes of its disk ----------------------------------------------


def test_a_power_cut_at_any_call_between_receipt_and_mark_loses_and_doubles_nothing(
    scene: Scene, central: CentreUnderTest
) -> None:
    def cut_at(number: int) -> bool:
        """One step that a power cut ends at its call `number`; False where it had not so many."""
        left = number

        def fault(_call: str, _path: Path) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise PowerCut

        scene.disk.faults = fault
        try:
            with scene.agent() as pusher:
                pusher.step()
        except PowerCut:
            return True
        finally:
            scene.disk.faults = None
        return False

    random = Random(5)
    calls = 0
    while cut_at(calls := calls + 1):
        scene.disk.cut_power(random)
        scene.open_outbox().close()  # says anew how far it is durable
        view = ReceiptsReader(AGENT, files=scene.disk).view()
        there = central.stored()
        assert {body for seq, body in enumerate(scene.written, 1) if status_of(view, seq)} <= set(there)
        assert len(set(there)) == len(there)
    assert calls > 20
    with scene.agent() as pusher:
        scene.run(pusher)
    assert central.stored() == scene.written
    assert ReceiptsReader(AGENT, files=scene.disk).view().through == VISITS
