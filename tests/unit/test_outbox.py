import base64
import errno
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from nacl.public import PrivateKey
from tinydb.table import Document

from sync.contract.batch import Receipt
from sync.contract.canonical import canonical_bytes, decode_response, digest
from sync.contract.sealing import open_words, seal_words
from sync.outbox import (
    ForeignFormat,
    Outbox,
    OutboxLocked,
    OutboxReader,
    OutboxSettings,
    Receipts,
    ReceiptsReader,
    StorageFailed,
)
from sync.outbox.files import RealFiles, read_whole
from sync.outbox.journal import encode_line
from sync.outbox.table import JournalDB
from sync.outbox.verify import examine
from tests.support.outbox_session import FOLDER, Clock
from tests.support.receipts import status_of
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import SimulatedDisk


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_response_gets_the_next_number_and_is_read_back_as_its_canonical_bytes(
    tmp_path: Path, clock: Clock
) -> None:
    outbox = Outbox(tmp_path / "outbox", DEVICE, clock=clock)
    stored = [outbox.append(response(n)) for n in range(1, 4)]
    assert [each.seq for each in stored] == [1, 2, 3]

    reader = OutboxReader(tmp_path / "outbox")
    assert reader.watermark() == 3
    found = reader.after(1, limit=10, max_bytes=10**6)
    assert [each.seq for each in found] == [2, 3]
    assert [each.body for each in found] == [canonical_bytes(each) for each in stored[1:]]
    assert found[0].digest == digest(found[0].body)
    assert decode_response(found[0].body) == stored[1]
    outbox.close()


def test_numbering_goes_on_after_reopening_and_over_segments(tmp_path: Path, clock: Clock) -> None:
    settings = OutboxSettings(segment_responses=3)
    for n in range(1, 11):
        outbox = Outbox(tmp_path, DEVICE, clock=clock, settings=settings)
        assert outbox.append(response(n)).seq == n
        clock.now += timedelta(hours=9)
        outbox.close()
    reader = OutboxReader(tmp_path)
    assert [each.seq for each in reader.after(0, limit=100, max_bytes=10**6)] == list(range(1, 11))
    assert [each.seq for each in reader.after(4, limit=2, max_bytes=10**6)] == [5, 6]
    assert [each.seq for each in reader.after(6, limit=2, max_bytes=1)] == [7]


