"""central.env: what a person may write there, and who commands become."""

import os
from pathlib import Path

import pytest

from sync.central.office.central_env import add_defaults, become_owner, read_env, written
from tests.support.own_process import exit_code

NOBODY = 65534


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    values = {"HAILONG_DATA": "/var/lib/hailong/central", "HAILONG_DATABASE": "postgresql://a@b/c?x=y"}
    (tmp_path / "central.env").write_text(written({**values, "HAILONG_HTTPS": ""}), "utf-8")
    assert read_env(tmp_path / "central.env") == values
    assert read_env(tmp_path / "missing") == {}


def test_quotes_blanks_and_comments_are_read_as_systemd_does(tmp_path: Path) -> None:
    file = tmp_path / "central.env"
    file.write_text("# a\n; b\n\n HAILONG_DATA = \"/a b\" \nHAILONG_DATABASE='x'\nnothing\n", "utf-8")
    assert read_env(file) == {"HAILONG_DATA": "/a b", "HAILONG_DATABASE": "x"}


def test_what_the_environment_says_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "central.env").write_text("HAILONG_DATA=/file\nHAILONG_DATABASE=file\n", "utf-8")
    environment = {"HAILONG_DATA": "/mine"}
    add_defaults(environment, tmp_path / "central.env")
    assert environment == {"HAILONG_DATA": "/mine", "HAILONG_DATABASE": "file"}


def become_owner_and_never_root_again(folder: Path) -> None:
    become_owner(folder)
    with pytest.raises(PermissionError):
        os.setuid(0)
    assert os.getresuid() == (NOBODY,) * 3


@pytest.mark.root
@pytest.mark.programs
def test_roots_commands_go_on_as_the_owner_of_the_data(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    assert exit_code(become_owner_and_never_root_again, tmp_path) == 0
