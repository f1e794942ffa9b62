"""A touch of "Bắt đầu" while the idle picture is drawn again, in a real window."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.display import Display

pytestmark = pytest.mark.screen

TOUCH = """
import json, sys, time
from datetime import datetime
from pathlib import Path
from kiosk.events import Touched
from tests.support.samples import samples
from tests.support.stage import open_stage, picture

SIZE = (1280, 800)
clock, asked, reported = ["2026-03-02T07:59:59.700+07:00"], [], []

def moment():
    asked.append(clock[0])
    return datetime.fromisoformat(clock[0])

stage = open_stage(SIZE, Path(sys.argv[1]), moment, reported.append)
from kivy.base import EventLoop
from kivy.input.providers.mouse import MouseMotionEvent
sample = dict(samples("vi", 0, False))["idle-touch"]

def touched(meanwhile):
    stage.show(sample, SIZE)
    picture(stage)
    stage.flipped()  # only what was seen can be touched
    start = next(target for target in stage.targets() if target.name == "Bắt đầu")
    before = tuple(start.pos)
    place = start.center_x / SIZE[0], start.center_y / SIZE[1]
    touch = MouseMotionEvent("mouse", "finger", [*place, "left"], is_touch=True, type_id="touch")
    EventLoop.post_dispatch_input("begin", touch)
    meanwhile()
    EventLoop.post_dispatch_input("end", touch)
    count = len([event for event in reported if isinstance(event, Touched)])
    reported.clear()
    return count, before

def minute():
    clock[0] = "2026-03-02T08:00:00+07:00"
    end = time.monotonic() + 10
    while clock[0] not in asked:  # three tenths of a second later the picture looks at the time
        assert time.monotonic() < end
        EventLoop.idle()

turned, before = touched(minute)
again, after = touched(lambda: stage.show(sample, SIZE))
print(json.dumps({"turned": turned, "again": again, "moved": before != after}))
"""


def test_a_touch_counts_while_the_minute_turns_and_the_picture_is_drawn_again(tmp_path: Path) -> None:
    with Display((1280, 800)) as display:
        done = subprocess.run(
            [sys.executable, "-c", TOUCH, str(tmp_path)],
            env=display.environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=60,
        )
    # The picture moves on with the next one, so that nothing burns into the panel.
    assert json.loads(done.stdout.splitlines()[-1]) == {"turned": 1, "again": 1, "moved": True}
