"""OutboxReader: how other processes, mainly the agent, read the outbox while it is being written.

If the disk can't return a part of a segment, the rest of the segment is still read, and the numbers that may
be in that part are in `unreadable`: they may be readable later, so nobody may treat them as lost.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from sync.contract.canonical import digest
from sync.contract.problem import Problem
from sync.contract.problem.terminal import OUTBOX_FORMAT_UNKNOWN
from sync.outbox import erasing, journal, watermark
from sync.outbox.files import READ, Files, RealFiles
from sync.outbox.journal import Commit, Damage, Record
from sync.outbox.problems import ForeignFormat, storage_problem
from sync.outbox.segments import RESPONSES, Segment, segments
from sync.outbox.storage import ForeignJournalError, check_header, decode_commit

_WINDOW = 256 * 1024
_PIECE = 4096  # bytes read at once: a failing disk returns all of them or none


class StoredResponse(msgspec.Struct, frozen=True):
    """A durable response: `body` is its canonical bytes, `digest` their SHA-256 in hex."""

    seq: int
    id: str
    body: bytes
    digest: str


class Unreadable(msgspec.Struct, frozen=True):
    """The disk fails where responses `first` to `last` are: those that were not read may still exist."""

    first: int
    last: int
    problem: Problem


class _Position(msgspec.Struct, frozen=True):
    """After response `seq` in `segment`, reading continues at byte `offset`."""

    seq: int
    segment: Segment
    offset: int


class _IdOnly(msgspec.Struct):
    id: str


_id_decoder = msgspec.json.Decoder(_IdOnly)


class OutboxReader:
    """Reads only what is durable in an outbox. An instance remembers how far it has read.

    Args:
        folder: the outbox; it may not exist yet.
        files: the file system.

    """

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self._folder = folder
        self._files: Files = files if files is not None else RealFiles()
        self._position: _Position | None = None
        self.unreadable: tuple[Unreadable, ...] = ()  # what the last `after` met
        self.skipped: set[tuple[int, int]] = set()  # numbers never used here, as far as segments were read

    def watermark(self) -> int:
        """The highest durable `seq`, 0 without any. Cheap: one small read. Raises OSError."""
        return watermark.read(self._files, self._folder).seq

    def is_erased(self, ids: Collection[str]) -> bool:
        """True if the kiosk has published that these responses are completely erased. Raises OSError."""
        return erasing.is_erased(self._files, self._folder, ids)

    def after(self, seq: int, *, limit: int, max_bytes: int) -> list[StoredResponse]:
        """The durable responses after `seq`, ascending.

        A number that is absent from the answer was lost to damage, or deleted after its receipt; or it is
        `unreadable` for now, or `skipped`.

        Args:
            seq: the last one already known; 0 for all.
            limit: the highest number of responses.
            max_bytes: the highest total size of their bodies; one response is returned even if it is larger.

        Raises:
            OSError: the outbox can't be read.
            ForeignFormat: a newer program writes it (HL2004).

        """
        found: list[StoredResponse] = []
        size = 0
        self.unreadable = ()
        for position, body in self._bodies(seq):
            size += len(body)
            if len(found) == limit or (found and size > max_bytes):
                break
            id = _id_decoder.decode(body).id
            found.append(StoredResponse(position.seq, id, body, digest(body)))
            self._position = position
        return found

    def _bodies(self, after: int) -> Iterator[tuple[_Position, bytes]]:
        # The watermark first: what it covers is in segments that existed before it was published.
        durable = self.watermark()
        if durable <= after:
            return
        row = segments(self._files, self._folder)
        for index, segment in enumerate(row):
            until = min(durable + 1, row[index + 1].first_seq if index + 1 < len(row) else durable + 1)
            if until <= after + 1:
                continue
            start = 0
            if (
                self._position is not None
                and self._position.seq == after
                and self._position.segment == segment
            ):
                start = self._position.offset
            stretch = max(after + 1, segment.first_seq), until - 1
            try:
                fd = self._files.open(self._folder / segment.name, READ)
            except FileNotFoundError:
                continue  # deleted since: it has its receipts
            except OSError as error:
                self._note_unreadable(segment, stretch, error)
                continue
            try:
                for offset, seq, body in self._responses(segment, fd, start, stretch):
                    if seq >= until:
                        break
                    if seq > after:
                        yield _Position(seq, segment, offset), body
            finally:
                self._files.close(fd)

    def _responses(
        self, segment: Segment, fd: int, start: int, stretch: tuple[int, int]
    ) -> Iterator[tuple[int, int, bytes]]:
        """(end of its line, seq, canonical bytes) of each response in a segment; damage is skipped."""
        window = _WINDOW
        while data := self._read(segment, fd, window, start, stretch):
            done = 0
            for item in journal.scan(data):
                if isinstance(item, Damage):
                    continue
                done = item.end
                change = self._commit(segment, item).get(RESPONSES)
                for doc_id, body in change.put.items() if change else ():
                    yield start + item.end, int(doc_id), bytes(body)
            if len(data) < window:
                return
            start += done
            window = _WINDOW if done else window * 2

    def _read(self, segment: Segment, fd: int, window: int, start: int, stretch: tuple[int, int]) -> bytes:
        """A part of a segment; zeros, which are never a record, if the disk fails."""
        try:
            return self._files.read(fd, window, start)
        except OSError as error:
            self._note_unreadable(segment, stretch, error)
        try:
            end = min(start + window, self._files.size(fd))
        except OSError:
            return b""
        edges = [start, *range(start - start % _PIECE + _PIECE, end, _PIECE), end]
        return b"".join(self._piece(fd, behind - at, at) for at, behind in pairwise(edges) if at < behind)

    def _piece(self, fd: int, length: int, at: int) -> bytes:
        try:
            return self._files.read(fd, length, at)
        except OSError:
            return bytes(length)

    def _note_unreadable(self, segment: Segment, stretch: tuple[int, int], error: OSError) -> None:
        found = storage_problem(error, self._folder / segment.name)
        kept = [each for each in self.unreadable if (each.first, each.last) != stretch]
        self.unreadable = (*kept, Unreadable(*stretch, found))

    def _commit(self, segment: Segment, record: Record) -> Commit:
        path = self._folder / segment.name
        try:
            if record.number == 0:
                header = check_header(path, record)
                if "skipped_from" in header:
                    self.skipped.add((header["skipped_from"], segment.first_seq - 1))
                return {}
            return decode_commit(path, record)
        except ForeignJournalError as error:
            raise ForeignFormat(OUTBOX_FORMAT_UNKNOWN(where=str(path), detail=error.detail)) from error
