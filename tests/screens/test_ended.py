"""A real terminal that ends on purpose, and one that crashes: only the crash is reported."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office, until

pytestmark = pytest.mark.screen

SIZE = (1280, 800)
REPORTED = "HL2015"


def start(office: Office, display: Display, described: Path) -> Finger:
    described.unlink(missing_ok=True)
    office.start_kiosk(display.environment(), "--describe", str(described))
    finger = Finger(display, described)
    finger.until("IdleView")
    display.settle()
    return finger


def restart_by_staff(office: Office, finger: Finger) -> int:
    finger.choose("Cán bộ", "StaffLockView")
    finger.scan(office.card("badge", "cb-01"))
    finger.until("StaffHomeView")
    finger.press("Thiết lập")
    finger.press("Khởi động lại")
    return office.exit_code("kiosk")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    screen: dict[str, object] = {"screen": {"width": SIZE[0], "height": SIZE[1]}, "volume": 0.0}
    with Office(tmp_path_factory.mktemp("office"), screen) as made:
        yield made


def test_an_end_on_purpose_is_told_apart_from_a_crash(office: Office, tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display(SIZE) as display:
        assert restart_by_staff(office, start(office, display, described)) == 0
        start(office, display, described)
        assert office.stop("kiosk", signal.SIGTERM) == 0
        start(office, display, described)
        assert REPORTED not in office.log("kiosk")

        assert office.stop("kiosk", signal.SIGKILL) == -signal.SIGKILL
        start(office, display, described)
        assert REPORTED in office.log("kiosk")
        assert office.stop("kiosk") == 0


def test_who_stops_it_while_it_starts_is_no_crash_either(office: Office) -> None:
    note = office.folder / "terminal" / "running"
    with Display(SIZE) as display:
        office.start_kiosk(display.environment())
        until(note.exists, "it runs")
        assert office.stop("kiosk", signal.SIGTERM) == 0
        assert not note.exists()


def test_a_lost_screen_is_reported_as_such(office: Office, tmp_path: Path) -> None:
    with Display(SIZE) as display:
        start(office, display, tmp_path / "described.jsonl")
        before = office.log("kiosk")
    assert office.exit_code("kiosk") == 2
    with Display(SIZE) as display:
        start(office, display, tmp_path / "described.jsonl")
        after = office.log("kiosk").removeprefix(before)
        assert office.stop("kiosk") == 0
    assert "HL2010" in after
    assert REPORTED not in after
