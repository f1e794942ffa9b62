"""This machine's clock is set to the centre's time only where nothing else sets it."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.agent.centre_clock import NAME, CentreClock, write_centre_time
from sync.agent.setting_clock import run_command, set_clock
from sync.agent.uptime import Uptime
from sync.contract.problem import ProblemError

THEN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
START = Uptime("b0074a7e", 60_000)
LATER = Uptime("b0074a7e", 90_000)
WRONG = datetime(1970, 1, 1, tzinfo=UTC)


class Timedated:
    """timedatectl, as it answers where network time is on or off."""

    def __init__(self, network: str = "no") -> None:
        self.network = network
        self.calls: list[Sequence[str]] = []

    def __call__(self, words: Sequence[str]) -> str:
        self.calls.append(words)
        return f"NTP={self.network}\nNTPSynchronized=no\n" if words[1] == "show" else ""


def test_the_clock_is_set_to_what_the_centre_said_and_the_time_since(tmp_path: Path) -> None:
    write_centre_time(tmp_path, THEN, START)
    system = Timedated()
    assert set_clock(tmp_path, WRONG, LATER, system) == THEN + timedelta(seconds=30)
    assert system.calls[-1] == ["timedatectl", "set-time", "2026-03-02 08:00:30 UTC"]


@pytest.mark.parametrize(
    ("own", "uptime", "network"),
    [
        (WRONG, LATER, "yes"),
        (WRONG, Uptime("another start", 90_000), "no"),
        (THEN + timedelta(seconds=100), LATER, "no"),
    ],
    ids=["network time is on", "said before the machine started", "right enough"],
)
def test_the_clock_stays_as_it_is(tmp_path: Path, own: datetime, uptime: Uptime, network: str) -> None:
    write_centre_time(tmp_path, THEN, START)
    system = Timedated(network)
    assert set_clock(tmp_path, own, uptime, system) is None
    assert all(words[1] == "show" for words in system.calls)


def test_without_a_word_of_the_centre_nothing_is_looked_at(tmp_path: Path) -> None:
    system = Timedated()
    assert set_clock(tmp_path, WRONG, LATER, system) is None
    assert system.calls == []


def test_root_reads_a_plain_file_with_a_time_that_can_be(tmp_path: Path) -> None:
    """Who took the agent over holds nothing of root's up."""
    system = Timedated()
    os.mkfifo(tmp_path / NAME)
    assert set_clock(tmp_path, WRONG, LATER, system) is None
    (tmp_path / NAME).unlink()
    write_centre_time(tmp_path, THEN, Uptime(START.boot, -(2**62)))
    assert set_clock(tmp_path, WRONG, LATER, system) is None
    assert system.calls == []


@pytest.mark.programs
def test_what_the_system_refuses_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        run_command([str(tmp_path / "timedatectl"), "show"])
    assert caught.value.problem.number == "HL4216"
    program = tmp_path / "timedatectl"
    program.write_text("#!/bin/sh\necho 'Access denied' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(ProblemError) as caught:
        run_command([str(program), "set-time", "x"])
    assert (caught.value.problem.number, caught.value.problem.detail) == ("HL4216", "Access denied")


def test_its_time_goes_on_without_the_machines_clock() -> None:
    shown, ticks = [WRONG], [100.0]
    clock = CentreClock(lambda: shown[0], lambda: ticks[0])
    assert (clock.now(), clock.corrects) == (WRONG, False)
    clock.learn(THEN)
    ticks[0] += 60
    assert (clock.now(), clock.corrects) == (THEN + timedelta(minutes=1), True)
    shown[0] = THEN + timedelta(minutes=1)
    assert (clock.now(), clock.corrects) == (THEN + timedelta(minutes=1), False)
