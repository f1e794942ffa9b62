"""A form as pictures: drawn by the terminal's own screens, on a machine without any screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from sync.central.office.forms.writing import form_toml
from tests.support.plans import ASSETS
from tests.support.surveys import every_kind


def preview(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "SDL_VIDEODRIVER")
    }
    command = [sys.executable, "-m", "kiosk", "preview", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_every_page_of_a_form_becomes_a_picture_also_those_under_a_condition(tmp_path: Path) -> None:
    form = tmp_path / "form.toml"
    form.write_text(form_toml(every_kind()), "utf-8")
    done = preview(str(form), "--to", str(tmp_path / "anh"), "--language", "vi", "--size", "800x480")
    assert done.stderr == ""
    paths = sorted((tmp_path / "anh").iterdir())
    assert [str(path) for path in paths] == done.stdout.splitlines()
    names = [path.stem.removeprefix("every-kind-1-vi-") for path in paths]
    pages = [f"page-{number}" for number in range(1, 11)]
    assert [name[3:] for name in names] == ["privacy", *pages[:8], "gate", *pages[8:], "thanks"]
    pictures = [Image.open(path).convert("RGB") for path in paths]
    assert {picture.size for picture in pictures} == {(800, 480)}
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    for picture in pictures:
        assert len(picture.getcolors(800 * 480) or ()) > 20
        # Upright: the bar with the office's name is at the top, so the last row is empty.
        assert len(picture.crop((0, 475, 800, 480)).getcolors() or ()) == 1


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (('kind = "rating"', 'kind = "stars"'), "HL1003"),
        (("text.en", "text.fr"), "HL1006"),
        (("=", ":"), "HL1002"),
    ],
)
def test_a_wrong_form_is_refused_before_anything_is_drawn(
    tmp_path: Path, change: tuple[str, str], number: str
) -> None:
    form = tmp_path / "form.toml"
    text = (ASSETS / "surveys" / "kien-hung.toml").read_text("utf-8")
    form.write_text(text.replace(*change), "utf-8")
    done = preview(str(form), "--to", str(tmp_path / "anh"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{number} [{form}")
    assert not (tmp_path / "anh").exists()
