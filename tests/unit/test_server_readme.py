"""The guide to the centre's database names only commands that there are, and every one it is about."""

import re
from pathlib import Path

import typer.main

from sync.central.__main__ import app

SERVER = Path(__file__).parents[2] / "deploy" / "server"
GUIDE = (SERVER / "README.md").read_text("utf-8")
ABOUT = ("units import", "tokens create", "tokens list", "tokens expire", "tokens revoke", "restore")
KEYS = ("keys announce", "keys use", "keys show", "keys request", "keys import", "keys root")
ALSO = ("void", "retag", "forget", "purge", "audit")


def commands() -> set[str]:
    group = typer.main.get_command(app)
    found = set()
    for name, command in getattr(group, "commands", {}).items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in inner} if inner else {name}
    return found


def test_the_guide_names_its_commands_and_they_exist() -> None:
    groups = {each.split()[0] for each in commands() if " " in each}
    told = {
        f"{first} {second}" if first in groups else first
        for first, second in re.findall(r"hailong-central +([a-z-]+)(?: +([a-z-]+))?", GUIDE)
    }
    assert told <= commands()
    assert {*ABOUT, *ALSO, *KEYS} <= told


def test_the_guide_to_three_nodes_names_commands_that_exist() -> None:
    told = set(
        re.findall(r"hailong-central +([a-z-]+)", (SERVER / "cluster" / "README.md").read_text("utf-8"))
    )
    assert {"new-epoch", "backup"} <= told <= commands()


def test_the_units_of_systemd_call_commands_that_exist() -> None:
    for path in SERVER.glob("*.service"):
        (called,) = re.findall(r"bin/hailong-central ([a-z-]+)", path.read_text("utf-8"))
        assert called in commands(), path.name
