import os
import queue
import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.burst import GAP_MS
from kiosk.devices.event_keyboard import EVENT, EventKeyboard, Held, KeyReader
from kiosk.devices.grabbing import grab
from kiosk.devices.scanner import Scan
from sync.contract.codes import Refusal
from tests.support.codes import DOSSIER, IDENTITY_CARD, code, signed
from tests.support.scanners import event, heard_by, key_events, pressed_by, taps
from tests.support.uinput import made_keyboard

CAPS_LOCK = event("caps lock", True) + event("caps lock", False)
HELD_KEY_REPEATS = EVENT.pack(0, 0, 1, 30, 2)
KEYS_WERE_LOST = EVENT.pack(0, 0, 0, 3, 0)


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
        assert heard_by(KeyReader(), key_events(text)) == [text]


@pytest.mark.parametrize("size", [1, 7, 24, 25, 1000])
def test_bytes_may_be_cut_anywhere(size: int) -> None:
    reader, data = KeyReader(), key_events(DOSSIER)
    scans = [scan for i in range(0, len(data), size) for scan in reader.feed(data[i : i + size])]
    assert scans + reader.silent(1000) == [DOSSIER]


def test_a_repeated_key_and_other_events_type_nothing() -> None:
    assert heard_by(KeyReader(), HELD_KEY_REPEATS + key_events("AB12")) == ["AB12"]


def test_caps_lock_turns_letters_round() -> None:
    assert heard_by(KeyReader(), CAPS_LOCK + key_events("HL1:ab")) == ["hl1:AB"]


def test_a_key_that_is_no_character_makes_the_scan_binary() -> None:
    (scan,) = heard_by(KeyReader(), key_events("Đồng"))
    assert "\ufffd" in str(scan)


def test_an_identity_card_is_refused_as_one() -> None:
    assert heard_by(KeyReader(), key_events(IDENTITY_CARD)) == [Refusal.IDENTITY_CARD]


def test_half_a_scan_is_refused() -> None:
    reader = KeyReader()
    assert reader.feed(key_events(DOSSIER, end="")) == []
    assert reader.silent(GAP_MS) == []
    assert reader.silent(GAP_MS + 1) == [Refusal.HALF]


def test_scans_that_are_read_late_are_told_apart_by_the_kernel_s_times() -> None:
    """All of it was waiting in the device while this program was not given the processor."""
    first, second = key_events("AAAA", 0, gap_ms=9), key_events("BBBB", 500, gap_ms=GAP_MS)
    half = key_events("CCCC", 3000, end="")
    rest = key_events("DDDD", 3000 + GAP_MS + 1)
    assert heard_by(KeyReader(), first + second + half + rest, 5000) == ["AAAA", "BBBB", Refusal.HALF]


def test_a_code_of_several_lines_is_refused_as_one() -> None:
    data = key_events(DOSSIER) + key_events("example.vn")
    assert heard_by(KeyReader(), data) == [Refusal.TWO_AT_ONCE]


def test_a_scan_with_keys_that_the_kernel_dropped_is_refused() -> None:
    """What is left of `…-0000004` without three of its keys would be another dossier's code."""
    reader = KeyReader()
    cut = key_events(DOSSIER[:-4], end="") + event("shift", True) + KEYS_WERE_LOST + key_events(DOSSIER[-4:])
    assert heard_by(reader, cut) == [Refusal.HALF]
    assert heard_by(reader, key_events("again", 1000), 2000) == ["again"]


def test_a_key_acts_when_it_stood_alone_for_a_moment() -> None:
    reader = KeyReader()
    assert pressed_by(reader, taps("kp 2"), GAP_MS) == []
    assert pressed_by(reader, taps("kp +", at_ms=GAP_MS + 1), GAP_MS + 2) == ["kp 2"]
    assert pressed_by(reader, b"") == ["kp +"]


def test_a_key_that_is_held_counts_once() -> None:
    held = event("a", True) + HELD_KEY_REPEATS * 50 + event("a", False, at_ms=2000)
    assert pressed_by(KeyReader(), held, 3000) == ["a"]


@pytest.mark.parametrize(
    "keys", [("tab", "enter"), ("kp 1", "kp enter"), ("kp 1", "kp 1"), ("down", "enter"), ("2", "enter")]
)
def test_a_sticker_presses_nothing_on_a_scanner_that_passes_for_a_keypad(keys: tuple[str, ...]) -> None:
    reader = KeyReader()
    for scan in range(3):
        at_ms = scan * 1300
        assert pressed_by(reader, taps(*keys, at_ms=at_ms, gap_ms=GAP_MS), at_ms + 1200) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["enter", "tab", "a", "kp 0", "kp +"])), max_size=80
    )
)
def test_a_key_that_acts_had_silence_before_and_after_it(keys: list[tuple[int, str]]) -> None:
    reader, pressed, at_ms, alone = KeyReader(), 0, 0, 0
    for place, (gap_ms, key) in enumerate(keys):
        at_ms += gap_ms
        pressed += len(pressed_by(reader, taps(key, at_ms=at_ms), at_ms))
        after_ms = keys[place + 1][0] if place + 1 < len(keys) else 1000
        alone += after_ms > GAP_MS and (gap_ms > GAP_MS or place == 0)
    assert pressed + len(pressed_by(reader, b"", at_ms + 1000)) <= alone


def test_scans_and_keys_that_stood_alone_are_told_apart() -> None:
    keypad, devices = pipe(), []
    devices.append(keypad)
    keys: queue.Queue[str] = queue.Queue()
    scans: queue.Queue[Scan] = queue.Queue()
    held = EventKeyboard(lambda: devices.pop() if devices else None, alone=keys.put, look_every_s=0.01)
    held.start(scans.put)
    try:
        now_ms = time.monotonic_ns() // 1_000_000
        os.write(keypad.write, key_events(DOSSIER, now_ms) + taps("kp 2", at_ms=now_ms + 1000))
        assert scans.get(timeout=10) == DOSSIER
        assert keys.get(timeout=10) == "kp 2"
    finally:
        held.stop()
        os.close(keypad.write)
    assert (keys.empty(), scans.empty()) == (True, True)


def test_a_scanner_is_heard_through_a_device_and_found_again_when_unplugged() -> None:
    plugged: queue.Queue[Pipe] = queue.Queue()
    heard: queue.Queue[Scan] = queue.Queue()

    def find() -> Held | None:
        return None if plugged.empty() else plugged.get()

    first, second = pipe(), pipe()
    plugged.put(first)
    scanner = EventKeyboard(find, look_every_s=0.01)
    scanner.start(heard.put)
    try:
        os.write(first.write, key_events(DOSSIER))
        assert heard.get(timeout=10) == DOSSIER
        assert scanner.state == "ready"
        os.write(first.write, key_events("HALF", end=""))
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
    os.write(first.write, key_events("000.00.12.", end=""))
    os.close(first.write)
    os.write(second.write, key_events("H26-260227-0004"))
    scanner = EventKeyboard(lambda: devices.pop(0) if devices else None, look_every_s=0.01)
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
        scanner = EventKeyboard(lambda: grab(0x1234, 0xABCD), look_every_s=0.05)
        scanner.start(heard.put)
        try:
            while scanner.state != "ready":
                os.sched_yield()
            keyboard.write(key_events(DOSSIER))
            assert heard.get(timeout=10) == DOSSIER
        finally:
            scanner.stop()
