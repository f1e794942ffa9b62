"""The database itself: its tables, its backup and its way back."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender, Wire
from sync.central.intake.ingest import store
from sync.central.intake.judge import ROW, Judged, judge
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, check, restore
from sync.central.store.database import reading, writing
from sync.central.store.partitions import ELSEWHERE, name_of, there
from sync.central.store.schema import metadata, responses
from sync.central.store.upgrade import migrate
from sync.contract.canonical import canonical_bytes
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from sync.outbox import OutboxReader, Receipts
from tests.support.wire import NOW, CentreUnderTest, fill_outbox, visit


def test_the_migrations_make_the_very_tables_that_the_code_means(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        months = {name_of(month) for month in there(connection)} | {ELSEWHERE}

        def ours(name: str | None, kind: str, _: object) -> bool:
            return kind != "table" or name not in months

        options = {"compare_type": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, metadata)
    # The comparison does not ask for which of the two databases an index or a constraint is meant.
    others = {
        "sqlite": [
            "ix_responses_position",
            "ix_responses_xid_position",
            "ix_responses_unit_xid_position",
            "ix_responses_day_xid_position",
            "ix_rollups_of_group",
        ],
        "postgresql": [
            "uq_responses_device_seq",
            "ix_responses_unit_position",
            "ix_responses_day",
            "ix_rollups_group",
        ],
    }[central.engine.dialect.name]
    found = [each for each in found if getattr(each[1], "name", "") not in others]
    assert found == []


def test_a_row_has_every_column_that_the_database_does_not_give() -> None:
    assert set(ROW) == set(responses.c.keys()) - {"position", "xid"}


def test_migrating_twice_changes_nothing(central: CentreUnderTest) -> None:
    migrate(central.engine)


def database_of(central: CentreUnderTest) -> str:
    return central.url or f"sqlite:///{central.folder / 'central.db'}"


def test_a_restored_backup_raises_the_epoch_and_gets_everything_again(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    visits = fill_outbox(tmp_path / "outbox", 30)
    copy = tmp_path / "copy"
    receipts = Receipts(tmp_path / "agent")
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
        pusher = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW, limit=10)
        pusher.step()
        back_up(central.engine, copy)
        pusher.step()
        pusher.step()
        assert len(central.stored()) == 30
        page = client.get("/v1/responses", headers=admin(central)).json()
    assert copy.stat().st_mode & 0o077 == 0
    found = check(copy, central.url)
    assert (found.responses, found.devices, found.epoch) == (10, 3, 1)
    central.close()
    epoch = restore(copy, database_of(central), By("test", NOW)).epoch
    central.open()
    assert len(central.stored()) == 10
    with TestClient(central.app) as client:
        token = admin(central)
        stale = client.get("/v1/responses", params={"after": page["next"]}, headers=token)
        assert (stale.status_code, stale.json()["restart"]) == (410, f"{epoch}-0")
        sender = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        again = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW)
        reply = sender.heartbeat(Heartbeat(at=NOW, made=30, queue=0), timedelta(0))
        assert isinstance(reply, HeartbeatReply)
        again.reconcile(reply.epoch, reply.held)
        while not isinstance(again.step(), Idle):
            pass
        page = client.get("/v1/responses", params={"after": f"{epoch}-0"}, headers=token).json()
        assert [item["response"]["seq"] for item in page["items"]] == list(range(1, 31))
    receipts.close()
    assert sorted(central.stored()) == sorted(canonical_bytes(each) for each in visits)


def admin(central: CentreUnderTest) -> dict[str, str]:
    return {"Authorization": f"Bearer {central.token(role='admin')}"}


def test_the_same_backup_restored_twice_begins_two_epochs(central: CentreUnderTest, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    central.close()
    epochs = [
        restore(copy, database_of(central), By("test", NOW + timedelta(minutes=minutes))).epoch
        for minutes in (0, 1, 2)
    ]
    assert epochs == sorted(set(epochs))
    assert epochs[0] > 1


def test_a_backup_taken_while_devices_send_is_whole(central: CentreUnderTest, tmp_path: Path) -> None:
    stop = threading.Event()

    def send() -> None:
        for start in range(1, 2000, 20):
            if stop.is_set():
                return
            with writing(central.engine) as connection:
                batch = [judged(central, visit(n), n) for n in range(start, start + 20)]
                store(connection, "kiosk-1", batch, 0, revoked=False)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        back_up(central.engine, tmp_path / "copy")
    finally:
        stop.set()
        sender.join()
    # The check compares every ledger with the rows, and every row with its digest.
    assert check(tmp_path / "copy", central.url).responses % 20 == 0


def judged(central: CentreUnderTest, response: Response, seq: int) -> Judged:
    body = canonical_bytes(replace(response, seq=seq))
    return judge(
        body, device=response.device, unit="phuong-mot", forms=central.centre.devices.forms, received_at=0
    )


def test_a_damaged_copy_is_not_restored(central: CentreUnderTest, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    with copy.open("r+b") as file:
        file.seek(copy.stat().st_size // 2)
        file.write(b"\xff" * 4096)
    central.close()
    with pytest.raises(ProblemError, match="HL5009"):
        restore(copy, database_of(central), By("test", NOW))
    with pytest.raises(ProblemError, match="HL5009"):
        back_up(central.engine, copy)
    assert central.stored() == []


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("UPDATE responses SET body = digest WHERE seq = 2", "kiosk-1 2"),
        ("UPDATE devices SET held = '[[1,2]]'", "ledger"),
        ("UPDATE audit SET who = 'somebody' WHERE number = 1", "audit log, line 1"),
    ],
)
def test_a_copy_that_was_changed_is_not_restored(
    central: CentreUnderTest, tmp_path: Path, harm: str, named: str
) -> None:
    with writing(central.engine) as connection:
        batch = [judged(central, visit(n), n) for n in (1, 2, 3)]
        store(connection, "kiosk-1", batch, 0, revoked=False)
        chain.record(connection, now=NOW, who="test", act="test", subject="")
        connection.exec_driver_sql(harm)
    back_up(central.engine, tmp_path / "copy")
    with pytest.raises(ProblemError, match=named):
        check(tmp_path / "copy", central.url)


def test_a_database_that_is_in_use_is_not_replaced(central: CentreUnderTest, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    with reading(central.engine), pytest.raises(ProblemError, match="HL5009"):
        restore(copy, database_of(central), By("test", NOW))
    assert central.stored() == []
    central.close()
    assert restore(copy, database_of(central), By("test", NOW)).epoch > 1


def test_a_database_that_was_destroyed_is_replaced(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    back_up(central.engine, tmp_path / "copy")
    central.close()
    (tmp_path / "centre" / "central.db").write_bytes(b"nothing of a database")
    assert restore(tmp_path / "copy", database_of(central), By("test", NOW)).devices == 3
    assert central.stored() == []
    central.close()
