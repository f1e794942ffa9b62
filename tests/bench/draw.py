"""How long the draw of 60 units × 60 people takes from lists of 300,000 lines, and how much memory.

The lists are what `take_list` writes, with one sealed box for all: nothing here opens any. The draw runs in a
process of its own, so that its memory is not that of making the lists.
"""

import hashlib
import multiprocessing
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from sync.central.office.audit.acts import By, acting
from sync.central.office.sample.commitment import Stratum, publish_seed
from sync.central.office.sample.sealed_list import Place, SealedPerson, take_list
from sync.central.office.sample.selecting import draw_sample
from sync.central.store.database import open_database
from sync.contract.response import Sealed
from tests.bench.results import Progress, Row, below
from tests.support.wire import NOW, CentreUnderTest

UNITS, LINES, FORMS, SPARE = 60, 300_000, 60, 20
FIELDS = ("Đất đai", "Hộ tịch", "Chứng thực", "Xây dựng", "Lao động")
SECONDS, MEGABYTES = 5, 150
STRATUM = Stratum("dot-lon", "nguoi-dan")
BY = By("bench", NOW)


def run(progress: Progress) -> list[Row]:
    """Measure on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        central = CentreUnderTest(Path(folder) / "centre")
        progress(f"{LINES:,} lines are written first")
        with acting(central.engine, BY) as act:
            publish_seed(act, central.folder / "keys", STRATUM)
        for unit in _units():
            with acting(central.engine, BY) as act:
                people = tuple(_people(unit))
                take_list(act, Place(STRATUM, unit), people, lines=len(people), source="bench")
        address = central.address
        central.close()
        progress("the draw")
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            seconds, megabytes = alone.apply(draw_alone, (address, str(central.folder / "keys")))
    return [
        below(f"draw of {UNITS} × {FORMS} from {LINES:,} lines", seconds, SECONDS, "s"),
        below("memory that its process takes more meanwhile", megabytes, MEGABYTES, "MB"),
    ]


def draw_alone(address: str, keys: str) -> tuple[float, float]:
    """The draw in this process: how many seconds, and how much more memory at most, in megabytes.

    Pages of the database that the system maps into the process are no memory of its own.
    """
    engine = open_database(address)
    before, most, over = _own_memory(), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], _own_memory())

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.perf_counter()
    with acting(engine, BY) as act:
        sizes = dict.fromkeys(_units(), FORMS)
        assert draw_sample(act, Path(keys), STRATUM, sizes, spare_percent=SPARE) == UNITS * FORMS
    spent = time.perf_counter() - started
    over.set()
    watching.join()
    engine.dispose()
    return spent, most[0] - before


def _own_memory() -> float:
    """Megabytes."""
    (line,) = re.findall(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) / 1024


def _units() -> Iterator[str]:
    return (f"xa-{number:02}" for number in range(UNITS))


def _people(unit: str) -> Iterator[SealedPerson]:
    sealed = Sealed("sealing-bench", "A" * 408)  # the length of a box with a name, a number and an address
    for number in range(LINES // UNITS):
        code = hashlib.sha256(f"{unit} {number}".encode()).hexdigest()[:32]
        yield SealedPerson(code=code, field=FIELDS[number % 7 % len(FIELDS)], lines=1, sealed=sealed)
