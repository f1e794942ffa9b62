"""The guide to cards, codes and lists names only commands and options that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main

from sync.central.__main__ import app

GUIDE = (Path(__file__).parents[2] / "deploy" / "the-va-ma.md").read_text("utf-8")


def commands() -> Iterator[tuple[str, set[str]]]:
    """Each command of the centre with its options."""
    for name, command in getattr(typer.main.get_command(app), "commands", {}).items():
        yield name, {option for each in command.params for option in each.opts}


def test_every_command_has_its_options() -> None:
    options = dict(commands())
    lines = re.findall(r"hailong-central ([a-z-]+) (.*)", GUIDE)
    assert {"cards", "case-key", "import-cases", "flags"} == {name for name, _ in lines}
    for name, rest in lines:
        assert set(re.findall(r"--[a-z-]+", rest)) <= options[name], name


def test_every_option_that_is_named_exists() -> None:
    known = set().union(*(options for _, options in commands()))
    assert set(re.findall(r"--[a-z-]+", GUIDE)) <= known
