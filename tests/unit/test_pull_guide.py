"""The guide to hailong-pull names every option and every exit code."""

import re
from pathlib import Path

import typer.main

from sync.pull.__main__ import TRY_LATER, app

GUIDE = (Path(__file__).parents[2] / "deploy" / "lay-so-lieu.md").read_text("utf-8")


def test_every_option_is_named() -> None:
    command = typer.main.get_command(app)
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    assert {"--since", "--follow"} <= options
    assert {name for name in options if name not in GUIDE} == set()


def test_every_exit_code_is_named() -> None:
    assert re.findall(r"^\| (\d+) \|", GUIDE, re.M) == ["0", "1", "2", str(TRY_LATER)]
