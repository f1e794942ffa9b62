"""Outbox: the only writer, in the kiosk's process, on one thread. Its promises are in `__init__.py`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from tinydb.table import Document

from sync.contract.canonical import as_document, from_document
from sync.contract.problem import Problem
from sync.contract.problem.terminal import (
    OUTBOX_DAMAGED,
    OUTBOX_FORMAT_UNKNOWN,
    OUTBOX_LOCKED,
    OUTBOX_OF_OTHER_DEVICE,
    RESPONSES_MISSING,
    STORAGE_FULL,
)
from sync.contract.response import Response
from sync.outbox import draft_keys, watermark
from sync.outbox.alarms import Alarms
from sync.outbox.caretaker import Caretaker, Maintained, Settled
from sync.outbox.draft_keys import DraftKeys
from sync.outbox.erasing import draft_id
from sync.outbox.files import WRITE_OR_MAKE, Files, RealFiles, read_whole
from sync.outbox.journal import Change
from sync.outbox.problems import FULL, ForeignFormat, OutboxLocked, StorageFailed, storage_problem
from sync.outbox.quarantine import Quarantine
from sync.outbox.segments import (
    DRAFTS,
    RESPONSES,
    Segment,
    response_seqs,
    segments,
)
from sync.outbox.storage import ForeignJournalError, JournalStorage, NotCreatedError, create
from sync.outbox.table import JournalDB, JournalTable
from sync.outbox.watermark import Watermark

QUARANTINE = "quarantine"
LOCK = "lock"
RESERVE = "reserve"
SEGMENTS = "*.journal"


class OutboxSettings(msgspec.Struct, frozen=True):
    """Settings of an outbox.

    segment_responses, segment_bytes: a segment that has grown beyond either is followed by a new one.
    retention_days: how long a response stays on the terminal after the centre has it.
    reserve_bytes: disk space held back so that the visit in progress can be finished on a full disk.
    """

    segment_responses: int = 5000
    segment_bytes: int = 8 * 1024 * 1024
    retention_days: int = 30
    reserve_bytes: int = 256 * 1024


class OutboxStatus(msgspec.Struct, frozen=True):
    """The state of the outbox, for staff.

    last_seq: the number of the newest response, 0 if there is none.
    count: responses kept on this terminal.
    drafts: visits that were begun and have no response yet.
    healthy: a visit may begin. If False, `problem` says why.
    alarms: what a person has to look at; none of them stops the terminal.
    """

    last_seq: int
    count: int
    drafts: int
    segments: int
    healthy: bool
    problem: Problem | None
    alarms: tuple[Problem, ...]


class Outbox:
    """The durable store of one device's responses.

    Args:
        folder: its folder; made if missing. Everything in it belongs to the outbox.
        device: the id of this device; a folder always belongs to the same device.
        clock: the time now, with its offset. Only rotation and retention depend on it.
        files: the file system.
        settings: see `OutboxSettings`.
        begin_after: see the method of this name.

    Raises:
        OutboxLocked: another process has it (HL2003).
        StorageFailed: it cannot be opened durably (HL2001, HL2002); try again later.
        ForeignFormat: HL2004, HL2007; nothing was touched.

    """

    def __init__(
        self,
        folder: Path,
        device: str,
        *,
        clock: Callable[[], datetime],
        files: Files | None = None,
        settings: OutboxSettings | None = None,
        begin_after: int = 0,
    ) -> None:
        self._folder = folder
        self._mark_path = folder / watermark.NAME
        self._device = device
        self._clock = clock
        self._files: Files = files if files is not None else RealFiles()
        self._settings = settings if settings is not None else OutboxSettings()
        self._failure: Problem | None = None
        self._alarms = Alarms()
        self._quarantine = Quarantine(folder / QUARANTINE, self._files, self._alarms)
        self._published = False
        self._last_seq = 0
        self._begin_after = begin_after
        self._last_number = 0
        self._in_doubt = False  # the last commit failed, but may be whole on the disk
        self._open_fds: list[int] = []
        self._reserved = False
        self._closed = False
        self._db: JournalDB | None = None
        try:
            self._open()
        except OSError as error:
            self.close()
            raise StorageFailed(storage_problem(error, folder)) from error
        except ForeignJournalError as error:
            self.close()
            raise ForeignFormat(OUTBOX_FORMAT_UNKNOWN(where=str(error.path), detail=error.detail)) from error
        except BaseException:
            self.close()
            raise

    # --- what the terminal calls ---------------------------------------------------------------------

    def append(self, response: Response) -> Response:
        """Store a response durably, and remove the draft of the same id in the same commit.

        Args:
            response: of this device, with seq 0.

        Returns:
            The response with its `seq`; durable.

        Raises:
            StorageFailed: it is not stored, and its `seq` was not used.

        """
        self._expect(response)
        seq = self._last_seq + 1
        stored = msgspec.structs.replace(response, seq=seq)
        document = Document(as_document(stored), seq)
        draft = draft_id(response.id)

        def put(db: JournalDB) -> None:
            with _journal(db).together():
                db.table(RESPONSES).insert(document)
                if draft in self._drafts:
                    db.table(DRAFTS).remove(doc_ids=[draft])

        self._commit(put)
        self._last_seq = seq
        self._end_draft(draft)
        self._publish()
        self._overwrite_keys()
        return stored

    def keep_draft(self, response: Response) -> None:
        """Store a visit in progress durably, replacing an earlier draft of the same id.

        The earlier draft can't be read any more: see `draft_keys.py`.

        Raises StorageFailed: the earlier draft is kept.
        """
        self._expect(response)
        document = as_document(response)
        draft = draft_id(response.id)
        try:
            key = self._keys.fresh(draft)
        except OSError as error:
            self._failure = storage_problem(error, self._folder)
            raise StorageFailed(self._failure) from error
        sealed = msgspec.to_builtins(draft_keys.seal(document, key))

        def put(db: JournalDB) -> None:
            table = db.table(DRAFTS)
            assert isinstance(table, JournalTable)
            table.put(Document(sealed, draft))

        self._commit(put)
        self._drafts[draft], self._sealed[draft] = document, sealed
        self._keys.use(draft, key)
        self._overwrite_keys(durable=False)

    def drafts(self) -> list[Response]:
        """Visits begun and never finished, oldest first: after a crash they become responses by `append`.

        A draft of another version of this program is kept, with an alarm (HL2004).
        """
        found = []
        for draft in sorted(self._drafts):
            try:
                found.append(from_document(self._drafts[draft]))
            except msgspec.ValidationError:
                self._alarms.add(OUTBOX_FORMAT_UNKNOWN(where=str(self._folder), detail=DRAFTS))
        return found

    def begin_after(self, seq: int) -> None:
        """Skip all numbers up to `seq`: this device's id has used them in another outbox.

        Raises StorageFailed: the numbers go on as before.
        """
        if seq <= self._last_seq:
            return
        try:
            self._skip_to(seq)
        except OSError as error:
            raise StorageFailed(storage_problem(error, self._folder)) from error
        self._publish()

    def status(self) -> OutboxStatus:
        """The state now, without touching the disk."""
        broken = self._failure
        if broken is None and not self._reserved:
            broken = STORAGE_FULL(where=str(self._folder))
        upto = [following.first_seq for following in self._segments[1:]] + [self._last_seq + 1]
        return OutboxStatus(
            last_seq=self._last_seq,
            count=sum(
                self._caretaker.verified.get(segment, until - segment.first_seq)
                for segment, until in zip(self._segments, upto, strict=True)
            ),
            drafts=len(self._drafts),
            segments=len(self._segments),
            healthy=broken is None,
            problem=broken,
            alarms=(*self._alarms.now(), *([self._caretaker.hindered] if self._caretaker.hindered else [])),
        )

    def recover(self) -> bool:
        """Try to become healthy: a new segment after a failed write, the reserve. True if it is healthy."""
        try:
            self._usable()
            self._publish()
            self._hold_reserve()
            self._failure = None
        except OSError as error:
            self._failure = storage_problem(error, self._folder)
        return self._failure is None

    def maintain(self, receipts: Settled, forgotten: Callable[[], Collection[str]] = frozenset) -> Maintained:
        """One short step of housekeeping: recover, or verify, delete or look through one older segment.

        Call it regularly, when nobody is in front of the screen; `more` says that there is another step.
        A segment is deleted once it was verified, the centre safely keeps every response in it, and the
        retention is over. The newest is never deleted. A response that the centre refused or found in
        conflict stays, and so does a segment that proves that a line of the previous one was never written.
        Responses with the ids that `forgotten` returns are erased from every file; see `erasing.py`.

        Raises nothing: what goes wrong is in the status.
        """
        if not self.status().healthy and not self.recover():
            return Maintained()
        if not self._published:
            self._publish()
        self._overwrite_keys()
        return self._caretaker.step(receipts, forgotten)

    def close(self) -> None:
        """Close all files and release the lock. Everything is already saved."""
        self._closed = True
        if self._db is not None:
            self._db.close()
            self._db = None
        while self._open_fds:
            self._files.close(self._open_fds.pop())

    # --- opening -------------------------------------------------------------------------------------

    def _open(self) -> None:
        files, folder = self._files, self._folder
        files.make_folder(folder)
        self._lock()
        self._open_fds.append(folder_fd := files.open_folder(folder))
        self._folder_fd = folder_fd
        for name in files.names(folder):
            if name.endswith(".new"):
                files.unlink(folder / name)
        mark = watermark.read(files, folder)
        self._segments = segments(files, folder)
        self._caretaker = Caretaker(
            folder,
            folder_fd,
            self._segments,
            files=files,
            clock=self._clock,
            retention=timedelta(days=self._settings.retention_days),
            reserve_bytes=self._settings.reserve_bytes,
            alarms=self._alarms,
            quarantine=self._quarantine,
            begin_without=self._begin_without,
        )
        self._keys = DraftKeys(files, folder)
        self._open_fds.append(self._keys.fd)
        self._drafts: dict[int, dict[str, Any]] = {}
        self._sealed: dict[int, dict[str, Any]] = {}  # the same, as they are stored
        self._last_seq = mark.seq
        if self._segments:
            self._read_newest(mark)
        elif mark.seq:
            self._alarms.add(RESPONSES_MISSING(where=str(folder), detail=f"1-{mark.seq}"))
        self._last_number = max([mark.segment, *(segment.number for segment in self._segments)])
        if self._begin_after > self._last_seq:
            with contextlib.suppress(NotCreatedError):  # no room: `maintain` tries again
                self._skip_to(self._begin_after)
        if self._db is None:
            self._reserved = RESERVE in files.names(folder)
            self._commit(lambda db: None)  # begins a segment
            self._reserved = False
        self._open_fds.append(mark_fd := files.open(self._mark_path, WRITE_OR_MAKE))
        self._mark_fd = mark_fd
        self._publish()
        self._overwrite_keys()
        self._quarantine.remind()
        try:
            self._hold_reserve()
        except OSError as error:
            # The terminal starts, refuses visits, and recovers by itself.
            self._failure = storage_problem(error, folder)

    def _lock(self) -> None:
        fd = self._files.open(self._folder / LOCK, WRITE_OR_MAKE)
        self._open_fds.append(fd)
        if not self._files.lock(fd):
            holder = self._files.read(fd, 20, 0).decode("ascii", "replace").strip()
            raise OutboxLocked(OUTBOX_LOCKED(where=str(self._folder), detail=f"pid {holder}"))
        self._files.truncate(fd, 0)
        with contextlib.suppress(OSError):  # only informative; a full disk is no reason to stop
            self._files.write(fd, b"%d\n" % os.getpid(), 0)

    def _read_newest(self, mark: Watermark) -> None:
        """Open the newest segment; leave `_db` None if it must not be written any more."""
        newest = self._segments[-1]
        durable_to = mark.end if mark.segment == newest.number else 0
        storage = JournalStorage(self._folder / newest.name, files=self._files, durable_to=durable_to)
        if storage.header.get("device", self._device) != self._device:
            storage.close()
            raise ForeignFormat(OUTBOX_OF_OTHER_DEVICE(where=str(self._folder)))
        for doc_id, stored in (storage.table(DRAFTS) or {}).items():
            self._open_draft(int(doc_id), msgspec.json.decode(stored))
        seqs = response_seqs({RESPONSES: dict(storage.table(RESPONSES) or {})})
        last_seq = seqs[-1] if seqs else newest.first_seq - 1
        self._last_seq = max(last_seq, mark.seq)
        expected = range(newest.first_seq, self._last_seq + 1)
        lost = sorted(set(expected).difference(seqs)) if len(seqs) != len(expected) else []
        self._quarantine.report(self._folder / newest.name, lost, storage.damage)
        vanished = mark.segment > newest.number or durable_to > storage.end
        if storage.damage or storage.missing or lost or vanished:
            storage.close()
            data = read_whole(self._files, self._folder / newest.name)
            self._quarantine.copy(newest, storage.damage, data)
            return
        self._take(newest, storage)

    def _open_draft(self, draft: int, stored: dict[str, Any]) -> None:
        """Restore a visit in progress, if its key is there."""
        if "sealed" not in stored:
            self._drafts[draft] = self._sealed[draft] = stored  # of a version that did not seal them
        elif opened := draft_keys.unseal(stored, self._keys.of(draft)):
            self._drafts[draft], self._sealed[draft] = opened[0], stored
            self._keys.use(draft, opened[1])
        else:
            self._alarms.add(OUTBOX_DAMAGED(where=str(self._folder), detail=draft_keys.NAME))

    # --- writing -------------------------------------------------------------------------------------

    def _end_draft(self, draft: int) -> None:
        self._drafts.pop(draft, None)
        self._sealed.pop(draft, None)
        self._keys.end(draft)

    def _overwrite_keys(self, *, durable: bool = True) -> None:
        """Overwrite the keys of drafts that have ended; a failure raises an alarm."""
        if self._in_doubt:
            return
        try:
            self._keys.overwrite(durable=durable)
        except OSError as error:
            self._alarms.add(storage_problem(error, self._keys.path))
        else:
            self._alarms.calm(self._keys.path)

    def _expect(self, response: Response) -> None:
        if response.device != self._device or response.seq != 0:
            raise ValueError("a response of this device with seq 0 is expected")

    def _commit(self, put: Callable[[JournalDB], None]) -> None:
        """Run `put`, and again if it failed and a retry is worth it."""
        self._in_doubt = True
        try:
            try:
                put(self._usable())
            except OSError as error:
                if not self._make_way(error):
                    raise
                put(self._usable())
        except OSError as error:
            self._failure = storage_problem(error, self._folder)
            raise StorageFailed(self._failure) from error
        self._failure = None
        self._in_doubt = False

    def _make_way(self, error: OSError) -> bool:
        """After a failure: give up the reserve on a full disk. True: a retry is worth it."""
        if error.errno in FULL:
            if not self._reserved:
                return False
            self._reserved = False
            self._files.unlink(self._folder / RESERVE)
            return True
        return self._db is None or _journal(self._db).poisoned

    def _usable(self) -> JournalDB:
        """The database to write to: the present segment, or a new one if that is full or in doubt."""
        if self._closed:
            raise ValueError("the outbox is closed")
        db = self._db
        if db is None or _journal(db).poisoned:
            return self._start_segment()
        if not self._rotation_due(_journal(db)):
            return db
        try:
            return self._start_segment()
        except OSError as error:
            if _journal(db).poisoned:
                raise
            self._alarms.add(storage_problem(error, self._folder / SEGMENTS))
            return db  # still good: a new one can wait

    def _rotation_due(self, storage: JournalStorage) -> bool:
        responses = self._last_seq - self._segments[-1].first_seq + 1
        return storage.end >= self._settings.segment_bytes or (
            responses > 0
            and (responses >= self._settings.segment_responses or self._clock().date() != self._day)
        )

    def _skip_to(self, seq: int) -> None:
        """Begin a segment whose first response is the one after `seq`. Raises OSError."""
        before, self._last_seq = self._last_seq, seq
        try:
            self._start_segment(skipped_from=before + 1)
        except OSError:
            self._last_seq = before
            raise

    def _start_segment(self, skipped_from: int = 0) -> JournalDB:
        """Begin a new segment durably, and copy the drafts into it.

        skipped_from: the first of the numbers before it that are never used; 0 if there are none.

        Raises OSError. If the new segment may exist already, the old one is poisoned: what is written to it
        would not count any more.
        """
        segment = Segment(self._last_number + 1, self._last_seq + 1)
        header = {
            "segment": segment.number,
            "device": self._device,
            "first_seq": segment.first_seq,
            "opened_at": self._clock().isoformat(),
            **({"skipped_from": skipped_from} if skipped_from else {}),
        }
        put = {str(draft): msgspec.Raw(msgspec.json.encode(doc)) for draft, doc in self._sealed.items()}
        path = self._folder / segment.name
        try:
            fd = create(self._files, path, header, [{DRAFTS: Change(put=put)}] if put else [])
            storage = JournalStorage(path, files=self._files, fd=fd)
        except NotCreatedError:
            raise
        except OSError:
            if self._db is not None:
                _journal(self._db).poisoned = True
            raise
        if self._db is not None:
            self._db.close()
        self._caretaker.goes_on(segment)
        self._last_number = segment.number
        self._alarms.calm(self._folder / SEGMENTS)
        return self._take(segment, storage)

    def _take(self, segment: Segment, storage: JournalStorage) -> JournalDB:
        self._day = self._caretaker.opened(segment, storage.header).date()
        self._db = JournalDB(storage=lambda: storage)
        return self._db

    def _publish(self) -> None:
        """Publish the watermark for readers. A failure loses nothing: it is tried again."""
        if self._db is None:
            return
        mark = Watermark(self._segments[-1].number, _journal(self._db).end, self._last_seq)
        try:
            self._files.write(self._mark_fd, mark.encode(), 0)
        except OSError as error:
            self._alarms.add(storage_problem(error, self._mark_path))
            self._published = False
        else:
            self._alarms.calm(self._mark_path)
            self._published = True

    def _hold_reserve(self) -> None:
        if self._reserved:
            return
        path = self._folder / RESERVE
        fd = self._files.open(path, WRITE_OR_MAKE)
        try:
            self._files.allocate(fd, self._settings.reserve_bytes)
        except OSError:
            self._files.unlink(path)
            raise
        finally:
            self._files.close(fd)
        self._reserved = True

    def _begin_without(self, ids: Collection[str]) -> None:
        """Begin a new segment, without the drafts of these responses. Raises OSError."""
        for id in ids:
            self._end_draft(draft_id(id))
        self._start_segment()
        self._publish()
        self._overwrite_keys()


def _journal(db: JournalDB) -> JournalStorage:
    storage = db.storage
    assert isinstance(storage, JournalStorage)
    return storage
