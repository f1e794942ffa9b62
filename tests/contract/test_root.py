"""The offline root above the centre's keys: rotation, loss and compromise, rehearsed from end to end."""

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import select, update
from typer.testing import CliRunner

from sync.agent import trusting
from sync.agent.caring import SILENCE
from sync.agent.configuration import BundleKeeper
from sync.agent.identity import keep_identity, load_identity
from sync.agent.pushing import Idle
from sync.agent.sending import Refused, Sender, Wire
from sync.agent.trusting import RootFollower
from sync.central.__main__ import app
from sync.central.office import removal
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.keys import offline
from sync.central.office.keys.stored import SecretKey, activate_key, add_key, load_keys, make_keys
from sync.central.store.database import open_database, reading, writing
from sync.central.store.schema import devices
from sync.contract.bundle import PublicKey, PublicKeys, Revoked, load_bundle
from sync.contract.codes import Code, Refusal, open_code, sign_code
from sync.contract.enrolment import EnrolReply
from sync.contract.heartbeat import HeartbeatReply
from sync.contract.key_list import KeyList, KeysReply, NamedKey, SignedList, Trust, follow, sign_list
from sync.contract.problem import Problem, ProblemError
from sync.contract.sealing import open_words, seal_words
from sync.contract.signing import Call, sign_reply
from sync.contract.tombstones import make_tombstone, read_forgotten
from sync.outbox import ReceiptsReader
from tests.contract.test_agent import ENVIRONMENT, PYTHON, answers, command
from tests.support import lying_network as lies
from tests.support.processes import free_port, running, wait_until
from tests.support.tablet import Agent, Tablet, fill
from tests.support.wire import NOW, CentreUnderTest, write_bundle

NEXT = bytes(range(1, 33))


class Safe:
    """The offline machine: a root, and whoever takes files there and back."""

    def __init__(self, folder: Path, id: str = "root-a") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        offline.make_root(folder / f"{id}.json", id, os.urandom(32))
        self.key: SecretKey = offline.load_root(folder / f"{id}.json")

    def signs(
        self,
        central: CentreUnderTest,
        *revoke: str,
        days: int = offline.DAYS,
        following: SecretKey | None = None,
        now: datetime = NOW,
    ) -> KeyList:
        """Request, signature, import, and a start of the centre."""
        keys = central.folder / "keys"
        asked = offline.make_request(load_keys(keys), revoke)
        signed = offline.sign_request(self.key, asked, now=now, days=days, following=following)
        found = offline.take_in(keys, signed, now=now)
        central.open()
        return found


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    found = CentreUnderTest(tmp_path / "centre")
    yield found
    found.close()


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "safe")


@pytest.fixture
def tablet(tmp_path: Path, central: CentreUnderTest, safe: Safe) -> Iterator[Tablet]:
    """A tablet that was enrolled when there was a root."""
    safe.signs(central)
    found = Tablet(tmp_path / "tablet", central)
    yield found
    found.receipts.close()


def new_signing_key(central: CentreUnderTest, id: str, *, active: bool = True) -> None:
    add_key(central.folder / "keys", "signing", id, active=active, secret=os.urandom(32))


def version(tablet: Tablet) -> int:
    trust = load_identity(tablet.folder / "agent").trust
    return trust.version if trust else 0


def refused(step: object) -> str:
    assert isinstance(step, Refused), step
    return step.problem.number


def number(found: Problem | None) -> str:
    return found.number if found else ""


def noted(tablet: Tablet) -> str:
    """The number of the problem that `status` and the heartbeat tell."""
    wrong = tablet.receipts.view.notes.problem
    return wrong.number if wrong else ""


# --- beginning ----------------------------------------------------------------------------------------------


def test_a_tablet_learns_the_root_when_it_is_enrolled(tablet: Tablet, safe: Safe) -> None:
    trust = load_identity(tablet.folder / "agent").trust
    assert trust is not None
    assert (trust.root, trust.version) == (offline.public_root(safe.key), 1)
    fill(tablet.folder / "outbox", 1, 2)
    assert tablet.sends() == Idle()


def test_an_installation_without_a_root_goes_on_and_gets_one_without_enrolling_again(
    tmp_path: Path, central: CentreUnderTest, safe: Safe
) -> None:
    tablet = Tablet(tmp_path / "tablet", central)
    fill(tablet.folder / "outbox", 1)
    assert (tablet.beats(), tablet.sends(), version(tablet)) == (None, Idle(), 0)
    safe.signs(central)
    assert (tablet.beats(), version(tablet)) == (None, 1)
    fill(tablet.folder / "outbox", 2)
    assert tablet.sends() == Idle()
    assert len(central.stored()) == 2
    tablet.receipts.close()


