"""The plug is pulled on a real ext4 file system: at each call of a scripted session, and at any moment."""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest

from sync.contract.canonical import canonical_bytes
from sync.outbox import ForeignFormat, Outbox
from sync.outbox.files import RealFiles
from tests.support.hooked_files import HookedFiles
from tests.support.loop_disk import LoopDisk, needs_loop_disk
from tests.support.outbox_session import SETTINGS, Clock, Ledger, Session, judge
from tests.support.own_process import processes, started
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import PowerCut


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    with LoopDisk(tmp_path) as disk:
        yield disk


class CutAt:
    """Cuts the power just before call `number`."""

    def __init__(self, disk: LoopDisk, number: int) -> None:
        self._disk = disk
        self._number = number
        self.calls = 0

    def __call__(self, name: str) -> None:
        self.calls += 1
        if self.calls == self._number:
            self._disk.cut_power()
            raise PowerCut


class Unsynced(HookedFiles):
    """The control: nothing is ever synced."""

    def datasync(self, fd: int) -> None:
        self._hook("datasync")

    def sync_folder(self, fd: int) -> None:
        self._hook("sync_folder")


def cut_and_judge(
    disk: LoopDisk, folder: Path, number: int, kind: type[HookedFiles] = HookedFiles
) -> list[str]:
    ledger = Ledger()
    files = kind(CutAt(disk, number))
    with contextlib.suppress(PowerCut):
        Session(files, ledger, folder).run()
    files.release()
    disk.power_on()
    try:
        return judge(RealFiles(), ledger, folder)
    except ForeignFormat:
        return ["everything is lost"]


def calls_of_the_script(folder: Path) -> int:
    count = itertools.count()
    files = HookedFiles(lambda name: (next(count), None)[1])
    Session(files, Ledger(), folder).run()
    files.release()
    return next(count)


@needs_loop_disk
def test_power_cut_before_each_call_loses_nothing_acknowledged(disk: LoopDisk) -> None:
    calls = calls_of_the_script(disk.root / "whole")
    assert calls >= 200
    broken = []
    for number in range(1, calls + 1):
        found = cut_and_judge(disk, disk.root / f"cut-{number}", number)
        broken += [f"call {number}: {promise}" for promise in found]
    assert broken == []


@needs_loop_disk
def test_control_without_sync_the_same_power_cuts_lose_responses(disk: LoopDisk) -> None:
    calls = calls_of_the_script(disk.root / "whole")
    numbers = range(60, calls, calls // 12)
    lost = [cut_and_judge(disk, disk.root / f"cut-{number}", number, Unsynced) for number in numbers]
    assert sum(any("lost" in promise for promise in found) for found in lost) > len(lost) // 2


def append_until_killed(folder: Path, pipe: Connection, first: int) -> None:
    """In a process of its own: append, and report every response that is acknowledged."""
    clock = Clock()
    outbox = Outbox(folder, DEVICE, clock=clock, settings=SETTINGS)
    for number in itertools.count(first):
        stored = outbox.append(response(number))
        os.write(pipe.fileno(), b"%d %b\n" % (stored.seq, canonical_bytes(stored)))


@needs_loop_disk
def test_power_cut_at_any_moment_of_a_running_writer_loses_nothing_acknowledged(disk: LoopDisk) -> None:
    random = Random(11)
    folder = disk.root / "outbox"
    ledger = Ledger()
    broken = []
    for cut in range(40):
        receiving, sending = processes().Pipe(duplex=False)
        child = started(append_until_killed, folder, sending, 1000 * (cut + 1))
        sending.close()
        received = b""
        wanted = random.randint(0, 12)
        while received.count(b"\n") < wanted and (data := os.read(receiving.fileno(), 65536)):
            received += data
        until = time.perf_counter() + random.random() * 0.003
        while time.perf_counter() < until:
            pass
        disk.cut_power()
        child.kill()
        child.join()
        receiving.close()
        for line in received.splitlines():
            seq, _, body = line.partition(b" ")
            ledger.acknowledged[int(seq)] = body
        disk.power_on()
        # Written, but nobody was told: the pipe holds about a hundred, so a thousand is all there can be.
        ledger.doubtful |= {response(1000 * (cut + 1) + n).id for n in range(1000)}
        broken += [f"cut {cut}: {promise}" for promise in judge(RealFiles(), ledger, folder, number=cut)]
    assert broken == []
