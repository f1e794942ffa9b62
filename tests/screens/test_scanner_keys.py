"""A scanner that types, at a terminal whose machine is busy, set to another layout, or has a keypad too."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.display import Display as XDisplay

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

IDENTITY_CARD = "000000000000|000000000|NGUYEN VAN MAU|01011990|Nam"


class Terminal:
    """A terminal on a screen of its own, and what its staff are told."""

    def __init__(self, folder: Path, display: Display) -> None:
        screen = {"width": display.size[0], "height": display.size[1]}
        self.office = Office(folder, {"screen": screen, "start_by_touch": True, "patience": {"notice": 2}})
        self.display = display
        described = folder / "described.jsonl"
        self.office.start_kiosk(display.environment(), "--describe", str(described))
        self.finger = Finger(display, described)
        self.finger.until("IdleView")
        display.settle()
        self.badge = self.office.card("badge", "cb-01")
        self._read = len(self.finger.pictures())

    def until_told(self, notice: str) -> None:
        """Wait until this notice has been shown since the last one, and then until it is gone."""

        def notices() -> list[str]:
            return [picture.notice for picture in self.finger.pictures()[self._read :]]

        self.display.until(
            lambda: any(told.startswith(notice) for told in notices()) and not notices()[-1],
            f"not told '{notice}'",
        )
        self._read = len(self.finger.pictures())


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    with Display((1280, 800)) as display:
        made = Terminal(tmp_path_factory.mktemp("office"), display)
        yield made
        assert made.office.stop("kiosk") == 0


def set_layout(display: Display, layout: str) -> None:
    """As a person sets the machine's keyboard; `display` goes on pressing the places of a US keyboard."""
    subprocess.run(["setxkbmap", "-display", display.name, layout], check=True)


@pytest.mark.parametrize("layout", ["vn", "fr", "dvorak"])
def test_a_code_is_the_same_whatever_layout_the_machine_has(terminal: Terminal, layout: str) -> None:
    set_layout(terminal.display, layout)
    try:
        terminal.finger.scan(terminal.badge)
        terminal.until_told("Đã nhận thẻ")
        terminal.finger.scan(IDENTITY_CARD)
        terminal.until_told("Không quét giấy tờ tùy thân")
    finally:
        set_layout(terminal.display, "us")


def test_a_scan_is_heard_whole_when_the_terminal_gets_no_processor_in_the_middle(terminal: Terminal) -> None:
    badge, display = terminal.badge, terminal.display
    kiosk = terminal.office._processes["kiosk"].pid
    display.type(badge[:30], gap=0.004)
    os.kill(kiosk, signal.SIGSTOP)
    try:
        display.type(badge[30:60], gap=0.02)  # 600 ms: more than a pause in a scan may last
    finally:
        os.kill(kiosk, signal.SIGCONT)
    display.scan(badge[60:])
    terminal.until_told("Đã nhận thẻ")


def test_a_slow_scanner_may_take_its_time(terminal: Terminal) -> None:
    begun = time.monotonic()
    terminal.display.scan(terminal.badge, gap=0.015)
    assert time.monotonic() - begun > 2
    terminal.until_told("Đã nhận thẻ")


def test_an_identity_card_on_the_numeric_keys_answers_nothing(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.choose("Bắt đầu", "RatingView")
    display.settle(quiet=0.4)  # it stands for longer than the guard
    shown = finger.seen()
    assert shown is not None
    for digit in IDENTITY_CARD[:12].replace("0", "1"):
        display.key(f"KP_{digit}")
    display.key("Return")
    display.until(lambda: finger.pictures()[-1].told == "refused", "the officer saw no sign")
    seen = finger.seen()
    assert seen is not None
    assert seen.page == shown.page
    finger.choose("Để sau", "IdleView")


def test_the_keyboard_is_taken_back_from_another_window(terminal: Terminal) -> None:
    described = terminal.finger.pictures
    terminal.finger.until("IdleView")
    before = len(described())
    with another_window(terminal.display):
        terminal.display.until(lambda: len(described()) > before + 1, "no trouble was shown, or it stayed")
        terminal.finger.scan(terminal.badge)
        terminal.until_told("Đã nhận thẻ")


@contextmanager
def another_window(display: Display) -> Iterator[None]:
    """A window of another program, such as the dialog of an update, which takes the keyboard."""
    other: Any = XDisplay(display.name)
    window = other.screen().root.create_window(10, 10, 200, 100, 0, X.CopyFromParent)
    window.map()
    other.sync()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    other.sync()
    try:
        yield
    finally:
        other.close()
