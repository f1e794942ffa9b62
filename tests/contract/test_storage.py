"""The database itself: its tables, its backup and its way back."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender, Wire
from sync.central.backup import back_up, check, raise_epoch, restore
from sync.central.database import migrate, reading, writing
from sync.central.schema import metadata
from sync.contract.canonical import canonical_bytes
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.problem import ProblemError
from sync.outbox import OutboxReader, Receipts
from tests.support.wire import NOW, CentreUnderTest, fill_outbox


def test_the_migrations_make_the_very_tables_that_the_code_means(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    if central.engine.dialect.name == "sqlite":
        # Only PostgreSQL has it, and the comparison does not ask for which database an index is meant.
        found = [each for each in found if getattr(each[1], "name", "") != "ix_responses_xid_position"]
    assert found == []


def test_migrating_twice_changes_nothing(central: CentreUnderTest) -> None:
    migrate(central.engine)


@pytest.fixture
def sqlite(tmp_path: Path) -> CentreUnderTest:
    return CentreUnderTest(tmp_path / "sqlite")


def test_a_restored_backup_raises_the_epoch_and_gets_everything_again(
    sqlite: CentreUnderTest, tmp_path: Path
) -> None:
    visits = fill_outbox(tmp_path / "outbox", 30)
    database, copy = sqlite.folder / "central.db", tmp_path / "copy.db"
    receipts = Receipts(tmp_path / "agent")
    with TestClient(sqlite.app) as client:
        sender = sqlite.enrolled(client, "kiosk-1", tmp_path / "agent")
        pusher = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW, limit=10)
        pusher.step()
        back_up(database, copy)
        pusher.step()
        pusher.step()
        assert len(sqlite.stored()) == 30
        page = client.get("/v1/responses", headers=admin(sqlite)).json()
    assert copy.stat().st_mode & 0o077 == 0
    assert check(copy) == (10, 1)
    sqlite.close()
    restore(copy, database)
    with writing(sqlite.engine) as connection:
        assert raise_epoch(connection, at_least=1, now=NOW, who="test") == 2
    sqlite.open()
    assert len(sqlite.stored()) == 10
    with TestClient(sqlite.app) as client:
        token = admin(sqlite)
        stale = client.get("/v1/responses", params={"after": page["next"]}, headers=token)
        assert (stale.status_code, stale.json()["restart"]) == (410, "2-0")
        sender = Sender(Wire(client, lambda: NOW), load_identity(tmp_path / "agent"))
        again = Pusher(OutboxReader(tmp_path / "outbox"), receipts, sender, lambda: NOW)
        reply = sender.heartbeat(Heartbeat(at=NOW, made=30, queue=0), timedelta(0))
        assert isinstance(reply, HeartbeatReply)
        again.reconcile(reply.epoch, reply.held)
        while not isinstance(again.step(), Idle):
            pass
    receipts.close()
    assert sorted(sqlite.stored()) == sorted(canonical_bytes(each) for each in visits)
    sqlite.close()


def admin(central: CentreUnderTest) -> dict[str, str]:
    return {"Authorization": f"Bearer {central.token(role='admin')}"}


def test_a_damaged_copy_is_not_restored(sqlite: CentreUnderTest, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(sqlite.folder / "central.db", copy)
    with copy.open("r+b") as file:
        file.seek(copy.stat().st_size // 2)
        file.write(b"\xff" * 4096)
    with pytest.raises(ProblemError, match="HL5009"):
        restore(copy, sqlite.folder / "central.db")
    with pytest.raises(ProblemError, match="HL5009"):
        back_up(sqlite.folder / "central.db", copy)
    assert sqlite.stored() == []
    sqlite.close()
