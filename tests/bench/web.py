"""How fast pages are, as a browser of somebody who signed in asks for them, and what they cost devices.

A province of 168 units has the responses; a country of 3,321 units is around it, whose other units have
counts alone, for none of its pages reads a response. Alongside in the same run: the raw SQL of the figures of
the same days, through the driver of the database, in this process.

A batch comes before every summary and every page, which is decided then, and given again at once. The batch
is of other days than the month by officer and procedure, as in an office that works: what is remembered of
that month is given again. Making it afresh is measured by itself, in this process.
"""

import gzip
import http.client
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import msgspec
from litestar.testing import TestClient
from sqlalchemy import Engine, event

from sync.central.figures.periods import month_before
from sync.central.figures.summary_query import SummaryWanted, read_summary
from sync.central.office.units.stored import put_bundled_units
from sync.central.server import KEPT_SECONDS
from sync.central.store.database import reading, writing
from sync.central.store.rollups import Visit, change
from sync.central.store.statistics import gather
from sync.central.store.surveys import load_surveys
from sync.central.web.visit import SESSION
from sync.contract.catalogue import Unit
from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now
from tests.bench.ingest import DEVICES, signed_posts
from tests.bench.pull import (
    BATCH,
    DEVICE,
    LOOK_LINES,
    STORED,
    Memory,
    answers,
    fill,
    next_to_looks,
    paced,
)
from tests.bench.results import Progress, Row, below, median, shown, shown_alone
from tests.support.people import make_person, signed_in
from tests.support.postgres import postgres, programs
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import ROOT, CentreUnderTest

UNITS = 168
ALL_UNITS, PROVINCES = 3_321, 34
WARD, PROVINCE, COUNTRY = "xa-007", "tinh-00", "nuoc"
# The other units have this many visits on the first and the last days.
A_DAY, OTHER_DAYS = 5, 5
VIEWS = 40
SECONDS = 60.0
TURNS = 6
"""Views are looked at in so many turns, between turns without: a bad moment of the disk meets both."""
KB = 1000


def run(progress: Progress) -> list[Row]:
    """Measure SQLite, then PostgreSQL where it is installed."""
    rows = _run("SQLite", None, progress)
    if programs() is not None:
        with postgres(durable=True) as server:
            rows += _run("PostgreSQL", server.fresh(), progress)
    return rows


def _today() -> date:
    """The day in Viet Nam: a centre closes its days by it, which shall be done before it is measured."""
    return local_now().astimezone(VIET_NAM).date()


def _run(database: str, url: str | None, progress: Progress) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "centre"
        central = CentreUnderTest(place, url=url, devices=(DEVICE, *DEVICES), now=local_now)
        try:
            progress(f"{database}: {STORED:,} responses of a province are stored first")
            today = _today()
            first = month_before(today, 1)
            days = [first + timedelta(days=ago) for ago in range((today - first).days)]
            fill(central, UNITS, days)
            _country(central, [days[0], *days[-OTHER_DAYS:]])
            return _measure(central, database, days, Path(folder), progress)
        finally:
            central.close()


def _country(central: CentreUnderTest, days: Sequence[date]) -> None:
    """The units, and the counts of those in the other provinces on these days."""
    name = {"vi": "Đơn vị"}
    provinces = [f"tinh-{number:02}" for number in range(PROVINCES)]
    tree = [Unit(code=COUNTRY, name=name)]
    tree += [Unit(code=each, name=name, parent=COUNTRY) for each in provinces]
    tree += [Unit(code=f"xa-{number:03}", name=name, parent=PROVINCE) for number in range(UNITS)]
    others = [f"phuong-{number:04}" for number in range(ALL_UNITS - UNITS)]
    tree += [
        Unit(code=code, name=name, parent=provinces[1 + at % (PROVINCES - 1)])
        for at, code in enumerate(others)
    ]
    tree.append(Unit(code="phuong-mot", name=name, parent=PROVINCE))
    with writing(central.engine) as connection:
        put_bundled_units(connection, tree, central.now())
        for unit in others:
            change(connection, Counter({_visit(unit, day): A_DAY for day in days}))
        gather(connection)  # as the server does by itself within minutes


