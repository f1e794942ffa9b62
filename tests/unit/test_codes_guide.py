"""deploy/the-va-ma.md: its commands exist, on the folders of the installation; its mapping can be read."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from sync.central.__main__ import app
from sync.central.case_list import load_columns

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = (DEPLOY / "the-va-ma.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
    if "hailong-central" in line
]
FOLDERS = {"--data": "/var/lib/hailong/central", "--bundle": "/var/lib/hailong/central-bundle"}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_exists_with_its_options_and_uses_the_folders_of_the_installation(line: str) -> None:
    assert line.startswith("runuser -u hailong -- hailong-central "), line
    words = shlex.split(line.partition(" > ")[0])[5:]
    command = getattr(typer.main.get_command(app), "commands", {})[words[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    for option, folder in FOLDERS.items():
        if option in words:
            assert words[words.index(option) + 1] == folder
            assert folder in (DEPLOY / "README.md").read_text("utf-8")


def test_the_mapping_can_be_read_as_it_is_shown(tmp_path: Path) -> None:
    shown = next(
        block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "dossier =" in block
    )
    separators = re.findall(r'`delimiter = ("[^`]+")`', GUIDE)
    assert separators == [r'"\t"']
    path = tmp_path / "cot.toml"
    path.write_text(f"delimiter = {separators[0]}\n{shown}", "utf-8")
    columns = load_columns(path)
    assert columns.delimiter == "\t"
    assert columns.headings() == ("Mã hồ sơ", "Mã thủ tục", "Cán bộ xử lý", "Ngày trả kết quả")
