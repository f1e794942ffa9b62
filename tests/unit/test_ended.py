"""A crash is told apart from an end on purpose, and from a cut of power."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.ended import CRASHES, KEPT, MOST, NOTE, Run
from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import SCREEN_MISSING

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
BOOT = "this start of the machine"


def starts(folder: Path, now: datetime = NOW, boot: str = BOOT) -> tuple[datetime, ...]:
    """The crashes that a run is told of at its start; it ends on purpose."""
    with Run(folder, boot).noted(now) as crashes:
        return crashes


def crashes(folder: Path, now: datetime = NOW, boot: str = BOOT) -> None:
    """A run that an error ends."""
    with pytest.raises(ZeroDivisionError), Run(folder, boot).noted(now):
        raise ZeroDivisionError


def test_an_end_on_purpose_is_no_crash(tmp_path: Path) -> None:
    starts(tmp_path)
    for error in (SystemExit(0), ProblemError(SCREEN_MISSING())):
        with pytest.raises(type(error)), Run(tmp_path, BOOT).noted(NOW):
            raise error
    assert starts(tmp_path) == ()


def test_a_lost_screen_that_was_reported_is_no_crash(tmp_path: Path) -> None:
    run = Run(tmp_path, BOOT)
    noted = run.noted(NOW)
    noted.__enter__()
    run.ended()  # and the process is gone, without leaving the block
    assert starts(tmp_path) == ()


def test_a_crash_is_counted_at_the_next_start_and_for_a_day(tmp_path: Path) -> None:
    crashes(tmp_path)
    assert starts(tmp_path, NOW) == (NOW,)
    crashes(tmp_path, NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert starts(tmp_path, later) == (NOW, later)
    assert starts(tmp_path, NOW + KEPT) == (later,)


def test_a_cut_of_power_is_no_crash(tmp_path: Path) -> None:
    crashes(tmp_path)
    assert starts(tmp_path, boot="the next start of the machine") == ()


def test_a_clock_that_was_set_back_leaves_no_crash_in_the_future(tmp_path: Path) -> None:
    crashes(tmp_path)
    starts(tmp_path)
    assert starts(tmp_path, NOW - timedelta(days=3)) == ()


def test_crashes_at_every_start_fill_no_disk(tmp_path: Path) -> None:
    for minute in range(MOST + 5):
        crashes(tmp_path, NOW + timedelta(minutes=minute))
    assert len(starts(tmp_path, NOW + timedelta(minutes=MOST + 5))) == MOST


@pytest.mark.parametrize("content", [b"", b"{", b'["no time"]'])
def test_a_file_that_can_t_be_read_begins_the_count_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CRASHES).write_bytes(content)
    crashes(tmp_path)
    assert starts(tmp_path) == (NOW,)


def test_a_disk_that_takes_nothing_keeps_no_terminal_from_running(tmp_path: Path) -> None:
    (tmp_path / NOTE).mkdir()
    (tmp_path / CRASHES).mkdir()
    assert starts(tmp_path) == ()
