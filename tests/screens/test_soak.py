"""Many visits in a row, and random hands: see tests/support/soak.py and tests/support/random_hands.py.

`make soak` takes two thousand visits, and half an hour of random hands.
"""

import json
import subprocess
import sys

import pytest

from tests.support.random_hands import violations
from tests.support.witness import Line

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]


def test_a_hundred_visits_leak_no_memory_and_no_widget() -> None:
    command = [sys.executable, "-m", "tests.support.soak", "--visits", "100"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout


def test_what_was_promised_holds_under_random_hands() -> None:
    command = [sys.executable, "-m", "tests.support.random_hands", "--seed", "12"]
    short = ["--minutes", "0.3", "--round", "6"]
    done = subprocess.run([*command, *short], capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["start"] >= 4, "the screen was lost, the terminal was killed, and it was told to end"
    assert outcome["accepted"] >= 3, "one handover in each round"


def ledger(*lines: str) -> list[Line]:
    return [Line(*line.split(" ")) for line in lines]


WELL = ledger("start", "accepted", "begun a", "kept a", "stored a", "thanks")


def test_a_broken_promise_is_found() -> None:
    assert violations(WELL, ["a"]) == []
    assert violations(WELL, []) == ["a is lost"]
    assert violations(WELL, ["a", "a"]) == ["a is there 2 times"]
    assert violations(WELL, ["a", "b"]) == ["b comes from nowhere"]
    unstored = ledger("start", "accepted", "begun a", "kept a", "thanks", "stored a")
    assert violations(unstored, ["a"]) == ["thanks without a response that was stored"]
    unkept = ledger("start", "accepted", "accepted", "accepted", "begun a", "kept a")
    assert violations(unkept, ["a"]) == ["3 handovers accepted, 1 visits"]
