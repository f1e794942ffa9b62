"""A restore that is killed leaves the old database under the old epoch, or the new one under a new epoch."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import backup
from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, restore
from sync.central.store.database import open_database, reading, writing
from sync.central.store.facts import read_epoch
from sync.contract.canonical import canonical_bytes
from tests.support.killed import killed_at_line
from tests.support.wire import NOW, CentreUnderTest, numbered


def fill(central: CentreUnderTest, first: int, last: int) -> None:
    """Responses `first` … `last` of one device."""
    batch = [
        judge(
            canonical_bytes(each),
            device="kiosk-1",
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=0,
        )
        for each in numbered(last)[first - 1 :]
    ]
    with writing(central.engine) as connection:
        store(connection, "kiosk-1", batch, 0, revoked=False)


def state(url: str) -> tuple[int, int]:
    """Epoch, and how many responses are stored."""
    engine = open_database(url)
    try:
        with reading(engine) as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM responses").scalar_one()
            return read_epoch(connection), int(rows)
    finally:
        engine.dispose()


def restored(copy: Path, url: str, now: datetime) -> None:
    restore(copy, url, By("test", now))


# A restore on PostgreSQL takes seconds: there every eighth line, on SQLite every second.
STEPS = {"sqlite": 2, "postgresql": 8}


@pytest.mark.timeout(400)
def test_a_restore_killed_at_any_line_leaves_no_old_data_under_the_old_epoch(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    fill(central, 1, 40)
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    fill(central, 41, 100)
    url = central.url or f"sqlite:///{central.folder / 'central.db'}"
    step = STEPS[central.engine.dialect.name]
    central.close()
    before = state(url)
    assert before == (1, 100)
    number, seen = 1, {before}

    while killed_at_line(number, (backup.__file__,), restored, copy, url, NOW + timedelta(minutes=number)):
        after = state(url)
        assert after == before or (after[0] > before[0] and after[1] == 40)
        before, number = after, number + step
        seen.add(after)
    assert state(url)[1] == 40
    assert number > 20, "no line was traced"
    assert len(seen) > 1 or step > 2, "no restore was killed behind its swap"
    central.open()
