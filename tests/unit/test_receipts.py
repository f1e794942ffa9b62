import errno
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.batch import Receipt, ReceiptStatus
from sync.contract.problem.agent import KEY_LIST_UNTRUSTED
from sync.contract.problem.wire import RESPONSE_INVALID
from sync.contract.ranges import Ranges, union
from sync.contract.tombstones import Tombstone
from sync.outbox import (
    ForeignFormat,
    Notes,
    OutboxLocked,
    Receipts,
    ReceiptsReader,
    ReceiptsView,
    StorageFailed,
)
from sync.outbox.receipts import NAME
from sync.outbox.storage import JournalStorage
from tests.support.receipts import status_of
from tests.support.responses import response
from tests.support.simulated_disk import PowerCut, SimulatedDisk

FOLDER = Path("/receipts")

SENT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def receipt(seq: int, status: ReceiptStatus = "stored") -> Receipt:
    found = RESPONSE_INVALID() if status == "refused" else None
    return Receipt(id=response(seq).id, seq=seq, status=status, digest="", problem=found)


def numbers(ranges: Ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


def test_tombstones_of_a_key_are_dropped_together_with_what_is_noted(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    stones = [Tombstone(response(seq).id, key, bytes(64)) for seq, key in enumerate(["a", "b", "a"], 1)]
    receipts.forget(stones, forgotten_through=3)
    receipts.disown(["a", "c"], forgotten_through=0)
    receipts.close()
    view = ReceiptsReader(tmp_path).view()
    assert (list(view.tombstones), view.notes.forgotten_through) == ([stones[1].id], 0)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5))), st.integers(0, 30))
def test_what_has_no_receipt_is_unsent(spans: list[tuple[int, int]], made: int) -> None:
    received: Ranges = ()
    for first, more in spans:
        received = union(received, [(first, first + more)])
    view = ReceiptsView(received=received)
    assert numbers(view.unsent(made)) == set(range(1, made + 1)) - numbers(received)
    assert view.queue(made) == len(numbers(view.unsent(made)))


