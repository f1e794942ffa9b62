"""The door to the staff screen on a live terminal: a restart gives no try back."""

import json
import signal
from pathlib import Path

import pytest

from kiosk.pin_tries import NAME
from kiosk.staff import hash_pin
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office, until

pytestmark = pytest.mark.screen

SIZE = (1280, 800)
PIN = "4829"


def start(office: Office, display: Display, described: Path) -> Finger:
    described.unlink(missing_ok=True)
    office.start_kiosk(display.environment(), "--describe", str(described))
    finger = Finger(display, described)
    finger.until("IdleView")
    display.settle()
    finger.choose("Cán bộ", "StaffLockView")
    return finger


def type_in(finger: Finger, pin: str) -> None:
    for digit in (*pin, "Vào"):
        finger.press(digit)


def test_a_restart_gives_no_try_back_and_shortens_no_wait(tmp_path: Path) -> None:
    settings: dict[str, object] = {
        "screen": {"width": SIZE[0], "height": SIZE[1]},
        "staff_pin": hash_pin(PIN),
    }
    with Display(SIZE) as display, Office(tmp_path / "office", settings) as office:
        kept = office.folder / "terminal" / NAME
        finger = start(office, display, tmp_path / "described.jsonl")
        type_in(finger, "1928")
        until(kept.exists, "the try is kept")
        office.stop("kiosk", signal.SIGKILL)
        line = json.loads(kept.read_text())
        assert (line["wrong"], PIN in str(line), "1928" in str(line)) == (1, False, False)

        # As after seven more, and the plug pulled.
        kept.write_text(json.dumps({**line, "wrong": 8, "boot": "the last start"}).ljust(128))
        finger = start(office, display, tmp_path / "described.jsonl")
        type_in(finger, PIN)
        display.settle()
        assert finger.until("StaffLockView")
        assert json.loads(kept.read_text())["wrong"] == 8
        finger.scan(office.card("badge", "cb-01"))
        finger.until("StaffHomeView")
        assert json.loads(kept.read_text())["wrong"] == 8, "a badge gives nothing back"
