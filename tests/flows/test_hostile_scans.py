"""10,000 random and hostile scans through every source: no wrong tag, and no trace of what was refused."""

import logging
import os
import queue
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from random import Random
from typing import Any, Self

import pytest
import zxingcpp
from msgspec.structs import replace

from kiosk.devices.camera import read_frame
from kiosk.devices.event_keyboard import EventKeyboard, Held, KeyReader
from kiosk.devices.scanner import Scan
from kiosk.events import Now
from kiosk.tagging import (
    Accepted,
    Badge,
    Counter,
    Dossier,
    Habits,
    Joined,
    ProcedureCard,
    Read,
    Refused,
    Replaced,
    Scanned,
    ServicePoint,
    read_code,
    step,
)
from sync.contract.bundle import Revoked
from sync.contract.codes import Refusal
from tests.support.codes import CASE_KEY, DOSSIER, KEYS, TODAY, UNIT
from tests.support.hostile import CANARY, REVOKED, hostile_scans, is_good
from tests.support.scanners import WedgeDesk, heard_by, key_events

COUNT = 10_000
PLACE = ServicePoint(
    units=(UNIT, "h26"), counter="q1", keys=KEYS, revoked=Revoked((REVOKED,)), case_key=CASE_KEY
)


def read(scan: Scan) -> Read:
    return Refused(scan) if isinstance(scan, Refusal) else read_code(scan, PLACE, TODAY)


def check(text: str, found: Read) -> bool:
    """Whether the scan was accepted; fails where it should not have been, or should."""
    accepted = isinstance(found, Badge | ProcedureCard | Dossier)
    assert accepted == is_good(text), (text, found)
    return accepted


def test_no_hostile_scan_becomes_a_tag_through_the_window() -> None:
    desk, accepted = WedgeDesk(), 0
    for text in hostile_scans(Random(1), COUNT):
        typed = text.replace("\n", "")
        desk.scan(typed, gap_ms=1)
        scans = desk.wait()
        assert len(scans) <= 1
        accepted += check(typed, read(scans[0]) if scans else Refused(Refusal.HALF))
    assert accepted > COUNT / 20


def test_no_hostile_scan_becomes_a_tag_through_the_event_device() -> None:
    reader, accepted = KeyReader(), 0
    for number, text in enumerate(hostile_scans(Random(2), COUNT)):
        scans = heard_by(reader, key_events(text, number * 1000), number * 1000 + 999)
        assert len(scans) <= 1
        accepted += check(text, read(scans[0]) if scans else Refused(Refusal.HALF))
    assert accepted > COUNT / 20


class PipedScanner:
    """A scanner behind a real pipe: what is written to it is heard by a thread of its own."""

    def __init__(self) -> None:
        read_end, self._write_end = os.pipe()
        devices: list[Held] = [os.fdopen(read_end, "rb", buffering=0)]
        self._heard: queue.Queue[Scan] = queue.Queue()
        self._keyboard = EventKeyboard(lambda: devices.pop() if devices else None, look_every_s=0.01)

    def scan(self, text: str) -> None:
        os.write(self._write_end, key_events(text, at_ms=time.monotonic_ns() // 1_000_000))

    def heard(self) -> Scan:
        return self._heard.get(timeout=10)

    def __enter__(self) -> Self:
        self._keyboard.start(self._heard.put)
        return self

    def __exit__(self, *_: object) -> None:
        self._keyboard.stop()
        os.close(self._write_end)


def test_no_hostile_scan_becomes_a_tag_through_a_real_pipe() -> None:
    # No scan, and scans after which a scanner is deaf for a while: the tests above have them.
    texts = [text for text in hostile_scans(Random(3), 500) if text and "|" not in text and len(text) <= 500]
    with ExitStack() as stack:
        # Twenty at a time, because each waits until its scan is followed by silence.
        scanners = [stack.enter_context(PipedScanner()) for _ in range(20)]
        for first in range(0, len(texts), len(scanners)):
            scanned = list(zip(scanners, texts[first:], strict=False))
            for scanner, text in scanned:
                scanner.scan(text)
            for scanner, text in scanned:
                check(text, read(scanner.heard()))


def test_no_hostile_scan_becomes_a_tag_through_the_camera() -> None:
    accepted = 0
    for text in hostile_scans(Random(4), COUNT):
        if not text:
            continue
        printed: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=2)
        scan = read_frame(memoryview(printed))
        accepted += check(text, read(scan) if scan is not None else Refused(Refusal.HALF))
    assert accepted > COUNT / 20


def test_two_scanners_at_once_never_make_a_tag_of_their_mixture() -> None:
    random = Random(5)
    for _ in range(2000):
        desk = WedgeDesk()
        first = f"000.00.12.H26-260227-{random.randrange(10_000):04}"
        second = f"000.00.12.H26-260226-{random.randrange(10_000):04}"
        keys: list[tuple[int, str]] = []
        for text in (first, second):
            at, gap = random.randrange(60), random.randrange(1, 50)
            for character in (*text, "enter"):
                at += gap
                keys.append((at, character))
        for at, key in sorted(keys, key=lambda item: item[0]):
            desk.at(at)
            desk.tap("enter") if key == "enter" else desk.scan(key, gap_ms=0, end="")
        for scan in desk.wait():
            # One may get through whole, where the other had not begun or was long over.
            assert isinstance(scan, Refusal) or scan in (first, second) or not is_good(scan)


def test_a_refused_scan_leaves_no_trace(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    counter, told_all = Counter(), []
    desk = WedgeDesk()
    for number, text in enumerate(hostile_scans(Random(6), 2000)):
        desk.scan(text.replace("\n", ""), gap_ms=1)
        for scan in desk.wait():
            now = Now(datetime(2026, 3, 2, 8, tzinfo=UTC), number * 30_000, bytes(16))
            counter, told = step(counter, Scanned(read(scan)), now, PLACE, Habits())
            told_all.append(told)
        assert CANARY not in repr(vars(desk.wedge))
    assert sum(counter.refused.values()) > 1000
    assert any(isinstance(told, Accepted | Replaced | Joined) for told in told_all)
    kept = repr(counter) + repr(told_all) + caplog.text + "".join(capfd.readouterr())
    assert CANARY not in kept
    assert "H26-26" not in kept  # nor any dossier code: only hashes
    assert len(kept) > 1000


def test_the_trace_test_would_see_a_trace() -> None:
    """The control: a place that kept what it read is caught by the same search."""
    leaky = replace(PLACE, counter=next(text for text in hostile_scans(Random(6), 100) if CANARY in text))
    assert CANARY in repr(step(Counter(), Scanned(read(DOSSIER)), NOW, leaky, Habits()))


NOW = Now(datetime(2026, 3, 2, 8, tzinfo=UTC), 0, bytes(16))
