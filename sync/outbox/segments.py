"""Segments: the outbox is a sequence of journals, each limited in size and deleted as a whole.

`000007-000000000413.journal` is segment 7 and begins with response 413. A later segment overrides an earlier
one: a record of the earlier one with the first `seq` of the next, or a higher one, was never acknowledged
(its sync had failed) and counts as not written. So a segment stays while the previous one holds such a line.
"""

import re
from pathlib import Path

import msgspec

from sync.outbox import journal
from sync.outbox.files import Files, read_whole
from sync.outbox.journal import Damage
from sync.outbox.storage import Contents, ForeignJournalError, load

RESPONSES = "responses"
DRAFTS = "drafts"
_NAME = re.compile(r"([0-9]{6,})-([0-9]{12,})\.journal")


class Segment(msgspec.Struct, frozen=True, order=True):
    """One journal of the outbox: its number, and the `seq` of the first response in it."""

    number: int
    first_seq: int

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.number:06d}-{self.first_seq:012d}.journal"


class SegmentCheck(msgspec.Struct, frozen=True):
    """The result of reading a whole segment.

    seqs: the responses that are there. missing: those that should be there and are not.
    damage: bytes that hold no commit.
    """

    seqs: list[int]
    missing: list[int]
    damage: list[Damage]


def segments(files: Files, folder: Path) -> list[Segment]:
    """All segments in a folder, oldest first. Raises OSError."""
    matches = (_NAME.fullmatch(name) for name in files.names(folder))
    return sorted(Segment(int(match[1]), int(match[2])) for match in matches if match)


def response_seqs(tables: journal.Tables) -> list[int]:
    """The `seq` of every response, ascending: its document id."""
    return sorted(int(doc_id) for doc_id in tables.get(RESPONSES, {}))


def check(contents: Contents, segment: Segment, until: int) -> SegmentCheck:
    """Compare a segment with what it must hold: every response from its first to before `until`."""
    seqs = [seq for seq in response_seqs(contents.tables) if seq < until]
    there = set(seqs)
    missing = [seq for seq in range(segment.first_seq, until) if seq not in there]
    return SegmentCheck(seqs, missing, contents.damage)


def read_segment(files: Files, folder: Path, segment: Segment) -> tuple[Contents, bytes]:
    """A segment from the disk, and its bytes. Raises OSError, ForeignJournalError."""
    path = folder / segment.name
    data = read_whole(files, path)
    return load(path, data), data


def used(files: Files, folder: Path, missing: list[int], following: Segment) -> list[int]:
    """`missing`, the numbers before a segment, without those that its header marks as skipped."""
    if not missing:
        return missing
    try:
        contents, _ = read_segment(files, folder, following)
    except (ForeignJournalError, OSError):
        return missing
    first = (contents.header or {}).get("skipped_from", following.first_seq)
    return [seq for seq in missing if seq < first]
