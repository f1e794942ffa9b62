"""The folder `<output>.pull/`: rows as the centre sent them, and the cursor after them.

    rows-1, rows-2 …           one part per header: a new survey brings new columns
    state.json                 the cursor after the last whole page, and each part's size up to there
    lock                       held while a pull runs, on every system; an empty SQLite database

Invariants:
- state.json is replaced (a new file, renamed) only after the rows that it covers are on the disk, and after
  the finished file that it records as published is;
- bytes beyond a part's size belong to an unfinished page: they are cut off before rows are added;
- so after any crash the next pull continues after the last whole page, and each row is there once;
- a file that is shorter than state.json records was damaged from outside: the output is rewritten from the
  rows (HL4207), and if rows are missing all of them are fetched again (HL4208).
"""

import os
import sqlite3
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.pull import (
    FOLDER_OF_OTHER_PULL,
    OUTPUT_SHORTENED,
    PULL_LOCKED,
    PULL_UNWRITABLE,
    ROWS_MISSING,
)


class Part(Struct, frozen=True):
    """One file of rows. header: its first line, "" where the format has none; size: bytes that count."""

    header: str
    size: int
    rows: int


class State(Struct, frozen=True, kw_only=True):
    """The progress of a pull. job: see Job.name. size: bytes of the output when it was published."""

    job: str
    cursor: str = ""
    parts: tuple[Part, ...] = ()
    published: str = ""
    size: int = 0
    look: str = ""

    @property
    def rows(self) -> int:
        """All rows that are here."""
        return sum(part.rows for part in self.parts)


class Spool:
    """The folder, locked; `close` releases it. repaired: damage that was found and repaired.

    Raises ProblemError: HL4202 if it is another pull's, HL4205 if one is running, HL4206 if it can't be used.
    """

    def __init__(self, output: Path, job: str) -> None:
        self.folder = output.with_name(output.name + ".pull")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = self._held()
            self.state = self._read(job)
            if self.state.job != job:
                raise ProblemError(FOLDER_OF_OTHER_PULL(where=str(self.folder)))
            self.repaired = self._cut()
        except OSError as error:
            raise _unusable(error, self.folder) from error

    def _held(self) -> sqlite3.Connection:
        """A lock that ends with the process, even after a crash. SQLite's, which also works on Windows."""
        try:
            lock = sqlite3.connect(self.folder / "lock", timeout=0, isolation_level=None)
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise ProblemError(PULL_LOCKED(where=str(self.folder))) from error
            raise OSError(0, "no lock can be held there") from error
        return lock

    def _read(self, job: str) -> State:
        path = self.folder / "state.json"
        if not path.exists():
            return State(job=job)
        try:
            return msgspec.json.decode(path.read_bytes(), type=State)
        except msgspec.DecodeError as error:
            raise ProblemError(PULL_UNWRITABLE(where=str(path), detail="không đọc được")) from error

    def _cut(self) -> Problem | None:
        """Cut off the bytes of unfinished pages; if rows are missing, begin again."""
        for at, part in enumerate(self.state.parts):
            path = self.part(at)
            if _size(path) < part.size:
                self.restart("")
                return ROWS_MISSING(where=str(path))
            os.truncate(path, part.size)
        return None

    def part(self, at: int) -> Path:
        """The file of a part, counted from 0."""
        return self.folder / f"rows-{at + 1}"

    def add(self, page: bytes, rows: int, header: str, cursor: str) -> None:
        """Keep a whole page: `rows` lines without their header, durable when this returns."""
        parts = self.state.parts
        if rows and (not parts or parts[-1].header != header):
            self.part(len(parts)).write_bytes(b"")
            parts = (*parts, Part(header, 0, 0))
        if rows:
            self._append(self.part(len(parts) - 1), page)
            last = parts[-1]
            parts = (*parts[:-1], replace(last, size=last.size + len(page), rows=last.rows + rows))
        self._write(replace(self.state, cursor=cursor, parts=parts))

    def restart(self, cursor: str) -> None:
        """Begin again: the centre was restored, and its present rows are the valid ones."""
        self._write(State(job=self.state.job, cursor=cursor))

    def published(self, output: Path, look: str) -> None:
        """Note that the output is on the disk and contains all rows. look: see Job.look."""
        self._write(replace(self.state, published=self.state.cursor, size=_size(output), look=look))

    def is_published(self, output: Path, look: str) -> bool:
        """Whether the output contains all rows, with this look."""
        return (self.state.published, self.state.look) == (self.state.cursor, look) and output.exists()

    def damaged(self, output: Path) -> Problem | None:
        """The damage of a published output; None if it is as long as it was, or longer."""
        if self.state.published and _size(output) < self.state.size:
            return OUTPUT_SHORTENED(where=str(output))
        return None

    def _append(self, path: Path, page: bytes) -> None:
        try:
            with path.open("ab") as file:
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unusable(error, path) from error

    def _write(self, state: State) -> None:
        write_whole(self.folder / "state.json", msgspec.json.encode(state))
        self.state = state

    def close(self) -> None:
        """Release the lock."""
        self._lock.close()


def write_whole(path: Path, content: bytes) -> None:
    """Move a file to its place, whole and durable; raises ProblemError HL4206."""
    draft = path.with_name(path.name + ".new")
    try:
        with draft.open("wb") as file:
            file.write(content)
        put_in_place(draft, path)
    except OSError as error:
        raise _unusable(error, path) from error


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a finished draft: first its bytes are made durable, then it is renamed, then the name is synced.

    A name that is on the disk before the bytes would leave an empty file after a power cut.
    """
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def _unusable(error: OSError, path: Path) -> ProblemError:
    return ProblemError(PULL_UNWRITABLE(where=str(path), detail=error.strerror or ""))
