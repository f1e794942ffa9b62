"""Nothing a person can set or meet is without its words: settings, problems, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer

from kiosk.settings import Office, Patience, Screen, Settings
from kiosk.voices.commands import app as voices
from sync.agent.__main__ import app as agent
from sync.agent.settings import AgentSettings
from sync.central.__main__ import app as central
from sync.central.http.admission import Limits
from sync.central.office.messages.settings import MailSettings, MessageSettings, WebhookSettings
from sync.contract.opening import Opening
from sync.contract.problem.table import KINDS
from sync.outbox import OutboxSettings

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"HL\d{4}")
OBVIOUS = {"days", "start", "end"}  # of opening hours


MESSAGES = (MessageSettings, MailSettings, WebhookSettings)


@pytest.mark.parametrize(
    "settings",
    [Settings, Office, Screen, Patience, Opening, AgentSettings, OutboxSettings, Limits, *MESSAGES],
)
def test_every_setting_is_explained(settings: type[msgspec.Struct]) -> None:
    words = set(re.findall(r"\w+", settings.__doc__ or ""))
    assert set(settings.__struct_fields__) - words - OBVIOUS == set()


@pytest.mark.parametrize("settings", MESSAGES)
def test_every_setting_of_messages_is_in_the_guide(settings: type[msgspec.Struct]) -> None:
    guide = (ROOT / "deploy" / "server" / "README.md").read_text("utf-8")
    assert {name for name in settings.__struct_fields__ if name not in guide} == set()


def sources() -> Iterator[tuple[Path, str]]:
    for folder in ("kiosk", "sync"):
        for path in (ROOT / folder).rglob("*.py"):
            yield path, path.read_text("utf-8")


def test_every_number_in_the_product_is_in_the_table() -> None:
    unknown = {
        (path.name, number)
        for path, text in sources()
        for number in NUMBER.findall(text)
        if number not in KINDS
    }
    assert unknown == set()


def test_every_problem_says_what_happened_and_what_to_do_in_both_languages() -> None:
    for number, kind in KINDS.items():
        texts = (kind.title, kind.title_en, kind.remedy, kind.remedy_en)
        assert all(texts), number
        assert not any(text.endswith(".") for text in texts), number


def commands(app: typer.Typer) -> Iterator[tuple[str, str]]:
    for command in app.registered_commands:
        callback = command.callback
        yield str(command.name or callback), (command.help or (callback and callback.__doc__) or "")
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from commands(group.typer_instance)


@pytest.mark.parametrize("app", [central, agent, voices], ids=["central", "agent", "voices"])
def test_every_command_says_what_it_does(app: typer.Typer) -> None:
    found = list(commands(app))
    assert found
    assert [name for name, words in found if not words.strip()] == []
