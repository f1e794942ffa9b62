"""One terminal without a screen: the kiosk's OutboxKeeper and the agent, over a centre in this process."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx
from litestar.testing import TestClient
from msgspec.structs import replace

from kiosk.keeper import OutboxKeeper
from kiosk.settings import Office, Settings
from sync.agent.caring import HeartbeatSender
from sync.agent.configuration import BundleKeeper
from sync.agent.identity import load_identity
from sync.agent.pushing import Delivered, Pusher, Step
from sync.agent.sending import Sender, Wire
from sync.agent.tombstones import TombstoneKeeper
from sync.agent.trusting import RootFollower
from sync.contract.problem import Problem
from sync.contract.response import Response, Sealed
from sync.contract.tombstones import read_forgotten
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from sync.outbox.report import read_report
from tests.support import lying_network as lies
from tests.support.lying_network import Lie, LyingNetwork
from tests.support.wire import NOW, CentreUnderTest, visit

WORDS = "d29yZHMgb2Ygb25lIHBlcnNvbg=="


def spoken(number: int) -> Response:
    """A visit with a citizen's own words."""
    return replace(visit(number), sealed=Sealed("sealing-20260302", WORDS))


def fill(folder: Path, *numbers: int) -> list[Response]:
    """Put these visits into the outbox; as stored."""
    outbox = Outbox(folder, "kiosk-1", clock=lambda: NOW)
    try:
        return [outbox.append(spoken(number)) for number in numbers]
    finally:
        outbox.close()


def found_in(folder: Path, words: str = WORDS) -> list[Path]:
    """The files below a folder that hold these words."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if words.encode() in path.read_bytes()]


class Tablet:
    """Kiosk and agent of one terminal over the centre in this process."""

    def __init__(self, folder: Path, central: CentreUnderTest) -> None:
        self.folder = folder
        self.central = central
        self.now: Callable[[], datetime] = lambda: NOW
        self.running = 0.0  # seconds that the agent has run
        self.configuration: BundleKeeper | None = None
        self.receipts = Receipts(folder / "agent")
        self._line = Line(self)
        self._agent: Agent | None = None
        with TestClient(central.app) as client:
            central.enrolled(client, "kiosk-1", folder / "agent")

    def configured(self) -> BundleKeeper:
        """From now on it fetches its configuration, too."""
        self.configuration = BundleKeeper(self.folder / "agent", self.folder / "bundle")
        self.restart()
        return self.configuration

    def restart(self) -> None:
        """The agent ends; another one is started when it is needed."""
        self._agent = None

    def sends(self) -> Step:
        """Send everything that waits, or until a step fails; returns the last step."""
        with self._line:
            pusher = self.agent().pusher
            while isinstance(step := pusher.step(), Delivered):
                pass
            return step

    def hears(self, *told: Lie) -> None:
        """From now on the network applies one of these lies to each request; with none it is honest."""
        self._line.network.lies = told or [lies.honest]

    def beats(self) -> Problem | None:
        """One heartbeat and its consequences."""
        with self._line:
            return self.agent().heartbeats.beat()

    def agent(self) -> "Agent":
        """The agent of this tablet: the same one until it is restarted."""
        if self._agent is None:
            self._agent = Agent(self, Wire(self._line.client, lambda: self.now()))
        return self._agent

    def keeps_house(self) -> None:
        """What the kiosk does while nobody is there."""
        office = Office(name={"vi": "Phường Một"})
        keeper = OutboxKeeper(Settings(data=self.folder, office=office), "kiosk-1")
        assert keeper.open() is None
        for _ in range(20):
            keeper.maintain()
        keeper.close()
        kept = self.outbox().after(0, limit=3000, max_bytes=10**7)
        here = {each.id for each in kept if not read_forgotten(each.body)}
        assert not here & set(self.receipts.view.tombstones)

    def forgets(self) -> None:
        """Fetch tombstones, erase, report."""
        assert self.beats() is None
        self.keeps_house()
        assert self.beats() is None

    def outbox(self) -> OutboxReader:
        """The responses in the kiosk's outbox."""
        return OutboxReader(self.folder / "outbox")

    def seqs(self) -> list[int]:
        """The numbers in the outbox."""
        return [each.seq for each in self.outbox().after(0, limit=100, max_bytes=10**6)]

    def holds(self) -> list[Path]:
        """The files that contain the citizen's words."""
        return found_in(self.folder)

    def speaking(self) -> "Speaking":
        """Speaks to the centre, as somebody who was started now."""
        return Speaking(self)


class Agent:
    """What the process `hailong-agent` is made of."""

    def __init__(self, tablet: Tablet, wire: Wire) -> None:
        folder, receipts = tablet.folder / "agent", tablet.receipts

        def now() -> datetime:
            return tablet.now()

        self.sender = Sender(wire, load_identity(folder))
        self.pusher = Pusher(tablet.outbox(), receipts, self.sender, now)
        self.heartbeats = HeartbeatSender(
            self.sender,
            self.pusher,
            outbox=tablet.outbox(),
            reported=partial(read_report, tablet.folder / "outbox"),
            receipts=ReceiptsReader(folder),
            folder=folder,
            forgetting=TombstoneKeeper(self.sender, receipts, tablet.outbox()),
            trusting=RootFollower(self.sender, receipts, folder, now),
            configuration=tablet.configuration,
            now=now,
            app="",
            monotonic=lambda: tablet.running,
        )


class Line(httpx.BaseTransport):
    """Leads to the centre that is the tablet's at the time; open within `with`."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._end: TestClient[Any] | None = None
        self.network = LyingNetwork(self, [lies.honest], Random(0))
        self.client = httpx.Client(base_url="http://testserver.local", transport=self.network)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on."""
        assert self._end is not None
        answer = self._end.send(request)
        body = httpx.ByteStream(answer.content)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=body)

    def __enter__(self) -> Self:
        self._end = TestClient(self._tablet.central.app)
        self._end.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._end is not None
        self._end.__exit__()


class Speaking:
    """A sender for as long as it is needed."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._line = Line(tablet)

    def __enter__(self) -> Sender:
        self._line.__enter__()
        wire = Wire(self._line.client, lambda: self._tablet.now())
        return Sender(wire, load_identity(self._tablet.folder / "agent"))

    def __exit__(self, *_: object) -> None:
        self._line.__exit__()
