"""A restore undoes no decision that was made after the backup, while the database it replaces can be read."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select
from typer.testing import CliRunner

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.__main__ import app
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import corrections, erasure_list, removal
from sync.central.office.access import revoke_token
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.backup import SoundBackup, back_up, restore
from sync.central.office.carrying import Carried
from sync.central.office.corrections import DEVICE
from sync.central.office.devices import find_device, list_devices, revoke
from sync.central.office.places import device_at
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.rollups import counted
from sync.central.store.schema import devices, rollups, voided
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.response import Response
from tests.support.wire import NOW, CentreUnderTest, numbered

NOTHING = Carried(tokens=0, devices=0, corrections=0, forgotten=0, left=())


class Restored:
    """A centre that is backed up when this is made, and later put back to that moment."""

    def __init__(self, central: CentreUnderTest, folder: Path) -> None:
        self.central = central
        self.copy = folder / "copy"
        back_up(central.engine, self.copy)

    def back(self, now: datetime = NOW + timedelta(days=1)) -> SoundBackup:
        url = self.central.url or f"sqlite:///{self.central.folder / 'central.db'}"
        self.central.close()
        done = restore(self.copy, url, By("an administrator", now))
        self.central.open()
        with reading(self.central.engine) as connection:
            assert chain.verify(connection)[1] is None
            kept = {tuple(row[:-1]): row.n for row in connection.execute(select(rollups))}
            assert kept == dict(counted(connection))
        return done


def send(central: CentreUnderTest, visits: list[Response]) -> list[str]:
    with reading(central.engine) as connection:
        state = find_device(connection, "kiosk-1").state
    batch = [
        judge(
            canonical_bytes(each),
            device="kiosk-1",
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=0,
        )
        for each in visits
    ]
    with writing(central.engine) as connection:
        receipts, _ = store(connection, "kiosk-1", batch, 0, revoked=state == "revoked")
    return [receipt.status for receipt in receipts]


def correct(central: CentreUnderTest, how: str, *arguments: Any) -> str:
    with acting(central.engine, By("an administrator", NOW + timedelta(hours=1))) as act:
        return str(getattr(corrections, how)(act, *arguments))


def carried_in(central: CentreUnderTest) -> list[tuple[str, str]]:
    """The acts that the audit log names as carried over."""
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT act, subject, detail FROM audit ORDER BY number").all()
    return [(row.act, row.subject) for row in rows if row.detail.startswith("carried over")]


def test_a_token_that_was_revoked_after_the_backup_stays_revoked(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    revoked, valid = central.token(role="viewer"), central.token(role="viewer")
    moment = Restored(central, tmp_path)
    with acting(central.engine, By("an administrator", NOW)) as act:
        revoke_token(act, id=1, reason="lost")
    assert moment.back().carried == msgspec.structs.replace(NOTHING, tokens=1)
    with TestClient(central.app) as client:
        asked = [
            client.get("/v1/summary", headers={"Authorization": f"Bearer {token}"}).status_code
            for token in (revoked, valid)
        ]
    assert asked == [401, 200]
    assert carried_in(central) == [("token-revoke", "1")]


def test_a_tablet_that_was_revoked_after_the_backup_stays_revoked(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    moment = Restored(central, tmp_path)
    with acting(central.engine, By("an administrator", NOW)) as act:
        revoke(act, device="kiosk-1", reason="stolen")
    assert moment.back().carried == msgspec.structs.replace(NOTHING, devices=1)
    with reading(central.engine) as connection:
        states = {each.id: each.state for each in list_devices(connection)}
        reason = connection.execute(select(devices.c.revoked_reason).where(devices.c.id == "kiosk-1"))
        assert reason.scalar_one() == "stolen"
    assert states == {"desk-1": "active", "kiosk-1": "revoked", "kiosk-2": "active"}
    assert send(central, numbered(1)) == ["held"]
    assert carried_in(central) == [("revoke", "kiosk-1")]


def test_a_tablet_that_was_enrolled_after_the_backup_goes_on_and_its_id_is_given_to_no_other(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    def waiting() -> str:
        with acting(central.engine, By("an administrator", NOW)) as act:
            act.note("test", "a code is made for it")
            return device_at(act, unit="phuong-mot", counter="9")

    moment = Restored(central, tmp_path)
    new = waiting()
    with TestClient(central.app) as client:
        central.enrolled(client, new, tmp_path / "agent")
    assert moment.back().carried == msgspec.structs.replace(NOTHING, devices=1)
    assert carried_in(central) == [("enrol", new)]
    with TestClient(central.app) as client:
        tablet = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        answer = tablet.config("")
    assert isinstance(answer, tuple), answer
    assert f'"{new}"' in answer[0].files["catalogue.toml"]
    with reading(central.engine) as connection:
        (device,) = list_devices(connection, new)
    assert (device.kind, device.unit, device.counter) == ("terminal", "phuong-mot", "9")
    assert waiting() != new


def test_an_older_decision_about_a_tablet_does_not_undo_a_later_one(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    early = Restored(central, tmp_path)
    with writing(central.engine) as connection:
        revoke(Act(connection, By("an administrator", NOW)), device="kiosk-1", reason="lost")
        found_again = NOW + timedelta(hours=3)
        connection.execute(
            devices.update()
            .where(devices.c.id == "kiosk-1")
            .values(state="active", public_key=b"k" * 32, enrolled_at=found_again.isoformat())
        )
    late_folder = tmp_path / "late"
    late_folder.mkdir()
    late = Restored(central, late_folder)
    with writing(central.engine) as connection:
        connection.execute(
            devices.update().where(devices.c.id == "kiosk-1").values(enrolled_at=None, state="revoked")
        )
    assert late.back().carried == NOTHING
    early.back(NOW + timedelta(days=2))
    with reading(central.engine) as connection:
        device = find_device(connection, "kiosk-1")
    assert (device.state, device.key) == ("active", b"k" * 32)


def test_corrections_that_were_made_after_the_backup_hold(central: CentreUnderTest, tmp_path: Path) -> None:
    first, second, third, later = visits = numbered(4)
    send(central, visits[:3])
    before = correct(central, "void", third.id, "before the backup")
    moment = Restored(central, tmp_path)
    send(central, [later])
    made = [correct(central, "void", each.id, "after it") for each in (first, later)]
    again = correct(central, "retag", second.id, {"counter": "2"}, "the wrong counter")
    bodies = {decode_response(body).id: body for body in central.stored()}
    assert moment.back().carried == msgspec.structs.replace(NOTHING, corrections=4)
    there = {decode_response(body).id: body for body in central.stored()}
    assert there == {id: body for id, body in bodies.items() if id != later.id}
    assert {before, again, *made} < there.keys()
    with reading(central.engine) as connection:
        assert set(connection.execute(select(voided.c.id)).scalars()) == {each.id for each in visits}
        (ledger,) = list_devices(connection, DEVICE)
    assert (ledger.made, ledger.held, ledger.gaps) == (5, 5, ())
    # The tablet offers again what the backup misses: it was voided, and counts nowhere.
    assert send(central, [later]) == ["stored"]
    with reading(central.engine) as connection:
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(rollups))}
        assert kept == dict(counted(connection))
    assert [act for act, _ in carried_in(central)] == ["void", "void", "void", "retag"]
    assert moment.back(NOW + timedelta(days=2)).carried == msgspec.structs.replace(NOTHING, corrections=4)


def test_what_was_forgotten_after_the_backup_does_not_come_back(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    first, second, third = numbered(3)
    send(central, [first, second])
    moment = Restored(central, tmp_path)
    correct(central, "retag", first.id, {"counter": "2"}, "the wrong counter")
    with writing(central.engine) as connection:
        for id in (first.id, third.id):
            removal.forget(Act(connection, By("an administrator", NOW)), id=id, not_here_yet=True)
        asked = [(each.number, each.digest, each.device) for each in erasure_list.list_erasures(connection)]
    done = moment.back().carried
    assert done
    assert (done.corrections, done.left) == (0, ())
    assert [decode_response(body).id for body in central.stored()] == [second.id]
    assert send(central, [first, third]) == ["duplicate", "duplicate"]
    with reading(central.engine) as connection:
        again = [(each.number, each.digest, each.device) for each in erasure_list.list_erasures(connection)]
    assert again == asked
    assert ("forget", digest_of(first.id)) in carried_in(central)


@pytest.mark.parametrize("harm", ["", "ALTER TABLE gone RENAME TO away"])
def test_the_command_says_what_was_carried_over_or_that_nothing_could_be(
    central: CentreUnderTest, tmp_path: Path, harm: str
) -> None:
    send(central, numbered(1))
    moment = Restored(central, tmp_path)
    correct(central, "void", numbered(1)[0].id, "after it")
    if harm:
        with writing(central.engine) as connection:
            connection.exec_driver_sql(harm)
    central.close()
    database = ["--database", central.url] if central.url else []
    words = ["restore", "--data", str(central.folder), "--from", str(moment.copy), *database]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    assert ("1 đính chính" in said.stdout) == (not harm)
    assert ("Không đọc được cơ sở dữ liệu cũ" in said.stderr) == bool(harm)
