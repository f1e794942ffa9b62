"""A terminal whose clock is wrong by years, a centre behind TLS whose certificate is not valid by that clock.

The machine's clock can't be moved here, so the centre's is: it and the dates of its certificate are years
behind this machine's clock, or ahead of it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.caring import HeartbeatSender
from sync.agent.centre_clock import read_centre_time
from sync.agent.identity import keep_identity, load_identity, own_key
from sync.agent.pushing import Delivered, Pusher
from sync.agent.sending import Refused, Sender, Wire, enrol, make_wire
from sync.agent.status import read_status, status_lines
from sync.agent.tombstones import TombstoneKeeper
from sync.agent.trusting import RootFollower
from sync.agent.uptime import uptime
from sync.central.store.database import reading
from sync.contract.enrolment import EnrolReply
from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from tests.support.https import certificate, serving_https
from tests.support.wire import CentreUnderTest, visit

YEARS = (-730, 15 * 365)
"""Days by which the centre's clock is ahead: this machine's is two years ahead of it, or fifteen behind."""


class Scene:
    """A centre whose clock is `ahead` days ahead of this machine's, and the folder of a terminal."""

    def __init__(self, folder: Path, ahead: int) -> None:
        self.ahead = timedelta(days=ahead, hours=(ahead > 0) - (ahead < 0))
        self.set = timedelta(0)
        self.agent, self.outbox, self.folder = folder / "agent", folder / "outbox", folder
        self.central = CentreUnderTest(folder / "centre", now=lambda: local_now() + self.ahead)
        self.ca = str(certificate(folder, ahead - 10, ahead + 10))

    def own(self) -> datetime:
        """What the terminal's clock shows: this machine's time, until somebody has `set` it."""
        return local_now() + self.set

    @contextmanager
    def wire(self, behind: httpx.Client | None = None) -> Iterator[Wire]:
        """To the centre by TLS, or to what is in its place."""
        with (
            TestClient(self.central.app) as client,
            serving_https(self.folder, behind or client) as address,
            closing(make_wire(address, self.own, ca=self.ca)) as wire,
        ):
            yield wire

    def joins(self, wire: Wire) -> EnrolReply | Refused:
        reply = enrol(wire, self.central.code("kiosk-1"), "kiosk-1", own_key(self.agent))
        if isinstance(reply, EnrolReply):
            keep_identity(self.agent, reply)
        return reply

    def visited(self) -> None:
        """One visit that ends now, by this machine's clock."""
        now, running = local_now(), uptime()
        outbox = Outbox(self.outbox, "kiosk-1", clock=local_now)
        at = now - timedelta(seconds=12)
        outbox.append(
            replace(
                visit(1),
                tag=None,
                started_at=at,
                finished_at=now,
                boot=running.boot,
                monotonic_ms=running.running,
            )
        )
        outbox.close()


@pytest.fixture(params=YEARS)
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    found = Scene(tmp_path, request.param)
    yield found
    found.central.close()


def beats(scene: Scene, sender: Sender, receipts: Receipts) -> HeartbeatSender:
    outbox = OutboxReader(scene.outbox)
    return HeartbeatSender(
        sender,
        Pusher(outbox, receipts, sender, scene.own),
        outbox=outbox,
        receipts=ReceiptsReader(scene.agent),
        folder=scene.agent,
        forgetting=TombstoneKeeper(sender, receipts, outbox),
        trusting=RootFollower(sender, receipts, scene.agent, sender.now),
        configuration=None,
        now=scene.own,
        app="0",
    )


def test_it_is_enrolled_and_sends_and_its_responses_get_the_right_day(scene: Scene) -> None:
    with scene.wire() as wire:
        assert isinstance(scene.joins(wire), EnrolReply)
    scene.visited()
    receipts = Receipts(scene.agent)
    with scene.wire() as wire:
        sender = Sender(wire, load_identity(scene.agent))
        assert Pusher(OutboxReader(scene.outbox), receipts, sender, local_now).step() == Delivered(1)
        assert beats(scene, sender, receipts).beat() is None
    receipts.close()
    with reading(scene.central.engine) as connection:
        (row,) = connection.exec_driver_sql("SELECT day, clock_offset FROM responses").all()
    right = local_now() + scene.ahead
    assert row.day == right.astimezone(VIET_NAM).date().isoformat()
    assert abs(row.clock_offset - scene.ahead.total_seconds()) < 60


def test_the_clock_is_named_to_staff_and_to_who_may_set_it(scene: Scene) -> None:
    with scene.wire() as wire:
        scene.joins(wire)
    receipts = Receipts(scene.agent)
    with scene.wire() as wire:
        beats(scene, Sender(wire, load_identity(scene.agent)), receipts).beat()
    receipts.close()
    status = read_status(OutboxReader(scene.outbox), ReceiptsReader(scene.agent))
    assert status.problem is not None
    assert status.problem.number == "HL4215"
    days = "chậm 5475 ngày" if scene.ahead > timedelta(0) else "nhanh 730 ngày"
    assert f"Đồng hồ của máy so với trung tâm: {days}" in status_lines(status, local_now())
    named = read_centre_time(scene.agent)
    assert named is not None
    at = named.now(uptime())
    assert at is not None
    assert abs(at - (local_now() + scene.ahead)) < timedelta(minutes=1)


def test_it_is_no_news_any_more_once_the_clock_is_right(scene: Scene) -> None:
    with scene.wire() as wire:
        scene.joins(wire)
        receipts = Receipts(scene.agent)
        heartbeats = beats(scene, Sender(wire, load_identity(scene.agent)), receipts)
        heartbeats.beat()
        assert receipts.view.notes.problem is not None
        scene.set = scene.ahead
        heartbeats.beat()
        assert receipts.view.notes.problem is None
        receipts.close()


def test_a_certificate_that_is_out_of_date_by_the_centres_own_clock_is_refused(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0)
    scene.ca = str(certificate(tmp_path, -20, -10))
    with scene.wire() as wire:
        reply = scene.joins(wire)
    assert isinstance(reply, Refused)
    assert reply.problem.number == "HL4111"
    assert not (scene.agent / "identity.json").exists()
    scene.central.close()


def test_who_has_not_the_centres_key_sets_no_clock_and_learns_no_code(scene: Scene, tmp_path: Path) -> None:
    """With a valid chain, but another centre behind it."""
    (tmp_path / "other").mkdir()
    other = CentreUnderTest(tmp_path / "other", now=scene.central.now)
    bodies: list[bytes] = []

    def noted(request: httpx.Request) -> None:
        bodies.append(request.read())

    with TestClient(other.app) as stranger:
        stranger.event_hooks = {"request": [noted]}
        with scene.wire(stranger) as wire:
            reply = scene.joins(wire)
            assert not wire.clock.is_known
    other.close()
    assert isinstance(reply, Refused)
    assert reply.problem.number == "HL4111"
    assert [b'"secret":""' in body for body in bodies] == [True]
