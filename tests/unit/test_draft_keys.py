"""Answers that were changed can not be read from the disk, and a power cut loses no draft."""

from pathlib import Path
from random import Random

import msgspec
import pytest
from msgspec.structs import replace
from tinydb.table import Document

from sync.contract.canonical import as_document, canonical_bytes
from sync.contract.response import Response
from sync.outbox import Outbox, draft_keys
from sync.outbox.draft_keys import NAME
from sync.outbox.erasing import draft_id
from sync.outbox.files import RealFiles
from sync.outbox.table import JournalDB
from sync.outbox.verify import examine
from tests.support.outbox_session import FOLDER, SETTINGS, Clock, readable_drafts
from tests.support.responses import DEVICE, response
from tests.support.simulated_disk import PowerCut, SimulatedDisk


def versions(number: int = 1) -> list[Response]:
    """One visit: a rating, the same taken back, and what is sent in the end."""
    begun = response(number)
    return [
        replace(begun, answers={"result": 1, "reasons": ("rude-withdrawn",)}),
        replace(begun, answers={}),
        replace(begun, answers={"result": 5}),
    ]


def opened(folder: Path, files: RealFiles | SimulatedDisk | None = None) -> Outbox:
    return Outbox(folder, DEVICE, clock=Clock(), files=files, settings=SETTINGS)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_answer_of_a_draft_stands_in_a_file(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    for version in versions():
        outbox.keep_draft(version)
        assert b"rude-withdrawn" not in bytes_of(tmp_path)
        assert b'"result"' not in bytes_of(tmp_path)
    outbox.append(versions()[-1])
    assert b'"result":5' in bytes_of(tmp_path), "the search can find it"
    outbox.close()


def test_of_a_visit_only_the_newest_draft_can_be_opened_and_none_when_it_is_over(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    other = response(2)
    outbox.keep_draft(other)
    for version in versions():
        outbox.keep_draft(version)
        assert readable_drafts(RealFiles(), tmp_path) == {canonical_bytes(version), canonical_bytes(other)}
    outbox.append(versions()[-1])
    assert readable_drafts(RealFiles(), tmp_path) == {canonical_bytes(other)}
    outbox.append(other)
    assert not any((tmp_path / NAME).read_bytes())
    outbox.close()


def test_the_length_of_a_draft_does_not_tell_its_answers_apart(tmp_path: Path) -> None:
    outbox, sizes = opened(tmp_path), set()
    for reason in ("slow", "a-much-longer-reason"):
        before = len(bytes_of(tmp_path))
        outbox.keep_draft(replace(response(1), answers={"reasons": (reason,)}))
        sizes.add(len(bytes_of(tmp_path)) - before)
    outbox.close()
    assert len(sizes) == 1


def test_after_a_power_cut_at_any_call_one_draft_is_there_and_no_other_can_be_opened() -> None:
    first, _, last = versions()
    number = 0
    while True:
        number += 1
        disk = SimulatedDisk()
        outbox = opened(FOLDER, disk)
        outbox.keep_draft(first)
        calls = len(disk.calls)
        disk.faults = lambda name, path, disk=disk, stop=calls + number: _cut(disk, stop)
        try:
            outbox.keep_draft(last)
        except PowerCut:
            pass
        else:
            break
        disk.faults = None
        disk.cut_power(Random(number))
        outbox = opened(FOLDER, disk)
        (kept,) = outbox.drafts()
        assert kept in (first, last)
        assert readable_drafts(disk, FOLDER) == {canonical_bytes(kept)}
        outbox.append(kept)
        assert readable_drafts(disk, FOLDER) == set()
    assert number > 4


def _cut(disk: SimulatedDisk, stop: int) -> None:
    if len(disk.calls) >= stop - 1:
        raise PowerCut


def test_a_key_that_can_not_be_overwritten_is_an_alarm_until_it_is() -> None:
    disk = SimulatedDisk()
    outbox = opened(FOLDER, disk)
    first, _, last = versions()
    outbox.keep_draft(first)
    keep, outbox._keys.overwrite = outbox._keys.overwrite, _fails  # type: ignore[method-assign]
    outbox.keep_draft(last)
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2001"]
    assert len(readable_drafts(disk, FOLDER)) == 2, "control"
    outbox._keys.overwrite = keep  # type: ignore[method-assign]
    outbox.maintain(Unreceipted())
    assert outbox.status().alarms == ()
    assert readable_drafts(disk, FOLDER) == {canonical_bytes(last)}


def _fails(*, durable: bool) -> None:
    raise OSError(5, "injected")


class Unreceipted:
    def settled(self, first: int, last: int) -> bool:
        return False


def test_a_draft_whose_key_is_lost_is_an_alarm_and_visits_go_on(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    outbox.keep_draft(response(1))
    outbox.close()
    (tmp_path / NAME).unlink()
    outbox = opened(tmp_path)
    assert outbox.drafts() == []
    assert [alarm.number for alarm in outbox.status().alarms] == ["HL2005"]
    assert outbox.append(response(2)).seq == 1
    outbox.close()


def test_a_draft_of_a_version_that_did_not_seal_them_is_taken_over(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    plain = Document(as_document(response(1)), draft_id(response(1).id))

    def put(db: JournalDB) -> None:
        db.table("drafts").insert(plain)

    outbox._commit(put)
    outbox.close()
    outbox = opened(tmp_path)
    assert outbox.drafts() == [response(1)]
    assert outbox.append(response(1)).seq == 1
    outbox.close()


def test_what_is_exported_from_a_disk_has_the_drafts_opened(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    for version in versions():
        outbox.keep_draft(version)
    outbox.close()
    (report,) = examine(RealFiles(), tmp_path)
    assert [msgspec.json.decode(draft)["answers"] for draft in report.drafts] == [{"result": 5}]


@pytest.mark.parametrize("bytes_lost", [1, 20, 60])
def test_a_torn_slot_is_free(bytes_lost: int) -> None:
    slot = draft_keys._encode(7, bytes(range(32)))
    assert draft_keys._slots(slot) == {0: (7, bytes(range(32)))}
    assert draft_keys._slots(bytes(bytes_lost) + slot[bytes_lost:]) == {}
