"""The container file names what there is: it can't be built where no base image is to be had."""

import re
from pathlib import Path

from typer.testing import CliRunner

from sync.central.__main__ import app

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "deploy" / "container" / "Containerfile").read_text("utf-8")
GUIDE = (ROOT / "deploy" / "container" / "README.md").read_text("utf-8")


def test_what_is_installed_is_the_lock_of_the_centre() -> None:
    (lock,) = re.findall(r"-r (\S+)", FILE)
    assert (ROOT / lock).is_file()
    assert "--require-hashes" in FILE


def test_it_serves_as_an_ordinary_user_with_options_that_there_are() -> None:
    said = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    options = re.findall(r'"(--[a-z]+)"', FILE[FILE.index('CMD ["serve') :])
    assert options == ["--data", "--host", "--port"]
    assert [option for option in [*options, "--proxy"] if option not in said] == []
    assert FILE.index("USER hailong") < FILE.index("ENTRYPOINT")


def test_every_path_of_the_guide_is_there() -> None:
    for path in re.findall(r"deploy/[\w./*-]+", GUIDE):
        assert list(ROOT.glob(path)), path
