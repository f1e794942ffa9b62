"""How fast responses leave the centre: whole tables, a page anywhere, a month's summary; over HTTP.

Beside it in the same run: the same rows written by sqlite3 and the csv module to nowhere, without a server, a
role or a guard. The centre is a process of its own; its memory is the highest it ever had, without
the pages of the database that are mapped into it.

And what looks cost devices: the slowest hundredth of batches that come at a steady pace, with and without 50
summaries a second next to them, in turns. Who looks is a process of its own, and shares the machine.
"""

import csv
import http.client
import io
import json
import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import psutil
from msgspec.structs import replace
from sqlalchemy import delete, func, insert, select, update

from sync.central.intake.ingest import insert_rows
from sync.central.intake.judge import Judged, judge
from sync.central.store import rollups
from sync.central.store.database import writing
from sync.central.store.days_over import close_days
from sync.central.store.facts import read_epoch
from sync.central.store.schema import devices, facts, responses
from sync.contract.canonical import canonical_bytes
from tests.bench.ingest import DEVICES, KEY, Post, signed_posts
from tests.bench.results import Progress, Row, at_least, at_most, below, median, shown, shown_alone
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import ROOT, CentreUnderTest, visit

STORED = int(os.environ.get("HAILONG_BENCH_STORED", "1000000"))
UNITS = 98
OFFICERS = 3
PROCEDURES = 20
MARCH = tuple(date(2026, 3, 1) + timedelta(days=day) for day in range(22))
DEVICE = "archive"
# Two axes: of one unit, and of the whole province (11,760 rows of figures, 3.5 MB).
LOOKS_A_SECOND = 50
LOOK_SECONDS = 30.0
LOOK_ROUNDS = 3
LOOK_LINES = 5
BATCHES_A_SECOND = 20
BATCH = 20
PAIRS = ("officer,procedure&unit=xa-007", "officer,procedure")


