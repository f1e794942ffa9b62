"""The satisfied and the dissatisfied in a real window, picture by picture: see tests/support/film.py."""

import subprocess
import sys

import pytest

from tests.support.citizen import PANEL
from tests.support.display import Display

pytestmark = pytest.mark.screen


def look(*more: str) -> list[str]:
    command = [sys.executable, "-m", "tests.support.film", "--same", *more]
    with Display(PANEL) as display:
        done = subprocess.run(
            command, env=display.environment(), capture_output=True, text=True, check=True, timeout=150
        )
    return done.stdout.splitlines()


def test_who_watches_the_glass_can_t_tell_the_satisfied_from_the_dissatisfied() -> None:
    assert look() == []


def test_a_page_that_only_the_dissatisfied_get_is_found() -> None:
    found = look("--break")
    assert any("pictures, and" in line for line in found)
    assert any("and RatingView why" in line for line in found)
