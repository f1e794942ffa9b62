import os
import queue
from dataclasses import dataclass

import pytest

from kiosk.devices.evdev_scanner import EVENT, EvdevScanner, Held, KeyReader
from kiosk.devices.grabbing import grab
from kiosk.devices.scanner import Scan
from sync.contract.codes import Refusal
from tests.support.codes import DOSSIER, IDENTITY_CARD, code, signed
from tests.support.scanners import key_events
from tests.support.uinput import made_keyboard

CAPS_LOCK = EVENT.pack(0, 0, 1, 58, 1) + EVENT.pack(0, 0, 1, 58, 0)
SHIFT_HELD_BY_REPEAT = EVENT.pack(0, 0, 1, 30, 2)


@dataclass
class Pipe:
    """A device whose bytes a test writes."""

    read: int
    write: int

    def fileno(self) -> int:
        return self.read

    def close(self) -> None:
        os.close(self.read)


def pipe() -> Pipe:
    return Pipe(*os.pipe())


def test_keys_become_the_text_of_a_scan() -> None:
    for text in (signed(code()), DOSSIER, "aZ 09!@#$%^&*()_+{}:\"~<>?;'`,./[]\\-="):
        assert KeyReader().feed(key_events(text), 0) == [text]


@pytest.mark.parametrize("size", [1, 7, 24, 25, 1000])
def test_bytes_may_be_cut_anywhere(size: int) -> None:
    reader, data = KeyReader(), key_events(DOSSIER)
    scans = [scan for i in range(0, len(data), size) for scan in reader.feed(data[i : i + size], 0)]
    assert scans == [DOSSIER]


def test_a_repeated_key_and_other_events_type_nothing() -> None:
    assert KeyReader().feed(SHIFT_HELD_BY_REPEAT + key_events("AB12"), 0) == ["AB12"]


def test_caps_lock_turns_letters_round() -> None:
    assert KeyReader().feed(CAPS_LOCK + key_events("HL1:ab"), 0) == ["hl1:AB"]


def test_a_key_that_is_no_character_makes_the_scan_binary() -> None:
    (scan,) = KeyReader().feed(key_events("Đồng"), 0)
    assert "\ufffd" in str(scan)


def test_an_identity_card_is_refused_as_one() -> None:
    reader = KeyReader()
    assert reader.feed(key_events(IDENTITY_CARD), 0) == [Refusal.IDENTITY_CARD]
    assert reader.passed(200) == []


def test_half_a_scan_is_refused() -> None:
    reader = KeyReader()
    assert reader.feed(key_events(DOSSIER, enter=False), 0) == []
    assert reader.passed(99) == []
    assert reader.passed(101) == [Refusal.HALF]


def test_a_scanner_is_heard_through_a_device_and_found_again_when_unplugged() -> None:
    plugged: queue.Queue[Pipe] = queue.Queue()
    heard: queue.Queue[Scan] = queue.Queue()

    def find() -> Held | None:
        return None if plugged.empty() else plugged.get()

    first, second = pipe(), pipe()
    plugged.put(first)
    scanner = EvdevScanner(find, look_every_s=0.01)
    scanner.start(heard.put)
    try:
        os.write(first.write, key_events(DOSSIER))
        assert heard.get(timeout=10) == DOSSIER
        assert scanner.state == "ready"
        os.write(first.write, key_events("HALF", enter=False))
        assert heard.get(timeout=10) is Refusal.HALF
        os.close(first.write)
        plugged.put(second)
        os.write(second.write, key_events("AGAIN"))
        assert heard.get(timeout=10) == "AGAIN"
    finally:
        scanner.stop()
        scanner.stop()
        os.close(second.write)
    assert str(scanner.state) == "off"
    assert heard.empty()


def test_half_a_scan_of_an_unplugged_scanner_is_forgotten() -> None:
    first, second = pipe(), pipe()
    devices: list[Held] = [first, second]
    heard: queue.Queue[Scan] = queue.Queue()
    os.write(first.write, key_events("000.00.12.", enter=False))
    os.close(first.write)
    os.write(second.write, key_events("H26-260227-0004"))
    scanner = EvdevScanner(lambda: devices.pop(0) if devices else None, look_every_s=0.01)
    scanner.start(heard.put)
    try:
        assert heard.get(timeout=10) == "H26-260227-0004"
    finally:
        scanner.stop()
        os.close(second.write)


@pytest.mark.skipif(not os.access("/dev/uinput", os.W_OK), reason="the kernel has no uinput here")
def test_a_real_event_device_is_grabbed_and_read() -> None:
    heard: queue.Queue[Scan] = queue.Queue()
    with made_keyboard(0x1234, 0xABCD) as keyboard:
        scanner = EvdevScanner(lambda: grab(0x1234, 0xABCD), look_every_s=0.05)
        scanner.start(heard.put)
        try:
            while scanner.state != "ready":
                os.sched_yield()
            keyboard.write(key_events(DOSSIER))
            assert heard.get(timeout=10) == DOSSIER
        finally:
            scanner.stop()
