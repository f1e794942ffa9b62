"""A question in sign language: at rest, played once when it is touched, and again as often as wanted."""

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from kiosk.devices.sound import prompt_name
from tests.support.assets import load_survey
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import ROOT, Office
from tests.support.processes import running

pytestmark = pytest.mark.screen

NAME = "Ngôn ngữ ký hiệu"
FIRST, MOVING = (200, 30, 30), (30, 30, 200)


def clip(path: Path, frames: int = 24, moving: tuple[int, int, int] = MOVING) -> Path:
    """Frames of one colour: the first of another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        for place in range(frames):
            picture = io.BytesIO()
            Image.new("RGB", (160, 200), moving if place else FIRST).save(picture, "JPEG", quality=95)
            file.writestr(f"{place:04d}.jpg", picture.getvalue())
    return path


def colour(screen: Display, finger: Finger) -> str:
    """What the clip shows."""
    seen = finger.seen()
    assert seen is not None
    place = next((place for place in seen.targets if place.name == NAME), None)
    if place is None:
        return "nothing"
    x, y, width, height = place.box
    middle = screen.picture().getpixel((round(x + width / 2), round(y + height / 3)))
    assert isinstance(middle, tuple)
    red, blue = middle[0], middle[2]
    return "first" if red > 150 else "moving" if blue > 150 else "?"


def test_it_rests_until_it_is_touched_plays_once_and_then_by_itself(tmp_path: Path) -> None:
    size = {"width": 1280, "height": 800}
    questions = load_survey(ROOT / "assets" / "surveys" / "kien-hung.toml").questions
    with Display() as screen, Office(tmp_path / "office", {"screen": size, "volume": 0.0}) as office:
        folder = office.folder / "terminal" / "voices" / "vi"
        for question in questions[:2]:
            clip(folder / Path(prompt_name(question.text["vi"])).with_suffix(".zip"))
        described = tmp_path / "described.jsonl"
        command = [sys.executable, "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
        environment = {**os.environ, **screen.environment(), "PYTHONPATH": str(ROOT)}
        with running([*command, "--describe", str(described)], environment):
            finger = Finger(screen, described)
            finger.until("IdleView")
            screen.settle()
            finger.scan(office.card("procedure", "1.001193"))
            finger.until("RatingView")
            screen.until(lambda: colour(screen, finger) == "first", "the first frame")
            screen.settle()
            screen.screenshot(ROOT / "build" / "signed.png")
            finger.press(NAME)
            screen.until(lambda: colour(screen, finger) == "moving", "it plays")
            screen.until(lambda: colour(screen, finger) == "first", "it has played once")
            finger.press(NAME)
            screen.until(lambda: colour(screen, finger) == "moving", "it plays again")
            finger.press("Hài lòng")
            screen.until(lambda: colour(screen, finger) == "first", "the next question")
            screen.until(lambda: colour(screen, finger) == "moving", "it plays by itself")
