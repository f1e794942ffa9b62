"""A forgotten response leaves the outbox, and nothing else does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from sync.contract.canonical import canonical_bytes
from sync.contract.response import Response
from sync.contract.tombstones import read_forgotten
from sync.outbox import Outbox, OutboxReader, OutboxSettings, draft_keys
from sync.outbox.erasing import draft_id, erase, names_one
from sync.outbox.files import RealFiles
from sync.outbox.journal import Change, Record, encode_commit, encode_line, scan
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
    holding = [path for path in folder.glob("*.journal") if begun.id.encode() in path.read_bytes()]
    assert len(holding) == 3
    tidied(outbox, begun.id)
    assert begun.id.encode() not in bytes_of(folder)
    assert draft_keys.read(RealFiles(), folder) == {}
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
    path.write_bytes(flip(data, data.index(WORDS.encode())))  # the response; its draft is whole
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


LINES = [
    encode_line(0, b'{"format":"hailong-journal","version":1}'),
    *(
        encode_line(number, encode_commit({table: Change({key: Raw(canonical_bytes(given))})}))
        for number, (table, key, given) in enumerate(
            (
                row
                for visit in range(1, 5)
                for given in [response(visit, words=WORDS)]
                for row in (("drafts", str(draft_id(given.id)), given), ("responses", str(visit), given))
            ),
            start=1,
        )
    ),
]
JOURNAL = b"".join(LINES)
ENDINGS = [len(b"".join(LINES[:until])) - back for until in range(1, len(LINES) + 1) for back in (1, 2)]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(ENDINGS), st.integers(0, len(JOURNAL) - 1)),
            st.one_of(st.sampled_from(b'}]\n[" '), st.integers(0, 255)),
        ),
        max_size=5,
    ),
    st.sets(st.integers(1, 5)),
)
@settings(deadline=None)
def test_whatever_bytes_are_damaged_all_other_records_stay_where_and_as_they_are(
    damaged: list[tuple[int, int]], visits: set[int]
) -> None:
    bytes_now = bytearray(JOURNAL)
    for at, byte in damaged:
        bytes_now[at] = byte
    data = bytes(bytes_now)
    ids = {response(visit).id for visit in visits}
    kept = erase(data, ids)
    assert len(kept) == len(data)
    assert erase(kept, ids) == kept
    before, after = list(scan(data)), list(scan(kept))
    assert [(type(each), each.start, each.end) for each in before] == [
        (type(each), each.start, each.end) for each in after
    ]
    for each in before:
        line = data[each.start : each.end]
        if not names_one(line, ids):
            assert kept[each.start : each.end] == line
    for each in after:
        if isinstance(each, Record) and names_one(each.body, ids):
            assert WORDS.encode() not in each.body


def break_ending(path: Path, line: int) -> None:
    """Damage the ending of a line; the first has the number 0."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line][:-1] + b"}"
    path.write_bytes(b"".join(lines))


def test_beside_a_damaged_line_ending_every_other_response_stays_and_it_is_done_once(folder: Path) -> None:
    outbox = opened(folder)
    stored = [outbox.append(response(number, words=WORDS if number == 1 else "")) for number in range(1, 8)]
    path = min(folder.glob("*.journal"))
    break_ending(path, 3)
    reader = OutboxReader(folder)
    assert [each.seq for each in reader.after(0, limit=3, max_bytes=10**6)] == [1, 2, 3]
    size = path.stat().st_size
    ids = frozenset({stored[0].id})
    steps = 0
    while outbox.maintain(Unreceipted(), lambda: ids).more:
        steps += 1
        assert steps < 20
    assert path.stat().st_size == size
    assert [each.seq for each in reader.after(3, limit=9, max_bytes=10**6)] == [4, 5, 6, 7]
    assert sorted(bodies(folder)) == [1, 2, 3, 4, 5, 6, 7]
    assert WORDS.encode() not in bytes_of(folder)
    assert reader.is_erased(ids)
    outbox.close()


def test_a_segment_whose_length_would_change_is_left_alone(folder: Path) -> None:
    outbox = opened(folder)
    stored = visits(outbox, range(1, 4))
    outbox.close()
    path = min(folder.glob("*.journal"))
    short = f'{{"responses":{{"put":{{"4":{{"device":"d","id":"{stored[0].id}","seq":4}}}}}}}}'
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, encode_line(len(lines), short.encode())]))
    before = path.read_bytes()
    outbox = opened(folder)
    tidied(outbox, stored[0].id)
    assert path.read_bytes()[: len(before)] == before
    assert [each.number for each in outbox.status().alarms if str(path) == each.where] == ["HL2004"]
    assert not OutboxReader(folder).is_erased(frozenset({stored[0].id}))
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
