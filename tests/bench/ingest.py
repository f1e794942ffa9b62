"""How fast the centre takes responses in: over HTTP, signed, committed before the answer.

Next to it in the same run, on the same disk: the same rows inserted raw into the same tables in batches of
the same size, and one response a request, as survey servers commonly take them. The centre runs as its own
process; what sends is in this one, so both share the machine. Bodies are packed and signed before the clock
runs: a tablet does that on its own processor.
"""

import hashlib
import http.client
import os
import queue
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import zstandard
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import update

from sync.central.intake.ingest import insert_rows
from sync.central.intake.judge import Judged, judge
from sync.central.store import partitions
from sync.central.store.database import writing
from sync.central.store.schema import devices
from sync.contract.canonical import canonical_bytes
from sync.contract.signing import Call, sign_request
from tests.bench.results import Progress, Row, at_least, at_most
from tests.support.postgres import postgres, programs
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

STORED = int(os.environ.get("HAILONG_BENCH_STORED", "1000000"))
DEVICES = tuple(f"kiosk-{number}" for number in range(1, 9))
BATCH = 500
BATCHES = 120  # a round; with fewer, the slowest hundredth would be one batch
SINGLES = 150
ROUNDS = 3
FILL = 10_000
MONTHS = 12  # over which the stored ones are spread, up to those that are sent
CONNECTIONS = 4
KEY = SigningKey(bytes(range(32)))
SECONDS_LIMIT = 600

Post = tuple[bytes, dict[str, str], int]
"""A body, its headers, and how many responses are in it."""


def run(progress: Progress) -> list[Row]:
    """Measure SQLite, then PostgreSQL where it is installed."""
    rows = _run("SQLite", None, 1, progress)
    if programs() is not None:
        with postgres(durable=True) as server:
            rows += _run("PostgreSQL", server.fresh(), 2, progress)
    return rows


def _run(database: str, url: str | None, workers: int, progress: Progress) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        central = CentreUnderTest(Path(folder) / "centre", url=url, devices=(*DEVICES, "archive", "raw"))
        try:
            return _measure(central, database, workers, Path(folder), progress)
        finally:
            central.close()


def _measure(
    central: CentreUnderTest, database: str, workers: int, folder: Path, progress: Progress
) -> list[Row]:
    progress(f"{database}: {STORED:,} responses are stored first")
    _fill(central, STORED)
    with writing(central.engine) as connection:
        connection.execute(update(devices).values(public_key=bytes(KEY.verify_key)))
    progress(f"{database}: packing and signing")
    batches = list(signed_posts(BATCH, ROUNDS * BATCHES, 1))
    singles = list(signed_posts(1, ROUNDS * SINGLES, 1 + ROUNDS * BATCHES * BATCH))
    port = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    command += ["--port", str(port)]
    if central.url:
        command += ["--database", central.url, "--workers", str(workers)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    raw, single, ours = [], [], []
    latencies: list[float] = []
    with (folder / "log").open("wb") as log, running(command, environment, log=log):
        wait_until(lambda: _answers(port))
        for turn in range(ROUNDS):
            progress(f"{database}: round {turn + 1} of {ROUNDS}")
            raw.append(_raw(central, turn))
            single.append(_send(port, singles[turn::ROUNDS])[0])
            speed, took = _send(port, batches[turn * BATCHES : (turn + 1) * BATCHES])
            ours.append(speed)
            latencies += took
    mine, bulk, one = (statistics.median(each) for each in (ours, raw, single))
    p99 = statistics.quantiles(latencies, n=100)[98] * 1000
    middle = statistics.median(latencies) * 1000
    work = f"{database}: signed batches of {BATCH}, {STORED:,} stored"
    return [
        at_least(f"{work}; peer: raw bulk insert", mine, bulk, "responses/s", 0.25),
        at_least(f"{work}; peer: one response a request", mine, one, "responses/s", 10),
        at_most(f"{database}: the slowest hundredth of batches; peer: their median", p99, middle, "ms", 5),
    ]


def _fill(central: CentreUnderTest, count: int) -> None:
    """Store `count` responses that differ in id and `seq`, which is all that the indexes see."""
    row = _judged(central, 1, "archive").row
    assert row is not None
    with writing(central.engine) as connection:
        partitions.make(connection, partitions.around(NOW, behind=MONTHS))
    last = int(NOW.timestamp() * 1000)
    step = MONTHS * 30 * 86_400_000 / count
    for start in range(0, count, FILL):
        rows = []
        for number in range(start, min(start + FILL, count)):
            made = f"{last - int((count - number) * step):012x}"
            id = f"{made[:8]}-{made[8:]}-7000-8000-{number:012x}"
            rows.append(Judged(id, number + 1, b"", b"", replace(row, id=id, seq=number + 1)))
        with writing(central.engine) as connection:
            insert_rows(connection, rows)


def _judged(central: CentreUnderTest, number: int, device: str) -> Judged:
    body = canonical_bytes(replace(visit(number, device=device), seq=number))
    return judge(body, device=device, unit="phuong-mot", forms=central.centre.devices.forms, received_at=0)


def _raw(central: CentreUnderTest, turn: int) -> float:
    first = 1 + turn * BATCH * BATCHES
    batches = [
        [_judged(central, first + at * BATCH + number, "raw") for number in range(BATCH)]
        for at in range(BATCHES)
    ]
    started = time.perf_counter()
    for rows in batches:
        with writing(central.engine) as connection:
            insert_rows(connection, rows)
    return BATCH * BATCHES / (time.perf_counter() - started)


def signed_posts(size: int, count: int, start: int) -> Iterator[Post]:
    """Signed requests in turn from all devices, sent after their last visit; numbers go on from `start`."""
    compressor = zstandard.ZstdCompressor(level=3)
    for at in range(count):
        device = DEVICES[at % len(DEVICES)]
        first = start + at // len(DEVICES) * size
        visits = [replace(visit(number, device=device), seq=number) for number in range(first, first + size)]
        bodies = [canonical_bytes(each) for each in visits]
        plain = b'{"device":"%b","responses":[%b]}' % (device.encode(), b",".join(bodies))
        sent = compressor.compress(plain)
        fields = {"host": "centre", "content-encoding": "zstd", "content-type": "application/json"}
        call = Call("POST", "/v1/batches", fields)
        nonce = hashlib.sha256(sent).digest()[:16]
        # A tablet whose clock were behind its visits would send them from days to come.
        created = int(visits[-1].finished_at.timestamp())
        signed = sign_request(KEY, device, call, sent, created=created, nonce=nonce)
        yield sent, {**signed, **fields}, size


def _send(port: int, posts: list[Post]) -> tuple[float, list[float]]:
    """Post everything over a few connections; responses a second, and the seconds each request took."""
    waiting: queue.SimpleQueue[Post] = queue.SimpleQueue()
    for post in posts:
        waiting.put(post)
    latencies: list[float] = []
    faults: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            try:
                body, headers, size = waiting.get_nowait()
            except queue.Empty:
                return
            started = time.perf_counter()
            connection.request("POST", "/v1/batches", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            latencies.append(time.perf_counter() - started)
            if answer.status != 200 or text.count(b'"stored"') != size:
                faults.append(f"{answer.status} {text[:200]!r}")

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS_LIMIT)
    seconds = time.perf_counter() - started
    if faults:
        raise RuntimeError(f"{len(faults)} requests were not all stored: {faults[0]}")
    return sum(size for _, _, size in posts) / seconds, latencies


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
