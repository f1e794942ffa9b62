"""A restore that is killed leaves the old database under the old epoch, or the new one under a new epoch."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import backup
from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, restore
from sync.central.store.database import open_database, reading, writing
from sync.central.store.facts import read_epoch
from sync.contract.canonical import canonical_bytes
from tests.support.wire import NOW, CentreUnderTest, numbered

KILLED = -signal.SIGKILL


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


def killed_at_line(number: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that dies before the line `number` of backup.py that it comes to; if it does."""
    child = os.fork()
    if not child:
        left = number

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal left
            if frame.f_code.co_filename != backup.__file__:
                return None
            if event == "line":
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        try:
            work()
        finally:
            sys.settrace(None)
            os._exit(0 if sys.exc_info()[0] is None else 1)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, KILLED)
    return ended == KILLED


# A restore on PostgreSQL takes seconds: there every fourth line.
STEPS = {"sqlite": 1, "postgresql": 4}


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

    def once_more() -> object:
        return restore(copy, url, By("test", NOW + timedelta(minutes=number)))

    while killed_at_line(number, once_more):
        after = state(url)
        assert after == before or (after[0] > before[0] and after[1] == 40)
        before, number = after, number + step
        seen.add(after)
    assert state(url)[1] == 40
    assert number > 20 * (step == 1), "no line was traced"
    assert len(seen) > 1 or step > 1, "no restore was killed behind its swap"
    central.open()