def _visit(unit: str, day: date) -> Visit:
    return Visit(
        day=day.isoformat(),
        unit=unit,
        survey="kien-hung",
        version=1,
        respondent="citizen",
        channel="kiosk",
        procedure="1.000001",
        officer=f"{unit}-0",
        tagged=True,
        outcome="complete",
        cells="5,4",
        handovers=1,
        closes="",
    )


def _measure(
    central: CentreUnderTest, database: str, days: Sequence[date], folder: Path, progress: Progress
) -> list[Row]:
    cookies = {unit: _signed_in(central, unit, unit) for unit in (WARD, PROVINCE, COUNTRY)}
    lookers = [_signed_in(central, f"{WARD}-{line}", WARD) for line in range(LOOK_LINES)]
    bearer = {"Authorization": f"Bearer {central.token(role='admin', unit=PROVINCE)}"}
    rows = [below(f"{database}: statements of a ward's page", _statements(central, cookies[WARD]), 12, "")]
    port = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    command += ["--port", str(port), *(["--database", central.url] if central.url else [])]
    with (
        (folder / "log").open("wb") as log,
        running(command, {**os.environ, "PYTHONPATH": str(ROOT)}, log=log) as server,
    ):
        wait_until(lambda: answers(port))
        memory = Memory(server.pid)
        batches = iter(list(signed_posts(BATCH, 6 * VIEWS, 1_000_000)))
        this_month = [day for day in days if day.month == days[-1].month]
        whole = days[0], month_before(_today(), 0) - timedelta(days=1)
        month = f"from={whole[0]}&to={whole[1]}"
        for name, target, headers, limit, figures in (
            ("a ward's page", "/", cookies[WARD], 150, _of_ward(days)),
            ("a province's page", "/", cookies[PROVINCE], 150, _of_province(days[-1:])),
            ("a province's page of a month", "/?ky=thang", cookies[PROVINCE], 150, _of_province(this_month)),
            (f"the page of a country of {ALL_UNITS:,}", "/", cookies[COUNTRY], 300, _of_country(days)),
            (
                "officer × procedure of a province",
                f"/v1/summary?{month}&unit={PROVINCE}&by=officer,procedure",
                bearer,
                150,
                _by_officer(*whole),
            ),
        ):
            progress(f"{database}: {name}")
            took, again = [], []
            for batch in islice(batches, VIEWS):
                paced(port, [batch])
                time.sleep(KEPT_SECONDS)  # what was decided for an earlier view is forgotten then
                took.append(1000 * _get(port, target, headers)[0])
                again.append(1000 * _get(port, target, headers)[0])
            slowest = statistics.quantiles(took, n=20)[18]
            rows.append(below(f"{database}: {name}, 19 of 20 views", slowest, limit, "ms"))
            peer = 1000 * _raw(central.engine, figures)
            rows.append(shown(f"{database}: {name}, median; peer: raw SQL", median(took), peer, "ms"))
            rows.append(shown_alone(f"{database}: {name}, given again within a second", median(again), "ms"))
        afresh = 1000 * _afresh(central, *whole)
        peer = 1000 * _raw(central.engine, _by_officer(*whole))
        rows.append(shown(f"{database}: officer × procedure made afresh; peer: raw SQL", afresh, peer, "ms"))
        rows += _sizes(port, cookies[WARD], database)
        looks = ["/", "/?ky=tuan", "/?ky=thang"], lookers
        rows += next_to_looks(
            port,
            looks,
            lambda text: progress(f"{database}: {text}"),
            what=f"views ({database})",
            rounds=TURNS,
            seconds=SECONDS / TURNS,
        )
        highest = memory.highest()
        rows.append(below(f"{database}: highest memory of the centre (anonymous)", highest, 150, "MB"))
    return rows


