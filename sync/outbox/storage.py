"""JournalStorage: a TinyDB storage that appends what changed instead of rewriting everything.

    db = TinyDB("visits.journal", storage=JournalStorage)      # durable, costs one pass over the data a write
    db = JournalDB("visits.journal")                           # the same file, costs one line a write

Promises:
- A write that returned survives a power cut. A write that raised left memory unchanged, and on the disk
  nothing, a torn end that the next opening cuts off, or the whole commit.
- `read` returns a copy: changing it changes nothing stored.
- After a failed sync, or a failed write that could not be undone, nothing is ever written through this
  storage again (`poisoned`): Linux marks pages clean after a failed fsync, so a later success would prove
  nothing. Close it and open another file; opening the same one again rewrites the doubtful bytes.
- A new file appears with its header under its final name in one step, or not at all.

The format of the file is in `journal.py`. One process writes a file, from one thread.
"""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from sync.outbox import journal
from sync.outbox.files import MAKE, WRITE, Files, RealFiles, read_whole
from sync.outbox.journal import Change, Commit, Damage, Record, Tables

Document = Mapping[str, Any]

_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder().decode


class ForeignJournalError(Exception):
    """The file is not a journal, or one of a newer program. It was not touched."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class NotCreatedError(OSError):
    """A journal was not created: no file has its name."""


class Contents(msgspec.Struct, frozen=True):
    """The result of reading the bytes of a journal.

    header: the first line's object; None if it is damaged.
    end: bytes up to the end of the last commit or damage; after it there is only a torn end.
    next_number: the number that the next commit gets.
    damage: what is no commit, without a torn end.
    missing: how many commits are missing, by their numbers.
    """

    header: dict[str, Any] | None
    tables: Tables
    end: int
    next_number: int
    damage: list[Damage]
    missing: int


def load(path: Path, data: bytes, durable_to: int = 0) -> Contents:
    """Read a journal from its bytes.

    Args:
        path: only named in errors.
        data: the whole file.
        durable_to: bytes known to have been durable: what is cut off before this is damage, not a torn end.

    Raises:
        ForeignJournalError: no journal, or of a newer version.

    """
    header: dict[str, Any] | None = None
    tables: Tables = {}
    damage: list[Damage] = []
    expected = end = records = 0
    for item in journal.scan(data):
        if isinstance(item, Damage):
            if not item.torn or item.start < durable_to:
                damage.append(item)
                end = item.end
            continue
        if item.number == 0:
            header = check_header(path, item)
        else:
            journal.apply(decode_commit(path, item), tables)
        records += 1
        expected, end = item.number + 1, item.end
    if (
        records == 0
        and data.strip(b"\0")
        and not b'["'.startswith(data[:2])
        and journal.FORMAT.encode() not in data
    ):
        raise ForeignJournalError(path, "is not a journal")
    return Contents(header, tables, end, expected, damage, expected - records)


def check_header(path: Path, record: Record) -> dict[str, Any]:
    """The object in line 0. Raises ForeignJournalError if it is not a header of our journals."""
    header = _decode(record.body)
    if header.get("format") != journal.FORMAT:
        raise ForeignJournalError(path, "is not a journal")
    if header.get("version") != journal.VERSION:
        raise ForeignJournalError(
            path, f"has version {header.get('version')}, this program knows {journal.VERSION}"
        )
    return header


def decode_commit(path: Path, record: Record) -> Commit:
    """The commit in a later line. Raises ForeignJournalError if it has another shape."""
    try:
        return journal.decode_commit(record.body)
    except msgspec.DecodeError as error:
        raise ForeignJournalError(path, f"commit {record.number} has another shape") from error


def create(files: Files, path: Path, header: Mapping[str, Any], commits: Sequence[Commit] = ()) -> int:
    """Make a journal durably, in one step: it exists whole under `path`, or not at all.

    Args:
        files: the file system.
        path: the new file; its folder must exist. A file already there is replaced.
        header: the members of line 0 in addition to format and version.
        commits: lines 1 and following.

    Returns:
        The open file.

    Raises:
        NotCreatedError: it was not created.
        OSError: it may exist, but is not durable.

    """
    bodies = [_encode({"format": journal.FORMAT, "version": journal.VERSION, **header})]
    bodies += [journal.encode_commit(commit) for commit in commits]
    return put_whole(
        files, path, b"".join(journal.encode_line(number, body) for number, body in enumerate(bodies))
    )


def put_whole(files: Files, path: Path, data: bytes) -> int:
    """Make or replace a file durably, in one step; arguments, result and errors as of `create`."""
    draft = path.with_name(path.name + ".new")
    opened: list[int] = []
    try:
        opened.append(folder := files.open_folder(path.parent))
        files.unlink(draft)
        opened.append(fd := files.open(draft, MAKE))
        files.write(fd, data, 0)
        files.datasync(fd)
    except OSError as error:
        for each in opened:
            files.close(each)
        _remove(files, draft)
        raise NotCreatedError(error.errno, error.strerror, str(path)) from error
    try:
        files.rename(draft, path)
        files.sync_folder(folder)
    except OSError:
        files.close(fd)
        _remove(files, draft)
        raise
    except BaseException:
        files.close(fd)
        raise
    finally:
        files.close(folder)
    return fd


def _remove(files: Files, draft: Path) -> None:
    """Remove the unfinished file: on a full disk it would occupy the space that is needed."""
    with suppress(OSError):
        files.unlink(draft)


class JournalStorage(Storage):
    """Store the data in an append-only journal.

    Args:
        path: the journal; made if there is none.
        create_dirs: make missing parent folders too, as JSONStorage does.
        files: the file system.
        durable_to: bytes known to be on the disk. The bytes after them are written and synced again.
        fd: the open file, if `create` has just made it.

    Raises:
        ForeignJournalError: the file is something else, or of a newer version; it is left as it is.
        OSError: the file cannot be opened, made, or made durable.

    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        create_dirs: bool = False,
        files: Files | None = None,
        durable_to: int = 0,
        fd: int | None = None,
    ) -> None:
        self._files: Files = files if files is not None else RealFiles()
        self._path = Path(fspath(path))
        self._group: Commit | None = None
        self.poisoned = False
        if create_dirs:
            self._files.make_folder(self._path.parent)
        if fd is None and self._path.name not in self._files.names(self._path.parent):
            fd = create(self._files, self._path, {})
        new = fd is not None
        self._fd = fd if fd is not None else self._files.open(self._path, WRITE)
        try:
            data = self._files.read(self._fd, self._files.size(self._fd), 0)
            contents = load(self._path, data, durable_to)
            self.header = contents.header or {}
            self.damage = contents.damage
            self.missing = contents.missing
            self._tables = contents.tables
            self._end, self._number = contents.end, contents.next_number
            if not new:
                self._settle(data, durable_to)
        except BaseException:
            self._files.close(self._fd)
            raise

    def _settle(self, data: bytes, durable_to: int) -> None:
        """Make sure that the disk holds exactly what was read.

        A torn end is cut off. The bytes after `durable_to` are rewritten: after a failed sync the page cache
        may show bytes that never reached the disk.
        """
        files, fd = self._files, self._fd
        if self._end == 0:
            data = _first_line()
            files.write(fd, data, 0)
            self._end, self._number = len(data), 1
        elif durable_to < self._end:
            files.write(fd, data[durable_to : self._end], durable_to)
        if files.size(fd) > self._end:
            files.truncate(fd, self._end)
        files.datasync(fd)
        folder = files.open_folder(self._path.parent)
        try:
            files.sync_folder(folder)  # the process that made the file may have failed to sync it
        finally:
            files.close(folder)

    @property
    def path(self) -> Path:
        """The journal."""
        return self._path

    @property
    def end(self) -> int:
        """Bytes of the file that hold durable commits."""
        return self._end

    def read(self) -> dict[str, dict[str, Any]] | None:
        """All tables, as copies. None if there never was one, as TinyDB expects."""
        if not self._tables and self._number == 1:
            return None
        return {
            name: {doc_id: _decode(document) for doc_id, document in table.items()}
            for name, table in self._tables.items()
        }

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Commit the difference between `data` and what is stored: one line, or none if they are equal.

        Raises OSError (see `commit`), TypeError for what JSON can't hold.
        """
        commit: Commit = {name: None for name in self._tables if name not in data}
        for name, table in data.items():
            stored = self._tables.get(name, {})
            encoded = {str(doc_id): _encode(document) for doc_id, document in table.items()}
            change = Change(
                put={k: msgspec.Raw(v) for k, v in encoded.items() if stored.get(k) != v},
                drop=[k for k in stored if k not in encoded],
            )
            if change.put or change.drop or name not in self._tables:
                commit[name] = change
        self.commit(commit)

    def table(self, name: str) -> Mapping[str, bytes] | None:
        """One table as JSON by document id, not copied: for reading only. None: there is no such table."""
        return self._tables.get(name)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All changes inside the `with` become one commit at its end, or none if it raises.

        Inside it, reading still shows the earlier state: an insert does not see a remove.
        """
        if self._group is not None:
            raise RuntimeError("together() inside together()")
        self._group = {}
        try:
            yield
            group = self._group
        finally:
            self._group = None
        self.commit(group)

    def commit(self, commit: Commit) -> None:
        """Append one line and return when it is durable. An empty commit writes nothing.

        Raises:
            OSError: it is not durable and memory is unchanged. If now `poisoned`, a retry can't succeed.

        """
        if not commit:
            return
        if self._group is not None:
            self._group = journal.merge(self._group, commit)
            return
        if self.poisoned:
            raise OSError(errno.EIO, "an earlier write failed; this file takes no more", str(self._path))
        line = journal.encode_line(self._number, journal.encode_commit(commit))
        self.poisoned = True  # until proven otherwise, whichever exception is raised in between
        try:
            self._files.write(self._fd, line, self._end)
        except OSError:
            self._files.truncate(self._fd, self._end)
            self.poisoned = False
            raise
        self._files.datasync(self._fd)
        self.poisoned = False
        self._end += len(line)
        self._number += 1
        journal.apply(commit, self._tables)

    def close(self) -> None:
        """Close the file. Everything is already on the disk."""
        if self._fd >= 0:
            self._files.close(self._fd)
            self._fd = -1
            self.poisoned = True


def _first_line() -> bytes:
    return journal.encode_line(0, _encode({"format": journal.FORMAT, "version": journal.VERSION}))


def contents(files: Files, path: Path) -> Contents:
    """Read a journal without opening it for writing. Raises OSError, ForeignJournalError."""
    return load(path, read_whole(files, path))
