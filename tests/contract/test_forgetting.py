"""A response that is forgotten at the centre leaves the tablet too, whatever happens on the way."""

import json
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import insert

from sync.agent.identity import load_identity
from sync.agent.sending import Refused, Sender, Wire
from sync.agent.status import AgentStatus, read_status
from sync.central.http.signed import SignedReplies, mark_verified, read_call
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import erasure_list, removal
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.backup import back_up, raise_epoch, restore
from sync.central.office.corrections import void
from sync.central.office.devices import list_devices, revoke
from sync.central.office.erasure_list import Erasure, list_erasures
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import tombstones
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.problem import ProblemError
from sync.contract.tombstones import (
    LIMIT,
    ForgottenReply,
    ForgottenRequest,
    check_tombstone,
    make_tombstone,
    read_forgotten,
    read_forgotten_reply,
)
from sync.outbox import ReceiptsReader
from tests.contract.test_agent import ENVIRONMENT, PYTHON, answers, command
from tests.support.processes import free_port, running, wait_until
from tests.support.tablet import Tablet, fill, found_in
from tests.support.wire import NOW, CentreUnderTest, visit, write_bundle


@pytest.fixture
def tablet(tmp_path: Path, central: CentreUnderTest) -> Iterator[Tablet]:
    found = Tablet(tmp_path / "tablet", central)
    yield found
    found.receipts.close()


def forget(central: CentreUnderTest, id: str, *, not_here_yet: bool = True) -> int:
    with acting(central.engine, By("an administrator", NOW)) as act:
        return removal.forget(act, id=id, reason="asked for", not_here_yet=not_here_yet)


def erasures(central: CentreUnderTest) -> list[Erasure]:
    with reading(central.engine) as connection:
        return list_erasures(connection)


def status_of(tablet: Tablet) -> AgentStatus:
    return read_status(tablet.outbox(), ReceiptsReader(tablet.folder / "agent"))


def ledger(central: CentreUnderTest) -> tuple[int, int, object]:
    with reading(central.engine) as connection:
        (found,) = list_devices(connection, "kiosk-1")
    return found.made, found.held, found.gaps


def test_what_is_forgotten_at_the_centre_leaves_the_tablet_and_the_centre_knows(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2, 3)
    tablet.sends()
    for each in stored:
        assert forget(central, each.id) == 1
    tablet.beats()
    assert tablet.holds()
    assert status_of(tablet).to_erase == 3
    assert [(each.done, each.wanted) for each in erasures(central)] == [(0, 1)] * 3
    tablet.keeps_house()
    assert tablet.holds() == []
    assert status_of(tablet).to_erase == 0
    tablet.beats()
    assert [(each.device, each.done, each.wanted) for each in erasures(central)] == [("", 1, 1)] * 3
    assert (tablet.seqs(), ledger(central)) == ([1, 2, 3], (3, 3, ()))


def test_the_responses_beside_it_stay(central: CentreUnderTest, tablet: Tablet) -> None:
    first, second, third = fill(tablet.folder / "outbox", 1, 2, 3)
    tablet.sends()
    forget(central, second.id)
    tablet.forgets()
    found = tablet.outbox().after(0, limit=10, max_bytes=10**6)
    assert [read_forgotten(each.body) is None for each in found] == [True, False, True]
    assert [each.id for each in found] == [first.id, second.id, third.id]


