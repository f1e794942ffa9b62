"""How long an honest tablet waits while others do their worst: an analyst, a stranger, another device.

The peer is the same tablet on the same centre, undisturbed, in the same run. Who disturbs runs in processes
of its own and shares the machine, so a part of the ratio is the processor that it takes.
"""

import http.client
import multiprocessing
import os
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace

from sync.central.app import Centre
from sync.central.intake.ingest import insert_rows
from sync.central.intake.judge import Judged, judge
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import writing
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes
from sync.contract.ids import uuid7
from sync.contract.response import Response
from sync.host.clock import local_now
from tests.bench.results import Progress, Row, at_most, shown
from tests.support.postgres import postgres, programs
from tests.support.served import ServedCentre, Tablet
from tests.support.wire import visit

STORED = int(os.environ.get("HAILONG_BENCH_STORED", "300000"))
SECONDS = 20.0
BATCH = 5
PAUSE = 0.05
PULLS = 8
SILENT = 200
TIMES = 3
"""How many times as long as undisturbed the slowest hundredth may wait."""

Disturb = Callable[[], None]


def run(progress: Progress) -> list[Row]:
    """Measure SQLite, then PostgreSQL where it is installed."""
    with tempfile.TemporaryDirectory() as folder, ServedCentre(Path(folder)) as centre:
        rows = _measure(centre, "SQLite", progress)
    if programs() is None:
        return rows
    with (
        postgres(durable=True) as server,
        tempfile.TemporaryDirectory() as folder,
        ServedCentre(Path(folder), server.fresh()) as centre,
    ):
        return rows + _measure(centre, "PostgreSQL", progress)


def _measure(centre: ServedCentre, database: str, progress: Progress) -> list[Row]:
    progress(f"{database}: {STORED:,} responses are stored first")
    _fill(centre)
    tablet = centre.device("phuong-hai")
    analyst = centre.token("analyst", "phuong-mot")
    worst = centre.device("phuong-mot")
    kinds: dict[str, list[Disturb]] = {
        "an analyst who begins workbooks and goes": [_Viewer(centre.port, analyst)],
        "a stranger with silent lines and forged batches": [_Stranger(centre.port)],
        "a device that sends what is set aside": [_Device(centre.folder, centre.port, worst.device)],
    }
    progress(f"{database}: undisturbed")
    alone = _slowest(tablet)
    rows = []
    for name, disturbers in kinds.items():
        progress(f"{database}: {name}")
        with _running(disturbers):
            rows.append(at_most(f"{database}: {name}", _slowest(tablet), alone, "ms", TIMES))
    progress(f"{database}: all three at once")
    with _running([each for some in kinds.values() for each in some]):
        # Three programs next to the centre on the same processors: what they take is a part of this.
        rows.append(shown(f"{database}: all three at once", _slowest(tablet), alone, "ms"))
    return rows


def _slowest(tablet: Tablet) -> float:
    """Milliseconds of the slowest hundredth of a tablet's batches, one after the other."""
    took = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        visits = [tablet.visit() for _ in range(BATCH)]
        started = time.perf_counter()
        reply = tablet.push(*visits)
        took.append(1000 * (time.perf_counter() - started))
        if not isinstance(reply, BatchReply):
            raise RuntimeError(f"an honest tablet was refused: {reply.problem}")
        time.sleep(PAUSE)
    return statistics.quantiles(took, n=100)[98]


@contextmanager
def _running(disturbers: list[Disturb]) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=disturb, daemon=True) for disturb in disturbers]
    for process in processes:
        process.start()
    time.sleep(3)  # until they are at it
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


class _Viewer:
    """Begins workbooks of all that its ward has, and goes before they are there."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    def __call__(self) -> None:
        while True:
            connections = []
            for _ in range(PULLS):
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
                headers = {"Authorization": f"Bearer {self._token}"}
                with suppress(OSError):
                    connection.request("GET", "/v1/responses?format=xlsx", headers=headers)
                    connections.append(connection)
            time.sleep(0.5)
            for connection in connections:
                connection.close()


class _Stranger:
    """Holds silent connections, and sends large batches that nobody has signed."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self) -> None:
        threading.Thread(target=self._hold, daemon=True).start()
        body = b"{" + b" " * 60_000
        headers = {"Signature-Input": "x", "Signature": "x", "Content-Type": "application/json"}
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            with suppress(OSError, http.client.HTTPException):
                connection.request("POST", "/v1/batches", body, headers)
                connection.getresponse().read()
            connection.close()

    def _hold(self) -> None:
        while True:
            held = []
            for _ in range(SILENT):
                with suppress(OSError):
                    held.append(socket.create_connection(("127.0.0.1", self._port), timeout=5))
            time.sleep(5)
            for each in held:
                each.close()


class _Device:
    """An enrolled device that sends full batches which a person would have to look at, as fast as it can."""

    def __init__(self, folder: Path, port: int, device: str) -> None:
        self._folder = folder
        self._port = port
        self._device = device

    def __call__(self) -> None:
        tablet = Tablet.again(self._folder, f"http://127.0.0.1:{self._port}", self._device, "phuong-mot")
        while True:
            tablet.push(*(self._strange(tablet.visit()) for _ in range(100)))

    def _strange(self, response: Response) -> Response:
        return replace(response, answers={f"q{number}": "x" * 50 for number in range(40)})


def _fill(centre: ServedCentre) -> None:
    forms = Centre(centre.engine, now=local_now, keys=load_keys(centre.data / "keys")).devices.forms
    device = centre.device("phuong-mot").device
    rows: list[Judged] = []
    with writing(centre.engine) as connection:
        for number in range(1, STORED + 1):
            response = replace(
                visit(number % 1000, device=device), id=uuid7(local_now(), os.urandom), seq=number
            )
            body = canonical_bytes(response)
            rows.append(judge(body, device=device, unit="phuong-mot", forms=forms, received_at=0))
            if len(rows) == 5000 or number == STORED:
                insert_rows(connection, rows)
                rows = []
