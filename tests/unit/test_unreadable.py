"""A terminal whose kiosk.toml can't be used waits for the person who changes it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.unreadable import LONGEST, wait_for_change


def change(path: Path) -> None:
    path.write_text("device = 'may-01'\n")


def replace(path: Path) -> None:
    path.with_suffix(".new").write_text(path.read_text())
    path.with_suffix(".new").rename(path)


@pytest.mark.parametrize("act", [change, replace, Path.unlink, lambda path: path.chmod(0o640)])
def test_a_changed_file_ends_the_wait_within_a_second(tmp_path: Path, act: Callable[[Path], None]) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("device =")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            act(path)

    wait_for_change(path, wait=wait)
    assert waits == [1.0] * 3


def test_the_wait_ends_before_the_service_manager_loses_patience(tmp_path: Path) -> None:
    waits: list[float] = []
    wait_for_change(tmp_path / "kiosk.toml", wait=waits.append)
    assert sum(waits) == LONGEST < 90


@pytest.mark.programs
def test_a_service_is_not_started_again_and_again_and_a_person_is_not_kept_waiting(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("device =")
    command = [sys.executable, "-m", "kiosk", "--config", str(path)]
    by_hand = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (by_hand.returncode, "HL1002" in by_hand.stderr) == (2, True)
    environment = {**os.environ, "NOTIFY_SOCKET": "@nobody-listens"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        assert "HL1002" in service.stderr.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            service.wait(0.5)
        path.write_text("device = ")
        assert service.wait(10) == 2
