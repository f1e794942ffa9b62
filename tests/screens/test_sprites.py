"""Faces and signs are kept as pictures: they look as if they were drawn anew, and are drawn once."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.display import Display

pytestmark = pytest.mark.screen

LOOK = """
import json, sys
from datetime import datetime
from pathlib import Path
from tests.support.stage import open_stage
open_stage((320, 240), Path(sys.argv[1]), datetime.now)
from kivy.graphics import Color, Fbo, Rectangle
from kiosk.widgets.face import draw_face
from kiosk.widgets.icon import DRAWINGS, draw_icon
from kiosk.widgets.sprite import MARGIN, sprite
from kiosk.widgets.surface import Surface
from kiosk.widgets.theme import Theme

def pixels(side, ground, *drawn):
    canvas = Fbo(size=(side, side))
    canvas.add(Color(*ground))
    canvas.add(Rectangle(size=(side, side)))
    for instruction in drawn:
        canvas.add(instruction)
    canvas.draw()
    return canvas.pixels

def difference(draw, side, edge, look):
    from kivy.graphics import InstructionGroup
    strokes = InstructionGroup()
    draw(strokes, side, look)
    kept = sprite(draw, side, edge, look)
    whole = side + 2 * MARGIN
    ground = (0.9, 0.7, 0.2, 1)
    drawn = pixels(whole, ground, strokes)
    shown = pixels(whole, ground, Color(1, 1, 1, 1), Rectangle(texture=kept, size=kept.size))
    return max(abs(a - b) for a, b in zip(drawn, shown, strict=True)), drawn != pixels(whole, ground)

theme, white = Theme(width=1280, height=800), (1, 1, 1, 1)
found = {}
for mood in range(-2, 3):
    look = (mood, theme.mood_tint(mood), theme.mood(mood), theme.ink)
    found[f"face {mood}"] = difference(draw_face, 139, theme.mood(mood), look)
for name in DRAWINGS:
    found[name] = difference(draw_icon, 32, white, (name,))
misses = sprite.cache_info().misses
sprite(draw_icon, 32, white, ("back",))
again = sprite.cache_info().misses - misses

# A citizen's first question finds everything drawn: it was rehearsed behind another screen.
from kivy.base import EventLoop
from kivy.core.window import Window
from tests.support.samples import samples
stage = Window.children[0]
pictures = dict(samples("vi", 0, False))
stage.show(pictures["idle"], (320, 240))
EventLoop.idle()
before = stage.screen, list(stage.children), stage._seen
stage.rehearse(pictures["rating-marked"])
quiet = before == (stage.screen, list(stage.children), stage._seen)
misses = sprite.cache_info().misses
stage.show(pictures["rating-marked"], (320, 240))
rehearsed = sprite.cache_info().misses - misses

# What stands on a large surface is mixed with it as anywhere else.
surface = Surface()
surface.draw((0, 0, 40, 40), (0, 0, 0, 1), (0, 0, 0, 1), 1, 1)
mixed = pixels(40, (0, 0, 0, 1), surface.canvas, Color(1, 1, 1, 0.5), Rectangle(size=(40, 40)))
middle = mixed[(20 * 40 + 20) * 4]
seen = {"found": found, "again": again, "quiet": quiet, "rehearsed": rehearsed, "mixed": middle}
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home: Path = tmp_path_factory.mktemp("kivy")
    with Display((320, 240)) as display:
        done = subprocess.run(
            [sys.executable, "-c", LOOK, str(home)],
            env=display.environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    return json.loads(done.stdout)


def test_a_kept_face_looks_as_if_it_was_drawn_anew(seen: Any) -> None:
    faces = {name: found for name, found in seen["found"].items() if name.startswith("face")}
    assert len(faces) == 5
    assert all(drawn for _, drawn in faces.values())
    assert max(difference for difference, _ in faces.values()) <= 3


def test_a_kept_sign_looks_as_if_it_was_drawn_anew(seen: Any) -> None:
    signs = {name: found for name, found in seen["found"].items() if not name.startswith("face")}
    assert all(drawn for _, drawn in signs.values())
    # Where the smoothed edges of two strokes meet, a quarter of a pixel at most.
    assert max(difference for difference, _ in signs.values()) <= 64


def test_a_picture_is_drawn_once(seen: Any) -> None:
    assert seen["again"] == 0


def test_a_question_that_was_rehearsed_draws_nothing_for_the_first_time(seen: Any) -> None:
    assert seen["quiet"], "what is on the glass stays as it is"
    assert seen["rehearsed"] == 0


def test_what_stands_on_a_large_surface_is_mixed_with_it(seen: Any) -> None:
    assert 120 <= seen["mixed"] <= 136
