"""The main loop in a real window, as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import Display

pytestmark = pytest.mark.screen

WINDOW = """
import sys, threading
from pathlib import Path
from kiosk.__main__ import prepare_kivy
prepare_kivy(Path(sys.argv[1]), (320, 240))
from kivy.base import runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Rectangle
from kivy.uix.widget import Widget
from kiosk.loop import Loop

class Touched(Widget):
    def on_touch_down(self, touch):
        self.canvas.add(Rectangle(pos=touch.pos, size=(9, 9)))
        self.turn = loop.turns

widget = Touched()
runTouchApp(widget, embedded=True)
loop = Loop()
for _ in range(20):
    loop.turn(0)
for event in Clock.get_events():  # Kivy tidies its caches from time to time: not in this test
    event.cancel()
"""

# One turn may sleep for ten minutes here: only a wake-up ends it.
WOKEN = """
threading.Timer(0.1, loop.call, [lambda: print("woken", flush=True)]).start()
loop.turn(longest=600)
"""

LEFT_ASLEEP = WOKEN.replace("loop.call,", "loop._calls.append,")

TOUCHED = """
print("ready", flush=True)
while not hasattr(widget, "turn"):
    loop.turn(longest=600)
print(loop.turns - widget.turn, Window.canvas.needs_redraw)
"""


@pytest.fixture(scope="module")
def screen() -> Iterator[Display]:
    with Display((320, 240)) as display:
        yield display


def start(screen: Display, home: Path, program: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WINDOW + program, str(home)]
    return subprocess.Popen(command, env=screen.environment(), stdout=subprocess.PIPE, text=True)


def test_a_worker_thread_wakes_the_loop(screen: Display, tmp_path: Path) -> None:
    output, _ = start(screen, tmp_path, WOKEN).communicate(timeout=20)
    assert output == "woken\n"


def test_without_the_wake_up_the_loop_sleeps_on(screen: Display, tmp_path: Path) -> None:
    program = start(screen, tmp_path, LEFT_ASLEEP)
    with pytest.raises(subprocess.TimeoutExpired):
        program.communicate(timeout=5)
    program.kill()
    assert program.communicate()[0] == ""


def test_a_touch_is_dispatched_and_drawn_in_the_turn_that_it_wakes(screen: Display, tmp_path: Path) -> None:
    program = start(screen, tmp_path, TOUCHED)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    screen.settle()
    screen.tap(100, 100)
    assert program.communicate(timeout=20)[0] == "0 False\n"