def _signed_in(central: CentreUnderTest, login: str, unit: str) -> dict[str, str]:
    """The headers of a new administrator of this unit."""
    return {"Cookie": f"{SESSION}={signed_in(central, make_person(central, login, ('admin', unit)))}"}


def _afresh(central: CentreUnderTest, first: date, last: date) -> float:
    """Median seconds of processor for the month by officer and procedure, from the counts to the answer."""
    wanted = SummaryWanted(first=first, last=last, by=("officer", "procedure"), unit=PROVINCE, scope=PROVINCE)
    took = []
    with reading(central.engine) as connection:
        surveys = load_surveys(connection)
        for _ in range(5):
            started = time.process_time()
            msgspec.json.encode(read_summary(connection, wanted, surveys, admin=True))
            took.append(time.process_time() - started)
    return median(took)


def _statements(central: CentreUnderTest, headers: dict[str, str]) -> float:
    """The statements of a view that is not the first, in this process."""
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    with TestClient(central.app, base_url="https://centre.example") as client:
        client.headers.update(headers)
        client.get("/").raise_for_status()
        event.listen(central.engine, "before_cursor_execute", note)
        client.get("/").raise_for_status()
        event.remove(central.engine, "before_cursor_execute", note)
    return len([each for each in statements if not each.startswith("BEGIN")])


def _sizes(port: int, headers: dict[str, str], database: str) -> list[Row]:
    """What a browser loads for a ward's page, and how large it is."""
    page = _get(port, "/", headers)[1]
    loaded = sorted(set(re.findall(r'(?:src|href)="(/[^"]+\.(?:css|js|svg|png|ico))"', page.decode())))
    size = {
        kind: sum(len(_get(port, each, {})[1]) for each in loaded if each.endswith(kind))
        for kind in (".css", ".js")
    }
    return [
        below(f"{database}: a ward's page, gzipped", len(gzip.compress(page)) / KB, 14, "KB"),
        below(f"{database}: CSS", size[".css"] / KB, 24, "KB"),
        below(f"{database}: JS", size[".js"] / KB, 12, "KB"),
        below(f"{database}: requests of a page", 1 + len(loaded), 4, ""),
    ]


def _get(port: int, target: str, headers: dict[str, str]) -> tuple[float, bytes]:
    """Seconds until the last byte is here, and what came."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} for {target}: {body[:200]!r}")
    return time.perf_counter() - started, body


# --- the same figures by raw SQL ----------------------------------------------------------------------------


def _of_ward(days: Sequence[date]) -> str:
    return (
        f"SELECT procedure, cells, count(*) FROM responses WHERE unit = '{WARD}' AND day = '{days[-1]}' "
        "GROUP BY procedure, cells"
    )


def _of_province(days: Sequence[date]) -> str:
    return (
        "SELECT unit, cells, count(*) FROM responses WHERE unit IN (SELECT unit FROM unit_spans "
        f"WHERE root = '{PROVINCE}') AND day BETWEEN '{days[0]}' AND '{days[-1]}' GROUP BY unit, cells"
    )


def _of_country(days: Sequence[date]) -> str:
    """Of the counts: most units of this bench have no responses."""
    return (
        "SELECT unit, cell, value, sum(n) FROM rollups WHERE grain = 'D' "
        f"AND period = '{days[-1]}' GROUP BY unit, cell, value"
    )


def _by_officer(first: date, last: date) -> str:
    return (
        f"SELECT officer, procedure, cells, count(*) FROM responses WHERE day BETWEEN '{first}' AND '{last}' "
        "GROUP BY officer, procedure, cells"
    )


def _raw(engine: Engine, query: str) -> float:
    """Median seconds of the driver alone."""
    took = []
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for _ in range(3):
            started = time.perf_counter()
            cursor.execute(query)
            cursor.fetchall()
            took.append(time.perf_counter() - started)
    return median(took)
