"""No text leaves its tile or the window, nothing crosses anything, targets keep their size."""

import subprocess
import sys

import pytest

from tests.support.display import Display
from tests.support.gallery import SIZES

pytestmark = pytest.mark.screen


def look(size: tuple[int, int], *more: str) -> list[str]:
    with Display(size) as display:
        command = [sys.executable, "-m", "tests.support.layout", "--size", "{}x{}".format(*size), *more]
        done = subprocess.run(
            command, env=display.environment(), capture_output=True, text=True, check=True, timeout=120
        )
    return done.stdout.splitlines()


@pytest.mark.parametrize("size", SIZES)
def test_every_text_stays_in_its_tile_and_crosses_nothing(size: tuple[int, int]) -> None:
    assert look(size) == []


def test_a_label_that_leaves_its_tile_is_found() -> None:
    found = look((1280, 800), "--break")
    assert any("leaves its tile" in line for line in found)
    assert any("crosses" in line for line in found)
