"""The guide to forms: every command in it is run, in its order, and does what the guide says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.forms.xlsform import expressions
from sync.central.office.forms.xlsform.vocabulary import (
    CONTACT,
    FIELD_LIST,
    LIKERT,
    PRIVACY,
    RESPONDENTS,
    SCALE,
)
from tests.support.wire import CentreUnderTest

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = (DEPLOY / "phieu-hoi.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if "hailong-" in line]
AS_HAILONG = "runuser -u hailong -- hailong-central "


def edit(workbook: Path) -> None:
    """What step 2 asks for."""
    book = load_workbook(workbook)
    survey, settings = book["survey"], book["settings"]
    (first,) = (row for row in survey.iter_rows() if row[1].value == "result")
    first[2].value = "Ông/bà có hài lòng về kết quả không?"
    (version,) = (column for column in settings.iter_cols() if column[0].value == "version")
    version[1].value = "2"
    book.save(workbook)


def run_central(command: str, places: dict[str, str]) -> str:
    for place, here in places.items():
        command = command.replace(place, here)
    done = CliRunner().invoke(app, shlex.split(command.removeprefix(AS_HAILONG)))
    assert done.exception is None, f"{command}: {done.exception}"
    return done.output


@pytest.mark.screen
def test_every_command_is_run_in_its_order(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "central")
    places = {"/var/lib/hailong/central": str(central.folder), "/var/lib/hailong": str(tmp_path)}
    said: dict[str, str] = {}
    for command in COMMANDS:
        if command.startswith("hailong-kiosk "):
            words = shlex.split(command.replace("/var/lib/hailong", str(tmp_path)))[1:]
            environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
            subprocess.run([sys.executable, "-m", "kiosk", *words], env=environment, check=True, timeout=60)
            continue
        assert command.startswith(AS_HAILONG)
        noun, verb = command.removeprefix(AS_HAILONG).split()[:2]
        assert noun == "forms"
        said[verb] = run_central(command, places)
        if verb == "export" and "compare" not in said:
            edit(tmp_path / "phieu.xlsx")
    central.close()
    assert said["check"] == "Phát hành được.\n"
    assert "đổi lời: result text.vi" in said["compare"]
    assert "Ông/bà có hài lòng về kết quả không?" in said["preview"]
    assert said["release"] == "Đã phát hành kien-hung bản 2.\n"
    assert len(list((tmp_path / "anh-phieu").glob("kien-hung-2-vi-*.png"))) == 8


def test_the_folders_are_those_of_the_installation() -> None:
    installation = (DEPLOY / "README.md").read_text("utf-8")
    for folder in set(re.findall(r"--data (\S+)", GUIDE)):
        assert folder in installation


def test_every_word_of_the_format_is_explained() -> None:
    words = {*PRIVACY, *RESPONDENTS, LIKERT, FIELD_LIST, SCALE, "title", "thanks", "keep_language", "form_id"}
    words |= {f"…_{field}" for field in CONTACT} | {expressions.write_filter("result")}
    words |= {expressions.write_condition("way", ["a", "b"]), expressions.write_limits(0, 9)}
    words |= {expressions.write_length(500)}
    assert {word for word in words if f"`{word}`" not in GUIDE} == set()


def test_every_command_and_option_that_is_named_exists() -> None:
    help_texts = "".join(
        CliRunner().invoke(app, ["forms", verb, "--help"], terminal_width=200).output
        for verb in ("list", "draft", "check", "compare", "preview", "release", "discard", "export", "copy")
    )
    named = set(re.findall(r"--[a-z][a-z-]*", GUIDE)) - {"--require-hashes", "--size", "--to"}
    assert {option for option in named if option not in help_texts} == set()