def run(progress: Progress) -> list[Row]:
    """Measure SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        central = CentreUnderTest(Path(folder) / "centre", devices=(DEVICE, *DEVICES))
        try:
            progress(f"{STORED:,} responses of a province in one month are stored first")
            fill(central, UNITS, MARCH)
            return _measure(central, Path(folder), progress)
        finally:
            central.close()


def fill(central: CentreUnderTest, units: int, days: Sequence[date]) -> None:
    """Store the responses of units xa-000 … on these days, all of them published, and count them."""
    chance = random.Random(1)
    rows: list[Judged] = []
    with writing(central.engine) as connection:
        for number in range(1, STORED + 1):
            unit, day = f"xa-{chance.randrange(units):03}", chance.choice(days)
            rows.append(_judged(central, number, unit, day, chance))
            if len(rows) == 5000 or number == STORED:
                insert_rows(connection, rows)
                rows = []
        connection.execute(update(devices).values(public_key=bytes(KEY.verify_key)))
        # Setting the centre up has closed its days today, when there was no response yet.
        connection.execute(delete(facts).where(facts.c.name.in_(("published", "rollups"))))
        close_days(connection, days[-1] + timedelta(days=1))
        rollups.ensure(connection)
        # A centre that runs has looked at what it stored: or it would begin to while it is measured.
        c = responses.c
        xid, position = connection.execute(select(func.max(c.xid), func.max(c.position))).one()
        mark = json.dumps([read_epoch(connection), {"xid": xid, "position": position}, 0])
        connection.execute(insert(facts).values(name="watched", value=mark))


def _judged(central: CentreUnderTest, number: int, unit: str, on: date, chance: random.Random) -> Judged:
    one = visit(number, device=DEVICE, seq=number)
    assert one.tag
    tag = replace(
        one.tag,
        unit=unit,
        procedure=f"1.{chance.randrange(PROCEDURES):06}",
        officer=f"{unit}-{chance.randrange(OFFICERS)}",
    )
    at = datetime.combine(on, one.started_at.timetz())
    body = canonical_bytes(
        replace(
            one,
            tag=tag,
            answers={"result": chance.randint(1, 5), "service": chance.randint(1, 5)},
            started_at=at,
            finished_at=at + timedelta(seconds=12),
        )
    )
    return judge(body, device=DEVICE, unit=unit, forms=central.centre.devices.forms, received_at=0)


def _measure(central: CentreUnderTest, folder: Path, progress: Progress) -> list[Row]:
    token = central.token(role="admin")
    analyst = central.token(role="analyst")
    database = central.folder / "central.db"
    port = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    with (
        (folder / "log").open("wb") as log,
        running([*command, "--port", str(port)], {**os.environ, "PYTHONPATH": str(ROOT)}, log=log) as server,
    ):
        wait_until(lambda: answers(port))
        memory = Memory(server.pid)
        found: list[Row] = []
        found += next_to_looks(port, _looks(analyst), progress)
        progress("sqlite3 and the csv module")
        plain = STORED / _plain(database)
        for name, form, who, target in (
            ("CSV", "csv", token, 0.5),
            ("JSON lines", "ndjson", token, 1),
            ("CSV below the role admin", "csv", analyst, 0.5),
            ("JSON lines below the role admin", "ndjson", analyst, 1),
        ):
            progress(f"{name}, {STORED:,} rows")
            seconds, _ = _get(port, who, f"/v1/responses?format={form}")
            work = f"pull of {STORED:,} rows as {name}; peer: sqlite3 and csv.writer in one process"
            found.append(at_least(work, STORED / seconds, plain, "rows/s", target))
        progress("pages and summaries")
        for depth in (0, STORED // 2, STORED - 1001):
            spent = [
                _get(port, token, f"/v1/responses?limit=1000&after=1-{depth + each}")[0] for each in range(15)
            ]
            work = f"page of 1,000 rows behind row {depth:,}; peer: sqlite3 and json"
            page = _plain_page(database, depth)
            found.append(at_most(work, 1000 * median(spent), 1000 * page, "ms", 5))
        for by in ("", "procedure", "officer", "unit", "day", *PAIRS):
            month = f"/v1/summary?from=2026-03-01&to=2026-03-31&by={by}"
            spent = [_get(port, token, month)[0] for _ in range(7)]
            work = f"month of a province, by {by.replace('&unit', ', unit') or 'nothing'}; peer: a group-by"
            grouped = _plain_summary(database, by)
            ours, peer = 1000 * median(spent), 1000 * grouped
            # The rows of one unit are few, and an index leads the peer to them.
            of_unit = "&unit" in by
            found.append(shown(work, ours, peer, "ms") if of_unit else at_most(work, ours, peer, "ms", 0.5))
        for name, form in (("Parquet", "parquet"), ("Excel", "xlsx")):
            progress(f"{name}, {STORED:,} rows")
            seconds, _ = _get(port, token, f"/v1/responses?format={form}")
            found.append(shown_alone(f"pull of {STORED:,} rows as {name}", STORED / seconds, "rows/s"))
        found.append(below("highest memory of the centre (anonymous)", memory.highest(), 150, "MB"))
    return found


Looks = tuple[list[str], list[dict[str, str]]]
"""What is asked for in turns, and the headers of each line, whose person may look ten times a second."""


def next_to_looks(
    port: int,
    looks: Looks,
    progress: Progress,
    *,
    what: str = "summaries",
    rounds: int = LOOK_ROUNDS,
    seconds: float = LOOK_SECONDS,
) -> list[Row]:
    """The slowest hundredth of batches next to looks; the peer is the same pace without them."""
    a_turn = int(BATCHES_A_SECOND * seconds)
    posts = list(signed_posts(BATCH, 2 * rounds * a_turn, 1))
    alone: list[float] = []
    alongside: list[float] = []
    looked = 0
    paced(port, posts[:1])  # what is new to the centre with the first batch
    for turn in range(2 * rounds):
        progress(f"batches and looks, turn {turn + 1} of {2 * rounds}")
        some = posts[turn * a_turn : (turn + 1) * a_turn]
        if turn % 2:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                looking = pool.apply_async(_look, (port, looks, seconds))
                alongside += paced(port, some)
                looked += looking.get(timeout=60 + 4 * seconds)
        else:
            alone += paced(port, some)
    a_second = looked / (rounds * seconds)
    with_looks, without = (1000 * statistics.quantiles(each, n=100)[98] for each in (alongside, alone))
    work = f"the slowest hundredth of batches of {BATCH}, {LOOKS_A_SECOND} {what} a second next to them"
    return [
        at_most(f"{work}; peer: without", with_looks, without, "ms", 1.1),
        at_least(
            f"{what} answered next to them; peer: those asked for", a_second, LOOKS_A_SECOND, "/s", 0.95
        ),
    ]


def paced(port: int, posts: list[Post]) -> list[float]:
    """Seconds from when each batch was due until its answer, at a steady pace."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    begun = time.perf_counter()
    for at, (body, headers, size) in enumerate(posts):
        due = begun + at / BATCHES_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.request("POST", "/v1/batches", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        took.append(time.perf_counter() - due)
        if answer.status != 200 or text.count(b"receipt") < 1:
            raise RuntimeError(f"{answer.status} for a batch of {size}: {text[:200]!r}")
    connection.close()
    return took


def _looks(token: str) -> Looks:
    """Summaries of wards, as dashboards ask for them."""
    month = "/v1/summary?from=2026-03-01&to=2026-03-31"
    targets = [
        f"{month}&unit=xa-{at % UNITS:03}&by={('', 'day', 'procedure')[at % 3]}" for at in range(3 * UNITS)
    ]
    return targets, [{"Authorization": f"Bearer {token}"}] * LOOK_LINES


def _look(port: int, looks: Looks, seconds: float) -> int:
    """Look at a steady pace; how many looks were answered in time."""
    targets, people = looks
    per_line = LOOKS_A_SECOND // LOOK_LINES
    answered = [0] * LOOK_LINES

    def line(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        begun = time.perf_counter() + number / LOOKS_A_SECOND
        for at in range(int(per_line * seconds)):
            time.sleep(max(0.0, begun + at / per_line - time.perf_counter()))
            if time.perf_counter() > begun + seconds + 1:
                return
            connection.request("GET", targets[at % len(targets)], headers=people[number])
            answer = connection.getresponse()
            answer.read()
            answered[number] += answer.status == 200

    lines = [threading.Thread(target=line, args=(number,)) for number in range(LOOK_LINES)]
    for each in lines:
        each.start()
    for each in lines:
        each.join()
    return sum(answered)


def _get(port: int, token: str, target: str) -> tuple[float, int]:
    """Seconds until the last byte is here, and how many there were."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", target, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    size = 0
    while piece := answer.read(2**20):
        size += len(piece)
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} for {target}")
    return time.perf_counter() - started, size


class Memory:
    """Watches a process tree from a thread."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._highest = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while self._process.is_running() and not self._done.wait(0.05):
            workers = self._process.children(recursive=True)
            self._highest = max(self._highest, *map(_own, workers), 0)

    def highest(self) -> float:
        """Megabytes of the largest process of the tree."""
        self._done.set()
        self._thread.join()
        return self._highest / 1e6


def _own(process: psutil.Process) -> int:
    """Bytes of its own; not the pages of the database that are mapped, which the kernel may take back."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), 0)


def _plain(database: Path) -> float:
    started = time.perf_counter()
    connection = sqlite3.connect(database)
    rows = connection.execute(
        "SELECT position, id, device, seq, survey, survey_version, plan, unit, counter, procedure, channel, "
        "outcome, day, officer, started_at, finished_at, cells FROM responses ORDER BY position"
    )
    out = io.StringIO()
    writer = csv.writer(out)
    while some := rows.fetchmany(5000):
        writer.writerows(some)
        out.getvalue().encode()
        out.seek(0)
        out.truncate()
    connection.close()
    return time.perf_counter() - started


def _plain_page(database: Path, depth: int) -> float:
    """Median seconds of sqlite3 and json for the same rows."""
    spent = []
    connection = sqlite3.connect(database)
    for each in range(15):
        started = time.perf_counter()
        rows = connection.execute(
            "SELECT * FROM responses WHERE position > ? ORDER BY position LIMIT 1000", (depth + each,)
        )
        json.dumps([[str(cell) for cell in row] for row in rows])
        spent.append(time.perf_counter() - started)
    connection.close()
    return median(spent)


def _plain_summary(database: Path, by: str) -> float:
    """Median seconds in which sqlite3 counts the month's responses alone, without their answers."""
    columns, _, unit = by.partition("&unit=")
    query = "SELECT count(*) FROM responses WHERE day BETWEEN '2026-03-01' AND '2026-03-31'"
    query += " AND unit = ?" if unit else ""
    query += f" GROUP BY {columns}" if columns else ""
    spent = []
    connection = sqlite3.connect(database)
    for _ in range(3):
        started = time.perf_counter()
        connection.execute(query, (unit,) if unit else ()).fetchall()
        spent.append(time.perf_counter() - started)
    connection.close()
    return median(spent)


def answers(port: int) -> bool:
    """Whether the centre answers."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
