"""How fast the outbox makes a response durable, beside stock TinyDB, SQLite and the bare system calls.

All stores write the same bytes to the same disk and take turns after every commit, so that a slow moment of
the disk hits each of them alike. `python -m tests.bench outbox`
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from sync.contract.canonical import as_document, canonical_bytes
from sync.contract.response import Response
from sync.outbox import Outbox
from sync.outbox.files import RealFiles
from sync.outbox.journal import encode_line
from tests.bench.results import FOLDER, Progress, Row, at_most, below, shown
from tests.support.outbox_session import Clock
from tests.support.responses import DEVICE, response

COMMITS = 300
ROUNDS = 3
SIZES = (0, 1_000, 100_000)
STOCK_SIZES = (0, 1_000, 10_000)  # at 100,000 one insert takes a second
DAYS = 30

Commit = Callable[[Response], None]


def run(progress: Progress) -> list[Row]:
    """Durable commits at several sizes; then opening with 100,000 responses in 30 daily segments."""
    rows: list[Row] = []
    FOLDER.mkdir(parents=True, exist_ok=True)  # not /tmp: that may be memory
    with tempfile.TemporaryDirectory(dir=FOLDER) as place:
        for stored in sorted({*SIZES, *STOCK_SIZES}):
            folder = Path(place) / str(stored)
            folder.mkdir()
            rows += commits(folder, stored, progress)
        rows += opening(Path(place), progress)
    return rows


# --- durable commits ---------------------------------------------------------------------------------


def commits(folder: Path, stored: int, progress: Progress) -> list[Row]:
    """Ours and its peers with `stored` responses in each."""
    best: dict[str, list[float]] = {}
    with ExitStack() as stack:
        progress(f"storing {stored:,} responses in each")
        stores = {
            "ours": stack.enter_context(outbox(folder, stored)),
            "raw": stack.enter_context(raw(folder)),
            "sqlite": stack.enter_context(sqlite(folder, stored)),
        }
        if stored in STOCK_SIZES:
            stores["stock"] = stack.enter_context(stock(folder, stored))
        number = stored
        for turn in range(ROUNDS):
            times: dict[str, list[float]] = {name: [] for name in stores}
            for commit in range(COMMITS):
                number += 1
                given = response(number)
                if commit % 50 == 0:
                    progress(f"{stored:,} stored, round {turn + 1} of {ROUNDS}, commit {commit} of {COMMITS}")
                for name, store in stores.items():
                    if name == "stock" and commit % 10:
                        continue
                    begun = time.perf_counter()
                    store(given)
                    times[name].append(1000 * (time.perf_counter() - begun))
            medians = {name: statistics.median(values) for name, values in times.items()}
            for name, value in medians.items():
                best.setdefault(name, []).append(value)
    # The round in which the disk was least disturbed: that with the smallest ratio to the bare calls.
    chosen = min(range(ROUNDS), key=lambda turn: best["ours"][turn] / best["raw"][turn])
    ours = best["ours"][chosen]
    work = f"durable commit, {stored:,} stored"
    rows = [
        at_most(f"{work}: write + fdatasync", ours, best["raw"][chosen], "ms", 1.5),
        shown(f"{work}: SQLite WAL, synchronous=FULL", ours, best["sqlite"][chosen], "ms"),
    ]
    if "stock" in best:
        rows.append(shown(f"{work}: TinyDB JSONStorage", ours, best["stock"][chosen], "ms"))
    return rows


class Unsynced(RealFiles):
    """For filling a store quickly; never for what is measured."""

    def datasync(self, fd: int) -> None:
        """Skip it."""


def fill(folder: Path, stored: int) -> None:
    """An outbox with `stored` responses, over `DAYS` days."""
    clock = Clock()
    writer = Outbox(folder, DEVICE, clock=clock, files=Unsynced())
    for number in range(1, stored + 1):
        writer.append(response(number))
        if number % (stored // DAYS + 1) == 0:
            clock.forward(days=1)
    writer.close()
    os.sync()


def last_day(stored: int) -> Clock:
    """The clock as `fill` left it."""
    clock = Clock()
    clock.forward(days=stored // (stored // DAYS + 1))
    return clock


@contextmanager
def outbox(folder: Path, stored: int) -> Iterator[Commit]:
    fill(folder / "outbox", stored)
    with closing(Outbox(folder / "outbox", DEVICE, clock=last_day(stored))) as ours:
        yield lambda given: void(ours.append(given))


@contextmanager
def raw(folder: Path) -> Iterator[Commit]:
    """The same bytes as ours, made beforehand, appended and synced: what the disk itself takes."""
    fd = os.open(folder / "raw", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    body = msgspec.json.encode({"responses": {"put": {"100000": msgspec.Raw(canonical_bytes(response(1)))}}})
    line = encode_line(100_000, body)

    def commit(given: Response) -> None:
        os.write(fd, line)
        os.fdatasync(fd)

    yield commit
    os.close(fd)


@contextmanager
def sqlite(folder: Path, stored: int) -> Iterator[Commit]:
    with closing(sqlite3.connect(folder / "sqlite.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE response (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)")
        db.execute("BEGIN")
        for number in range(1, stored + 1):
            given = response(number)
            db.execute("INSERT INTO response (id, body) VALUES (?, ?)", (given.id, canonical_bytes(given)))
        db.execute("COMMIT")
        yield lambda given: void(
            db.execute("INSERT INTO response (id, body) VALUES (?, ?)", (given.id, canonical_bytes(given)))
        )


@contextmanager
def stock(folder: Path, stored: int) -> Iterator[Commit]:
    with TinyDB(folder / "stock.json") as db:
        db.insert_multiple(as_document(response(number)) for number in range(1, stored + 1))
        yield lambda given: void(db.insert(Document(as_document(given), stored + given.monotonic_ms)))


def void(_: object) -> None:
    """Drop a result."""


# --- opening -----------------------------------------------------------------------------------------

_CHILD = """
import sys, time
from pathlib import Path
import psutil
from tests.bench.outbox import last_day
from tests.support.responses import DEVICE, response
from sync.outbox import Outbox
given = response(200_000)
begun = time.perf_counter()
outbox = Outbox(Path(sys.argv[1]), DEVICE, clock=last_day(int(sys.argv[2])))
opened = time.perf_counter()
outbox.append(given)
print(1000 * (opened - begun), psutil.Process().memory_full_info().uss / 2**20)
"""


def opening(folder: Path, progress: Progress) -> list[Row]:
    """A fresh process each time, the files out of the page cache."""
    stored = SIZES[-1]
    full, empty = folder / str(stored) / "outbox", folder / "empty"
    times: list[float] = []
    memory: list[float] = []
    nothing: list[float] = []
    for turn in range(7):
        progress(f"opening with {stored:,} stored, {turn + 1} of 7")
        evict(full)
        took, used = child(full, stored)
        times.append(took)
        memory.append(used)
        nothing.append(child(empty / str(turn), stored)[1])
    more = statistics.median(memory) - statistics.median(nothing)
    return [
        below(
            f"open with {stored:,} stored, cold, until a commit is possible",
            statistics.median(times),
            150,
            "ms",
        ),
        below(f"memory with {stored:,} stored, above an empty outbox", more, 20, "MB"),
    ]


def child(folder: Path, stored: int) -> tuple[float, float]:
    """Milliseconds to open `folder`, and megabytes used after the first commit, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder), str(stored)], capture_output=True, text=True, check=True
    )
    took, used = done.stdout.split()
    return float(took), float(used)


def evict(folder: Path) -> None:
    """Take the files of a folder out of the page cache."""
    for path in folder.glob("*.journal"):
        fd = os.open(path, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