def test_an_identity_of_an_earlier_version_is_read_as_it_is(tmp_path: Path, central: CentreUnderTest) -> None:
    tablet = Tablet(tmp_path / "tablet", central)
    path = tablet.folder / "agent" / "identity.json"
    stored = json.loads(path.read_text())
    assert set(stored) == {"device", "unit", "keys"}
    assert load_identity(tablet.folder / "agent").centre(NOW)
    tablet.receipts.close()


def test_a_stranger_cannot_name_a_root_to_a_tablet_that_has_none(
    tmp_path: Path, central: CentreUnderTest
) -> None:
    tablet = Tablet(tmp_path / "tablet", central)
    stranger = CentreUnderTest(tmp_path / "stranger")
    Safe(tmp_path / "their-safe").signs(stranger)
    tablet.central = stranger
    with tablet.speaking() as sender:
        answer = sender.keys()
    assert isinstance(answer, Refused)
    assert tablet.beats() is not None
    assert version(tablet) == 0
    stranger.close()
    tablet.receipts.close()


def test_a_tablet_that_is_enrolled_with_lists_the_root_did_not_sign_waits_for_the_right_ones(
    tmp_path: Path, central: CentreUnderTest, safe: Safe
) -> None:
    safe.signs(central)
    right = central.keys.rooted
    wrong = replace(right, lists=(replace(right.lists[0], signature=bytes(64)),))
    tablet = Tablet(tmp_path / "tablet", central)
    (tablet.folder / "agent" / "identity.json").unlink()
    reply = EnrolReply(
        device="kiosk-1",
        unit="phuong-mot",
        epoch=1,
        keys=central.keys.public(),
        server_time=NOW,
        rooted=wrong,
    )
    with pytest.raises(ProblemError, match="HL4109"):
        keep_identity(tablet.folder / "agent", reply)
    fill(tablet.folder / "outbox", 1)
    assert refused(tablet.sends()) == "HL4105"
    assert (tablet.beats(), tablet.sends(), version(tablet)) == (None, Idle(), 1)
    tablet.receipts.close()


# --- planned rotation ---------------------------------------------------------------------------------------


