"""From the last key of a scan to the first question, on the terminal as it runs, seen from outside.

A scan that poses as typing is held back for 60 ms after Enter, for two scanners could be typing at once; that
is part of the figure. There is no peer: the limit is what a person takes for "at once" after the beep.
"""

import sys
import tempfile
import time
from pathlib import Path

from kiosk.tagging import Dossier, ProcedureCard, ServicePoint, read_code
from tests.bench.results import Progress, Row, below, median
from tests.support.codes import CASE_KEY, DOSSIER, KEYS, TODAY, UNIT, code, signed
from tests.support.display import Display
from tests.support.office import Office
from tests.support.probe import Probe

SIZE = (1280, 800)
PLACE = ServicePoint(units=(UNIT,), counter="1", keys=KEYS, case_key=CASE_KEY)
SCANS = 8
LIMIT_MS = 150.0
READ_LIMIT_MS = 1.0


def run(progress: Progress) -> list[Row]:
    """Scans of a signed card (the longest code there is) and of dossier codes; then the reading alone."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder) / "office", {"screen": {"width": SIZE[0], "height": SIZE[1]}})
        card = office.card("procedure", "1.001193")
        by_card = _measure(office, [card], progress)
        by_dossier = _measure(office, [f"H29-260302-{number:04}" for number in range(SCANS)], progress)
    return [
        below("last key of a procedure card → first question", median(by_card), LIMIT_MS, "ms"),
        below("last key of a dossier code → first question", median(by_dossier), LIMIT_MS, "ms"),
        below("the slowest of all these", max(by_card + by_dossier), 2 * LIMIT_MS, "ms"),
        below("reading a signed card", _reading(signed(code("procedure", "1.001193"))), READ_LIMIT_MS, "ms"),
        below("reading a dossier code", _reading(DOSSIER), READ_LIMIT_MS, "ms"),
    ]


def _measure(office: Office, codes: list[str], progress: Progress) -> list[float]:
    """Milliseconds until the picture no longer changes; each scan on a terminal that was just started."""
    command = [sys.executable, "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
    found = []
    for number in range(SCANS):
        progress(f"scan {number + 1} of {SCANS}")
        with Display(SIZE) as display:
            probe = Probe(display, command, Path(__file__).parents[2])
            try:
                probe.start()
                found.append(probe.scan(codes[number % len(codes)]).settled)
            finally:
                probe.stop()
    return found


def _reading(text: str, times: int = 200) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        read = read_code(text, PLACE, TODAY)
        taken.append((time.perf_counter() - begun) * 1000)
        assert isinstance(read, ProcedureCard | Dossier)
    return median(taken)