def test_receipts_are_there_after_a_restart_and_for_the_kiosk(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    reader = ReceiptsReader(tmp_path)
    assert reader.view().through == 0
    receipts.add([receipt(1), receipt(2, "duplicate"), receipt(3, "refused"), receipt(5)])
    assert receipts.through == 3
    receipts.note(last_success=SENT, standing={"keys": KEY_LIST_UNTRUSTED(where="keys")})
    receipts.close()
    receipts = Receipts(tmp_path)
    for view in (receipts.view, reader.view()):
        assert view.through == 3
        assert [status_of(view, seq) for seq in range(1, 7)] == [
            "stored",
            "stored",
            "refused",
            None,
            "stored",
            None,
        ]
        assert view.set_aside[3].problem == RESPONSE_INVALID()
        assert view.notes == Notes(last_success=SENT, standing={"keys": KEY_LIST_UNTRUSTED(where="keys")})
        assert view.settled(1, 2)
        assert not view.settled(1, 3)
        assert not view.settled(4, 5)
    receipts.close()


def test_the_newest_receipt_of_a_response_counts(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.add([receipt(1, "held"), receipt(2, "conflict")])
    receipts.add([receipt(1, "stored"), receipt(2, "refused")])
    assert status_of(receipts.view, 1) == "stored"
    assert status_of(receipts.view, 2) == "refused"
    receipts.close()


def test_what_the_centre_lost_is_offered_again(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.add([receipt(seq, "refused" if seq == 8 else "stored") for seq in range(1, 11)])
    receipts.withdraw(6, 9)
    assert receipts.through == 5
    assert receipts.view.received == ((1, 5), (10, 10))
    assert status_of(receipts.view, 8) is None
    receipts.close()


def test_what_the_outbox_lost_holds_up_nothing_and_stays_visible(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.add([receipt(1), receipt(4)])
    receipts.lost(2, 3)
    assert receipts.through == 4
    assert status_of(receipts.view, 2) == "lost"
    assert not receipts.view.settled(1, 4)
    receipts.close()


def test_a_second_agent_is_refused(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    with pytest.raises(OutboxLocked):
        Receipts(tmp_path)
    receipts.close()


def test_the_file_stays_small_and_keeps_everything(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    receipts.note(epoch=4)
    for seq in range(1, 6001):
        receipts.add([receipt(seq, "refused" if seq % 1000 == 0 else "stored")])
    assert (tmp_path / NAME).stat().st_size < 300_000
    receipts.close()
    receipts = Receipts(tmp_path)
    assert receipts.through == 6000
    assert sorted(receipts.view.set_aside) == [1000, 2000, 3000, 4000, 5000, 6000]
    assert receipts.view.notes == Notes(epoch=4)
    receipts.close()


def test_on_a_full_disk_a_short_journal_that_was_begun_takes_no_room() -> None:
    disk = SimulatedDisk()
    receipts = Receipts(FOLDER, files=disk, shorten_at=4000)

    def fill_up() -> None:
        for number in range(1, 90):
            receipts.lost(2 * number, 2 * number)
            disk.room = disk.room or (disk.used() + 1500 if number == 59 else None)

    with pytest.raises(StorageFailed):
        fill_up()
    assert [path.name for path in disk.files() if path.name.endswith(".new")] == []
    receipts.close()


def test_damaged_receipts_are_written_clean_and_at_worst_offered_again(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    for seq in range(1, 6):
        receipts.add([receipt(seq)])
    receipts.close()
    data = bytearray((tmp_path / NAME).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / NAME).write_bytes(data)
    receipts = Receipts(tmp_path)
    assert 0 < receipts.through < 5
    receipts.add([receipt(seq) for seq in range(receipts.through + 1, 7)])
    receipts.close()
    assert ReceiptsReader(tmp_path).view().through == 6


def test_no_damaged_byte_makes_a_refused_response_pass_for_one_that_is_kept_safe(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path / "whole")
    for seq in range(1, 4):
        receipts.add([receipt(seq, "refused" if seq == 2 else "stored")])
    receipts.close()
    whole = (tmp_path / "whole" / NAME).read_bytes()
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for at in range(len(whole)):
        (damaged / NAME).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert status_of(ReceiptsReader(damaged).view(), 2) in ("refused", None), f"byte {at}"
        receipts = Receipts(damaged)
        assert status_of(receipts.view, 2) in ("refused", None), f"byte {at}"
        assert not ReceiptsReader(damaged).settled(2, 2)
        receipts.close()
    lines = whole.splitlines(keepends=True)
    (damaged / NAME).write_bytes(b"".join(lines[:2] + lines[3:]))
    assert status_of(ReceiptsReader(damaged).view(), 2) is None, "a line that is missing altogether"


STRANGE = {
    "a tombstone with a member more": {"forgotten": {"7": {"id": response(1).id, "since": "2027"}}},
    "a status that nobody knows": {"set_aside": {"7": {"seq": 7, "id": "", "status": "postponed"}}},
    "other ranges": {"received": {"1": {"ranges": "1-7"}}},
    "no ranges": {"received": {"1": {}}},
    "other notes": {"notes": {"1": {"last_success": 7}}},
    "no object": {"notes": {"1": []}},
}


@pytest.mark.parametrize("tables", STRANGE.values(), ids=STRANGE)
def test_rows_of_another_version_are_refused_and_not_touched(
    tmp_path: Path, tables: dict[str, dict[str, Any]]
) -> None:
    storage = JournalStorage(tmp_path / NAME)
    storage.write(tables)
    storage.close()
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(ForeignFormat, match="HL2004"):
        Receipts(tmp_path)
    with pytest.raises(ForeignFormat, match="HL2004"):
        ReceiptsReader(tmp_path).view()
    assert (tmp_path / NAME).read_bytes() == before


def test_a_power_cut_at_any_call_loses_no_receipt() -> None:
    for number in range(1, 200):
        disk = SimulatedDisk()
        added = run_until(disk, number)
        disk.cut_power(Random(number))
        receipts = Receipts(FOLDER, files=disk)
        assert receipts.through in (added, added + 1)
        assert not receipts.view.settled(3, 3) or added < 3
        receipts.close()


def run_until(disk: SimulatedDisk, number: int) -> int:
    """Add receipts until call `number`; how many were acknowledged."""
    calls = iter(range(1, number))

    def fault(name: str, path: Path) -> None:
        if next(calls, None) is None:
            raise PowerCut

    disk.faults = fault
    added = 0
    try:
        receipts = Receipts(FOLDER, files=disk, shorten_at=500)  # replaced often
        while True:
            receipts.add([receipt(added + 1, "refused" if added == 2 else "stored")])
            added += 1
    except PowerCut:
        disk.faults = None
        return added


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_call_that_fails_loses_no_receipt(code: int) -> None:
    for number in range(1, 120):
        disk = SimulatedDisk()
        count = 0

        def fault(name: str, path: Path) -> None:
            nonlocal count
            count += 1
            if count == number:  # noqa: B023 - called within this turn only
                raise OSError(code, "injected")

        disk.faults = fault
        receipts: Receipts | None = None
        seq = added = 0
        while seq == 0 or (count < number and seq < 30) or added < seq:
            seq += added == seq
            try:
                receipts = receipts or Receipts(FOLDER, files=disk, shorten_at=500)
                receipts.add([receipt(seq, "refused" if seq % 5 == 0 else "stored")])
                added = seq
            except StorageFailed:
                continue
        disk.faults = None
        disk.cut_power(Random(number))
        receipts = Receipts(FOLDER, files=disk)
        assert receipts.through == added, f"call {number}"
        assert sorted(receipts.view.set_aside) == list(range(5, added + 1, 5))
