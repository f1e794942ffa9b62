"""A line whose sync failed was never acknowledged, and yet the disk may hold it: it must not come back.

The segment behind it begins with the number that the line has, and so says that it does not count. Here that
segment might be deleted (everything in it has its receipt) while the one with the line stays (a response in
it was refused), and then the agent's receipts are lost.
"""

import errno
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.contract.canonical import canonical_bytes
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, StorageFailed
from sync.outbox.caretaker import Caretaker
from tests.support.outbox_session import FOLDER, SETTINGS, Clock
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import SimulatedDisk


class RefusedFirst:
    """The centre keeps everything safe but response 1."""

    def settled(self, first: int, last: int) -> bool:
        return first > 1


def live() -> tuple[SimulatedDisk, dict[int, Response]]:
    """What is on the disk after a sync that failed, weeks, and housekeeping; and what was acknowledged."""
    disk, clock = SimulatedDisk(), Clock()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk, settings=SETTINGS)
    acknowledged = {1: outbox.append(response(1))}

    def fail(call: str, path: Path) -> None:
        if call in ("datasync", "unlink"):  # the line's sync, then the first call for a new segment
            raise OSError(errno.EIO, "input/output error", str(path))

    disk.faults = fail
    with pytest.raises(StorageFailed):
        outbox.append(response(2))
    disk.faults = None
    for number in range(3, 12):  # response 3 gets the number that 2 did not
        stored = outbox.append(response(number))
        acknowledged[stored.seq] = stored
    clock.forward(days=30)
    outbox.append(response(99))
    while outbox.maintain(RefusedFirst()).more:
        pass
    outbox.close()
    return disk, acknowledged


def read(disk: SimulatedDisk) -> dict[int, bytes]:
    found = OutboxReader(FOLDER, disk).after(0, limit=99, max_bytes=10**6)
    return {each.seq: each.body for each in found if each.seq < 11}


def test_a_line_whose_sync_failed_does_not_come_back_when_later_segments_go() -> None:
    disk, acknowledged = live()
    kept = read(disk)
    assert 1 in kept
    assert {seq: canonical_bytes(acknowledged[seq]) for seq in kept} == kept
    assert len(kept) < len(acknowledged), "the others went"


def test_control_without_the_segment_behind_it_the_line_comes_back_under_the_number_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control deletes every segment that has its receipts."""
    monkeypatch.setattr(Caretaker, "_hides_lines_of", lambda caretaker, before: False)
    disk, acknowledged = live()
    never = replace(response(2), seq=2)
    assert acknowledged[2].id != never.id
    assert read(disk)[2] == canonical_bytes(never)
