"""The texts of the shipped forms fit their screens."""

import subprocess
import sys

import pytest

from tests.support.display import Display

pytestmark = pytest.mark.screen


@pytest.mark.parametrize("size", [(800, 480), (1920, 1080), (1080, 1920)])
def test_every_page_of_every_shipped_form_fits(size: tuple[int, int]) -> None:
    with Display(size) as display:
        command = [sys.executable, "-m", "tests.support.shipped_pages", "--size", "{}x{}".format(*size)]
        done = subprocess.run(
            command, env=display.environment(), capture_output=True, text=True, check=True, timeout=120
        )
    assert done.stdout.splitlines() == []
