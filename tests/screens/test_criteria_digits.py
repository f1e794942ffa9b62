"""What a keypad's digits answer on a page of criteria, in a real window."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.display import Display

pytestmark = pytest.mark.screen

PRESS = """
import json, sys, time
from datetime import datetime
from pathlib import Path
from msgspec.structs import replace
from kiosk.events import Answered
from tests.support.samples import samples
from tests.support.stage import open_stage, picture

reported = []
stage = open_stage((1280, 800), Path(sys.argv[1]), datetime.now, reported.append)
from kivy.base import EventLoop
sample = dict(samples("vi", 0, False))["first-rating-three"]

def pressed(marks, levels=None):
    rows = tuple(
        replace(row, marked=mark, levels=levels or row.levels)
        for row, mark in zip(sample.view.rows, marks, strict=True)
    )
    stage.show(replace(sample, view=replace(sample.view, rows=rows)), (1280, 800))
    picture(stage)
    stage.flipped()  # only what was seen can be pressed
    stage.press_answer(1)
    end = time.monotonic() + 10
    while not (answers := [event for event in reported if isinstance(event, Answered)]):
        assert time.monotonic() < end
        EventLoop.idle()  # a press is to be seen for a moment before it acts
    reported.clear()
    return [(event.question, event.answer) for event in answers]

levels = sample.view.rows[0].levels
others = tuple(replace(level, value=level.value + 10) for level in levels)
print(json.dumps({
    "best": levels[0].value,
    "first": pressed((None, None, None)),
    "second": pressed((3, None, None)),
    "full": pressed((3, 3, 3)),
    "renewed": pressed((None, None, None), others),
}))
"""


@pytest.fixture(scope="module")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the digit 1 answered: the question and the level."""
    with Display((1280, 800)) as display:
        done = subprocess.run(
            [sys.executable, "-c", PRESS, str(tmp_path_factory.mktemp("kivy"))],
            env=display.environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=60,
        )
    return json.loads(done.stdout.splitlines()[-1])


def test_digits_answer_the_rows_in_turn_and_on_a_full_page_the_last(pressed: Any) -> None:
    best = pressed["best"]
    assert [pressed[page] for page in ("first", "second", "full")] == [
        [["a", best]],
        [["b", best]],
        [["c", best]],
    ]


def test_a_new_configuration_with_other_levels_is_what_cells_report(pressed: Any) -> None:
    assert pressed["renewed"] == [["a", pressed["best"] + 10]]
