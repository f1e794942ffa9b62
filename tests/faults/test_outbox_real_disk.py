"""Disks that are full, broken or read-only, a process without descriptors: the system's own errors."""

import errno
import itertools
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.canonical import canonical_bytes
from sync.outbox import Outbox, OutboxReader, StorageFailed
from sync.outbox.files import RealFiles
from tests.support.loop_disk import LoopDisk, needs_loop_disk, run
from tests.support.outbox_session import SETTINGS, Clock, Ledger, Session, judge
from tests.support.responses import DEVICE, response


@pytest.fixture(params=["tmpfs", "ext4"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "ext4":
        with LoopDisk(tmp_path, megabytes=8) as disk:
            yield disk.root
        return
    folder = tmp_path / "small"
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
    yield folder
    run("umount", "--lazy", folder)


@needs_loop_disk
def test_a_full_disk_refuses_visits_finishes_the_one_in_progress_and_recovers(small_disk: Path) -> None:
    ledger = Ledger()
    session = Session(RealFiles(), ledger, small_disk / "outbox")
    outbox = session.open()
    fill(small_disk / "ballast")
    while outbox.status().healthy:
        session.visit(outbox)
    found = outbox.status().problem
    assert found is not None
    assert (found.number, session.failures) == ("HL2002", 0)
    while session.failures == 0:
        session.visit(outbox)
    assert not outbox.maintain(Nothing()).more
    assert not outbox.status().healthy
    (small_disk / "ballast").unlink()
    outbox.maintain(Nothing())
    assert outbox.status().healthy
    session.visit(outbox)
    assert max(ledger.acknowledged) == len(ledger.acknowledged)
    outbox.close()
    assert judge(RealFiles(), ledger, session.folder) == []


@needs_loop_disk
def test_a_device_that_fails_to_sync_is_refused_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    # A sparse image on a disk that is then filled: the device fails only when ext4 brings it the bytes.
    under = tmp_path / "under"
    under.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", under)
    try:
        with LoopDisk(tmp_path / "on", 64, "loop,commit=60", under / "image") as disk:
            ledger = Ledger()
            files = NotesFailures()
            session = Session(files, ledger, disk.root / "outbox")
            outbox = session.open()
            for _ in range(3):
                session.visit(outbox)
            fill(under / "ballast")
            with pytest.raises(StorageFailed):
                append_for_ever(outbox, ledger)
            assert files.failures[0] in (errno.EIO, errno.ENOSPC), "the sync failed, not the write"
            assert not outbox.status().healthy
            (under / "ballast").unlink()
            outbox.close()
            disk.power_on()
            assert judge(RealFiles(), ledger, session.folder) == []
    finally:
        run("umount", "--lazy", under)


@needs_loop_disk
def test_a_disk_that_became_read_only_is_refused_and_loses_nothing(tmp_path: Path) -> None:
    with LoopDisk(tmp_path, options="loop,errors=remount-ro") as disk:
        ledger = Ledger()
        session = Session(RealFiles(), ledger, disk.root / "outbox")
        outbox = session.open()
        for _ in range(3):
            session.visit(outbox)
        disk.become_read_only()
        with pytest.raises(StorageFailed) as caught:
            outbox.append(response(50))
        assert caught.value.problem.number == "HL2001"
        assert not outbox.status().healthy
        assert not outbox.recover()
        outbox.close()
        with pytest.raises(StorageFailed):
            session.open()
        assert OutboxReader(session.folder).watermark() == 3
        ledger.doubtful.add(response(50).id)
        disk.power_on()
        assert judge(RealFiles(), ledger, session.folder) == []


def test_without_a_free_descriptor_appending_goes_on_and_opening_is_refused(tmp_path: Path) -> None:
    ledger = Ledger()
    session = Session(RealFiles(), ledger, tmp_path / "outbox")
    outbox = session.open()
    session.visit(outbox)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        for number in range(100, 110):
            stored = outbox.append(response(number))
            assert stored.seq == number - 98
        assert outbox.status().segments == 1, "no new segment without a descriptor, and no failure either"
        with pytest.raises(StorageFailed) as caught:
            Outbox(tmp_path / "other", DEVICE, clock=Clock(), settings=SETTINGS)
        assert caught.value.problem.detail == errno.errorcode[errno.EMFILE]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    outbox.append(response(110))
    assert outbox.status().segments == 2
    outbox.close()
    assert [
        each.seq for each in OutboxReader(tmp_path / "outbox").after(0, limit=99, max_bytes=10**6)
    ] == list(range(1, 13))


class NotesFailures(RealFiles):
    def __init__(self) -> None:
        self.failures: list[int | None] = []

    def datasync(self, fd: int) -> None:
        try:
            super().datasync(fd)
        except OSError as error:
            self.failures.append(error.errno)
            raise


class Nothing:
    def settled(self, first: int, last: int) -> bool:
        return False


def append_for_ever(outbox: Outbox, ledger: Ledger) -> None:
    for number in itertools.count(1000):
        given = response(number)
        ledger.doubtful = {given.id}
        stored = outbox.append(given)
        ledger.acknowledged[stored.seq] = canonical_bytes(stored)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            pass
