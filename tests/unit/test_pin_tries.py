"""Wrong PINs are counted over restarts, and no clock that anybody can set shortens a wait."""

from pathlib import Path

import pytest

from kiosk.pin_tries import NAME, PinTries
from kiosk.staff import LONGEST_WAIT_MS, Tries
from sync.contract.problem import ProblemError
from tests.support.simulated_disk import SimulatedDisk

FOLDER = Path("/data")


def at(folder: Path, boot: str = "first") -> PinTries:
    return PinTries(folder, boot)


def test_a_terminal_that_was_never_tried_has_no_tries(tmp_path: Path) -> None:
    assert at(tmp_path).read(1000) == Tries()


def test_another_process_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    at(tmp_path).keep(Tries(5, 60_000))
    again = at(tmp_path).read(10_000)
    assert again == Tries(5, 60_000)
    assert (again.waits(10_000), again.waits(60_000)) == (50, 0)


def test_after_a_start_of_the_machine_the_whole_wait_begins_anew(tmp_path: Path) -> None:
    at(tmp_path).keep(Tries(5, 60_000))
    assert at(tmp_path, "second").read(100_000) == Tries(5, 100_000 + 20_000)
    at(tmp_path).keep(Tries(2))
    assert at(tmp_path, "second").read(100_000) == Tries(2), "two slips cost nothing"


def test_the_right_pin_ends_it(tmp_path: Path) -> None:
    at(tmp_path).keep(Tries(5, 60_000))
    at(tmp_path).keep(Tries())
    assert at(tmp_path, "second").read(0) == Tries()


@pytest.mark.parametrize("content", [b"", b"{", b'{"boot":"first","wrong":"x","until_ms":0}', bytes(128)])
def test_a_line_that_can_not_be_read_costs_the_longest_wait_and_no_more(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert at(tmp_path).read(1000).waits(1000) == LONGEST_WAIT_MS // 1000


def test_a_time_far_ahead_costs_no_more_than_the_longest_wait(tmp_path: Path) -> None:
    at(tmp_path).keep(Tries(5, 10**15))
    assert at(tmp_path).read(0).waits(0) == LONGEST_WAIT_MS // 1000


def test_a_full_disk_keeps_no_try_from_being_counted() -> None:
    disk = SimulatedDisk()
    disk.make_folder(FOLDER)
    PinTries(FOLDER, "first", disk).keep(Tries(1))
    disk.room = 0
    PinTries(FOLDER, "first", disk).keep(Tries(2))
    assert PinTries(FOLDER, "first", disk).read(0) == Tries(2)


def test_a_disk_that_takes_nothing_is_a_problem() -> None:
    disk = SimulatedDisk()
    disk.make_folder(FOLDER)

    def fails(name: str, path: Path) -> None:
        if name == "datasync":
            raise OSError(5, "injected")

    disk.faults = fails
    with pytest.raises(ProblemError, match="HL3027"):
        PinTries(FOLDER, "first", disk).keep(Tries(1))
