from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.contract.batch import Receipt
from sync.contract.canonical import canonical_bytes, decode_response, digest
from sync.outbox import Outbox, OutboxLocked, OutboxReader, OutboxSettings, Receipts, ReceiptsReader
from tests.support.responses import DEVICE, response


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


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
    receipts.add([Receipt(ids[seq], seq, "refused" if seq == 4 else "stored", "") for seq in range(1, 9)])
    assert receipts.through == 8
    assert reader.view().status_of(4) == "refused"
    assert maintain() == 3  # the first is receipted and old enough, the second holds a refused response
    clock.now += timedelta(days=9)
    assert maintain() == 2
    assert outbox.append(response(50)).seq == 9
    outbox.close()
    receipts.close()
