"""A tablet under a name that another one has used: a new disk, an older copy of it, a clone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from kiosk.keeper import Keeper
from kiosk.settings import Office, Settings
from sync.agent.caring import Carer
from sync.agent.forgetting import Forgetting
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender
from sync.agent.trusting import Trusting
from sync.central.database import reading
from sync.central.devices import list_devices
from sync.contract.heartbeat import Heartbeat
from sync.outbox import OutboxReader, Receipts, ReceiptsReader
from tests.support.wire import NOW, CentreUnderTest, visit

OLD, NEW = 20, 30


class Tablet:
    """A kiosk's outbox and the agent next to it, enrolled under the name that all of them have."""

    def __init__(self, folder: Path, central: CentreUnderTest, client: httpx.Client) -> None:
        self.folder = folder
        office = Office(name={"vi": "Phường Mẫu"})
        self.settings = Settings(
            device="kiosk-1", unit="phuong-mot", survey="kien-hung", data=folder, office=office
        )
        self.sender = central.enrolled(client, "kiosk-1", folder / "agent")

    def write(self, first: int, last: int) -> None:
        """Visits, as the kiosk keeps them after a start."""
        keeper = Keeper(self.settings)
        assert keeper.open() is None
        for number in range(first, last + 1):
            keeper.append(visit(number))
        while keeper.maintain():
            pass
        assert keeper.facts(scanner=True, sound=True).alarms == ()
        keeper.close()

    def send(self, sender: Sender | None = None) -> None:
        """What the agent does after a start: a heartbeat, and all there is."""
        receipts = Receipts(self.folder / "agent")
        outbox = OutboxReader(self.folder / "outbox")
        sender = sender or self.sender
        pusher = Pusher(outbox, receipts, sender, lambda: NOW)
        carer = Carer(
            sender,
            pusher,
            outbox=OutboxReader(self.folder / "outbox"),
            receipts=ReceiptsReader(self.folder / "agent"),
            folder=self.folder / "agent",
            forgetting=Forgetting(sender, receipts, outbox),
            trusting=Trusting(sender, receipts, self.folder / "agent", lambda: NOW),
            configuration=None,
            now=lambda: NOW,
            app="1",
        )
        assert carer.beat() is None
        while not isinstance(pusher.step(), Idle):
            pass
        assert carer.beat() is None
        receipts.close()

    def aside(self) -> list[int]:
        return sorted(ReceiptsReader(self.folder / "agent").view().set_aside)

    def queue(self) -> int:
        made = OutboxReader(self.folder / "outbox").watermark()
        return ReceiptsReader(self.folder / "agent").view().queue(made)


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


def test_a_new_disk_goes_on_behind_the_old_one_and_everything_counts(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    old = Tablet(tmp_path / "old", central, client)
    old.write(1, OLD)
    old.send()
    new = Tablet(tmp_path / "new", central, client)
    new.write(101, 100 + NEW)
    new.send()
    assert (new.aside(), new.queue(), len(central.stored())) == ([], 0, OLD + NEW)
    with reading(central.engine) as connection:
        device = list_devices(connection, "kiosk-1")[0]
    assert (device.made, device.held, device.gaps, device.cloned) == (OLD + NEW, OLD + NEW, (), False)


def test_what_the_old_disk_took_with_it_is_a_gap_at_the_centre_and_nobodys_alarm_on_the_new_one(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    old = Tablet(tmp_path / "old", central, client)
    old.write(1, OLD)
    old.send()
    old.write(OLD + 1, OLD + 5)
    old.sender.heartbeat(Heartbeat(at=NOW, made=OLD + 5, queue=5), timedelta(0))
    new = Tablet(tmp_path / "new", central, client)
    new.write(101, 103)
    new.send()
    assert (new.aside(), new.queue(), len(central.stored())) == ([], 0, OLD + 3)
    with reading(central.engine) as connection:
        assert list_devices(connection, "kiosk-1")[0].gaps == ((OLD + 1, OLD + 5),)
