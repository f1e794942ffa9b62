"""The receipt of each response from the centre: written by the agent, read by the kiosk.

It is the agent's own TinyDB (`receipts.journal` in a folder of its own), so that each file has one writer. It
stays small: numbers that have a receipt are kept as ranges, only responses that were set aside have a row,
and the journal is replaced by a short one when it has grown. If it is lost, everything is sent to the centre
again, which answers that it already has it.

If the journal is damaged, only what precedes the damage is used. A later line repeats the ranges, but not
which responses were set aside: a refused response would look like a safely stored one, and be deleted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import msgspec
from tinydb.table import Document

from sync.contract.batch import SETTLED, Receipt, ReceiptStatus
from sync.contract.problem import Problem
from sync.contract.problem.terminal import OUTBOX_FORMAT_UNKNOWN, OUTBOX_LOCKED, RESPONSES_MISSING
from sync.contract.ranges import Ranges, count, gaps, to_ranges, union, without
from sync.contract.tombstones import Tombstone
from sync.outbox import journal
from sync.outbox.erasing import draft_id
from sync.outbox.files import WRITE_OR_MAKE, Files, RealFiles, read_whole
from sync.outbox.journal import Change, Commit, Record, Tables
from sync.outbox.notes import Notes
from sync.outbox.problems import ForeignFormat, OutboxLocked, StorageFailed, storage_problem
from sync.outbox.storage import (
    ForeignJournalError,
    JournalStorage,
    NotCreatedError,
    create,
    decode_commit,
    load,
)
from sync.outbox.table import JournalDB, JournalTable

NAME = "receipts.journal"
RECEIVED = "received"
SET_ASIDE = "set_aside"
NOTES = "notes"
FORGOTTEN = "forgotten"
_TABLES = (RECEIVED, SET_ASIDE, NOTES, FORGOTTEN)
_ONLY = 1  # the id of the one document of a table that has one

"""Whole numbers as [first, last], ascending, with a gap between any two."""


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A response that the centre does not keep, or not yet: a person has to look at it.

    status: as in its receipt; `lost`: the outbox can't read it any more, and it was never sent.
    """

    seq: int
    id: str
    status: ReceiptStatus | Literal["lost"]
    problem: Problem | None = None


class ReceiptsView(msgspec.Struct, frozen=True, kw_only=True):
    """All receipts at one moment.

    received: `seq` of every response that has a receipt of any kind, or is lost.
    set_aside: those of them that are `refused`, `conflict`, `held` or `lost`, by `seq`.
    notes: what else the agent remembers.
    tombstones: by id, of responses that are to be erased; the agent has proven their signatures.
    """

    received: Ranges = ()
    set_aside: Mapping[int, SetAside] = {}
    notes: Notes = Notes()
    tombstones: Mapping[str, Tombstone] = {}

    @property
    def through(self) -> int:
        """The last `seq` up to which every response has a receipt; 0 without any."""
        return self.received[0][1] if self.received and self.received[0][0] <= 1 else 0

    def unsent(self, made: int) -> Ranges:
        """The numbers from 1 to `made` that have no receipt."""
        return gaps(self.received, 1, made)

    def queue(self, made: int) -> int:
        """How many numbers from 1 to `made` have no receipt."""
        return count(self.unsent(made))

    def settled(self, first: int, last: int) -> bool:
        """True if the centre safely keeps every response from `first` to `last`."""
        covered = first > last or any(start <= first and last <= end for start, end in self.received)
        return covered and not any(first <= seq <= last for seq in self.set_aside)


