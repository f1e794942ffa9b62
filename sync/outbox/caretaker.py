"""Care for older segments: verify them, delete them after retention, erase responses in them.

Work is done one step at a time, so that a visitor never waits for it. If a step fails, the segment stays as
it is, an alarm is raised, and the step is tried again later; nothing here stops a visit.
"""

import errno
import os
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import OUTBOX_FORMAT_UNKNOWN
from sync.contract.ranges import to_ranges
from sync.outbox import erasing
from sync.outbox.alarms import Alarms
from sync.outbox.files import Files, read_whole
from sync.outbox.problems import storage_problem
from sync.outbox.quarantine import Quarantine
from sync.outbox.segments import Segment, check, read_segment, response_seqs, used
from sync.outbox.storage import ForeignJournalError, NotCreatedError, put_whole

LOOK_AGAIN = 10
"""Rounds of housekeeping after which a segment that could not be read is tried again."""


class Maintained(msgspec.Struct, frozen=True):
    """What one step of maintenance did, by segment names; `more`: there is another step to do."""

    verified: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    more: bool = False


class Settled(Protocol):
    """What maintenance needs to know about receipts (`ReceiptsReader` implements it)."""

    def settled(self, first: int, last: int) -> bool:
        """True if the centre safely keeps every response from `first` to `last`."""


