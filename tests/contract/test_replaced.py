"""A tablet under a name that another one has used: a new disk, an older copy of it, a clone."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from kiosk.keeper import OutboxKeeper
from kiosk.settings import Office, Settings
from sync.agent.caring import HeartbeatSender
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender
from sync.agent.tombstones import TombstoneKeeper
from sync.agent.trusting import RootFollower
from sync.central.office.audit.acts import Act, By
from sync.central.office.devices import list_devices
from sync.central.office.erasure_list import newest
from sync.central.office.removal import forget
from sync.central.office.taking import Taken, ledger_of, take
from sync.central.store import rollups
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit as log
from sync.central.store.schema import responses
from sync.central.store.schema import rollups as counts
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.heartbeat import Heartbeat
from sync.contract.response import Response
from sync.outbox import OutboxReader, Receipts, ReceiptsReader, StoredResponse
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

OLD, NEW = 20, 30


class Tablet:
    """A kiosk's outbox and the agent next to it, enrolled under the name that all of them have."""

    def __init__(self, folder: Path, central: CentreUnderTest, client: httpx.Client) -> None:
        self.folder = folder
        office = Office(name={"vi": "Phường Mẫu"})
        self.settings = Settings(data=folder, office=office)
        self.sender = central.enrolled(client, "kiosk-1", folder / "agent")

    def write(self, first: int, last: int) -> None:
        """Visits, as the kiosk keeps them after a start."""
        keeper = OutboxKeeper(self.settings, "kiosk-1")
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
        heartbeats = HeartbeatSender(
            sender,
            pusher,
            outbox=OutboxReader(self.folder / "outbox"),
            receipts=ReceiptsReader(self.folder / "agent"),
            folder=self.folder / "agent",
            forgetting=TombstoneKeeper(sender, receipts, outbox),
            trusting=RootFollower(sender, receipts, self.folder / "agent", lambda: NOW),
            configuration=None,
            now=lambda: NOW,
            app="1",
        )
        assert heartbeats.beat() is None
        while not isinstance(pusher.step(), Idle):
            pass
        assert heartbeats.beat() is None
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


def test_what_a_copied_tablet_numbered_twice_is_taken_once_and_the_tablet_may_let_go(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    one = Tablet(tmp_path / "one", central, client)
    one.write(1, 3)
    two = Tablet(tmp_path / "two", central, client)
    shutil.rmtree(two.folder)
    shutil.copytree(one.folder, two.folder)  # the whole disk, key and all
    two.write(101, 104)
    one.send(two.sender)
    two.send()
    assert two.aside() == []  # 4 … 7 were free
    one.write(4, 8)
    one.send(two.sender)
    clashed = one.aside()
    assert clashed == [4, 5, 6, 7]
    with reading(central.engine) as connection:
        assert list_devices(connection, "kiosk-1")[0].cloned

    assert take_all(central, dry_run=True) == Taken(taken=4)
    assert len(central.stored()) == 8
    assert take_all(central) == Taken(taken=4)
    assert take_all(central) == Taken()
    ids = sorted(visit(number).id for number in (*range(1, 9), *range(101, 105)))
    with reading(central.engine) as connection:
        assert sorted(connection.execute(select(responses.c.id)).scalars()) == ids
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(counts)) if row.n}
        assert kept == rollups.counted(connection)
        assert list(connection.execute(select(log.c.act).where(log.c.act == "take")).scalars()) == ["take"]
        assert list_devices(connection, ledger_of("kiosk-1"))[0].gaps == ()
    one.send(two.sender)
    one.send(two.sender)
    assert (one.aside(), one.queue(), len(central.stored())) == ([], 0, 12)

    with writing(central.engine) as connection:
        assert forget(Act(connection, By("test", NOW)), id=visit(4).id) == 1
        assert newest(connection, "kiosk-1") == 1, "the tablet is asked to erase it too"


def test_answers_given_before_a_replaced_tablet_was_enrolled_can_be_taken(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    old = Tablet(tmp_path / "old", central, client)
    old.write(1, OLD)
    old.send()
    new = Tablet(tmp_path / "new", central, client)
    shutil.rmtree(new.folder / "agent")
    new.write(101, 102)
    new.sender = central.enrolled(client, "kiosk-1", new.folder / "agent")
    new.write(103, 104)
    new.send()
    assert new.aside() == [1, 2]
    assert take_all(central) == Taken(taken=2)
    new.send()
    assert (new.aside(), new.queue(), len(central.stored())) == ([], 0, OLD + 4)


def test_two_versions_of_one_response_are_left_for_a_person(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
    mine = [replace(visit(number), seq=number) for number in (1, 2)]
    clash = replace(visit(3), seq=1)
    again = replace(visit(3), seq=2)
    assert isinstance(sender.push(stored_form([*mine, clash, again])), BatchReply)
    assert take_all(central) == Taken(taken=1, doubled=1)
    assert take_all(central) == Taken(doubled=1)
    assert len(central.stored()) == 3


def test_the_command_takes_and_says_so_or_says_what_there_is(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
        clash = [replace(visit(1), seq=1), replace(visit(2), seq=1)]
        assert isinstance(sender.push(stored_form(clash)), BatchReply)

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "sync.central", "set-aside", *arguments, "--reason", "test"]
        done = subprocess.run(
            [*command, "--data", str(central.folder)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    code, text = run("judge")
    assert (code, "HL4023" in text, "kiosk-1: 1 phiếu HL4010 `set-aside take" in text) == (1, True, True)
    assert run("judge", "--device", "kiosk-9")[0] == 1
    code, text = run("take", "--device", "kiosk-1")
    assert (code, "1 đã nhận" in text) == (0, True)
    code, text = run("take", "--device", "kiosk-1")
    assert (code, "không có phiếu nào" in text) == (1, True)
    central.close()


def take_all(central: CentreUnderTest, *, dry_run: bool = False) -> Taken:
    return take(central.engine, By("test", NOW), device="kiosk-1", reason="copied", dry_run=dry_run)


def stored_form(made: list[Response]) -> list[StoredResponse]:
    bodies = [(each, canonical_bytes(each)) for each in made]
    return [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]


def test_what_was_given_up_as_lost_is_so_no_more_when_the_centre_holds_it_again(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    tablet = Tablet(tmp_path / "tablet", central, client)
    tablet.write(1, 4)
    tablet.send()
    receipts = Receipts(tablet.folder / "agent")
    receipts.lost(2, 3)
    receipts.lost(9, 9)
    receipts.close()
    assert tablet.aside() == [2, 3, 9]
    tablet.send()
    assert tablet.aside() == [9]
