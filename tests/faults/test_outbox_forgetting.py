"""The world stops, or a call fails, at every call while a response is being erased from the outbox."""

import errno
import itertools
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from sync.contract.canonical import canonical_bytes
from sync.contract.tombstones import read_forgotten
from sync.outbox import ForeignFormat, Outbox, OutboxReader, StorageFailed
from sync.outbox.caretaker import LOOK_AGAIN
from sync.outbox.files import Files, RealFiles, read_whole
from tests.faults.test_outbox_every_call import At, WithoutFolderSync, WithoutSync
from tests.faults.test_outbox_power_cut import CutAt
from tests.support.hooked_files import HookedFiles
from tests.support.loop_disk import LoopDisk, needs_loop_disk
from tests.support.outbox_session import FOLDER, SETTINGS, Clock
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import PowerCut, SimulatedDisk

WORDS = "d29yZHMgb2Ygb25lIHBlcnNvbg=="
SPOKEN = (2, 7, 10)  # in the first segment, in the second, in the newest
IDS = frozenset(response(number).id for number in SPOKEN)
SENT = {number: response(number, words=WORDS if number in SPOKEN else "") for number in range(1, 11)}


class Unreceipted:
    def settled(self, first: int, last: int) -> bool:
        return False


class Receipted:
    def settled(self, first: int, last: int) -> bool:
        return True


def opened(disk: Files, folder: Path = FOLDER, clock: Clock | None = None) -> Outbox:
    return Outbox(folder, DEVICE, clock=clock or Clock(), files=disk, settings=SETTINGS)


def filled(disk: Files, folder: Path = FOLDER, clock: Clock | None = None) -> Outbox:
    outbox = opened(disk, folder, clock)
    for each in SENT.values():
        outbox.keep_draft(each)
        outbox.append(each)
    return outbox


def tidy(outbox: Outbox) -> None:
    for _ in range(40):
        if not outbox.maintain(Unreceipted(), lambda: IDS).more:
            return


def wait(outbox: Outbox) -> None:
    """So long that everything was tried again."""
    for _ in range(LOOK_AGAIN + 2):
        tidy(outbox)


def holds_words(disk: Files, folder: Path = FOLDER) -> bool:
    names = [name for name in disk.names(folder) if name != "quarantine"]
    return any(WORDS.encode() in read_whole(disk, folder / name) for name in names)


def wrong(disk: Files, folder: Path = FOLDER) -> list[str]:
    """What is not as it should be after the fault, and after the next start has done its work."""
    found = []
    if OutboxReader(folder, disk).is_erased(IDS) and holds_words(disk, folder):
        found.append("reported too early")
    outbox = opened(disk, folder)
    for again in (False, True):
        stored = {each.seq: each for each in OutboxReader(folder, disk).after(0, limit=99, max_bytes=10**6)}
        if sorted(stored) != list(range(1, 11)):
            found.append(f"gaps: {sorted(stored)}")
        for seq, each in stored.items():
            given = SENT[seq]
            erased = read_forgotten(each.body) is not None
            if erased != (seq in SPOKEN) and (again or erased):
                found.append(f"{seq} is {'erased' if erased else 'there'}")
            if not erased and each.body[:40] != canonical_bytes(given)[:40]:
                found.append(f"{seq} is another one")
        tidy(outbox)
    if holds_words(disk, folder):
        found.append("the words are there")
    if not OutboxReader(folder, disk).is_erased(IDS):
        found.append("never reported")
    if outbox.append(response(11)).seq != 11:
        found.append("a number is used again")
    if outbox.status().alarms:
        found.append(f"a false alarm: {outbox.status().alarms}")
    outbox.close()
    return found


def calls() -> tuple[int, int]:
    """How many calls there are before the erasing begins, and in all."""
    disk = SimulatedDisk()
    outbox = filled(disk)
    first = len(disk.calls)
    tidy(outbox)
    outbox.close()
    return first, len(disk.calls)


FIRST, LAST = calls()


def stopped(disk: SimulatedDisk, number: int, what: BaseException) -> None:
    disk.faults = At(number, what)
    outbox = filled(disk)
    with pytest.raises(PowerCut):
        tidy(outbox)
    disk.faults = None


def test_the_script_erases_in_every_kind_of_segment() -> None:
    disk = SimulatedDisk()
    outbox = filled(disk)
    before = len(disk.calls)
    assert holds_words(disk)
    tidy(outbox)
    assert not holds_words(disk)
    assert {"write", "datasync", "rename", "sync_folder"} <= set(disk.calls[before:])
    assert disk.calls[before:].count("rename") == 5  # three segments, a new one, and the report
    outbox.close()
    assert wrong(disk) == []


