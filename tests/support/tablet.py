"""One terminal without a screen: the kiosk's Keeper and the agent, over a centre in this process."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from litestar.testing import TestClient
from msgspec.structs import replace

from kiosk.keeper import Keeper
from kiosk.settings import Office, Settings
from sync.agent.caring import Carer
from sync.agent.configuration import Configuration
from sync.agent.forgetting import Forgetting
from sync.agent.identity import load_identity
from sync.agent.pushing import Delivered, Pusher, Step
from sync.agent.sending import Sender, Wire
from sync.agent.trusting import Trusting
from sync.contract.problem import Problem
from sync.contract.response import Response, Sealed
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from tests.support.wire import NOW, CentreUnderTest, visit

WORDS = "d29yZHMgb2Ygb25lIHBlcnNvbg=="


def spoken(number: int) -> Response:
    """A visit in which somebody has said something."""
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
        self.configuration: Configuration | None = None
        self.receipts = Receipts(folder / "agent")
        with TestClient(central.app) as client:
            central.enrolled(client, "kiosk-1", folder / "agent")

    def configured(self) -> Configuration:
        """From now on it fetches its configuration, too."""
        self.configuration = Configuration(self.folder / "agent", self.folder / "bundle")
        return self.configuration

    def sends(self) -> Step:
        """All that waits, or until something is in the way: the last step."""
        with self.speaking() as sender:
            pusher = self._pusher(sender)
            while isinstance(step := pusher.step(), Delivered):
                pass
            return step

    def beats(self) -> Problem | None:
        """One heartbeat and what comes of it, of an agent that was started for it."""
        with self.speaking() as sender:
            return self.carer(sender).beat()

    def carer(self, sender: Sender) -> Carer:
        """What beats."""
        folder = self.folder / "agent"
        return Carer(
            sender,
            self._pusher(sender),
            outbox=self.outbox(),
            receipts=ReceiptsReader(folder),
            folder=folder,
            forgetting=Forgetting(sender, self.receipts, self.outbox()),
            trusting=Trusting(sender, self.receipts, folder, self.now),
            configuration=self.configuration,
            now=self.now,
            app="",
        )

    def keeps_house(self) -> None:
        """What the kiosk does while nobody is there."""
        office = Office(name={"vi": "Phường Một"})
        keeper = Keeper(
            Settings(device="kiosk-1", unit="phuong-mot", survey="kien-hung", data=self.folder, office=office)
        )
        assert keeper.open() is None
        for _ in range(20):
            keeper.maintain()
        assert all(each.id not in self.receipts.view.tombstones for each in keeper.recent())
        keeper.close()

    def forgets(self) -> None:
        """Hear of it, do it, say so."""
        assert self.beats() is None
        self.keeps_house()
        assert self.beats() is None

    def outbox(self) -> OutboxReader:
        """What the kiosk has kept."""
        return OutboxReader(self.folder / "outbox")

    def seqs(self) -> list[int]:
        """The numbers in the outbox."""
        return [each.seq for each in self.outbox().after(0, limit=100, max_bytes=10**6)]

    def holds(self) -> list[Path]:
        """The files that hold what was said."""
        return found_in(self.folder)

    def speaking(self) -> "Speaking":
        """Speaks to the centre, as somebody who was started now."""
        return Speaking(self.central, self.folder / "agent", self.now)

    def _pusher(self, sender: Sender) -> Pusher:
        return Pusher(self.outbox(), self.receipts, sender, self.now)


class Speaking:
    """A sender for as long as it is needed."""

    def __init__(self, central: CentreUnderTest, folder: Path, now: Callable[[], datetime]) -> None:
        self._client = TestClient(central.app)
        self._folder = folder
        self._now = now

    def __enter__(self) -> Sender:
        self._client.__enter__()
        return Sender(Wire(self._client, self._now), load_identity(self._folder))

    def __exit__(self, *_: object) -> None:
        self._client.__exit__()
