"""The guides to the centre name only commands and options that there are, and each one they are about."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from sync.central.__main__ import app

SERVER = Path(__file__).parents[2] / "deploy" / "server"
GUIDE = (SERVER / "README.md").read_text("utf-8")
NODES = (SERVER / "cluster" / "README.md").read_text("utf-8")
ABOUT = (
    "setup",
    "doctor",
    "upgrade",
    "migrate-db",
    "units import",
    "tokens create",
    "tokens list",
    "tokens expire",
    "tokens revoke",
    "restore",
)
PEOPLE = tuple(f"people {each}" for each in ("add", "list", "role", "change", "link", "reset-factor", "end"))
KEYS = tuple(f"keys {each}" for each in ("announce", "use", "show", "request", "import"))
ROOT = tuple(f"keys root {each}" for each in ("make", "print", "restore", "sign"))
ALSO = ("void", "retag", "forget", "purge", "audit")


def commands() -> dict[str, set[str]]:
    """Each command of the centre, as it is typed, with its options."""
    options: dict[str, set[str]] = {}
    waiting = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{name} {each}".strip(), inner[each]) for each in inner]
        if not inner:
            options[name] = {option for each in command.params for option in each.opts}
    return options


def named(guide: str) -> Iterator[tuple[str, set[str]]]:
    """Each command of the centre that a guide names, with the options it gives it."""
    known = commands()
    for line in re.findall(r"hailong-central +([a-z-]+[^`#&|\n]*)", guide):
        words = line.split()
        spelled = [" ".join(words[:count]) for count in (3, 2, 1)]
        yield (
            next((name for name in spelled if name in known), spelled[0]),
            set(re.findall(r"--[a-z-]+", line)),
        )


@pytest.mark.parametrize("guide", [GUIDE, NODES], ids=["server", "cluster"])
def test_a_guide_names_commands_and_options_that_exist(guide: str) -> None:
    known = commands()
    assert {name for name, _ in named(guide)} <= set(known)
    assert [(name, options - known[name]) for name, options in named(guide) if options - known[name]] == []


def test_each_guide_names_the_commands_it_is_about() -> None:
    assert {*ABOUT, *ALSO, *PEOPLE, *KEYS, *ROOT} <= {name for name, _ in named(GUIDE)}
    assert {"new-epoch", "backup"} <= {name for name, _ in named(NODES)}


def test_the_units_of_systemd_call_commands_that_exist() -> None:
    for path in SERVER.glob("*.service"):
        (called,) = re.findall(r"bin/hailong-central ([a-z-]+)", path.read_text("utf-8"))
        assert called in commands(), path.name
