"""Bytes of a segment are cut off or changed by something that is not the outbox."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tinydb import TinyDB

from sync.contract.canonical import as_document
from sync.outbox import Outbox, OutboxReader
from sync.outbox.journal import Tables
from sync.outbox.storage import ForeignJournalError, load
from tests.support.outbox_session import FOLDER, Clock
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import SimulatedDisk

SEGMENT = FOLDER / "000001-000000000001.journal"


def open_outbox(disk: SimulatedDisk) -> Outbox:
    return Outbox(FOLDER, DEVICE, clock=Clock(), files=disk)


def disk_with(responses: int) -> SimulatedDisk:
    disk = SimulatedDisk()
    outbox = open_outbox(disk)
    for number in range(1, responses + 1):
        outbox.append(response(number))
    outbox.close()
    return disk


def content(disk: SimulatedDisk) -> bytes:
    found = bytearray()
    disk.damage(SEGMENT, found.extend)
    return bytes(found)


def line_ends(data: bytes) -> list[int]:
    return [at + 1 for at, byte in enumerate(data) if byte == ord("\n")]


WHOLE = content(disk_with(50))
RECORDS: Tables = load(SEGMENT, WHOLE).tables


def flip_a_bit(at: int, byte: int) -> int:
    return byte ^ 1 << at % 8


def end_a_line_or_not(at: int, byte: int) -> int:
    return ord(" ") if byte == ord("\n") else ord("\n")


@pytest.mark.parametrize(("change", "step"), [(flip_a_bit, 1), (end_a_line_or_not, 4)])
def test_any_changed_byte_costs_one_record_at_most_and_is_noticed(
    change: Callable[[int, int], int], step: int
) -> None:
    for at in {*range(0, len(WHOLE), step), *(end - 1 for end in line_ends(WHOLE))}:
        damaged = WHOLE[:at] + bytes([change(at, WHOLE[at])]) + WHOLE[at + 1 :]
        contents = load(SEGMENT, damaged, durable_to=len(WHOLE))
        kept = contents.tables["responses"]
        assert contents.damage, f"byte {at} went unnoticed"
        assert len(kept) >= 49
        assert all(RECORDS["responses"][seq] == body for seq, body in kept.items())


def test_a_file_cut_off_anywhere_keeps_every_record_before_the_cut_and_the_cut_is_noticed() -> None:
    ends = line_ends(WHOLE)
    for size in range(1, len(WHOLE)):
        contents = load(SEGMENT, WHOLE[:size], durable_to=len(WHOLE))
        assert len(contents.tables.get("responses", {})) == max(0, sum(end <= size for end in ends) - 1)
        assert contents.damage or contents.end == size < len(WHOLE)


def sampled(size: int, count: int) -> list[int]:
    return sorted(Random(size).sample(range(size), count))


@pytest.mark.parametrize("at", sampled(len(WHOLE), 150))
def test_the_terminal_starts_after_damage_anywhere_with_an_alarm_and_all_other_responses(at: int) -> None:
    disk = disk_with(50)

    def flip(data: bytearray) -> None:
        data[at] ^= 0x20

    disk.damage(SEGMENT, flip)
    outbox = open_outbox(disk)
    assert {alarm.number for alarm in outbox.status().alarms} >= {"HL2005"}
    assert [path.name for path in disk.files() if path.parent.name == "quarantine"]
    assert outbox.append(response(51)).seq == 51
    found = OutboxReader(FOLDER, disk).after(0, limit=99, max_bytes=10**6)
    assert len(found) >= 50
    outbox.close()
    outbox = open_outbox(disk)
    outbox.maintain(Nothing())
    assert "HL2005" in {alarm.number for alarm in outbox.status().alarms}, "the alarm stays"
    assert outbox.append(response(52)).seq == 52


@pytest.mark.parametrize("size", [*range(12), *sampled(len(WHOLE), 60)])
def test_a_shortened_segment_raises_an_alarm_and_no_number_is_used_again(size: int) -> None:
    disk = disk_with(50)

    def cut(data: bytearray) -> None:
        del data[size:]

    disk.damage(SEGMENT, cut)
    outbox = open_outbox(disk)
    assert "HL2006" in {alarm.number for alarm in outbox.status().alarms}
    assert outbox.append(response(51)).seq == 51


def test_control_without_the_watermark_a_shortened_segment_would_use_numbers_again() -> None:
    disk = disk_with(50)

    def cut(data: bytearray) -> None:
        del data[len(data) // 2 :]

    disk.damage(SEGMENT, cut)
    disk.unlink(FOLDER / "watermark")
    assert open_outbox(disk).append(response(51)).seq < 51


def test_control_tinydb_s_own_storage_loses_everything_in_a_file_cut_off_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "stock.json"
    with TinyDB(path) as db:
        db.insert_multiple(as_document(response(number)) for number in range(1, 51))
    whole = path.read_bytes()
    for size in sampled(len(whole), 10):
        path.write_bytes(whole[:size])
        with TinyDB(path) as db, pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            db.all()


def test_a_large_segment_survives_damage_at_sampled_offsets() -> None:
    disk = disk_with(3000)
    data = content(disk)
    whole = load(SEGMENT, data).tables["responses"]
    for at in sampled(len(data), 60):
        damaged = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        contents = load(SEGMENT, damaged, durable_to=len(data))
        kept = contents.tables["responses"]
        assert contents.damage
        assert len(kept) >= 2999
        assert all(whole[seq] == body for seq, body in kept.items())


def test_a_whole_lost_line_is_noticed_by_its_number() -> None:
    ends = line_ends(WHOLE)
    contents = load(SEGMENT, WHOLE[: ends[20]] + WHOLE[ends[21] :])
    assert contents.missing == 1
    disk = disk_with(50)

    def cut(data: bytearray) -> None:
        del data[ends[20] : ends[21]]

    disk.damage(SEGMENT, cut)
    outbox = open_outbox(disk)
    alarms = {alarm.number: alarm for alarm in outbox.status().alarms}
    assert alarms["HL2006"].detail == "21"


def test_random_bytes_are_never_taken_for_a_journal() -> None:
    random = Random(3)
    for size in range(1, 400):
        with pytest.raises(ForeignJournalError):
            load(Path("x"), b"x" + random.randbytes(size))


class Nothing:
    def settled(self, first: int, last: int) -> bool:
        return False
