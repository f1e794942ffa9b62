"""The world stops, or a call fails, at every call while a response is being erased from the outbox."""

import errno
import itertools
from pathlib import Path
from random import Random

import pytest

from sync.contract.canonical import canonical_bytes
from sync.contract.forgetting import read_forgotten
from sync.outbox import ForeignFormat, Outbox, OutboxReader
from sync.outbox.files import Files, read_whole
from tests.faults.test_outbox_every_call import At, WithoutFolderSync, WithoutSync
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


def opened(disk: Files) -> Outbox:
    return Outbox(FOLDER, DEVICE, clock=Clock(), files=disk, settings=SETTINGS)


def filled(disk: Files) -> Outbox:
    outbox = opened(disk)
    for each in SENT.values():
        outbox.keep_draft(each)
        outbox.append(each)
    return outbox


def tidy(outbox: Outbox) -> None:
    for _ in range(40):
        if not outbox.maintain(Unreceipted(), lambda: IDS).more:
            return


def holds_words(disk: SimulatedDisk) -> bool:
    files = [path for path in disk.files() if path.parent == FOLDER]
    return any(WORDS.encode() in read_whole(disk, path) for path in files)


def wrong(disk: SimulatedDisk) -> list[str]:
    """What is not as it should be after the fault, and after the next start has done its work."""
    found = []
    disk.faults = None
    if OutboxReader(FOLDER, disk).is_erased(IDS) and holds_words(disk):
        found.append("reported too early")
    outbox = opened(disk)
    for again in (False, True):
        stored = {each.seq: each for each in OutboxReader(FOLDER, disk).after(0, limit=99, max_bytes=10**6)}
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
    if holds_words(disk):
        found.append("the words are there")
    if not OutboxReader(FOLDER, disk).is_erased(IDS):
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
        disk = SimulatedDisk()
        disk.faults = At(number, OSError(code, "injected"))
        outbox = filled(disk)
        tidy(outbox)
        if disk.calls[number - 1] != "read":  # a segment that could not be read is read at the next start
            tidy(outbox)
            tidy(outbox)
        outbox.close()
        disk.cut_power(Random(number))
        found += [f"call {number} {disk.calls[number - 1]}: {each}" for each in wrong(disk)]
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
    outbox._clean = dict.fromkeys(outbox._segments, IDS)
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
