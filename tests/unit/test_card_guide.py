"""The guide to cards, codes and lists names only commands and options that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main

from sync.central.__main__ import app
from sync.central.office.case_list import load_columns
from sync.contract.problem.table import KINDS

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = (DEPLOY / "the-va-ma.md").read_text("utf-8")
FOLDERS = {"--data": "/var/lib/hailong/central", "--bundle": "/var/lib/hailong/central-bundle"}


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
    assert set(re.findall(r"--[a-z][a-z-]*", GUIDE)) <= known


def test_every_command_uses_the_folders_and_the_user_of_the_installation() -> None:
    installation = (DEPLOY / "README.md").read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL):
        for line in re.findall(r".*hailong-central .*", block):
            assert line.startswith("runuser -u hailong -- "), line
            for option, folder in re.findall(r"(--data|--bundle) (\S+)", line):
                assert folder == FOLDERS[option]
                assert folder in installation


def test_the_mapping_can_be_read_as_it_is_shown(tmp_path: Path) -> None:
    shown = next(
        block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "dossier =" in block
    )
    (separator,) = re.findall(r'`delimiter = ("[^`]+")`', GUIDE)
    path = tmp_path / "cot.toml"
    path.write_text(f"delimiter = {separator}\n{shown}", "utf-8")
    columns = load_columns(path)
    assert columns.delimiter == "\t"
    assert columns.headings() == (
        *("Mã hồ sơ", "Mã thủ tục", "Cán bộ xử lý", "Đối tượng nộp", "Ngày trả kết quả"),
    )


def test_the_remedy_for_an_unclear_order_of_days_can_be_written_into_the_mapping(tmp_path: Path) -> None:
    kind = KINDS["HL5035"]
    for remedy in (kind.remedy, kind.remedy_en):
        ((setting, first, other),) = re.findall(r'`(\w+) = ("[^"]+")` \(\w+ ("[^"]+")\)', remedy)
        assert setting == "day_order"
        for value in (first, other):
            path = tmp_path / "cot.toml"
            path.write_text(f'dossier = "Mã hồ sơ"\nprocedure = "Mã thủ tục"\n{setting} = {value}', "utf-8")
            assert f'"{load_columns(path).day_order}"' == value
