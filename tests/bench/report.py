"""How long a monthly report takes, from the stored figures to its three files, and how much memory.

1,000,000 responses of a province of 168 units in one month. The ward's report and the province's are made in
a process of their own each, as by the centre. Alongside in the same run: LibreOffice's conversion of the Word
file, for the PDF, and python-docx's own tables, for the Word file.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import docx
import msgspec
from sqlalchemy import Engine

from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.model import Document, Table, blocks_of, written
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from sync.central.reports.writing.workbook import write_workbook
from sync.central.store.database import open_database, reading, writing
from sync.contract.catalogue import Unit
from tests.bench.pull import DEVICE, MARCH, STORED, fill
from tests.bench.results import Progress, Row, below, shown, shown_alone
from tests.support import libreoffice
from tests.support.wire import NOW, ROOT, CentreUnderTest

UNITS = 168
WARD, PROVINCE = "xa-007", "tinh-00"
KIND = "bao-cao-thang"
TIMES = 5
LIMITS = {WARD: 1.0, PROVINCE: 5.0}
MEMORY = 150


class Measured(msgspec.Struct, frozen=True):
    """seconds: the median of each step. processor: the same of the processor's time, which other work on the
    machine changes less. memory: megabytes of the process' own at the end of its work."""

    seconds: dict[str, float]
    processor: dict[str, float]
    memory: float


def run(progress: Progress) -> list[Row]:
    """Measure SQLite."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        central = CentreUnderTest(Path(folder) / "centre", devices=(DEVICE,))
        try:
            progress(f"{STORED:,} responses of a province are stored first")
            _store(central)
            for name, unit in (("a ward", WARD), (f"{UNITS} units", PROVINCE)):
                progress(f"the report of {name}")
                rows += _rows(name, unit, central, Path(folder))
        finally:
            central.close()
    return rows


def _store(central: CentreUnderTest) -> None:
    name = {"vi": "Ủy ban nhân dân xã Ví Dụ"}
    tree = [Unit(code=PROVINCE, name={"vi": "Ủy ban nhân dân tỉnh Ví Dụ"})]
    tree += [Unit(code=f"xa-{number:03}", name=name, parent=PROVINCE) for number in range(UNITS)]
    tree.append(Unit(code="phuong-mot", name=name, parent=PROVINCE))
    with writing(central.engine) as connection:
        put_bundled_units(connection, tree, central.now())
    fill(central, UNITS, MARCH)


def _rows(name: str, unit: str, central: CentreUnderTest, folder: Path) -> list[Row]:
    command = [sys.executable, "-m", "tests.bench.report", central.address, unit]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    measured = msgspec.json.decode(done.stdout, type=Measured)
    document = _document(central.engine, unit)
    peers = _peers(document, folder)
    rows = [
        below(f"{name}: all of it", sum(measured.seconds.values()), LIMITS[unit], "s"),
        shown_alone(f"{name}: all of it, processor", sum(measured.processor.values()), "s"),
        below(f"{name}: memory (anonymous)", measured.memory, MEMORY, "MB"),
    ]
    for step, seconds in measured.seconds.items():
        work = f"{name}: {step}"
        peer = peers.get(step)
        rows.append(shown(work, seconds, peer, "s") if peer else shown_alone(work, seconds, "s"))
    return rows


def _peers(document: Document, folder: Path) -> dict[str, float]:
    begun = time.perf_counter()
    _plain_tables(document)
    found = {"DOCX": time.perf_counter() - begun}
    if libreoffice.installed():
        file = {f"{document.letterhead.code}.docx": write_docx(document)}
        begun = time.perf_counter()
        libreoffice.as_pdf(file, folder)
        found["PDF"] = time.perf_counter() - begun
    return found


def _plain_tables(document: Document) -> None:
    """The tables alone, without any form, by python-docx."""
    file = docx.Document()
    for block in blocks_of(document):
        if isinstance(block, Table) and block.rows:
            table = file.add_table(rows=len(block.rows), cols=len(block.columns))
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, content in zip(row.cells, cells.cells, strict=True):
                    cell.text = written(content)
    file.save(BytesIO())


# --- the process that is measured ---------------------------------------------------------------------------


def _document(engine: Engine, unit: str) -> Document:
    with reading(engine) as connection:
        return KINDS[KIND].build(KINDS[KIND].read(connection, _asked(unit), _now()), {})


def _asked(unit: str) -> Asked:
    return Asked(kind=KIND, unit=unit, first=date(2026, 3, 1), last=date(2026, 3, 22))


def _now() -> datetime:
    return NOW.replace(day=23)


def _measured(database: str, unit: str) -> Measured:
    took: dict[str, list[float]] = {}
    worked: dict[str, list[float]] = {}
    # Once for all, as in the centre: every connection has a page cache of its own.
    engine = open_database(database)
    document = _document(engine, unit)  # once before, for the modules and the fonts

    def timed(step: str, work: Callable[[], object]) -> None:
        begun, idle = time.perf_counter(), time.process_time()
        work()
        took.setdefault(step, []).append(time.perf_counter() - begun)
        worked.setdefault(step, []).append(time.process_time() - idle)

    for _ in range(TIMES):
        timed("reading and building", lambda: _document(engine, unit))
        timed("DOCX", lambda: write_docx(document))
        timed("PDF", lambda: write_pdf(document))
        timed("XLSX", lambda: write_workbook(document, internal=True))
    return Measured(_medians(took), _medians(worked), _own_memory())


def _medians(steps: dict[str, list[float]]) -> dict[str, float]:
    return {step: statistics.median(seconds) for step, seconds in steps.items()}


def _own_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon:"))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_measured(*sys.argv[1:3])))