def test_a_power_cut_at_any_call_leaves_the_old_segment_or_the_new_one() -> None:
    found = []
    for number, seed in itertools.product(range(FIRST + 1, LAST + 1), range(3)):
        disk = SimulatedDisk()
        stopped(disk, number, PowerCut())
        disk.cut_power(Random(f"{number} {seed}"))
        found += [f"call {number} seed {seed}: {each}" for each in wrong(disk)]
    assert found == []


def test_a_process_killed_at_any_call_leaves_the_old_segment_or_the_new_one() -> None:
    found = []
    for number in range(FIRST + 1, LAST + 1):
        disk = SimulatedDisk()
        stopped(disk, number, PowerCut())
        disk.kill()
        found += [f"call {number}: {each}" for each in wrong(disk)]
    assert found == []


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_call_that_fails_once_is_made_good_without_a_restart(code: int) -> None:
    found = []
    for number in range(FIRST + 1, LAST + 1):
        disk = SimulatedDisk(At(number, OSError(code, "injected")), loses_names=True)
        outbox = filled(disk)
        tidy(outbox)
        wait(outbox)
        left = [f"{each} is there" for each in outbox.status().alarms]
        if holds_words(disk) or not OutboxReader(FOLDER, disk).is_erased(IDS):
            left.append("it was not made good")
        outbox.close()
        disk.faults = None
        disk.cut_power(Random(number))
        found += [f"call {number} {disk.calls[number - 1]}: {each}" for each in left + wrong(disk)]
    assert found == []


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENOMEM, errno.EIO])
@pytest.mark.parametrize("found", ["while it is verified", "while it is erased from"])
def test_a_segment_that_could_not_be_read_for_a_while_is_erased_from_and_may_go(
    code: int, found: str
) -> None:
    disk, clock = SimulatedDisk(), Clock()
    outbox = filled(disk, clock=clock)
    if found == "while it is erased from":
        while outbox.maintain(Unreceipted()).more:
            pass

    def fault(name: str, path: Path) -> None:
        if name == "open" and path.suffix == ".journal":
            raise OSError(code, "injected")

    disk.faults = fault
    for _ in range(3):
        wait(outbox)
    assert {each.number for each in outbox.status().alarms} == {"HL2001"}
    assert not OutboxReader(FOLDER, disk).is_erased(IDS)
    disk.faults = None
    wait(outbox)
    assert not outbox.status().alarms
    assert not holds_words(disk)
    assert OutboxReader(FOLDER, disk).is_erased(IDS)
    segments = outbox.status().segments
    clock.forward(days=99)
    for _ in range(9):
        outbox.maintain(Receipted(), lambda: IDS)
    assert outbox.status().segments < segments
    outbox.close()


def test_a_segment_in_doubt_is_not_read_at_every_turn() -> None:
    disk = SimulatedDisk()
    outbox = filled(disk)
    tries: list[Path] = []

    def fault(name: str, path: Path) -> None:
        if name == "open" and path.suffix == ".journal":
            tries.append(path)
            raise OSError(errno.EIO, "injected")

    disk.faults = fault
    tidy(outbox)
    first = len(tries)
    for _ in range(LOOK_AGAIN - 2):
        tidy(outbox)
    assert len(tries) == first
    wait(outbox)
    assert len(tries) > first
    outbox.close()


def test_a_copy_in_quarantine_whose_removal_was_lost_is_removed_once_more() -> None:
    found = []
    for failing in ("nothing", "unlink", "sync_folder"):
        disk = SimulatedDisk(loses_names=True)
        outbox = filled(disk)
        segment = min(FOLDER / name for name in disk.names(FOLDER) if "-" in name)

        def flip(data: bytearray) -> None:
            data[data.rindex(b'"sealed"', 0, data.rindex(WORDS.encode()))] ^= 1

        disk.damage(segment, flip)
        while outbox.maintain(Unreceipted()).more:
            pass
        aside = FOLDER / "quarantine"
        disk.sync_folder(disk.open_folder(aside))  # the copy is there for good
        copies = disk.names(aside)
        assert any(WORDS.encode() in read_whole(disk, aside / name) for name in copies)
        failed: list[str] = []

        def fault(name: str, path: Path, failing: str = failing, failed: list[str] = failed) -> None:
            if name == failing and "quarantine" in str(path) and not failed:
                failed.append(name)
                raise OSError(errno.EIO, "injected")

        disk.faults = fault
        wait(outbox)
        assert bool(failed) == (failing != "nothing")
        assert OutboxReader(FOLDER, disk).is_erased(IDS)
        outbox.close()
        disk.cut_power(Random(failing))
        if disk.names(aside):
            found.append(failing)
    assert found == []