class Receipts:
    """The one writer of the receipts: the agent.

    Args:
        folder: a folder of the agent's own; made if missing.
        files: the file system.
        shorten_at: bytes; a journal that grows beyond this is replaced by a short one.

    Raises:
        OutboxLocked: another agent runs (HL2003).
        StorageFailed: HL2001, HL2002.
        ForeignFormat: HL2004; the file was not touched.

    """

    def __init__(self, folder: Path, *, files: Files | None = None, shorten_at: int = 256 * 1024) -> None:
        self._files: Files = files if files is not None else RealFiles()
        self._folder = folder
        self._shorten_at = shorten_at
        self._lock_fd = -1
        self._storage: JournalStorage | None = None
        try:
            self._open()
        except ForeignJournalError as error:
            self.close()
            raise ForeignFormat(OUTBOX_FORMAT_UNKNOWN(where=str(error.path), detail=error.detail)) from error
        except OSError as error:
            self.close()
            raise StorageFailed(storage_problem(error, folder)) from error
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        files, path = self._files, self._folder / NAME
        files.make_folder(self._folder)
        self._lock_fd = files.open(self._folder / "lock", WRITE_OR_MAKE)
        if not files.lock(self._lock_fd):
            raise OutboxLocked(OUTBOX_LOCKED(where=str(self._folder)))
        storage = JournalStorage(path, files=files)
        self._take(storage)
        if storage.damage or storage.missing:
            # What is not used is sent to the centre again; a clean file keeps damage from spreading.
            self._replace(_before_damage(path, read_whole(files, path)))

    @property
    def view(self) -> ReceiptsView:
        """All receipts as they are now."""
        return self._view

    @property
    def through(self) -> int:
        """See `ReceiptsView.through`."""
        return self._view.through

    def add(self, receipts: Iterable[Receipt]) -> None:
        """Store receipts, all of them or none; durable on return. A response's newest receipt counts.

        Raises StorageFailed.
        """
        kept: list[int] = []
        aside: list[SetAside] = []
        for receipt in receipts:
            if receipt.status in SETTLED:
                kept.append(receipt.seq)
            else:
                aside.append(
                    SetAside(seq=receipt.seq, id=receipt.id, status=receipt.status, problem=receipt.problem)
                )
        received = union(self._view.received, to_ranges([*kept, *(row.seq for row in aside)]))
        with self._writing() as db:
            if received != self._view.received:
                _put_ranges(db, received)
            if kept := [seq for seq in kept if seq in self._view.set_aside]:
                db.table(SET_ASIDE).remove(doc_ids=kept)
            for row in aside:
                _put(db, SET_ASIDE, row.seq, msgspec.to_builtins(row))

    def lost(self, first: int, last: int) -> None:
        """Give up the numbers from `first` to `last`: the outbox no longer has them, so they can't be sent.

        Raises StorageFailed.
        """
        with self._writing() as db:
            _put_ranges(db, union(self._view.received, [(first, last)]))
            for seq in range(first, last + 1):
                _put(
                    db,
                    SET_ASIDE,
                    seq,
                    msgspec.to_builtins(SetAside(seq=seq, id="", status="lost", problem=RESPONSES_MISSING())),
                )

    def received(self, first: int, last: int) -> None:
        """Note that the centre holds the numbers from `first` to `last`, though their receipts were lost.

        Numbers that were given up as lost are no longer lost.

        Raises StorageFailed.
        """
        with self._writing() as db:
            _put_ranges(db, union(self._view.received, [(first, last)]))
            if found := [seq for seq in self._view.set_aside if first <= seq <= last]:
                db.table(SET_ASIDE).remove(doc_ids=found)

    def withdraw(self, first: int, last: int) -> None:
        """Forget the receipts from `first` to `last`: the centre lost the responses; they are sent again.

        Raises StorageFailed.
        """
        with self._writing() as db:
            _put_ranges(db, without(self._view.received, first, last))
            db.table(SET_ASIDE).remove(doc_ids=[seq for seq in self._view.set_aside if first <= seq <= last])

    def note(self, **changes: object) -> None:
        """Change members of the notes by name; durable on return. Raises StorageFailed."""
        with self._writing() as db:
            self._put_notes(db, changes)

    def forget(self, tombstones: Iterable[Tombstone], **changes: object) -> None:
        """Ask the kiosk to erase these responses, and change notes as `note` does; durable, all or none.

        Raises StorageFailed.
        """
        with self._writing() as db:
            for each in tombstones:
                if each.id not in self._view.tombstones:
                    _put(db, FORGOTTEN, draft_id(each.id), msgspec.to_builtins(each))
            self._put_notes(db, changes)

    def disown(self, keys: Collection[str], **changes: object) -> None:
        """Withdraw the tombstones signed with these keys, and change notes as `note` does; durable.

        Raises StorageFailed: nothing has changed.
        """
        tombstones = self._view.tombstones.values()
        with self._writing() as db:
            if ids := [draft_id(each.id) for each in tombstones if each.key in keys]:
                db.table(FORGOTTEN).remove(doc_ids=ids)
            self._put_notes(db, changes)

    def close(self) -> None:
        """Close the journal and release the lock. Everything is already saved."""
        if self._storage is not None:
            self._storage.close()
            self._storage = None
        if self._lock_fd >= 0:
            self._files.close(self._lock_fd)
            self._lock_fd = -1

    def _put_notes(self, db: JournalDB, changes: Mapping[str, object]) -> None:
        row = msgspec.to_builtins(msgspec.structs.replace(self._view.notes, **changes))
        msgspec.convert(row, Notes)  # what could not be read again is not written
        _put(db, NOTES, _ONLY, row)

    @contextmanager
    def _writing(self) -> Iterator[JournalDB]:
        try:
            if self._journal.poisoned:
                self._shorten()
            with self._journal.together():
                yield self._db
            self._refresh()
            if self._journal.end > self._limit:
                with suppress(NotCreatedError):  # the long one holds the same
                    self._shorten()
        except OSError as error:
            raise StorageFailed(storage_problem(error, self._folder)) from error

    def _shorten(self) -> None:
        """Replace the long journal by one with the present state."""
        self._replace({name: dict(self._journal.table(name) or {}) for name in _TABLES})

    def _replace(self, tables: Tables) -> None:
        """Replace the present journal by one with a single commit: these tables."""
        storage = self._journal
        whole: Commit = {
            name: Change(put={doc_id: msgspec.Raw(document) for doc_id, document in table.items()})
            for name, table in tables.items()
            if table
        }
        try:
            fd = create(self._files, storage.path, {}, [whole] if whole else [])
            short = JournalStorage(storage.path, files=self._files, fd=fd)
        except NotCreatedError:
            raise
        except OSError:
            storage.poisoned = True  # another file may be in its place
            raise
        storage.close()
        self._take(short)

    @property
    def _journal(self) -> JournalStorage:
        if self._storage is None:
            raise ValueError("the receipts are closed")
        return self._storage

    def _take(self, storage: JournalStorage) -> None:
        self._storage = storage
        self._db = JournalDB(storage=lambda: storage)
        self._limit = max(self._shorten_at, 2 * storage.end)
        self._refresh()

    def _refresh(self) -> None:
        tables = {name: dict(self._journal.table(name) or {}) for name in _TABLES}
        self._view = _view(self._journal.path, tables)