def test_one_that_was_not_sent_yet_is_not_sent_and_leaves_no_gap(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    _, second, _ = fill(tablet.folder / "outbox", 1, 2, 3)
    assert forget(central, second.id) == 0
    tablet.forgets()
    status = status_of(tablet)
    assert status.queue == 3
    tablet.sends()
    assert (len(central.stored()), ledger(central)) == (2, (3, 3, ()))
    assert not tablet.receipts.view.set_aside
    # Nobody knew whose it was, so every enrolled device was asked.
    assert [(each.device, each.done, each.wanted) for each in erasures(central)] == [("", 1, 1)]


def test_the_oldest_unsent_may_be_one_that_was_erased(central: CentreUnderTest, tablet: Tablet) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    forget(central, only.id)
    tablet.forgets()
    status = status_of(tablet)
    assert (status.queue, status.oldest_unsent) == (1, None)
    tablet.sends()
    assert ledger(central) == (1, 1, ())


def test_behind_one_that_was_erased_the_status_tells_how_long_the_others_wait(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    first, second, _ = fill(tablet.folder / "outbox", 1, 2, 3)
    forget(central, first.id)
    tablet.forgets()
    status = status_of(tablet)
    assert (status.queue, status.oldest_unsent) == (3, second.finished_at)


def test_a_device_that_was_away_for_weeks_hears_of_all_of_them_at_once(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    stored = fill(tablet.folder / "outbox", *range(1, 21))
    tablet.sends()
    for each in stored[::2]:
        forget(central, each.id)
    tablet.forgets()
    assert sum(each.done for each in erasures(central)) == 10
    left = tablet.outbox().after(0, limit=100, max_bytes=10**6)
    assert [each.seq for each in left if read_forgotten(each.body) is None] == list(range(2, 21, 2))


def test_what_another_device_has_to_forget_is_not_told(central: CentreUnderTest, tablet: Tablet) -> None:
    with writing(central.engine) as connection:
        values = {
            "number": 1,
            "digest": digest_of(visit(9, device="kiosk-2").id),
            "id": visit(9, device="kiosk-2").id,
            "device": "kiosk-2",
            "at": NOW.isoformat(),
        }
        connection.execute(tombstones.insert().values(values))
    tablet.beats()
    assert not tablet.receipts.view.tombstones


def test_an_id_that_nobody_has_is_forgotten_by_saying_so(central: CentreUnderTest, tablet: Tablet) -> None:
    stored = fill(tablet.folder / "outbox", 1)
    forget(central, visit(77).id)
    tablet.forgets()
    assert [(each.done, each.wanted) for each in erasures(central)] == [(1, 1)]
    assert tablet.outbox().after(0, limit=9, max_bytes=10**6)[0].id == stored[0].id
    assert read_forgotten(tablet.outbox().after(0, limit=9, max_bytes=10**6)[0].body) is None


def test_more_than_fit_into_one_answer_come_in_several(central: CentreUnderTest, tablet: Tablet) -> None:
    at = NOW.isoformat()
    rows = [
        {"number": n, "digest": digest_of(id), "id": id, "device": "kiosk-1", "at": at}
        for n, id in enumerate((visit(each).id for each in range(1, LIMIT + 3)), 1)
    ]
    with writing(central.engine) as connection:
        connection.execute(tombstones.insert(), rows)
    tablet.beats()
    assert len(tablet.receipts.view.tombstones) == LIMIT
    tablet.beats()
    assert len(tablet.receipts.view.tombstones) == LIMIT + 2


def test_a_list_that_comes_again_changes_nothing(central: CentreUnderTest, tablet: Tablet) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2)
    tablet.sends()
    forget(central, stored[0].id)
    tablet.forgets()
    before = {path: path.read_bytes() for path in (tablet.folder / "outbox").glob("*.journal")}
    tablet.receipts.note(forgotten_through=0)
    tablet.forgets()
    assert len(tablet.receipts.view.tombstones) == 1
    assert {path: path.read_bytes() for path in (tablet.folder / "outbox").glob("*.journal")} == before


def test_what_a_correction_made_goes_too_and_no_device_is_asked_for_it(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    correct(central, only.id)
    assert forget(central, only.id) == 2
    assert [(each.device, each.wanted) for each in erasures(central)] == [("kiosk-1", 1)]
    tablet.forgets()
    assert [each.done for each in erasures(central)] == [1]


def correct(central: CentreUnderTest, id: str) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        void(act, id, "a test")


def test_a_device_has_erased_no_more_than_it_was_asked_to(central: CentreUnderTest, tablet: Tablet) -> None:
    first, second = fill(tablet.folder / "outbox", 1, 2)
    tablet.sends()
    forget(central, first.id)
    with tablet.speaking() as sender:
        boast = Heartbeat(at=NOW, made=2, queue=0, epoch=1, erased=2**53 - 1)
        assert isinstance(sender.heartbeat(boast, timedelta()), HeartbeatReply)
    forget(central, second.id)
    assert [each.done for each in erasures(central)] == [1, 0]


# --- lies ---------------------------------------------------------------------------------------------------


def answering(central: CentreUnderTest, key: SigningKey, body: bytes) -> Any:
    """Somebody who answers everything with this body, signed with `key` under the name of the centre's."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        mark_verified(scope, read_call(scope))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    key_id, _ = central.keys.signing_key()
    return SignedReplies(app, key_id, key, lambda: NOW)


def asked(app: Any, folder: Path) -> object:
    client = httpx.Client(base_url="http://centre", transport=TestClient(app)._transport)
    return Sender(Wire(client, lambda: NOW), load_identity(folder)).forgotten(ForgottenRequest())


def test_a_forged_list_is_not_believed_whoever_signs_the_answer(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    key_id, ours = central.keys.signing_key()
    theirs = SigningKey.generate()
    id = visit(1).id
    forged = msgspec.json.encode(ForgottenReply(1, 1, (make_tombstone(id, key_id, theirs),)))
    real = msgspec.json.encode(ForgottenReply(1, 1, (make_tombstone(id, key_id, ours),)))
    stranger = asked(answering(central, theirs, real), tablet.folder / "agent")
    assert isinstance(stranger, Refused)
    assert stranger.problem.number == "HL4105"
    inside = asked(answering(central, ours, forged), tablet.folder / "agent")
    assert isinstance(inside, Refused)
    assert inside.problem.number == "HL4108"
    control = asked(answering(central, ours, real), tablet.folder / "agent")
    assert not isinstance(control, Refused)


@pytest.mark.parametrize("id", ["khong-phai-ma", "019cad90-4840-7000-8000-0000016b2d3", ""])
def test_an_id_that_no_response_can_have_is_refused_and_leaves_no_tombstone(
    central: CentreUnderTest, id: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        forget(central, id)
    assert refused.value.problem.number == "HL5025"
    assert erasures(central) == []


def test_an_id_that_nobody_knows_is_refused_unless_it_is_said_to_come_later(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError) as refused:
        forget(central, visit(1).id, not_here_yet=False)
    assert refused.value.problem.number == "HL5012"
    assert erasures(central) == []
    assert forget(central, visit(1).id, not_here_yet=True) == 0
    assert [each.digest for each in erasures(central)] == [digest_of(visit(1).id)]


def test_one_entry_that_no_device_can_read_keeps_nobody_from_the_others(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    """Such an entry is in databases that took any text for an id."""
    (response,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    with writing(central.engine) as connection:
        connection.execute(
            insert(tombstones).values(number=1, digest="x", id="khong-phai-ma", at=NOW.isoformat())
        )
    forget(central, response.id)
    tablet.beats()
    assert found_in(tablet.folder) != []
    tablet.keeps_house()
    assert found_in(tablet.folder) == []


def test_a_device_that_is_sent_an_entry_it_cannot_read_names_it_and_takes_the_others(
    central: CentreUnderTest,
) -> None:
    key_id, key = central.keys.signing_key()
    good = make_tombstone(visit(1).id, key_id, key)
    entries: list[object] = [{"id": "khong-phai-ma", "key": key_id, "signature": ""}, good]
    body = msgspec.json.encode({"epoch": 1, "through": 2, "tombstones": entries})
    reply, wrong = read_forgotten_reply(body)
    assert reply.tombstones == (good,)
    assert reply.through == 2
    assert wrong is not None
    assert (wrong.number, wrong.where) == ("HL4044", "tombstones[1]")


def test_a_request_to_forget_is_withdrawn_and_the_response_is_taken_when_it_comes(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    (response,) = fill(tablet.folder / "outbox", 1)
    forget(central, response.id)
    with acting(central.engine, By("test", NOW)) as act:
        erasure_list.withdraw(act, id=response.id, reason="nhầm")
    tablet.beats()
    tablet.sends()
    assert [decode_response(body).id for body in central.stored()] == [response.id]
    assert [bool(each.withdrawn) for each in erasures(central)] == [True]
    with pytest.raises(ProblemError) as refused, writing(central.engine) as connection:
        erasure_list.withdraw(Act(connection, By("test", NOW)), id=response.id, reason="nhầm")
    assert refused.value.problem.number == "HL5012"
    # Asked for once more it has a number that no device has seen.
    forget(central, response.id)
    assert [each.number for each in erasures(central)] == [2]


def test_a_disk_that_lets_nobody_scrub_is_a_problem_and_the_response_stays_removed(tmp_path: Path) -> None:
    data = tmp_path / "centre"
    central = CentreUnderTest(data)
    (response,) = fill(tmp_path / "outbox", 1)
    with writing(central.engine) as connection:
        item = judge(
            canonical_bytes(response),
            device="kiosk-1",
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=0,
        )
        store(connection, "kiosk-1", [item], 0, revoked=False)
    central.close()
    # The log fits, and what a checkpoint writes at the end of the database does not.
    most = (data / "central.db").stat().st_size // 2
    done = subprocess.run(
        [*PYTHON, "sync.central", "forget", "--data", str(data), response.id, "--reason", "x"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert "Traceback" not in done.stderr
    assert "HL5026" in done.stderr
    assert done.returncode == 1
    central.open()
    assert central.stored() == []
    central.close()


def test_a_tombstone_counts_for_its_own_id_only(central: CentreUnderTest) -> None:
    key_id, key = central.keys.signing_key()
    good = make_tombstone(visit(1).id, key_id, key)
    check_tombstone(good, central.keys.trusted())
    for bad in (replace(good, id=visit(2).id), replace(good, key="other")):
        with pytest.raises(ProblemError, match="HL4108"):
            check_tombstone(bad, central.keys.trusted())


def test_a_revoked_device_is_told_nothing(central: CentreUnderTest, tablet: Tablet) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="kiosk-1", reason="stolen")
    answer = asked(central.app, tablet.folder / "agent")
    assert isinstance(answer, Refused)
    assert answer.problem.number == "HL4017"


# --- a centre that was restored -----------------------------------------------------------------------------


def restored_from_before(central: CentreUnderTest, tmp_path: Path, forgets: Callable[[], object]) -> None:
    """Back up, forget, and bring the backup back over a database that can't be read any more."""
    back_up(central.engine, tmp_path / "copy")
    forgets()
    with writing(central.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO away")
    url = central.engine.url.set(drivername=central.engine.url.drivername)
    text = url.render_as_string(hide_password=False)
    central.engine.dispose()
    restore(tmp_path / "copy", central.url or text, By("test", NOW))
    central.open()


def test_a_centre_restored_from_before_is_told_by_the_tablet_and_forgets_again(
    central: CentreUnderTest, tablet: Tablet, tmp_path: Path
) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2, 3)
    tablet.sends()

    def forgets() -> None:
        forget(central, stored[1].id)
        tablet.forgets()

    restored_from_before(central, tmp_path, forgets)
    assert len(central.stored()) == 3  # it has come back
    tablet.beats()
    assert len(central.stored()) == 2
    tablet.beats()
    assert [(each.digest, each.done) for each in erasures(central)] == [(digest_of(stored[1].id), 1)]
    with reading(central.engine) as connection:
        log = connection.exec_driver_sql("SELECT who, subject FROM audit WHERE act = 'forget'").all()
        assert [tuple(each) for each in log] == [("kiosk-1", digest_of(stored[1].id))]
        assert chain.verify(connection)[1] is None
    tablet.sends()
    assert ledger(central) == (3, 3, ())


def test_a_centre_restored_from_before_forgets_what_corrections_made_too(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    correct(central, only.id)
    key_id, key = central.keys.signing_key()
    with tablet.speaking() as sender:
        sender.forgotten(ForgottenRequest(0, (make_tombstone(only.id, key_id, key),)))
    assert central.stored() == []


def test_a_device_cannot_make_a_centre_forget_what_it_never_signed(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    stored = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    key_id, _ = central.keys.signing_key()
    forged = make_tombstone(stored[0].id, key_id, SigningKey.generate())
    with tablet.speaking() as sender:
        answer = sender.forgotten(ForgottenRequest(0, (forged,)))
    assert not isinstance(answer, Refused)
    assert (answer[0].tombstones, len(central.stored())) == ((), 1)


def test_a_centre_that_lost_response_and_request_gets_neither_words_nor_a_gap(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2)
    tablet.sends()
    forget(central, stored[0].id)
    tablet.forgets()
    with writing(central.engine) as connection:
        for table in ("responses", "gone", "tombstones"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE devices SET held = '[]', erased = 0 WHERE id = 'kiosk-1'")
        raise_epoch(Act(connection, By("test", NOW)), at_least=1)
    central.open()
    tablet.sends()  # nothing waits yet: the heartbeat tells of the new epoch
    tablet.beats()
    tablet.sends()
    assert ledger(central) == (2, 2, ())
    assert len(central.stored()) == 1
    assert not tablet.receipts.view.set_aside
    assert [each.digest for each in erasures(central)] == [digest_of(stored[0].id)]


def test_what_a_device_erased_unasked_is_set_aside_for_a_person(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2)
    key_id, key = central.keys.signing_key()
    tablet.receipts.forget([make_tombstone(stored[0].id, key_id, key)])  # of a centre that has lost it
    tablet.keeps_house()
    tablet.sends()
    assert ledger(central) == (2, 2, ())
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT id, status, problem FROM set_aside").all()
    assert [tuple(row) for row in rows] == [(stored[0].id, "forgotten", "HL4037")]


def test_forgetting_twice_asks_once(central: CentreUnderTest, tablet: Tablet) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    assert [forget(central, only.id), forget(central, only.id)] == [1, 0]
    assert len(erasures(central)) == 1
    with reading(central.engine) as connection:
        assert erasure_list.newest(connection, "kiosk-2") == 0


# --- real processes -----------------------------------------------------------------------------------------


def test_as_processes_the_words_are_gone_from_the_files_of_the_tablet_also_when_it_is_killed(
    tmp_path: Path,
) -> None:
    data, port, tablet = str(tmp_path / "centre"), free_port(), tmp_path / "tablet"
    tablet.mkdir()
    command("sync.central", "init", "--data", data, "--bundle", str(write_bundle(tmp_path / "bundle")))
    code = command("sync.central", "enrol-token", "--data", data, "--device", "kiosk-1").split()[-1]
    config = tablet / "agent.toml"
    config.write_text(
        f'centre = "http://127.0.0.1:{port}"\ndevice = "kiosk-1"\noutbox = "outbox"\nfolder = "agent"\n'
        "heartbeat_seconds = 0.3\n"
    )
    stored = fill(tablet / "outbox", 1, 2)
    serve = [*PYTHON, "sync.central", "serve", "--data", data, "--port", str(port)]
    agent = [*PYTHON, "sync.agent", "--config", str(config)]
    kiosk = [*PYTHON, "tests.support.keeper_process", str(tablet), "kiosk-1"]
    receipts = ReceiptsReader(tablet / "agent")

    def state() -> list[Any]:
        found: list[Any] = json.loads(command("sync.central", "erasures", "--data", data, "--json"))
        return found

    with running(serve, ENVIRONMENT), running(kiosk, ENVIRONMENT) as keeper:
        wait_until(lambda: answers(port))
        command("sync.agent", "--config", str(config), "enrol", code)
        with running(agent, ENVIRONMENT):
            wait_until(lambda: receipts.view().through == 2)
            assert found_in(tablet)
            command("sync.central", "forget", "--data", data, stored[0].id, "--reason", "asked for")
            wait_until(lambda: len(receipts.view().tombstones) == 1)
            os.killpg(keeper.pid, signal.SIGKILL)
            command("sync.central", "forget", "--data", data, stored[1].id, "--reason", "asked for")
            wait_until(lambda: len(receipts.view().tombstones) == 2)
            with running(kiosk, ENVIRONMENT):
                wait_until(lambda: found_in(tablet) == [])
                wait_until(lambda: all(each["done"] == 1 for each in state()))
    assert found_in(tmp_path / "centre") == []
