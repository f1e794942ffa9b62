"""The terminal beside SurveyJS in Chromium `--kiosk`: the same questions on the same screen, from outside.

Both are started, pressed and watched in turn, three times; medians are shown. The peer's first picture is its
first question. Ours begins idle, so its way to the first question is the start and one press together. For
`HOLD` the finger stays down, in every press of both: they act when it leaves.
"""

import compileall
import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.results import Progress, Row, at_most, below, median
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office
from tests.support.probe import Press, Probe

ROUNDS = 3
HOLD = 0.05
"""Seconds for which the finger stays down: both act when it leaves."""
PRESSES = 3
SIZE = (1280, 800)
ROOT = Path(__file__).parents[2]
PEER = Path(__file__).parent / "peer"
BUILD = ROOT / "build" / "bench" / "kiosk"
PACKAGES = ("survey-core@2.5.38", "survey-js-ui@2.5.38")
CHROMIUM = (
    *("chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-features=Translate", f"--window-size={SIZE[0]},{SIZE[1]}", "--window-position=0,0"),
)


def run(progress: Progress) -> list[Row]:
    """Both programs in turn; needs chromium and npm (`deploy/system-packages.sh bench`)."""
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(PEER, BUILD / "peer")
    (BUILD / "screen").mkdir()
    for package in ("kiosk", "sync"):  # as an installation does
        compileall.compile_dir(ROOT / package, quiet=1)
    progress("fetching the peer")
    subprocess.run(
        ["npm", "install", "--silent", "--no-package-lock", "--ignore-scripts", *PACKAGES],
        cwd=BUILD / "peer",
        check=True,
    )
    kiosk = {
        "start_by_touch": True,
        "screen": {"width": SIZE[0], "height": SIZE[1]},
        "volume": 0.0,
    }
    with Office(BUILD / "office", kiosk) as office, served(BUILD / "peer") as (address, faces):
        way = _learn(office)
        face = _learn_face(address, faces)
        ours, theirs = _Figures(), _Figures()
        for turn in range(1, ROUNDS + 1):
            progress(f"round {turn} of {ROUNDS}: ours")
            _measure_ours(office, way, ours)
            progress(f"round {turn} of {ROUNDS}: the peer")
            _measure_peer(address, face, theirs)
    return [
        at_most("exec → first question settled", ours.start, theirs.start, "s", 0.3),
        at_most("press → first pixel changes", ours.first, theirs.first, "ms", 1),
        below("the same, by the clock", ours.first, 20, "ms"),
        at_most("press → next question settled", ours.settled, theirs.settled, "ms", 0.5),
        below("finger leaves → next question settled", ours.settled - 1000 * HOLD, 60, "ms"),
        at_most("press → next question settled, longest", ours.longest, theirs.longest, "ms", 1),
        at_most("memory of the process tree (PSS)", ours.memory, theirs.memory, "MB", 0.25),
        at_most("idle CPU of one core", ours.idle, theirs.idle, "%", 1),
    ]


class _Figures:
    """What was measured, one value a round or a press."""

    def __init__(self) -> None:
        self._starts: list[float] = []
        self._presses: list[Press] = []
        self._memory: list[float] = []
        self._idle: list[float] = []

    def add(self, start: float, presses: list[Press], memory: float, idle: float) -> None:
        self._starts.append(start)
        self._presses += presses
        self._memory.append(memory)
        self._idle.append(idle)

    @property
    def start(self) -> float:
        return median(self._starts)

    @property
    def first(self) -> float:
        return median([press.first for press in self._presses])

    @property
    def settled(self) -> float:
        return median([press.settled for press in self._presses])

    @property
    def longest(self) -> float:
        return max(press.settled for press in self._presses)

    @property
    def memory(self) -> float:
        return median(self._memory)

    @property
    def idle(self) -> float:
        return median(self._idle)


Way = tuple[tuple[float, float], ...]


def _learn(office: Office) -> Way:
    """Where the start on the idle screen, an answer, and the way back from the next question are."""
    described = BUILD / "described.jsonl"
    with Display(SIZE) as display:
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        way = []
        for name in ("Bắt đầu", "Hài lòng", "Quay lại"):
            picture = finger.until_offered(name)
            x, y, width, height = next(place.box for place in picture.targets if place.name == name)
            way.append((x + width / 2, y + height / 2))
            finger.press(name)
        office.stop("kiosk")
    return tuple(way)


def _measure_ours(office: Office, way: Way, figures: _Figures) -> None:
    command = [sys.executable, "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
    begin, answer, back = way
    with Display(SIZE, BUILD / "screen") as display:
        probe = Probe(display, command, ROOT)
        try:
            start = probe.start().settled
            start += probe.press(*begin, rest=1.0, hold=HOLD).settled / 1000
            idle = probe.idle()  # on the first question: on the gate a bar moves
            presses = []
            for _ in range(PRESSES):
                presses.append(probe.press(*answer, hold=HOLD))
                probe.press(*back, rest=1.0)
            figures.add(start, presses, probe.memory(), idle)
        finally:
            probe.stop()


def _learn_face(address: str, faces: list[tuple[float, float]]) -> tuple[float, float]:
    """Where the peer draws its fifth face, as its page reports; fonts move it from machine to machine."""
    with Display(SIZE) as display, tempfile.TemporaryDirectory() as profile:
        command = [*CHROMIUM, f"--user-data-dir={profile}", f"{address}?report"]
        probe = Probe(display, command, BUILD)
        try:
            probe.start()
        finally:
            probe.stop()
    if not faces:
        raise SystemExit("bench kiosk: the peer's page shows no fifth face to press")
    return faces[-1]


def _measure_peer(address: str, face: tuple[float, float], figures: _Figures) -> None:
    with Display(SIZE, BUILD / "screen") as display, tempfile.TemporaryDirectory() as profile:
        probe = Probe(display, [*CHROMIUM, f"--user-data-dir={profile}", address], BUILD)
        try:
            start = probe.start().settled
            idle = probe.idle()
            presses = [probe.press(*face, hold=HOLD) for _ in range(2)]  # it asks three questions
            figures.add(start, presses, probe.memory(), idle)
        finally:
            probe.stop()


class _Peer(http.server.SimpleHTTPRequestHandler):
    """The peer's files; what its page posts is where its fifth face is."""

    def __init__(self, *arguments: Any, faces: list[tuple[float, float]], **named: Any) -> None:
        self._faces = faces
        super().__init__(*arguments, **named)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._faces.append(msgspec.json.decode(body, type=tuple[float, float]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the table is the output."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """The files of `folder` over HTTP on this machine: their address, and the places its page reports."""
    faces: list[tuple[float, float]] = []
    handler = functools.partial(_Peer, directory=os.fspath(folder), faces=faces)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/index.html", faces
        finally:
            server.shutdown()
            thread.join()