class ReceiptsReader:
    """The receipts as the kiosk sees them: for its staff screen, and to decide what may be deleted.

    Args:
        folder: the folder of `Receipts`; it may not exist yet.
        files: the file system.

    """

    def __init__(self, folder: Path, *, files: Files | None = None) -> None:
        self._files: Files = files if files is not None else RealFiles()
        self._folder = folder
        self._seen = (-1, 0)  # length and CRC-32 of what `_view` was made from
        self._view = ReceiptsView()

    def view(self) -> ReceiptsView:
        """All receipts now; empty before the first. Raises OSError, ForeignFormat."""
        if NAME not in self._files.names(self._folder):
            return ReceiptsView()
        path = self._folder / NAME
        data = read_whole(self._files, path)
        if (len(data), crc32(data)) != self._seen:
            try:
                self._view = _view(path, _believed(path, data))
            except ForeignJournalError as error:
                raise ForeignFormat(OUTBOX_FORMAT_UNKNOWN(where=str(path), detail=error.detail)) from error
            self._seen = (len(data), crc32(data))
        return self._view

    def settled(self, first: int, last: int) -> bool:
        """See `ReceiptsView.settled`."""
        return self.view().settled(first, last)

    def forgotten(self) -> frozenset[str]:
        """The ids of the responses that are to be erased. Raises OSError, ForeignFormat."""
        return frozenset(self.view().tombstones)


def _believed(path: Path, data: bytes) -> Tables:
    """The tables of a journal, up to the first damage. Raises ForeignJournalError."""
    contents = load(path, data)
    return _before_damage(path, data) if contents.damage or contents.missing else contents.tables


def _before_damage(path: Path, data: bytes) -> Tables:
    tables: Tables = {}
    for number, item in enumerate(journal.scan(data)):
        if not isinstance(item, Record) or item.number != number:
            break
        if number:
            journal.apply(decode_commit(path, item), tables)
    return tables


def _put(db: JournalDB, table: str, doc_id: int, document: dict[str, Any]) -> None:
    journal_table = db.table(table)
    assert isinstance(journal_table, JournalTable)
    journal_table.put(Document(document, doc_id))


def _put_ranges(db: JournalDB, received: Ranges) -> None:
    _put(db, RECEIVED, _ONLY, {"ranges": [list(pair) for pair in received]})


class _Received(msgspec.Struct):
    ranges: Ranges


_received = msgspec.json.Decoder(_Received).decode
_set_aside = msgspec.json.Decoder(SetAside).decode
_notes = msgspec.json.Decoder(Notes).decode
_tombstone = msgspec.json.Decoder(Tombstone).decode


def _view(path: Path, tables: Tables) -> ReceiptsView:
    """The receipts in these tables. Raises ForeignJournalError if a row has another shape."""
    only = str(_ONLY)
    received = tables.get(RECEIVED, {}).get(only)
    notes = tables.get(NOTES, {}).get(only)
    try:
        return ReceiptsView(
            received=_received(received).ranges if received else (),
            set_aside={row.seq: row for row in map(_set_aside, tables.get(SET_ASIDE, {}).values())},
            notes=_notes(notes) if notes else Notes(),
            tombstones={each.id: each for each in map(_tombstone, tables.get(FORGOTTEN, {}).values())},
        )
    except msgspec.DecodeError as error:
        raise ForeignJournalError(path, "a row has another shape") from error
