"""Nobody adds a command to a guide without saying who executes it."""

import re
from itertools import chain
from pathlib import Path

from tests.support.followed import FOLLOWED, GUIDES, NOT_FOLLOWED, is_followed

DEPLOY = Path(__file__).parents[2] / "deploy"


def lines_of(guide: str) -> list[str]:
    text = (DEPLOY / guide).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return list(chain(*(block.splitlines() for block in blocks)))


def test_every_guide_with_commands_says_who_executes_them() -> None:
    found = {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*.md")}
    assert {guide for guide in found if lines_of(guide)} == set(GUIDES)
    for named in re.findall(r"tests/[\w/]+\.py", " ".join([*GUIDES.values(), *NOT_FOLLOWED.values()])):
        assert (DEPLOY.parent / named).is_file(), named


def test_every_command_of_the_servers_guide_is_executed_or_has_a_reason() -> None:
    lines = lines_of("server/README.md")
    for line in lines:
        left_out = any(re.match(pattern, line) for pattern in NOT_FOLLOWED)
        assert is_followed(line) != left_out, line
    for pattern in (*FOLLOWED, *NOT_FOLLOWED):
        assert any(re.match(pattern, line) for line in lines), pattern
