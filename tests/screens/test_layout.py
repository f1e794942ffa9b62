"""No text leaves its tile or the window, nothing crosses anything, keys keep 9 mm and answers 15 mm."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.support.display import Display
from tests.support.layout import run_together

PANELS = {
    (800, 480): ("7",),
    (1024, 600): ("7",),
    (1280, 800): ("8", "10.1"),
    (1920, 1080): ("10.1", "15.6", "21.5"),
    (800, 1280): ("10.1",),
    (1080, 1920): ("10.1", "21.5"),
}
"""Windows, and the diagonals of panels that show them; a panel that does not tell its own is always tried."""

pytestmark = pytest.mark.screen


def look(size: tuple[int, int], *more: str) -> list[str]:
    with Display(size) as display:
        command = [sys.executable, "-m", "tests.support.layout", "--size", "{}x{}".format(*size), *more]
        done = subprocess.run(
            command, env=display.environment(), capture_output=True, text=True, check=True, timeout=300
        )
    return done.stdout.splitlines()


@pytest.mark.parametrize("size", PANELS)
def test_every_text_stays_in_its_tile_and_every_answer_keeps_15_mm(size: tuple[int, int]) -> None:
    assert look(size, "--inches", *PANELS[size]) == []


def test_a_label_that_leaves_its_tile_is_found() -> None:
    found = look((1280, 800), "--break")
    assert any("leaves its tile" in line for line in found)
    assert any("crosses" in line for line in found)


@pytest.mark.parametrize(("apart", "below", "together"), [(8, 0, True), (12, 0, False), (8, 30, False)])
def test_a_label_that_runs_into_its_value_is_found(apart: int, below: int, together: bool) -> None:
    label = SimpleNamespace(ink_box=(10, 100, 50, 26), type_size=20)
    value = SimpleNamespace(ink_box=(60 + apart, 100 - below, 80, 26), type_size=20)
    assert run_together(label, value) is run_together(value, label) is together