class Caretaker:
    """Does maintenance step by step; see `step`.

    Args:
        folder, folder_fd: the outbox's folder, and its open descriptor.
        segments: all of them, oldest first; new ones are added by `goes_on`.
        files: the file system.
        clock: the time now, with its offset.
        retention: how long a response stays here after the centre has it.
        reserve_bytes: disk space that rewriting a segment leaves free.
        alarms: where problems are reported.
        quarantine: where copies of damaged bytes are kept.
        begin_without: begins a new segment, without the drafts of these responses.

    """

    def __init__(
        self,
        folder: Path,
        folder_fd: int,
        segments: list[Segment],
        *,
        files: Files,
        clock: Callable[[], datetime],
        retention: timedelta,
        reserve_bytes: int,
        alarms: Alarms,
        quarantine: Quarantine,
        begin_without: Callable[[Collection[str]], None],
    ) -> None:
        self._folder = folder
        self._folder_fd = folder_fd
        self._segments = segments
        self._files = files
        self._clock = clock
        self._retention = retention
        self._reserve_bytes = reserve_bytes
        self._alarms = alarms
        self._quarantine = quarantine
        self._begin_without = begin_without
        self.verified: dict[Segment, int] = {}  # how many responses it holds
        self.hindered: Problem | None = None  # what ended the last round early
        self._opened_at: dict[Segment, datetime] = {}
        self._unreadable: set[Segment] = set()
        self._given_up: set[Segment] = set()  # unreadable ones that are not tried again for some rounds
        self._rounds = 0
        self._overhanging: set[Segment] = set()  # hold lines that count as not written, see segments.py
        self._clean: dict[Segment, Collection[str]] = {}  # looked through for these ids
        self._erased: Collection[str] = ()
        # Begun but perhaps not durable: it is repeated, because a later sync of the folder proves nothing.
        self._replacing: set[Segment] = set()

    def goes_on(self, segment: Segment) -> None:
        """The outbox writes to this segment from now on."""
        if self._segments:
            self._clean.pop(self._segments[-1], None)
        self._segments.append(segment)

    def opened(self, segment: Segment, header: Mapping[str, Any]) -> datetime:
        """Remember when a segment was begun: as its header says, or now if the header can't be read."""
        try:
            self._opened_at[segment] = datetime.fromisoformat(header["opened_at"])
        except (KeyError, TypeError, ValueError):
            self._opened_at[segment] = self._clock()
        return self._opened_at[segment]

    def step(self, receipts: Settled, forgotten: Callable[[], Collection[str]]) -> Maintained:
        """Verify, delete or look through one segment. Raises nothing: see `hindered`."""
        self.hindered = None
        try:
            done = self._step(receipts, forgotten)
        except OSError as error:
            done, self.hindered = Maintained(), storage_problem(error, self._folder)
        except ProblemError as error:  # the receipts can't be read
            done, self.hindered = Maintained(), error.problem
        if not done.more:
            self._rounds += 1
            if self._rounds % LOOK_AGAIN == 0:
                self._given_up.clear()
        return done

    def _step(self, receipts: Settled, forgotten: Callable[[], Collection[str]]) -> Maintained:
        older = list(pairwise(self._segments))
        for segment, following in older:
            if segment not in self.verified or segment in self._unreadable - self._given_up:
                self._verify(segment, following, receipts)
                return Maintained(verified=(segment.name,), more=True)
        for before, (segment, following) in zip([None, *self._segments], older, strict=False):
            if self._may_go(segment, following, receipts) and not self._hides_lines_of(before):
                self._delete(segment)
                return Maintained(deleted=(segment.name,), more=True)
        return self._forget(forgotten())

    def _verify(self, segment: Segment, following: Segment, receipts: Settled) -> None:
        try:
            contents, data = read_segment(self._files, self._folder, segment)
        except (ForeignJournalError, OSError) as error:
            self._leave_alone(
                segment,
                OUTBOX_FORMAT_UNKNOWN(where=str(error.path), detail=error.detail)
                if isinstance(error, ForeignJournalError)
                else storage_problem(error, self._folder / segment.name),
            )
            self.verified[segment], self._opened_at[segment] = 0, self._clock()
            return
        self._was_read(segment)
        self.verified.pop(segment, None)  # not verified before all of this is known
        checked = check(contents, segment, following.first_seq)
        missing = used(self._files, self._folder, checked.missing, following)
        if following.number != segment.number + 1:
            # A segment between them went with its receipts. Without them, it should be there.
            spans = [span for span in to_ranges(missing) if not receipts.settled(*span)]
            missing = [seq for first, last in spans for seq in range(first, last + 1)]
        self._quarantine.report(self._folder / segment.name, missing, checked.damage)
        self._quarantine.copy(segment, checked.damage, data)
        self.verified[segment] = len(checked.seqs)
        self.opened(segment, contents.header or {})
        if max(response_seqs(contents.tables), default=0) >= following.first_seq:
            self._overhanging.add(segment)

    def _leave_alone(self, segment: Segment, found: Problem) -> None:
        """Leave the segment as it is, with an alarm; it is looked at again later."""
        self._alarms.add(found)
        self._unreadable.add(segment)
        self._given_up.add(segment)

    def _was_read(self, segment: Segment) -> None:
        if segment in self._unreadable:
            self._unreadable.remove(segment)
            self._given_up.discard(segment)
            self._alarms.calm(self._folder / segment.name)

    def _hides_lines_of(self, before: Segment | None) -> bool:
        """True if the segment after `before` has to stay: it shows that a line of `before` doesn't count."""
        return before in self._overhanging or before in self._unreadable

    def _may_go(self, segment: Segment, following: Segment, receipts: Settled) -> bool:
        """True if nothing in the segment is needed any more. Its age is that of the next one."""
        age = self._clock() - self._opened_at[following]
        return (
            segment not in self._unreadable
            and age > self._retention
            and receipts.settled(segment.first_seq, following.first_seq - 1)
        )

    def _delete(self, segment: Segment) -> None:
        self._files.unlink(self._folder / segment.name)
        self._files.sync_folder(self._folder_fd)
        self._segments.remove(segment)
        self._clean.pop(segment, None)
        self._overhanging.discard(segment)
        del self.verified[segment], self._opened_at[segment]

    def _forget(self, ids: Collection[str]) -> Maintained:
        """One step of erasing these responses; once they are completely erased, publish it for the agent."""
        if not ids or self._erased == ids:
            return Maintained()
        done = self._folder / erasing.NAME
        try:
            for segment in self._segments:
                if self._clean.get(segment) != ids and segment not in self._given_up:
                    return self._look_through(segment, ids)
            self._quarantine.empty(ids)
            if all(self._clean.get(segment) == ids for segment in self._segments):
                self._files.close(put_whole(self._files, done, erasing.encode_erased(ids)))
                self._erased = ids
        except OSError as error:
            self._alarms.add(storage_problem(error, done))  # one file or the other is there: tried again
        else:
            self._alarms.calm(done)
        return Maintained()

    def _look_through(self, segment: Segment, ids: Collection[str]) -> Maintained:
        path = self._folder / segment.name
        try:
            data = read_whole(self._files, path)
            kept = erasing.erase(data, ids)
        except OSError as error:
            self._leave_alone(segment, storage_problem(error, path))
            return Maintained(more=True)
        except msgspec.DecodeError:
            kept = b""
        if len(kept) != len(data):  # readers remember offsets in the file
            self._leave_alone(segment, OUTBOX_FORMAT_UNKNOWN(where=str(path)))
            return Maintained(more=True)
        self._was_read(segment)
        if kept == data and segment not in self._replacing:
            self._clean[segment] = ids
            return Maintained(more=True)
        if segment == self._segments[-1]:
            # A segment that is being written is never replaced: begin a new one, without these drafts.
            self._begin_without(ids)
            return Maintained(more=True)
        if self._files.free(self._folder) < len(kept) + self._reserve_bytes:
            raise NotCreatedError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))  # visits go first
        self._replacing.add(segment)
        self._files.close(put_whole(self._files, path, kept))
        self._replacing.remove(segment)
        return Maintained(erased=(segment.name,), more=True)
