"""The emblem of a configuration becomes a file that can be drawn, or a problem with a number."""

import base64
from pathlib import Path

import pytest

from kiosk.emblem import emblem_file
from sync.contract.problem import ProblemError

EMBLEM = (Path(__file__).parents[1] / "support" / "emblem.png").read_bytes()


def test_it_is_written_once_and_replaces_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = Path(emblem_file(folder, base64.b64encode(b"an older one").decode()))
    path = Path(emblem_file(folder, base64.b64encode(EMBLEM).decode()))
    assert path.read_bytes() == EMBLEM
    assert list(folder.iterdir()) == [path]
    assert first != path
    written = path.stat().st_mtime_ns
    assert emblem_file(folder, base64.b64encode(EMBLEM).decode()) == str(path)
    assert path.stat().st_mtime_ns == written


def test_one_that_a_power_cut_left_empty_is_written_again(tmp_path: Path) -> None:
    path = Path(emblem_file(tmp_path, base64.b64encode(EMBLEM).decode()))
    path.write_bytes(b"")
    emblem_file(tmp_path, base64.b64encode(EMBLEM).decode())
    assert path.read_bytes() == EMBLEM


def test_one_that_can_t_be_written_or_decoded_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    for emblem in (base64.b64encode(EMBLEM).decode(), "abc"):
        with pytest.raises(ProblemError, match="HL2016"):
            emblem_file(tmp_path / "data", emblem)
