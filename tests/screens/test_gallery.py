"""What the gallery shows, looked at by a program."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.display import Display

pytestmark = pytest.mark.screen

GROUND = (0xF6, 0xF5, 0xF1)
WHITE = (0xFF, 0xFF, 0xFF)


def test_where_no_emblem_is_set_the_idle_screen_shows_none(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.support.gallery",
        "--draw",
        "--size",
        "1280x800",
        "--only",
        "idle",
    ]
    root = Path(__file__).parents[2]
    with Display((1280, 800)) as display:
        environment = {**display.environment(), "PYTHONPATH": str(root)}
        subprocess.run(command, env=environment, cwd=tmp_path, check=True, timeout=60)
    picture = Image.open(tmp_path / "build" / "gallery" / "1280x800" / "vi-idle.png").convert("RGB")
    corner = picture.crop((0, 0, 640, 180))
    colours = set(corner.get_flattened_data())
    assert GROUND in colours
    assert WHITE not in colours, "a rectangle without a picture of its own is white"
