"""The world stops, or a call fails, at every single call of the outbox to its file system."""

import contextlib
import errno
import itertools
from pathlib import Path
from random import Random

import pytest

from sync.outbox import ForeignFormat, Outbox, OutboxReader, OutboxSettings, StorageFailed
from sync.outbox.files import WRITE_OR_MAKE
from tests.support.outbox_session import Ledger, Session, judge
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import PowerCut, SimulatedDisk


class At:
    """Raises `what` at call `number`, and at those that follow, `times` in all."""

    def __init__(self, number: int, what: BaseException, times: int = 1) -> None:
        self.numbers = range(number, number + times)
        self.what = what
        self.count = 0

    def __call__(self, name: str, path: Path) -> None:
        self.count += 1
        if self.count in self.numbers:
            raise self.what


def calls_of_the_script() -> int:
    disk = SimulatedDisk()
    Session(disk, Ledger()).run()
    return len(disk.calls)


CALLS = calls_of_the_script()


def run_until_cut(disk: SimulatedDisk, number: int) -> Ledger:
    ledger = Ledger()
    disk.faults = At(number, PowerCut())
    with pytest.raises(PowerCut):
        Session(disk, ledger).run()
    disk.faults = None
    return ledger


def test_the_script_does_everything_an_outbox_does() -> None:
    disk = SimulatedDisk()
    ledger = Ledger()
    Session(disk, ledger).run()
    assert sorted(ledger.acknowledged) == list(range(1, 13))
    assert set(disk.calls) >= {
        "write",
        "datasync",
        "rename",
        "unlink",
        "sync_folder",
        "allocate",
        "make_folder",
    }
    assert ledger.sent == ledger.acknowledged
    assert not disk.exists(Path("/outbox/000001-000000000001.journal"))
    assert judge(disk, ledger) == []


def test_a_power_cut_at_any_call_loses_nothing_acknowledged() -> None:
    broken = []
    for number in range(1, CALLS + 1):
        for seed in range(4):
            disk = SimulatedDisk()
            ledger = run_until_cut(disk, number)
            disk.cut_power(Random(f"{number} {seed}"))
            broken += [f"call {number} seed {seed}: {promise}" for promise in judge(disk, ledger)]
    assert broken == []


def test_a_power_cut_during_recovery_from_a_power_cut_loses_nothing() -> None:
    broken = []
    random = Random(7)
    for attempt in range(700):
        disk = SimulatedDisk()
        ledger = run_until_cut(disk, random.randint(1, CALLS))
        disk.cut_power(random)
        for _ in range(2):
            disk.faults = At(random.randint(1, 25), PowerCut())
            with contextlib.suppress(PowerCut):
                Session(disk, Ledger()).open()
            disk.faults = None
            disk.cut_power(random)
        broken += [f"attempt {attempt}: {promise}" for promise in judge(disk, ledger)]
    assert broken == []


def test_a_killed_process_at_any_call_loses_nothing_acknowledged() -> None:
    broken = []
    for number in range(1, CALLS + 1):
        disk = SimulatedDisk()
        ledger = run_until_cut(disk, number)
        disk.kill()
        broken += [f"call {number}: {promise}" for promise in judge(disk, ledger)]
    assert broken == []


class WithoutSync(SimulatedDisk):
    def datasync(self, fd: int) -> None:
        path, _ = self._open[fd]
        self._call("datasync", path)


class WithoutFolderSync(SimulatedDisk):
    def sync_folder(self, fd: int) -> None:
        path, _ = self._open[fd]
        self._call("sync_folder", path)


@pytest.mark.parametrize("broken_disk", [WithoutSync, WithoutFolderSync])
def test_control_without_a_sync_power_cuts_do_lose_responses(broken_disk: type[SimulatedDisk]) -> None:
    lost = 0
    for number in range(1, CALLS + 1):
        disk = broken_disk()
        ledger = run_until_cut(disk, number)
        disk.cut_power(Random(number))
        try:
            lost += any("lost" in promise for promise in judge(disk, ledger))
        except ForeignFormat:  # not a line is left
            lost += 1
    assert lost > CALLS // 10


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EROFS])
def test_any_call_may_fail_once_and_the_outbox_goes_on(code: int) -> None:
    broken = []
    for number, ending in itertools.product(range(1, CALLS + 1), ("cut", "kill")):
        disk = SimulatedDisk(At(number, OSError(code, "injected")))
        ledger = Ledger()
        session = Session(disk, ledger, retry=True)
        session.run()
        disk.faults = None
        if len(ledger.acknowledged) != 12:
            broken.append(f"call {number} {disk.calls[number - 1]}: did not recover")
        disk.cut_power(Random(number)) if ending == "cut" else disk.kill()
        broken += [f"call {number} {disk.calls[number - 1]}: {promise}" for promise in judge(disk, ledger)]
    assert broken == []


