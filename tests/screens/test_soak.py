"""Many visits in a row: see tests/support/soak.py; `make soak` takes two thousand."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]


def test_two_hundred_visits_leak_no_memory_and_no_widget() -> None:
    command = [sys.executable, "-m", "tests.support.soak", "--visits", "200"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout
