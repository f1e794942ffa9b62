"""Check whether an outbox is complete: read all of it, without a lock and without changing a byte."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from sync.contract.problem import Problem
from sync.contract.problem.terminal import OUTBOX_FORMAT_UNKNOWN
from sync.outbox import draft_keys, watermark
from sync.outbox.files import Files
from sync.outbox.journal import Damage
from sync.outbox.problems import storage_problem
from sync.outbox.segments import (
    DRAFTS,
    RESPONSES,
    Segment,
    check,
    read_segment,
    response_seqs,
    segments,
    used,
)
from sync.outbox.storage import ForeignJournalError


class SegmentReport(msgspec.Struct, frozen=True, kw_only=True):
    """One segment. `responses` and `drafts`: canonical bytes, in order; the rest as in `SegmentCheck`.

    A draft whose key is lost is not among them.

    `problem`: it could not be read at all.
    """

    segment: Segment
    size: int = 0
    responses: dict[int, bytes] = {}
    drafts: list[bytes] = []
    missing: list[int] = []
    damage: list[Damage] = []
    problem: Problem | None = None


def examine(files: Files, folder: Path) -> Iterator[SegmentReport]:
    """Every segment of an outbox, oldest first.

    Numbers that are missing between two segments are no fault: such a segment was deleted after its receipts.

    Raises OSError: the folder can't be read.
    """
    mark = watermark.read(files, folder)
    keys = draft_keys.read(files, folder)
    row = segments(files, folder)
    for index, segment in enumerate(row):
        try:
            contents, data = read_segment(files, folder, segment)
        except OSError as error:
            yield SegmentReport(segment=segment, problem=storage_problem(error, folder / segment.name))
            continue
        except ForeignJournalError as error:
            found = OUTBOX_FORMAT_UNKNOWN(where=str(error.path), detail=error.detail)
            yield SegmentReport(segment=segment, problem=found)
            continue
        seqs = response_seqs(contents.tables)
        last = index == len(row) - 1
        until = (seqs[-1] if seqs else segment.first_seq - 1) + 1
        if last:
            until = max(until, mark.seq + 1)  # the newest segment has to reach the published watermark
        elif row[index + 1].number == segment.number + 1:
            until = row[index + 1].first_seq
        checked = check(contents, segment, until)
        missing = checked.missing if last else used(files, folder, checked.missing, row[index + 1])
        responses = contents.tables.get(RESPONSES, {})
        yield SegmentReport(
            segment=segment,
            size=len(data),
            responses={seq: responses[str(seq)] for seq in checked.seqs},
            drafts=_drafts(contents.tables.get(DRAFTS, {}), keys) if last else [],
            missing=missing,
            damage=checked.damage,
        )


def _drafts(stored: dict[str, bytes], keys: dict[int, list[bytes]]) -> list[bytes]:
    """The drafts that can be opened, as canonical bytes."""
    drafts = []
    for doc_id, body in stored.items():
        document = msgspec.json.decode(body)
        if "sealed" not in document:
            drafts.append(body)
        elif opened := draft_keys.unseal(document, keys.get(int(doc_id), ())):
            drafts.append(msgspec.json.encode(opened[0]))
    return drafts