@pytest.mark.parametrize("times", [2, 3, 6, 40])
def test_a_disk_that_fails_for_a_while_loses_nothing_and_gives_no_number_twice(times: int) -> None:
    broken = []
    for number in range(1, CALLS + 1):
        disk = SimulatedDisk(At(number, OSError(errno.EIO, "injected"), times))
        ledger = Ledger()
        Session(disk, ledger).run()
        disk.faults = None
        disk.kill()
        later = Session(disk, ledger)
        later.number = 100
        later.clock.forward(days=7)
        outbox = later.open()
        for _ in range(2):
            later.visit(outbox)
        disk.cut_power(Random(number))
        broken += [f"call {number}: {promise}" for promise in judge(disk, ledger)]
    assert broken == []


def test_control_a_sync_that_succeeds_after_one_that_failed_proves_nothing() -> None:
    disk = SimulatedDisk()
    path = Path("/file")
    fd = disk.open(path, WRITE_OR_MAKE)
    disk.sync_folder(disk.open_folder(path.parent))
    disk.write(fd, b"acknowledged", 0)
    disk.faults = At(1, OSError(errno.EIO, "injected"))
    with pytest.raises(OSError, match="injected"):
        disk.datasync(fd)
    disk.datasync(fd)  # "successful"
    disk.cut_power(Random(1))
    assert disk.read(disk.open(path, WRITE_OR_MAKE), 99, 0).strip(b"\0") == b""


class WithoutLock(SimulatedDisk):
    def lock(self, fd: int) -> bool:
        return True


def test_control_without_the_lock_two_writers_give_one_number_twice() -> None:
    disk = WithoutLock()
    first, second = Session(disk, Ledger()).open(), Session(disk, Ledger()).open()
    assert first.append(response(1)).seq == second.append(response(2)).seq


class TrustsTheFile(OutboxReader):
    """The control: a reader that takes what it finds in the file for durable."""

    def watermark(self) -> int:
        return 2**40


def seen_then_erased(kind: type[OutboxReader], seed: int) -> bool:
    """Whether a reader saw, while a response was being written, what is another one after a power cut."""
    disk = SimulatedDisk()
    session = Session(disk, Ledger())
    outbox = session.open()
    session.visit(outbox)
    seen: dict[int, bytes] = {}

    def look_and_cut(name: str, path: Path) -> None:
        if name == "datasync":
            disk.faults = None
            found = kind(session.folder, disk).after(0, limit=9, max_bytes=10**6)
            seen.update({each.seq: each.body for each in found})
            raise PowerCut

    disk.faults = look_and_cut
    with pytest.raises(PowerCut):
        outbox.append(response(7))
    disk.cut_power(Random(seed))
    session.open().append(response(8))
    left = OutboxReader(session.folder, disk).after(0, limit=9, max_bytes=10**6)
    return not seen.items() <= {each.seq: each.body for each in left}.items()


def test_a_reader_never_sees_what_a_power_cut_can_erase() -> None:
    assert not any(seen_then_erased(OutboxReader, seed) for seed in range(40))


def test_control_a_reader_without_the_watermark_sees_what_a_power_cut_erases() -> None:
    assert any(seen_then_erased(TrustsTheFile, seed) for seed in range(40))


def test_a_full_disk_is_refused_before_thanks_and_forgotten_when_there_is_room() -> None:
    disk = SimulatedDisk(room=14_000)
    ledger = Ledger()
    session = Session(disk, ledger)
    outbox = session.open()
    while outbox.status().healthy:
        session.visit(outbox)
    found = outbox.status().problem
    assert found is not None
    assert found.number == "HL2002"
    assert session.failures == 0  # the visit that met the full disk was finished: the reserve
    while session.failures == 0:
        session.visit(outbox)
    assert not outbox.recover()
    with pytest.raises(StorageFailed) as caught:
        outbox.append(response(9_999))
    assert caught.value.problem.number == "HL2002"
    disk.kill()
    outbox = session.open()  # a terminal that is started on a full disk starts, and says why it serves nobody
    assert not outbox.status().healthy
    disk.room = None
    assert outbox.recover()
    assert outbox.status().healthy
    session.visit(outbox)
    disk.cut_power(Random(1))
    assert judge(disk, ledger) == []


def test_control_without_a_reserve_the_visit_in_progress_is_lost_on_a_full_disk() -> None:
    disk = SimulatedDisk(room=14_000)
    session = Session(disk, Ledger())
    settings = OutboxSettings(reserve_bytes=0)
    outbox = Outbox(session.folder, DEVICE, clock=session.clock, files=disk, settings=settings)
    while outbox.status().healthy and session.failures == 0:
        session.visit(outbox)
    assert session.failures > 0
