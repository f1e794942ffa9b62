"""Enrolment, signatures, heartbeat, configuration and revocation, agent and centre in one process."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from sync.agent.configuration import BundleKeeper
from sync.agent.identity import keep_keys, load_identity, own_key
from sync.agent.pushing import Delivered, Pusher
from sync.agent.sending import Refused, Sender, Wire, enrol
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import list_devices, revoke
from sync.central.office.keys.stored import activate_key, add_key
from sync.central.store.database import reading, writing
from sync.contract.batch import BatchReply
from sync.contract.bundle import load_bundle
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.enrolment import EnrolReply, read_code
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.problem import ProblemError
from sync.outbox import OutboxReader, Receipts, StoredResponse
from tests.support.wire import NOW, CentreUnderTest, fill_outbox, numbered, write_bundle


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


@pytest.fixture
def sender(central: CentreUnderTest, client: httpx.Client, tmp_path: Path) -> Sender:
    return central.enrolled(client, "kiosk-1", tmp_path / "agent")


def sealed_batch(count: int) -> list[StoredResponse]:
    bodies = [(each, canonical_bytes(each)) for each in numbered(count)]
    return [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]


def number(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problem.number


def at(moment: datetime, client: httpx.Client, folder: Path) -> Sender:
    """The same device with another clock."""
    return Sender(Wire(client, lambda: moment), load_identity(folder))


def test_a_code_counts_once_but_a_lost_answer_can_be_asked_for_again(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    code, wire = central.code("kiosk-1"), Wire(client, lambda: NOW)
    key = own_key(tmp_path / "a")
    assert isinstance(enrol(wire, code, "kiosk-1", key), EnrolReply)
    assert isinstance(enrol(wire, code, "kiosk-1", key), EnrolReply)
    assert number(enrol(wire, code, "kiosk-1", own_key(tmp_path / "b"))) == "HL4021"


def test_a_code_for_one_device_does_not_enrol_another(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    answer = enrol(Wire(client, lambda: NOW), central.code("kiosk-1"), "kiosk-2", own_key(tmp_path))
    assert number(answer) == "HL4021"


def test_a_code_is_worth_nothing_after_ten_minutes(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    code = central.code("kiosk-1")
    moment = NOW + timedelta(minutes=11)
    central.now = lambda: moment
    central.open()
    with TestClient(central.app) as later:
        assert number(enrol(Wire(later, lambda: moment), code, "kiosk-1", own_key(tmp_path))) == "HL4021"


def test_a_device_that_thinks_it_is_1970_can_be_enrolled(
    central: CentreUnderTest, client: httpx.Client, tmp_path: Path
) -> None:
    lost = datetime(1970, 1, 2, tzinfo=NOW.tzinfo)
    answer = enrol(Wire(client, lambda: lost), central.code("kiosk-1"), "kiosk-1", own_key(tmp_path))
    assert isinstance(answer, EnrolReply)


def test_a_stranger_who_answers_in_the_centres_place_is_not_believed(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    stranger = CentreUnderTest(tmp_path / "stranger")
    with TestClient(stranger.app) as client:
        theirs = stranger.code("kiosk-1")
        ours = read_code(theirs.secret + central.code("kiosk-1").fingerprint)
        assert number(enrol(Wire(client, lambda: NOW), ours, "kiosk-1", own_key(tmp_path))) == "HL4107"
    stranger.close()


def test_a_device_whose_key_was_lost_is_enrolled_again_and_the_old_key_is_worth_nothing(
    central: CentreUnderTest, client: httpx.Client, sender: Sender, tmp_path: Path
) -> None:
    again = central.enrolled(client, "kiosk-1", tmp_path / "new-machine")
    assert number(sender.push(sealed_batch(1))) == "HL4115"
    assert isinstance(again.push(sealed_batch(1)), BatchReply)


def test_a_bundle_that_has_expired_is_not_taken_in(central: CentreUnderTest, tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "old", version=7)
    late = datetime(2050, 1, 1, tzinfo=NOW.tzinfo)
    with pytest.raises(ProblemError, match="HL1008"), writing(central.engine) as connection:
        import_bundle(Act(connection, By("test", late)), folder)


def test_a_device_that_signs_can_no_longer_use_a_token(
    central: CentreUnderTest, client: httpx.Client, sender: Sender
) -> None:
    headers = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
    answer = client.post("/v1/batches", content=b'{"device":"kiosk-1","responses":[]}', headers=headers)
    assert (answer.status_code, answer.json()["number"]) == (403, "HL4002")


def test_a_key_that_was_not_enrolled_is_refused(
    central: CentreUnderTest, client: httpx.Client, sender: Sender, tmp_path: Path
) -> None:
    identity = load_identity(tmp_path / "agent")
    forged = Sender(
        Wire(client, lambda: NOW), type(identity)("kiosk-1", own_key(tmp_path / "other"), identity.keys)
    )
    answer = forged.push(sealed_batch(1))
    assert isinstance(answer, Refused)
    assert not answer.signed, "the centre signs for nobody whose signature it could not verify"
    assert (answer.problem.number, answer.problem.detail) == (
        "HL4115",
        "mã 401, không có chữ ký: HL4018 Signature",
    )
    assert central.stored() == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_that_is_wrong_by_years_loses_nothing(
    central: CentreUnderTest, client: httpx.Client, sender: Sender, tmp_path: Path, year: int
) -> None:
    wrong = at(datetime(year, 6, 1, tzinfo=NOW.tzinfo), client, tmp_path / "agent")
    reply = wrong.push(sealed_batch(3))
    assert isinstance(reply, BatchReply)
    assert [receipt.status for receipt in reply.receipts] == ["stored"] * 3
    assert reply.server_time == NOW


def test_a_heartbeat_from_a_wrong_clock_is_refused_and_told_the_time(
    client: httpx.Client, sender: Sender, tmp_path: Path
) -> None:
    wrong = at(datetime(1970, 6, 1, tzinfo=NOW.tzinfo), client, tmp_path / "agent")
    beat = Heartbeat(at=NOW, made=0, queue=0)
    answer = wrong.heartbeat(beat, timedelta(0))
    assert number(answer) == "HL4019"
    assert isinstance(answer, Refused)
    assert answer.server_time == NOW
    assert isinstance(wrong.heartbeat(beat, NOW - datetime(1970, 6, 1, tzinfo=NOW.tzinfo)), HeartbeatReply)


def test_a_heartbeat_that_is_replayed_is_refused(
    client: httpx.Client, sender: Sender, tmp_path: Path
) -> None:
    repeated = Sender(
        Wire(client, lambda: NOW, random_bytes=lambda count: bytes(count)), load_identity(tmp_path / "agent")
    )
    beat = Heartbeat(at=NOW, made=0, queue=0)
    assert isinstance(repeated.heartbeat(beat, timedelta(0)), HeartbeatReply)
    assert number(repeated.heartbeat(beat, timedelta(0))) == "HL4020"


def test_the_list_of_devices_shows_what_was_made_held_and_is_missing(
    central: CentreUnderTest, sender: Sender
) -> None:
    batch = sealed_batch(9)
    sender.push([*batch[:3], *batch[5:7]])
    sender.heartbeat(Heartbeat(at=NOW, made=9, queue=4), timedelta(0))
    with reading(central.engine) as connection:
        (device,) = list_devices(connection, "kiosk-1")
    assert (device.made, device.held, device.gaps) == (9, 5, ((4, 5), (8, 9)))


def test_what_a_revoked_device_signs_is_held_for_a_person_and_all_else_is_refused(
    central: CentreUnderTest, sender: Sender
) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="kiosk-1", reason="stolen")
    reply = sender.push(sealed_batch(2))
    assert isinstance(reply, BatchReply)
    assert [receipt.status for receipt in reply.receipts] == ["held", "held"]
    assert central.stored() == []
    assert number(sender.heartbeat(Heartbeat(at=NOW, made=2, queue=0), timedelta(0))) == "HL4017"
    assert number(sender.config("")) == "HL4017"
    with reading(central.engine) as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM set_aside WHERE status = 'held'").scalar_one()
    assert kept == 2


def test_every_administrative_act_is_in_the_chain_and_a_changed_one_breaks_it(
    central: CentreUnderTest, sender: Sender
) -> None:
    with writing(central.engine) as connection:
        revoke(Act(connection, By("somebody", NOW)), device="kiosk-1", reason="stolen")
        assert chain.verify(connection) == (3, None)
        connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE number = 2")
        assert chain.verify(connection) == (2, 2)


# --- configuration ------------------------------------------------------------------------------------------


def fetched(sender: Sender) -> tuple[BundleDocument, str]:
    found = sender.config("")
    assert isinstance(found, tuple), found
    return found


def test_a_configuration_is_applied_whole_and_not_sent_again(
    central: CentreUnderTest, sender: Sender, tmp_path: Path
) -> None:
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current")
    document, tag = fetched(sender)
    configuration.apply(document)
    assert load_bundle(tmp_path / "current").keys == central.keys.public()
    assert sender.config(tag) is None
    with acting(central.engine, By("test", NOW)) as act:
        import_bundle(act, write_bundle(tmp_path / "next", version=2))
    configuration.apply(fetched(sender)[0])
    assert configuration.version() == 2


def test_only_the_configuration_in_use_has_a_case_list(sender: Sender, tmp_path: Path) -> None:
    bundles = tmp_path / "agent" / "bundles"
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current")
    document, _ = fetched(sender)
    rated, forgotten = (
        BundleDocument(1, document.issued, {**document.files, "cases.json": text})
        for text in (f'{{"key":"","case":[{{"case":"{"a" * 32}","rated":true}}]}}', "{}")
    )
    (bundles / "1-of-a-killed-agent.new").mkdir(parents=True)
    for each in (rated, forgotten, rated, rated, forgotten):
        configuration.apply(each)
        listed = list(bundles.rglob("cases.json"))
        assert [path.read_text() for path in listed] == [each.files["cases.json"]]
        assert load_bundle(tmp_path / "current").cases.case == load_bundle(listed[0].parent).cases.case
    assert not list(bundles.glob("*.new"))
    assert len(list(bundles.iterdir())) == 2


def test_the_configuration_that_the_terminal_serves_with_is_kept(sender: Sender, tmp_path: Path) -> None:
    """It refused all later ones, so it needs this one when it starts again."""
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current", lambda: 1)
    document, _ = fetched(sender)
    listed = {**document.files, "cases.json": "{}"}
    for version in (1, 2, 3, 4):
        configuration.apply(BundleDocument(version, document.issued, listed))
    bundles = tmp_path / "agent" / "bundles"
    assert sorted(path.name.partition("-")[0] for path in bundles.iterdir()) == ["1", "3", "4"]
    assert [path.parent for path in bundles.rglob("cases.json")] == [(tmp_path / "current").resolve()]


def test_an_older_configuration_is_refused(sender: Sender, tmp_path: Path) -> None:
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current")
    document, _ = fetched(sender)
    configuration.apply(BundleDocument(5, document.issued, document.files))
    with pytest.raises(ProblemError, match="HL1008"):
        configuration.apply(document)
    assert configuration.version() == 5


def test_a_configuration_that_does_not_load_changes_nothing(sender: Sender, tmp_path: Path) -> None:
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current")
    document, _ = fetched(sender)
    configuration.apply(document)
    for files in (
        {**document.files, "surveys/kien-hung.toml": "id = 1"},
        {"catalogue.toml": document.files["catalogue.toml"]},
    ):
        with pytest.raises(ProblemError):
            configuration.apply(BundleDocument(9, document.issued, files))
    assert configuration.version() == 1
    assert load_bundle(tmp_path / "current").surveys


@pytest.mark.parametrize(
    "path", ["../evil.toml", "/etc/evil.toml", "a/b/c.toml", "surveys/../../x.toml", "x.py"]
)
def test_a_configuration_can_not_write_elsewhere(sender: Sender, tmp_path: Path, path: str) -> None:
    configuration = BundleKeeper(tmp_path / "agent", tmp_path / "current")
    document, _ = fetched(sender)
    with pytest.raises(ProblemError, match="HL1003"):
        configuration.apply(BundleDocument(9, document.issued, {**document.files, path: ""}))


def test_the_centres_keys_can_change_while_the_old_one_still_signs(
    central: CentreUnderTest, client: httpx.Client, sender: Sender, tmp_path: Path
) -> None:
    keys = central.folder / "keys"
    add_key(keys, "signing", "signing-next", active=False, secret=bytes(range(32)))
    central.open()
    with TestClient(central.app) as same:
        device = Sender(Wire(same, lambda: NOW), load_identity(tmp_path / "agent"))
        document, _ = fetched(device)
        bundle = BundleKeeper(tmp_path / "agent", tmp_path / "current").apply(document)
    activate_key(keys, "signing", "signing-next")
    central.open()
    with TestClient(central.app) as changed:
        reborn = Sender(Wire(changed, lambda: NOW), load_identity(tmp_path / "agent"))
        assert number(reborn.push(sealed_batch(1))) == "HL4105"
        reborn.become(keep_keys(tmp_path / "agent", bundle.keys))
        assert isinstance(reborn.push(sealed_batch(1)), BatchReply)


def test_a_whole_outbox_goes_up_signed(central: CentreUnderTest, sender: Sender, tmp_path: Path) -> None:
    fill_outbox(tmp_path / "outbox", 30)
    receipts = Receipts(tmp_path / "agent")
    pusher = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW)
    assert pusher.step() == Delivered(30)
    receipts.close()
    assert len(central.stored()) == 30