def test_a_draft_survives_and_ends_with_its_response(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.keep_draft(response(1))
    outbox.keep_draft(response(2))
    outbox.close()
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    assert outbox.drafts() == [response(1), response(2)]
    outbox.append(response(1))
    clock.now += timedelta(days=1)
    outbox.append(response(3))
    assert outbox.status().segments == 2
    outbox.close()
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    assert outbox.drafts() == [response(2)]
    outbox.close()


def test_a_second_writer_is_refused_by_number(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    with pytest.raises(OutboxLocked) as caught:
        Outbox(tmp_path, DEVICE, clock=clock)
    assert caught.value.problem.number == "HL2003"
    outbox.close()
    Outbox(tmp_path, DEVICE, clock=clock).close()


def test_a_segment_goes_when_it_is_receipted_and_its_retention_is_over(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path / "outbox", DEVICE, clock=clock)
    receipts = Receipts(tmp_path / "receipts")
    reader = ReceiptsReader(tmp_path / "receipts")
    for day in range(4):
        outbox.append(response(2 * day + 1))
        outbox.append(response(2 * day + 2))
        clock.now += timedelta(days=1)

    def maintain() -> int:
        while outbox.maintain(reader).more:
            pass
        return outbox.status().segments

    clock.now += timedelta(days=29)
    assert maintain() == 4
    ids = {
        each.seq: each.id for each in OutboxReader(tmp_path / "outbox").after(0, limit=99, max_bytes=10**6)
    }
    receipts.add(
        [
            Receipt(id=ids[seq], seq=seq, status="refused" if seq == 4 else "stored", digest="")
            for seq in range(1, 9)
        ]
    )
    assert receipts.through == 8
    assert status_of(reader.view(), 4) == "refused"
    assert maintain() == 3  # the first is receipted and old enough, the second holds a refused response
    clock.now += timedelta(days=9)
    assert maintain() == 2
    assert outbox.append(response(50)).seq == 9
    outbox.close()
    receipts.close()


def outbox_around_a_deleted_segment(folder: Path, clock: Clock) -> None:
    """Responses 1, 2 and 5; the segment with 3 and 4 went with its receipts."""

    class FromThree:
        def settled(self, first: int, last: int) -> bool:
            return first >= 3

    outbox = Outbox(folder, DEVICE, clock=clock, settings=OutboxSettings(segment_responses=2))
    for n in range(1, 5):
        outbox.append(response(n))
    clock.forward(days=40)
    outbox.append(response(5))
    clock.forward(days=40)
    while outbox.maintain(FromThree()).more:
        pass
    assert outbox.status().segments == 2
    outbox.close()


@pytest.mark.parametrize("settled", [True, False])
def test_a_segment_that_went_is_missed_only_where_its_receipts_are_missing_too(
    tmp_path: Path, clock: Clock, settled: bool
) -> None:
    class Answer:
        def settled(self, first: int, last: int) -> bool:
            return settled and first >= 3

    outbox_around_a_deleted_segment(tmp_path, clock)
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    while outbox.maintain(Answer()).more:
        pass
    alarms = [(alarm.number, alarm.detail) for alarm in outbox.status().alarms]
    assert alarms == ([] if settled else [("HL2006", "3-4")])
    outbox.close()


def test_a_number_is_never_used_again_after_every_older_segment_is_gone(tmp_path: Path, clock: Clock) -> None:
    class Everything:
        def settled(self, first: int, last: int) -> bool:
            return True

    settings = OutboxSettings(segment_responses=2, retention_days=1)
    outbox = Outbox(tmp_path, DEVICE, clock=clock, settings=settings)
    for n in range(1, 8):
        outbox.append(response(n))
    clock.forward(days=50)
    assert outbox.append(response(8)).seq == 8
    clock.forward(days=50)
    while outbox.maintain(Everything()).more:
        pass
    assert outbox.status().segments == 1
    assert outbox.status().count == 1
    outbox.close()
    outbox = Outbox(tmp_path, DEVICE, clock=clock, settings=settings)
    assert outbox.append(response(9)).seq == 9
    outbox.close()


def test_a_clock_set_back_or_forward_changes_no_number_and_deletes_nothing_unreceipted(
    tmp_path: Path, clock: Clock
) -> None:
    class Nothing:
        def settled(self, first: int, last: int) -> bool:
            return False

    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    for n, days in enumerate((0, -20000, 40000, -20000), start=1):
        clock.forward(days=days)
        assert outbox.append(response(n)).seq == n
        while outbox.maintain(Nothing()).more:
            pass
    outbox.close()
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    assert outbox.append(response(5)).seq == 5
    assert [each.seq for each in OutboxReader(tmp_path).after(0, limit=9, max_bytes=10**6)] == [1, 2, 3, 4, 5]
    outbox.close()


def test_a_draft_is_replaced_by_a_later_one_of_the_same_visit(tmp_path: Path, clock: Clock) -> None:
    begun = response(1)
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.keep_draft(begun)
    outbox.keep_draft(msgspec.structs.replace(begun, answers={"result": 1}, timing={}))
    outbox.close()
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    assert [draft.answers for draft in outbox.drafts()] == [{"result": 1}]
    assert OutboxReader(tmp_path).watermark() == 0
    outbox.close()


def test_the_folder_of_another_device_is_refused_and_not_touched(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.append(response(1))
    outbox.close()
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.journal")}
    with pytest.raises(ForeignFormat) as caught:
        Outbox(tmp_path, "terminal-2", clock=clock)
    assert caught.value.problem.number == "HL2007"
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.journal")} == before


@pytest.mark.parametrize(
    "data",
    [b"not ours at all", encode_line(0, b'{"format":"hailong-journal","version":2}')],
)
def test_a_foreign_or_newer_segment_is_refused_and_not_touched(
    tmp_path: Path, clock: Clock, data: bytes
) -> None:
    path = tmp_path / "000001-000000000001.journal"
    path.write_bytes(data)
    with pytest.raises(ForeignFormat) as caught:
        Outbox(tmp_path, DEVICE, clock=clock)
    assert caught.value.problem.number == "HL2004"
    assert path.read_bytes() == data


def test_a_response_of_another_device_or_with_a_number_is_a_mistake_of_the_program(
    tmp_path: Path, clock: Clock
) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    with pytest.raises(ValueError, match="seq 0"):
        outbox.append(response(1, device="terminal-2"))
    with pytest.raises(ValueError, match="seq 0"):
        outbox.append(msgspec.structs.replace(response(1), seq=4))
    assert outbox.append(response(1)).seq == 1
    outbox.close()


def test_a_reader_of_an_outbox_that_is_not_there_yet_waits(tmp_path: Path) -> None:
    reader = OutboxReader(tmp_path / "nowhere")
    assert reader.watermark() == 0
    assert reader.after(0, limit=9, max_bytes=100) == []


def test_a_reader_goes_on_where_it_was_through_rotation_and_deletion(tmp_path: Path, clock: Clock) -> None:
    class Everything:
        def settled(self, first: int, last: int) -> bool:
            return True

    outbox = Outbox(tmp_path, DEVICE, clock=clock, settings=OutboxSettings(segment_responses=3))
    reader = OutboxReader(tmp_path)
    seen: list[int] = []
    for n in range(1, 20):
        outbox.keep_draft(response(n))
        outbox.append(response(n))
        if n % 4 == 0:
            seen += [each.seq for each in reader.after(max(seen, default=0), limit=3, max_bytes=10**6)]
    clock.forward(days=40)
    outbox.append(response(20))
    clock.forward(days=40)
    while outbox.maintain(Everything()).more:
        pass
    while found := reader.after(max(seen), limit=3, max_bytes=10**6):
        seen += [each.seq for each in found]
    assert seen == [*range(1, 13), 20], "13 to 19 went with their receipts"
    outbox.close()


def test_many_responses_larger_than_a_reading_window_come_out_whole(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    stored = [outbox.append(response(n, words="A" * 120_000)) for n in range(1, 9)]
    found = OutboxReader(tmp_path).after(0, limit=99, max_bytes=10**7)
    assert [each.body for each in found] == [canonical_bytes(each) for each in stored]
    outbox.close()


def test_what_was_sealed_is_nowhere_in_the_folder_in_plain(tmp_path: Path, clock: Clock) -> None:
    private = PrivateKey.generate()
    public = base64.b64encode(bytes(private.public_key)).decode()
    canary = "chim hoàng yến trong mỏ than"
    sealed = seal_words({"open": canary, "contact": {"phone": "0000 canary 0000"}}, "k1", public)
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    given = msgspec.structs.replace(response(1), sealed=sealed)
    outbox.keep_draft(given)
    outbox.append(given)
    outbox.close()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert canary.encode() not in written
    assert b"canary" not in written
    found = OutboxReader(tmp_path).after(0, limit=1, max_bytes=10**6)
    opened = decode_response(found[0].body).sealed
    assert opened is not None
    assert open_words(opened, {"k1": bytes(private)})["open"] == canary


def test_control_what_was_not_sealed_is_in_the_folder(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.append(response(1, words="canary"))
    outbox.close()
    assert any(b"canary" in path.read_bytes() for path in tmp_path.rglob("*.journal"))


def test_no_problem_of_the_outbox_shows_what_was_answered(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.append(response(1, words="canary"))
    outbox.append(response(2, words="canary"))
    outbox.close()
    path = next(tmp_path.glob("*.journal"))
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    shown = "\n".join(line for alarm in outbox.status().alarms for line in alarm.lines())
    assert "HL2005" in shown
    assert "canary" not in shown
    assert "result" not in shown
    outbox.close()


def test_opening_reads_the_newest_segment_only(clock: Clock) -> None:
    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk, settings=OutboxSettings(segment_responses=5))
    for n in range(1, 23):
        outbox.append(response(n))
    outbox.close()
    opened: list[str] = []
    disk.faults = lambda name, path: opened.append(path.name) if name == "open" else None
    Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    assert [name for name in opened if name.endswith(".journal")] == ["000005-000000000021.journal"]


def test_a_segment_ends_with_its_day_its_count_or_its_size(tmp_path: Path, clock: Clock) -> None:
    settings = OutboxSettings(segment_responses=3, segment_bytes=5000)
    outbox = Outbox(tmp_path, DEVICE, clock=clock, settings=settings)
    for n in range(1, 5):
        outbox.append(response(n))
    clock.forward(days=1)
    outbox.append(response(5))
    outbox.append(response(6, words="A" * 6000))
    outbox.append(response(7))
    outbox.close()
    names = sorted(path.name for path in tmp_path.glob("*.journal"))
    assert [int(name.partition("-")[2].partition(".")[0]) for name in names] == [1, 4, 5, 7]


def test_an_alarm_about_the_watermark_ends_when_it_can_be_published_again(clock: Clock) -> None:
    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)

    def fault(name: str, path: Path) -> None:
        if path.name == "watermark":
            raise OSError(errno.EIO, "injected")

    disk.faults = fault
    assert outbox.append(response(1)).seq == 1
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2001"]
    disk.faults = None
    assert OutboxReader(FOLDER, disk).watermark() == 0
    outbox.append(response(2))
    assert outbox.status().alarms == ()
    assert OutboxReader(FOLDER, disk).watermark() == 2


def test_nothing_is_written_after_closing(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.close()
    outbox.close()
    with pytest.raises(ValueError, match="closed"):
        outbox.append(response(1))
    assert OutboxReader(tmp_path).watermark() == 0


def test_receipts_that_cannot_be_read_delete_nothing_and_raise_an_alarm(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path / "outbox", DEVICE, clock=clock)
    for n in range(1, 4):
        outbox.append(response(n))
        clock.forward(days=40)
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "receipts.journal").write_bytes(b"something else")
    while outbox.maintain(ReceiptsReader(tmp_path / "receipts")).more:
        pass
    assert outbox.status().segments == 3
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2004"]
    outbox.close()


def test_a_reader_refuses_an_outbox_that_a_newer_program_writes(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.append(response(1))
    path = next(tmp_path.glob("*.journal"))
    path.write_bytes(encode_line(0, b'{"format":"hailong-journal","version":2}') + b"something new\n")
    with pytest.raises(ForeignFormat) as caught:
        OutboxReader(tmp_path).after(0, limit=1, max_bytes=1)
    assert caught.value.problem.number == "HL2004"
    outbox.close()


def test_a_draft_of_another_version_of_the_program_is_kept_with_an_alarm(
    tmp_path: Path, clock: Clock
) -> None:
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    outbox.keep_draft(response(1))
    outbox.close()
    with JournalDB(next(tmp_path.glob("*.journal"))) as db:
        db.table("drafts").insert(Document({"a": "field of tomorrow"}, 7))
    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    assert outbox.drafts() == [response(1)]
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2004"]
    outbox.append(response(1))
    clock.forward(days=1)
    outbox.append(response(2))
    assert outbox.status().drafts == 1
    outbox.close()


def test_an_older_segment_that_is_none_of_ours_is_never_deleted(tmp_path: Path, clock: Clock) -> None:
    class Everything:
        def settled(self, first: int, last: int) -> bool:
            return True

    outbox = Outbox(tmp_path, DEVICE, clock=clock)
    for n in range(1, 5):
        outbox.append(response(n))
        clock.forward(days=40)
    first = min(tmp_path.glob("*.journal"))
    first.write_bytes(b"something else")
    while outbox.maintain(Everything()).more:
        pass
    assert first.read_bytes() == b"something else"
    assert outbox.status().segments == 3  # it, the one behind that says how far it counts, the newest
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2004"]
    outbox.close()


def test_an_older_segment_that_the_disk_can_not_read_is_kept_and_holds_up_one_more(
    clock: Clock,
) -> None:
    class Everything:
        def settled(self, first: int, last: int) -> bool:
            return True

    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    for n in range(1, 5):
        outbox.append(response(n))
        clock.forward(days=40)
    outbox.close()
    first = FOLDER / "000001-000000000001.journal"

    def fault(name: str, path: Path) -> None:
        if (name, path) == ("open", first):
            raise OSError(errno.EIO, "injected")

    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    disk.faults = fault
    while outbox.maintain(Everything()).more:
        pass
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2001"]
    assert outbox.status().segments == 3
    assert disk.exists(first)
    outbox.close()


def test_while_the_newest_segment_can_not_be_read_opening_is_refused_and_nothing_is_changed(
    clock: Clock,
) -> None:
    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    outbox.append(response(1))
    outbox.close()

    def fault(name: str, path: Path) -> None:
        if name == "open" and path.suffix == ".journal":
            raise OSError(errno.EIO, "injected")

    disk.faults = fault
    with pytest.raises(StorageFailed) as caught:
        Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    assert caught.value.problem.number == "HL2001"
    disk.faults = None
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    assert outbox.append(response(2)).seq == 2
    assert outbox.status().alarms == ()
    outbox.close()


def test_a_damaged_outbox_opens_on_a_full_disk_too(clock: Clock) -> None:
    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    for n in range(1, 5):
        outbox.append(response(n))
    outbox.close()

    def flip(data: bytearray) -> None:
        data[700] ^= 1

    disk.damage(FOLDER / "000001-000000000001.journal", flip)
    disk.room = disk.used()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    assert not outbox.status().healthy, "the reserve went into the new segment"
    assert outbox.append(response(5)).seq == 5
    outbox.close()


def test_a_copy_of_damage_that_found_no_room_is_made_whole_at_the_next_start(clock: Clock) -> None:
    disk = SimulatedDisk()
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    for n in range(1, 5):
        outbox.append(response(n))
    outbox.close()

    def flip(data: bytearray) -> None:
        data[700] ^= 1

    disk.damage(FOLDER / "000001-000000000001.journal", flip)
    disk.room = disk.used() + 100
    Outbox(FOLDER, DEVICE, clock=clock, files=disk).close()
    assert disk.names(FOLDER / "quarantine") == []
    disk.room = None
    outbox = Outbox(FOLDER, DEVICE, clock=clock, files=disk)
    while outbox.maintain(ReceiptsReader(Path("/agent"), files=disk)).more:
        pass
    (copy,) = disk.names(FOLDER / "quarantine")
    _, start, end = copy.removesuffix(".damaged").split("-")
    assert len(read_whole(disk, FOLDER / "quarantine" / copy)) == int(end) - int(start)
    outbox.close()


def test_an_outbox_goes_on_behind_numbers_that_another_one_has_used(tmp_path: Path, clock: Clock) -> None:
    empty = Outbox(tmp_path / "empty", DEVICE, clock=clock, begin_after=20)
    assert [empty.append(response(n)).seq for n in (1, 2)] == [21, 22]
    empty.close()
    reader = OutboxReader(tmp_path / "empty")
    assert [each.seq for each in reader.after(0, limit=9, max_bytes=10**6)] == [21, 22]
    assert reader.skipped == {(1, 20)}

    outbox = Outbox(tmp_path / "begun", DEVICE, clock=clock)
    outbox.append(response(1))
    outbox.keep_draft(response(2))
    outbox.begin_after(20)
    outbox.begin_after(5)  # lower than what is used: nothing changes
    assert outbox.append(response(2)).seq == 21
    outbox.close()

    outbox = Outbox(tmp_path / "begun", DEVICE, clock=clock, begin_after=20)
    assert (outbox.append(response(3)).seq, outbox.drafts()) == (22, [])
    while outbox.maintain(ReceiptsReader(tmp_path / "agent")).more:
        pass
    assert (outbox.status().alarms, outbox.status().count) == ((), 3)
    outbox.close()
    assert [report.missing for report in examine(RealFiles(), tmp_path / "begun")] == [[], []]
