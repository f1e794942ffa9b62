"""The guide to the wire names every command and every setting there is, and no other."""

import re
from pathlib import Path

import typer.main

from sync.agent.__main__ import app as agent
from sync.agent.settings import AgentSettings
from sync.central.__main__ import app as central

GUIDE = (Path(__file__).parents[2] / "sync" / "README.md").read_text("utf-8")
# What the guide is about; others are for administrators and told elsewhere.
WIRE = ("init", "serve", "enrol-token", "devices", "keys", "backup", "restore", "new-epoch", "audit")


def commands(app: typer.Typer) -> set[str]:
    group = typer.main.get_command(app)
    found = set()
    for name, command in getattr(group, "commands", {}).items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in inner} if inner else {name}
    return found


def test_every_command_of_the_agent_is_in_the_guide() -> None:
    for command in commands(agent):
        assert re.search(rf"hailong-agent --config agent.toml {command}\b", GUIDE), command


def test_every_command_in_the_guide_exists_at_the_centre() -> None:
    groups = {each.split()[0] for each in commands(central) if " " in each}
    told = {
        f"{first} {second}" if first in groups else first
        for first, second in re.findall(r"hailong-central +([a-z-]+)(?: +([a-z-]+))?", GUIDE)
    }
    assert told <= commands(central)


def test_every_command_of_the_wire_is_in_the_guide() -> None:
    for command in commands(central):
        if command.split()[0] in WIRE and command != "devices show":
            assert f"hailong-central {command}" in GUIDE, command


def test_every_setting_of_the_agent_is_explained() -> None:
    explained = AgentSettings.__doc__ or ""
    for name in AgentSettings.__struct_fields__:
        assert f"\n    {name}: " in explained, name