def test_a_planned_rotation_is_noticed_by_nobody(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    new_signing_key(central, "signing-next", active=False)
    safe.signs(central)
    assert central.keys.signing_key()[0] != "signing-next"
    assert (tablet.beats(), version(tablet)) == (None, 2)
    activate_key(central.folder / "keys", "signing", "signing-next")
    central.open()
    assert central.keys.signing_key()[0] == "signing-next"
    fill(tablet.folder / "outbox", 1, 2, 3)
    assert tablet.sends() == Idle()
    assert len(central.stored()) == 3


def test_a_key_that_the_root_does_not_name_yet_does_not_sign_before_it_does(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    new_signing_key(central, "signing-next")  # in use too early
    central.open()
    assert central.keys.signing_key()[0] != "signing-next"
    fill(tablet.folder / "outbox", 1)
    assert tablet.sends() == Idle()
    safe.signs(central)
    assert central.keys.signing_key()[0] == "signing-next"
    fill(tablet.folder / "outbox", 2)
    assert refused(tablet.sends()) == "HL4105"  # it has not heard of the list
    assert (tablet.beats(), tablet.sends(), len(central.stored())) == (None, Idle(), 2)


# --- loss ---------------------------------------------------------------------------------------------------


def lose(central: CentreUnderTest) -> None:
    """The signing key is gone, and with it every older one; `init` makes another."""
    (central.folder / "keys" / "signing.json").unlink()
    make_keys(central.folder / "keys", "20260404")
    central.open()


def test_a_centre_that_lost_its_signing_key_is_believed_again_without_enrolling(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    stored = fill(tablet.folder / "outbox", *range(1, 8))
    lose(central)
    assert refused(tablet.sends()) == "HL4105"
    assert tablet.beats() is not None
    assert len(tablet.seqs()) == 7
    safe.signs(central)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    assert tablet.sends() == Idle()
    assert len(central.stored()) == len(stored)
    assert not tablet.receipts.view.set_aside


def test_control_without_a_root_a_lost_key_means_enrolling_again(
    tmp_path: Path, central: CentreUnderTest
) -> None:
    tablet = Tablet(tmp_path / "tablet", central)
    fill(tablet.folder / "outbox", 1)
    lose(central)
    assert number(tablet.beats()) == "HL4105"
    assert refused(tablet.sends()) == "HL4105"
    tablet.receipts.close()


def test_a_tablet_that_is_killed_while_it_learns_learns_again(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(central)
    safe.signs(central)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(trusting, "keep_trust", killed)
        with pytest.raises(KeyboardInterrupt):
            tablet.beats()
    assert version(tablet) == 1
    assert (tablet.beats(), version(tablet)) == (None, 2)


# --- compromise ---------------------------------------------------------------------------------------------


def thief_of(central: CentreUnderTest, folder: Path) -> CentreUnderTest:
    """A centre of somebody who has stolen the keys, and stands in the way of kiosk-1."""
    found = CentreUnderTest(folder)
    shutil.rmtree(folder / "keys")
    shutil.copytree(central.folder / "keys", folder / "keys")
    with reading(central.engine) as connection:
        key = connection.execute(select(devices.c.public_key).where(devices.c.id == "kiosk-1")).scalar_one()
    with writing(found.engine) as connection:
        connection.execute(update(devices).where(devices.c.id == "kiosk-1").values(public_key=key))
        import_bundle(Act(connection, By("test", NOW)), write_bundle(folder / "theirs", version=99))
    found.open()
    return found


def replace_and_revoke(central: CentreUnderTest, safe: Safe) -> None:
    stolen = [key.id for key in load_keys(central.folder / "keys").signing]
    new_signing_key(central, "signing-clean")
    safe.signs(central, *stolen)


def test_after_a_theft_nothing_of_the_thief_counts_and_what_he_took_arrives(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    configuration = tablet.configured()
    fill(tablet.folder / "outbox", 1, 2)
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    thief = thief_of(central, tmp_path / "thief")
    fill(tablet.folder / "outbox", 3, 4, 5)
    tablet.central = thief
    # The control: until the key is revoked he is the centre. He swallows responses and configures.
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    assert configuration.version() == 99
    assert tablet.receipts.through == 5
    assert len(central.stored()) == 2

    replace_and_revoke(central, safe)
    assert central.keys.signing_key()[0] == "signing-clean"
    tablet.central = central
    assert (tablet.beats(), version(tablet)) == (None, 2)
    assert tablet.sends() == Idle()
    assert len(central.stored()) == 5
    assert tablet.receipts.through == 5
    assert configuration.version() == 100, "the centre's own, above what the thief gave"
    assert [key.id for key in load_bundle(tablet.folder / "bundle").keys.centre] == ["signing-clean"]

    fill(tablet.folder / "outbox", 6)
    tablet.central = thief
    with tablet.speaking() as sender:
        assert refused(sender.config("")) == "HL4105"
    assert refused(tablet.sends()) == "HL4105"
    assert tablet.beats() is not None
    assert (configuration.version(), tablet.receipts.through) == (100, 5)
    tablet.central = central
    assert (tablet.beats(), tablet.sends(), len(central.stored())) == (None, Idle(), 6)
    thief.close()


def in_the_way(thief: CentreUnderTest, tablet: Tablet, lists: KeysReply, epoch: int) -> Agent:
    """The tablet's agent, where the thief answers: he hands on the lists, and says he holds everything."""
    id, key = thief.keys.signing_key()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/keys":
            return httpx.Response(200, stream=httpx.ByteStream(msgspec.json.encode(lists)))
        if request.url.path != "/v1/heartbeat":
            return httpx.Response(503, stream=httpx.ByteStream(b""))
        reply = HeartbeatReply(
            epoch=epoch, held=((1, 5),), server_time=NOW, bundle=0, forgotten=0, keys=len(lists.lists)
        )
        body = msgspec.json.encode(reply)
        asked = Call(request.method, request.url.path, request.headers)
        created = int(NOW.timestamp())
        signed = sign_reply(key, id, asked, status=200, headers={}, body=body, created=created)
        return httpx.Response(200, stream=httpx.ByteStream(body), headers=signed)

    client = httpx.Client(base_url="http://centre", transport=httpx.MockTransport(answer))
    return Agent(tablet, Wire(client, lambda: NOW))


def swallowed(tablet: Tablet, central: CentreUnderTest, folder: Path) -> CentreUnderTest:
    """Two responses are at the centre, three at a thief, who has stolen its keys."""
    fill(tablet.folder / "outbox", 1, 2)
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    thief = thief_of(central, folder)
    fill(tablet.folder / "outbox", 3, 4, 5)
    tablet.central = thief
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    assert (len(central.stored()), tablet.receipts.through) == (2, 5)
    tablet.central = central
    return thief


def everything_arrives(tablet: Tablet, central: CentreUnderTest) -> None:
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    assert (len(central.stored()), tablet.receipts.through) == (5, 5)


def test_the_thief_cannot_settle_the_doubt_by_handing_on_the_list_himself(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    thief = swallowed(tablet, central, tmp_path / "thief")
    epoch = tablet.receipts.view.notes.epoch
    assert epoch is not None
    replace_and_revoke(central, safe)
    agent = in_the_way(thief, tablet, central.keys.rooted, epoch)
    assert number(agent.heartbeats.beat()) == "HL4105"
    assert (version(tablet), tablet.receipts.view.notes.epoch) == (2, None)
    tablet.restart()
    everything_arrives(tablet, central)
    thief.close()


def test_a_key_that_was_replaced_before_it_was_revoked_is_doubted_too(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    thief = swallowed(tablet, central, tmp_path / "thief")
    (stolen,) = [key.id for key in central.keys.signing]
    make_keys(tmp_path / "clean", "20310101")
    shutil.copy(tmp_path / "clean" / "signing.json", central.folder / "keys" / "signing.json")
    safe.signs(central)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    assert not tablet.receipts.view.notes.doubted  # for nobody has said so yet
    safe.signs(central, stolen)
    everything_arrives(tablet, central)
    thief.close()


def learn(tablet: Tablet, safe: Safe, central: CentreUnderTest, more: KeyList) -> None:
    """The tablet hears of one more list."""
    lists = (*central.keys.rooted.lists, sign_list(more, SigningKey(safe.key.raw)))
    wire = Wire(serving(KeysReply(offline.public_root(safe.key), lists)), lambda: NOW)
    sender = Sender(wire, load_identity(tablet.folder / "agent"))
    assert RootFollower(sender, tablet.receipts, tablet.folder / "agent", lambda: NOW).learn() is True


def test_what_was_doubted_once_is_not_doubted_at_every_later_list(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    tablet.configured()
    assert tablet.beats() is None
    replace_and_revoke(central, safe)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    before = tablet.receipts.view.notes
    assert (before.epoch, before.doubted) == (1, False)
    safe.signs(central)
    tablet.restart()
    assert (tablet.beats(), version(tablet)) == (None, 3)
    assert tablet.receipts.view.notes == before


def test_a_badge_key_has_signed_no_answer_so_its_theft_doubts_none(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    assert tablet.beats() is None
    before = tablet.receipts.view.notes
    stolen = central.keys.badges[0].id
    add_key(central.folder / "keys", "badges", "badges-clean", active=True, secret=NEXT)
    safe.signs(central, stolen)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    assert tablet.receipts.view.notes == before


def test_who_is_enrolled_again_after_the_theft_doubts_the_thief_as_well(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    thief = swallowed(tablet, central, tmp_path / "thief")
    replace_and_revoke(central, safe)
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tablet.folder / "agent")
    assert version(tablet) == 2
    tablet.restart()
    everything_arrives(tablet, central)
    thief.close()


def test_an_identity_that_does_not_say_whose_answers_counted_takes_those_it_names(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    thief = swallowed(tablet, central, tmp_path / "thief")
    path = tablet.folder / "agent" / "identity.json"
    stored = json.loads(path.read_text())
    stored.pop("believed", None)
    path.write_text(json.dumps(stored))
    replace_and_revoke(central, safe)
    tablet.restart()
    everything_arrives(tablet, central)
    thief.close()


def test_what_the_thief_asked_to_erase_stays_and_what_the_centre_asks_goes(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    first, second = fill(tablet.folder / "outbox", 1, 2)
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    with acting(central.engine, By("an administrator", NOW)) as act:
        removal.forget(act, id=second.id, reason="asked for")
    assert tablet.beats() is None
    id, key = central.keys.signing_key()
    theirs = {"forgotten_epoch": 1, "forgotten_through": 7}
    tablet.receipts.forget([make_tombstone(first.id, id, key)], **theirs)
    assert set(tablet.receipts.view.tombstones) == {first.id, second.id}
    replace_and_revoke(central, safe)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    (asked,) = tablet.receipts.view.tombstones.values()
    assert (asked.id, asked.key) == (second.id, "signing-clean")
    tablet.keeps_house()
    kept, erased = tablet.outbox().after(0, limit=2, max_bytes=10**6)
    assert (read_forgotten(kept.body) is None, read_forgotten(erased.body) is None) == (True, False)


def test_a_badge_key_whose_time_is_over_is_taken_from_the_kiosk(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    configuration = tablet.configured()
    add_key(central.folder / "keys", "badges", "badges-next", active=True, secret=NEXT)
    asked = offline.make_request(load_keys(central.folder / "keys"), ())
    soon = NOW + timedelta(days=10)
    old, ends = central.keys.badges[0].id, {True: soon, False: NOW + timedelta(days=300)}
    keys = tuple(
        NamedKey(id=key.id, use=key.use, public=key.public, until=ends[key.id == old]) for key in asked.keys
    )
    learn(tablet, safe, central, KeyList(version=asked.version, issued=NOW, keys=keys))
    assert tablet.beats() is None
    assert len(keys_in_use(tablet).badges) == 2
    late = soon + timedelta(days=1)
    tablet.now = central.now = lambda: late
    assert tablet.beats() is None
    assert [key.id for key in keys_in_use(tablet).badges] == ["badges-next"]
    assert configuration.version() == 1


def test_a_tablet_whose_clock_is_wrong_learns_at_its_first_heartbeat(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    fill(tablet.folder / "outbox", 1)
    tablet.now = lambda: NOW - timedelta(hours=3)  # and it knows
    assert (tablet.beats(), tablet.sends()) == (None, Idle())
    lose(central)
    safe.signs(central)
    assert (tablet.beats(), version(tablet)) == (None, 2)


def test_with_all_of_the_centres_keys_a_thief_can_neither_name_nor_unname_one(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    replace_and_revoke(central, safe)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    thief = thief_of(central, tmp_path / "thief")
    own = Safe(tmp_path / "his-root", "root-a")
    trust = load_keys(central.folder / "keys").trust
    assert trust is not None
    for signed in (
        sign_list(KeyList(version=3, issued=NOW, keys=trust.keys), SigningKey(own.key.raw)),
        sign_list(KeyList(version=3, issued=NOW, keys=trust.keys), thief.keys.signing_key()[1]),
        SignedList("{}", bytes(64)),
        SignedList("no list", bytes(64)),
    ):
        lists = KeysReply(offline.public_root(own.key), (*thief.keys.rooted.lists, signed))
        sender = Sender(Wire(serving(lists), lambda: NOW), load_identity(tablet.folder / "agent"))
        found = RootFollower(sender, tablet.receipts, tablet.folder / "agent", lambda: NOW).learn()
        assert isinstance(found, Problem)
        assert found.number == "HL4109"
        assert version(tablet) == 2
    thief.close()


def serving(lists: KeysReply) -> httpx.Client:
    """Speaks to somebody who answers everything with these lists, unsigned."""
    body = msgspec.json.encode(lists)
    network = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(body)))
    return httpx.Client(base_url="http://centre", transport=network)


def test_a_list_that_names_as_the_next_root_what_is_no_key_is_not_followed(safe: Safe) -> None:
    lists = (
        sign_list(
            KeyList(version=1, issued=NOW, keys=(), root=PublicKey("root-b", "AAAA")),
            SigningKey(safe.key.raw),
        ),
    )
    with pytest.raises(ProblemError, match="HL4109"):
        follow(Trust(root=offline.public_root(safe.key)), lists)


def test_a_list_of_before_is_passed_over(tablet: Tablet, central: CentreUnderTest, safe: Safe) -> None:
    before = central.keys.rooted
    replace_and_revoke(central, safe)
    assert (tablet.beats(), version(tablet)) == (None, 2)
    trust = load_identity(tablet.folder / "agent").trust
    assert trust is not None
    assert follow(trust, before.lists) == trust


def test_a_key_that_was_revoked_once_is_not_believed_whatever_a_later_list_says(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    (stolen,) = [key for key in central.keys.trust.keys if key.use == "centre"]  # type: ignore[union-attr]
    replace_and_revoke(central, safe)
    trust = central.keys.trust
    assert trust is not None
    careless = sign_list(KeyList(version=3, issued=NOW, keys=(*trust.keys, stolen)), SigningKey(safe.key.raw))
    after = follow(trust, (careless,))
    assert after.version == 3
    assert stolen.id not in after.believed("centre", NOW)


def test_badges_of_a_revoked_key_count_no_more_and_new_ones_do(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    tablet.configured()
    assert tablet.beats() is None
    last = date(2027, 1, 1)
    badge = Code(kind="badge", unit="phuong-mot", subject="a01", serial="7" * 8, expires=last)
    old = sign_code(badge, central.keys.badge_key())
    assert open_code(old, keys_in_use(tablet), Revoked(), last) == badge
    stolen = central.keys.badges[0].id
    add_key(central.folder / "keys", "badges", "badges-clean", active=True, secret=NEXT)
    safe.signs(central, stolen)
    assert tablet.beats() is None
    assert open_code(old, keys_in_use(tablet), Revoked(), last) is Refusal.FORGED
    printed_again = sign_code(badge, central.keys.badge_key())
    assert open_code(printed_again, keys_in_use(tablet), Revoked(), last) == badge


def keys_in_use(tablet: Tablet) -> PublicKeys:
    return load_bundle(tablet.folder / "bundle").keys


def test_what_was_sealed_to_a_revoked_key_is_still_opened_and_nothing_new_is_sealed_to_it(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    tablet.configured()
    assert tablet.beats() is None
    before = keys_in_use(tablet).sealing[-1]
    sealed = seal_words({"q": "hello"}, before.id, before.public)
    add_key(central.folder / "keys", "sealing", "sealing-clean", active=True, secret=NEXT)
    safe.signs(central, before.id)
    assert tablet.beats() is None
    assert [key.id for key in keys_in_use(tablet).sealing] == ["sealing-clean"]
    assert sealed is not None
    assert open_words(sealed, central.keys.sealing_keys()) == {"q": "hello"}


# --- the root itself ----------------------------------------------------------------------------------------


def test_the_root_can_be_changed_while_there_is_the_old_one_also_for_who_was_away(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    after = Safe(tmp_path / "new-safe", "root-b")
    safe.signs(central, following=after.key)
    new_signing_key(central, "signing-third")
    after.signs(central)
    lose_old = [key.id for key in central.keys.signing if key.id != "signing-third"]
    after.signs(central, *lose_old)
    fill(tablet.folder / "outbox", 1)
    assert (tablet.beats(), version(tablet), tablet.sends()) == (None, 4, Idle())
    trust = load_identity(tablet.folder / "agent").trust
    assert trust is not None
    assert trust.root == offline.public_root(after.key)
    old = sign_list(KeyList(version=5, issued=NOW, keys=trust.keys), SigningKey(safe.key.raw))
    with pytest.raises(ProblemError, match="HL4109"):
        follow(trust, (old,))


def test_a_lost_root_leaves_tablets_at_work_until_they_are_enrolled_under_another(
    tablet: Tablet, central: CentreUnderTest, tmp_path: Path
) -> None:
    other = Safe(tmp_path / "other-safe", "root-b")
    keys = central.folder / "keys"
    signed = offline.sign_request(other.key, offline.make_request(load_keys(keys), ()), now=NOW, days=90)
    offline.take_in(keys, signed, now=NOW, new_root=True)
    central.open()
    fill(tablet.folder / "outbox", 1)
    assert (number(tablet.beats()), tablet.sends(), version(tablet)) == ("HL4109", Idle(), 1)
    assert noted(tablet) == "HL4109"  # though a batch came through
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tablet.folder / "agent")
    tablet.restart()
    trust = load_identity(tablet.folder / "agent").trust
    assert trust is not None
    assert (trust.root, trust.version) == (signed.root, 2)
    assert (tablet.beats(), noted(tablet)) == (None, "")  # though none did
    fill(tablet.folder / "outbox", 2)
    assert (tablet.beats(), tablet.sends(), len(central.stored())) == (None, Idle(), 2)


def test_keys_that_have_expired_are_not_believed_and_everything_waits_for_a_new_list(
    tablet: Tablet, central: CentreUnderTest, safe: Safe
) -> None:
    safe.signs(central, days=30)
    assert tablet.beats() is None
    fill(tablet.folder / "outbox", 1, 2)
    late = NOW + timedelta(days=31)
    tablet.now = central.now = lambda: late
    central.open()
    assert refused(tablet.sends()) == "HL4105"
    assert number(tablet.beats()) == "HL4109"
    assert (len(tablet.seqs()), tablet.receipts.through) == (2, 0)
    assert noted(tablet) == "HL4109"
    assert refused(tablet.sends()) == "HL4105"
    assert noted(tablet) == "HL4109"  # which says more than that an answer was not believed
    safe.signs(central, now=late)
    assert (tablet.beats(), tablet.sends(), len(central.stored())) == (None, Idle(), 2)


def test_a_tablet_that_thinks_it_is_2099_waits_loses_nothing_and_goes_on_when_its_clock_is_right(
    tablet: Tablet, central: CentreUnderTest
) -> None:
    fill(tablet.folder / "outbox", 1)
    tablet.now = lambda: datetime(2099, 1, 1, tzinfo=NOW.tzinfo)
    assert refused(tablet.sends()) == "HL4105"
    assert number(tablet.beats()) == "HL4109"
    tablet.now = lambda: NOW
    assert (tablet.beats(), noted(tablet)) == (None, "")
    assert (tablet.sends(), len(central.stored())) == (Idle(), 1)


def test_keys_that_end_soon_are_told(central: CentreUnderTest, safe: Safe) -> None:
    safe.signs(central, days=100)
    trust = central.keys.trust
    assert trust is not None
    assert offline.ends_soon(trust, NOW) == []
    assert len(offline.ends_soon(trust, NOW + timedelta(days=50))) == 3


def test_a_restored_centre_gives_a_device_no_lower_configuration_than_it_has(tablet: Tablet) -> None:
    configuration = tablet.configured()
    assert tablet.beats() is None
    with tablet.speaking() as sender:
        found = sender.config("")
    assert isinstance(found, tuple)
    configuration.apply(replace(found[0], version=5))  # and then the centre was restored
    tablet.restart()
    assert (tablet.beats(), noted(tablet)) == (None, "")
    assert configuration.version() == 6


# --- what is not taken in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["lost", "an old list"])
def test_a_list_that_is_held_back_is_told_after_a_set_time(
    tablet: Tablet, central: CentreUnderTest, safe: Safe, how: str
) -> None:
    """Such a list may revoke a stolen key; a machine in between has an old one that proves itself, too."""
    assert tablet.beats() is None
    old = msgspec.json.encode(central.keys.rooted)
    safe.signs(central)

    def hold_back(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/keys":
            return lies.honest(inner, request)
        return lies.lost_answer(inner, request) if how == "lost" else lies.answering(200, old)

    tablet.hears(hold_back)
    tablet.running = SILENCE / 2
    tablet.beats()
    assert (noted(tablet), version(tablet)) == ("", 1)
    tablet.running = SILENCE + 1
    tablet.beats()
    assert (noted(tablet), version(tablet)) == ("HL4114", 1)
    tablet.hears()
    assert (tablet.beats(), noted(tablet), version(tablet)) == (None, "", 2)


def test_a_list_that_would_leave_the_centre_unbelieved_is_not_taken_in(
    central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    keys = central.folder / "keys"
    asked = offline.make_request(load_keys(keys), ())
    other = Safe(tmp_path / "other", "root-z")
    without = offline.Request(1, tuple(key for key in asked.keys if key.use != "centre"))
    changed = offline.Request(
        1, tuple(replace(key, public=base64.b64encode(NEXT).decode()) for key in asked.keys)
    )
    too_new = replace(asked, version=2)
    for wrong in (without, changed, too_new):
        with pytest.raises(ProblemError, match="HL5017"):
            offline.take_in(keys, offline.sign_request(safe.key, wrong, now=NOW, days=9), now=NOW)
    forged = offline.sign_request(other.key, asked, now=NOW, days=9)
    with pytest.raises(ProblemError, match="HL4109"):
        offline.take_in(keys, replace(forged, root=offline.public_root(safe.key)), now=NOW)
    assert not (keys / "lists.json").exists()
    safe.signs(central)
    second = offline.make_request(load_keys(keys), ())
    with pytest.raises(ProblemError, match="HL4109"):
        offline.take_in(keys, offline.sign_request(other.key, second, now=NOW, days=9), now=NOW)
    assert load_keys(keys).trust == Trust(
        root=offline.public_root(safe.key),
        version=1,
        keys=central.keys.trust.keys if central.keys.trust else (),
    )


def test_a_list_of_an_offline_machine_whose_clock_is_years_behind_is_not_taken_in(
    central: CentreUnderTest, safe: Safe
) -> None:
    keys = central.folder / "keys"
    asked = offline.make_request(load_keys(keys), ())
    signed = offline.sign_request(safe.key, asked, now=NOW.replace(year=2010), days=offline.DAYS)
    with pytest.raises(ProblemError, match="HL5017"):
        offline.take_in(keys, signed, now=NOW)
    assert not (keys / "lists.json").exists()
    safe.signs(central)
    assert central.keys.trust
    assert central.keys.trust.believed("centre", NOW)


def test_who_signs_is_shown_until_when_the_keys_count_before_being_asked(
    central: CentreUnderTest, safe: Safe, tmp_path: Path
) -> None:
    asked, out = tmp_path / "request.json", tmp_path / "list.json"
    offline.write_document(asked, offline.make_request(central.keys, ()))
    offline.make_root(tmp_path / "root.json", "root-a", NEXT)
    words = ["keys", "root", "sign", "--root", str(tmp_path / "root.json"), str(asked), "--out", str(out)]
    told = CliRunner().invoke(app, [*words, "--days", "10"], input="n\n").stdout
    shown = re.findall(r"\d{4}-\d\d-\d\d", told.partition("Ký?")[0])
    assert date.fromisoformat(shown[1]) - date.fromisoformat(shown[0]) == timedelta(days=10)
    assert not out.exists()


def test_the_last_signing_key_is_not_revoked_before_there_is_another(
    central: CentreUnderTest, safe: Safe
) -> None:
    safe.signs(central)
    (only,) = central.keys.signing
    with pytest.raises(ProblemError, match="HL5017"):
        offline.make_request(central.keys, (only.id,))
    with pytest.raises(ProblemError, match="HL5017"):
        offline.make_request(central.keys, ("nobody",))


def test_the_root_on_paper_is_the_root_and_a_wrong_letter_is_found(tmp_path: Path, safe: Safe) -> None:
    paper = offline.on_paper(safe.key)
    assert offline.from_paper(paper.lower()) == (safe.key.id, safe.key.raw)
    id, _, letters = paper.partition(" ")
    for at in range(0, len(letters), 7):
        if letters[at] != "-":
            other = "A" if letters[at] != "A" else "B"
            with pytest.raises(ProblemError, match="HL5018"):
                offline.from_paper(f"{id} {letters[:at]}{other}{letters[at + 1 :]}")


def test_a_root_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    offline.make_root(tmp_path / "root.json", "root-a", NEXT)
    assert (tmp_path / "root.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "root.json").chmod(0o640)
    with pytest.raises(ProblemError, match="HL5002"):
        offline.load_root(tmp_path / "root.json")
    with pytest.raises(ProblemError, match="HL5017"):
        offline.make_root(tmp_path / "root.json", "root-a", NEXT)


# --- real processes, real commands --------------------------------------------------------------------------


def test_as_processes_a_centre_that_lost_its_key_gets_another_one_by_command(tmp_path: Path) -> None:
    data, port, offline = str(tmp_path / "centre"), free_port(), tmp_path / "offline"
    offline.mkdir()
    file, asked, signed = (str(offline / name) for name in ("root.json", "request.json", "list.json"))

    def central(*words: str) -> str:
        return command("sync.central", words[0], *words[1:])

    def named(*more: str) -> None:
        central("keys", "request", "--data", data, "--out", asked, *more)
        central("keys", "root", "sign", "--root", file, asked, "--out", signed, "--yes")
        central("keys", "import", "--data", data, signed)

    central("init", "--data", data, "--bundle", str(write_bundle(tmp_path / "bundle")))
    central("keys", "root", "make", "--root", file)
    named()
    code = central("enrol-token", "--data", data, "--device", "kiosk-1").split()[-1]
    config = tmp_path / "agent.toml"
    config.write_text(
        f'centre = "http://127.0.0.1:{port}"\ndevice = "kiosk-1"\noutbox = "outbox"\nfolder = "agent"\n'
        'bundle = "current"\nheartbeat_seconds = 0.5\n'
    )
    serve = [*PYTHON, "sync.central", "serve", "--data", data, "--port", str(port)]
    receipts = ReceiptsReader(tmp_path / "agent")
    with running(serve, ENVIRONMENT):
        wait_until(lambda: answers(port))
        command("sync.agent", "--config", str(config), "enrol", code)
        fill(tmp_path / "outbox", 1, 2)
    shutil.move(tmp_path / "centre" / "keys" / "signing.json", tmp_path / "lost.json")
    make_keys(tmp_path / "centre" / "keys", "20310101")
    central("keys", "announce", "--data", data, "badges-next", "--kind", "badges")
    central("keys", "use", "--data", data, "badges-next", "--kind", "badges")
    named()
    shown = central("keys", "show", "--data", data)
    assert "signing-20310101" in shown
    with running(serve, ENVIRONMENT):
        wait_until(lambda: answers(port))
        command("sync.agent", "--config", str(config), "--once")
        assert receipts.view().through == 2
        assert (tmp_path / "current").is_symlink()
    keys = load_bundle(tmp_path / "current").keys
    assert [key.id for key in keys.centre] == ["signing-20310101"]
    assert "badges-next" in [key.id for key in keys.badges]
    assert central("audit", "--data", data).strip().endswith("ok")
    with reading(open_database(f"sqlite:///{tmp_path / 'centre' / 'central.db'}")) as connection:
        acts = list(connection.exec_driver_sql("SELECT act FROM audit ORDER BY number").scalars())
    assert acts == [
        "keys-made",
        "bundle",
        "config-import",
        "case-key",
        "keys-request",
        "keys-import",
        "enrol-token",
        "enrol",
        "keys-announce",
        "keys-use",
        "keys-request",
        "keys-import",
    ]
    assert BundleKeeper(tmp_path / "agent", tmp_path / "current").version() == 1
