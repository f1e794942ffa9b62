"""Outbox, agent, hailong-pull and what the terminal decides import where there is no POSIX."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("sync.contract", "sync.host", "sync.outbox", "sync.agent", "sync.pull", "sync.tables")
# The server: it listens where POSIX is.
OF_THE_CENTRE = {"sync"}


def without_window() -> list[str]:
    """The modules of the terminal that don't need its window, as the layers name them."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (deciding,) = (rule for rule in rules if rule["name"] == "what decides never imports Kivy")
    return [name for name in deciding["source_modules"] if name not in OF_THE_CENTRE]


@pytest.mark.programs
def test_everything_but_the_window_and_the_centre_imports_without_posix() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.without_posix", *PARTS, *without_window()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *failures, counted = done.stdout.splitlines()
    assert failures == []
    assert int(counted.split()[0]) > 100