@pytest.mark.parametrize("broken", [WithoutSync, WithoutFolderSync])
def test_control_without_a_sync_power_cuts_do_break_it(broken: type[SimulatedDisk]) -> None:
    failed = 0
    for number in range(FIRST + 1, LAST + 1):
        disk = broken()
        stopped(disk, number, PowerCut())
        disk.cut_power(Random(number))
        try:
            failed += bool(wrong(disk))
        except ForeignFormat:  # not a line is left
            failed += 1
    assert failed > (LAST - FIRST) // 10


def test_control_a_report_without_the_erasing_is_found_out() -> None:
    disk = SimulatedDisk()
    outbox = filled(disk)
    outbox._caretaker._clean = dict.fromkeys(outbox._segments, IDS)
    tidy(outbox)
    outbox.close()
    assert wrong(disk) == ["reported too early"]


def test_a_full_disk_keeps_what_is_there_and_erases_when_there_is_room() -> None:
    disk = SimulatedDisk()
    outbox = filled(disk)
    disk.room = disk.used() + 100
    tidy(outbox)
    assert holds_words(disk)
    assert [each.number for each in outbox.status().alarms] == ["HL2002"]
    assert not OutboxReader(FOLDER, disk).is_erased(IDS)
    disk.room = None
    tidy(outbox)
    assert not holds_words(disk)
    assert not outbox.status().alarms
    outbox.close()
    assert Path("/outbox/erased") in disk.files()


def nearly_full(disk: SimulatedDisk) -> Outbox:
    """Room for some visits, and less than the first segment takes."""
    outbox = filled(disk)
    disk.room = disk.used() + 1500
    assert len(read_whole(disk, min(FOLDER / name for name in disk.names(FOLDER) if "-" in name))) > 1500
    return outbox


def test_on_a_nearly_full_disk_visits_go_on_and_nothing_half_written_takes_their_room() -> None:
    disk = SimulatedDisk()
    outbox = nearly_full(disk)
    used = disk.used()
    tidy(outbox)
    assert disk.used() == used
    assert [each.number for each in outbox.status().alarms] == ["HL2002"]
    outbox.append(response(11))
    assert outbox.status().healthy
    disk.room = None
    tidy(outbox)
    assert not holds_words(disk)
    assert not outbox.status().alarms
    outbox.close()


class WithoutMeasure(SimulatedDisk):
    """Says that there is room, as where a quota is set or another program is quicker."""

    def free(self, folder: Path) -> int:
        return 2**40


def test_a_disk_that_fills_up_while_a_segment_is_replaced_gets_its_room_back() -> None:
    disk = WithoutMeasure()
    outbox = nearly_full(disk)
    used = disk.used()
    tidy(outbox)
    assert "write" in disk.calls[-6:]
    assert disk.used() == used
    assert not any(name.endswith(".new") for name in disk.names(FOLDER))
    outbox.append(response(11))
    assert outbox.status().healthy
    disk.room = None
    tidy(outbox)
    assert not holds_words(disk)
    outbox.close()


class WithoutRemoving(WithoutMeasure):
    def unlink(self, path: Path) -> None:
        if not path.name.endswith(".new"):
            super().unlink(path)


def test_control_what_was_half_written_would_take_the_room_of_visits() -> None:
    disk = WithoutRemoving()
    outbox = nearly_full(disk)
    tidy(outbox)

    def visits() -> None:
        for number in range(11, 20):
            outbox.append(response(number))

    with pytest.raises(StorageFailed):
        visits()
    assert not outbox.recover()
    outbox.close()


# --- a real disk --------------------------------------------------------------------------------------------


class CutWhenBegun(CutAt):
    """Counts from the moment that it is told to."""

    def begin(self, number: int) -> None:
        self.calls, self._number = 0, number


@needs_loop_disk
def test_a_power_cut_on_a_real_disk_leaves_the_old_segment_or_the_new_one(tmp_path: Path) -> None:
    found = []
    with LoopDisk(tmp_path) as disk:
        for number in range(1, LAST - FIRST + 1, 3):
            folder = disk.root / f"cut-{number}"
            cut = CutWhenBegun(disk, 0)
            files = HookedFiles(cut)
            outbox = filled(files, folder)
            cut.begin(number)
            with suppress(PowerCut):
                tidy(outbox)
            assert cut.calls == number, "the power was cut while it erased"
            files.release()
            disk.power_on()
            found += [f"call {number}: {each}" for each in wrong(RealFiles(), folder)]
    assert found == []
