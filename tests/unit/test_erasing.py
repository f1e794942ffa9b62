"""A forgotten response leaves the outbox, and nothing else does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.contract.canonical import canonical_bytes
from sync.contract.forgetting import read_forgotten
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, OutboxSettings
from sync.outbox.files import RealFiles
from sync.outbox.journal import Record, encode_line, scan
from sync.outbox.verify import examine
from tests.support.outbox_session import Clock
from tests.support.responses import DEVICE, response

WORDS = "c2VhbGVkIHdvcmRzIG9mIG9uZSBwZXJzb24="
SETTINGS = OutboxSettings(segment_responses=4)


class Unreceipted:
    def settled(self, first: int, last: int) -> bool:
        return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def opened(folder: Path) -> Outbox:
    return Outbox(folder, DEVICE, clock=Clock(), settings=SETTINGS)


def visits(outbox: Outbox, numbers: range, spoken: int = 0) -> list[Response]:
    """Visits with a draft before each; the one with the number `spoken` has words in it."""
    stored = []
    for number in numbers:
        given = response(number, words=WORDS if number == spoken else "")
        outbox.keep_draft(given)
        stored.append(outbox.append(given))
    return stored


def tidied(outbox: Outbox, *ids: str) -> None:
    while outbox.maintain(Unreceipted(), lambda: frozenset(ids)).more:
        pass


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def bodies(folder: Path) -> dict[int, bytes]:
    found = OutboxReader(folder).after(0, limit=100, max_bytes=10**6)
    return {each.seq: each.body for each in found}


def whole(folder: Path) -> bool:
    return not any(each.missing or each.damage or each.problem for each in examine(RealFiles(), folder))


@pytest.mark.parametrize("spoken", [2, 4, 5, 10])
def test_what_was_said_is_in_no_file_any_more_and_its_number_is_still_there(
    folder: Path, spoken: int
) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 11), spoken)
    assert WORDS.encode() in bytes_of(folder)
    tidied(outbox, stored[spoken - 1].id)
    assert WORDS.encode() not in bytes_of(folder)
    found = bodies(folder)
    record = read_forgotten(found.pop(spoken))
    assert record is not None
    assert (record.device, record.id, record.seq) == (DEVICE, stored[spoken - 1].id, spoken)
    assert found == {each.seq: canonical_bytes(each) for each in stored if each.seq != spoken}
    assert outbox.append(response(99)).seq == 11
    assert not outbox.status().alarms
    assert whole(folder)
    outbox.close()


def test_a_draft_that_was_carried_from_segment_to_segment_is_erased_in_all_of_them(folder: Path) -> None:
    outbox = opened(folder)
    begun = response(50, words=WORDS)
    outbox.keep_draft(begun)
    visits(outbox, range(1, 11))
    holding = [path for path in folder.glob("*.journal") if WORDS.encode() in path.read_bytes()]
    assert len(holding) == 3
    tidied(outbox, begun.id)
    assert WORDS.encode() not in bytes_of(folder)
    assert outbox.drafts() == []
    outbox.close()
    again = opened(folder)
    assert again.drafts() == []
    again.close()
    assert whole(folder)


def test_a_reader_in_the_middle_of_a_file_reads_on_when_that_is_replaced(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 10), 2)
    reader = OutboxReader(folder)
    assert [each.seq for each in reader.after(0, limit=3, max_bytes=10**6)] == [1, 2, 3]
    tidied(outbox, stored[1].id)
    found = reader.after(3, limit=100, max_bytes=10**6)
    assert [each.body for each in found] == [canonical_bytes(each) for each in stored[3:]]
    outbox.close()


def test_every_line_keeps_its_place(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 6), 2)
    path = min(folder.glob("*.journal"))
    before = path.read_bytes()
    tidied(outbox, stored[1].id)
    after = path.read_bytes()
    assert list(map(len, before.split(b"\n"))) == list(map(len, after.split(b"\n")))
    assert before != after
    outbox.close()


def test_the_agent_is_told_only_when_everything_is_erased(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 10), 2)
    wanted, other = frozenset({stored[1].id}), frozenset({stored[1].id, stored[2].id})
    reader = OutboxReader(folder)
    assert reader.is_erased(frozenset())
    while not reader.is_erased(wanted):
        assert outbox.maintain(Unreceipted(), lambda: wanted).more or reader.is_erased(wanted)
    assert WORDS.encode() not in bytes_of(folder)
    assert not reader.is_erased(other)
    tidied(outbox, *other)
    assert reader.is_erased(other)
    outbox.close()


def test_an_id_that_nobody_has_changes_no_segment(folder: Path) -> None:
    outbox = opened(folder)
    visits(outbox, range(1, 6))
    before = {path: path.read_bytes() for path in folder.glob("*.journal")}
    tidied(outbox, response(77).id)
    assert {path: path.read_bytes() for path in folder.glob("*.journal")} == before
    assert OutboxReader(folder).is_erased(frozenset({response(77).id}))
    outbox.close()


def test_an_older_copy_of_the_outbox_is_looked_through_again_at_the_next_start(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 6), 2)
    path = min(folder.glob("*.journal"))
    before = path.read_bytes()
    tidied(outbox, stored[1].id)
    outbox.close()
    path.write_bytes(before)
    outbox = opened(folder)
    tidied(outbox, stored[1].id)
    assert WORDS.encode() not in bytes_of(folder)
    outbox.close()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_damage_that_names_it_goes_too_with_the_copy_in_quarantine(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 6), 2)
    path = min(folder.glob("*.journal"))
    data = path.read_bytes()
    path.write_bytes(flip(data, data.rindex(b'"sealed"')))  # the response; its draft is whole
    tidied(outbox)
    assert [each.name for each in (folder / "quarantine").iterdir()]
    tidied(outbox, stored[1].id)
    assert WORDS.encode() not in bytes_of(folder)
    assert sorted(bodies(folder)) == [1, 3, 4, 5]
    outbox.close()


def test_a_segment_that_can_not_be_read_keeps_it_from_being_reported(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 10), 2)
    outbox.close()
    make_foreign(min(folder.glob("*.journal")))
    outbox = opened(folder)
    tidied(outbox, stored[1].id)
    assert not OutboxReader(folder).is_erased(frozenset({stored[1].id}))
    assert [each.number for each in outbox.status().alarms] == ["HL2004"]
    outbox.close()


def make_foreign(path: Path) -> None:
    """As a newer program would have written it."""
    data = path.read_bytes()
    first = next(iter(scan(data)))
    assert isinstance(first, Record)
    header = encode_line(0, first.body.replace(b'"version":1', b'"version":2'))
    path.write_bytes(header + data[first.end :])


def test_without_tombstones_nothing_is_looked_through(folder: Path) -> None:
    calls: list[str] = []
    outbox = opened(folder)
    visits(outbox, range(1, 10))
    tidied(outbox)

    def none() -> frozenset[str]:
        calls.append("asked")
        return frozenset()

    forgotten: Callable[[], frozenset[str]] = none
    assert not outbox.maintain(Unreceipted(), forgotten).more
    assert calls == ["asked"]
    assert not (folder / "erased").exists()
    outbox.close()
