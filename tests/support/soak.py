"""`make soak`: one visit after the other through the real app in a real window; growth is a leak.

    python -m tests.support.soak --visits 2000

Each visit takes another way: all answers, words written, declined, begun again, in English, in large type.
Screens that would end after a wait are ended by a touch. Memory and widgets are counted after the first
visits, when everything was built once, and at the end; any warning is an error.
"""

import argparse
import gc
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk.__main__ import prepare_kivy
from kiosk.events import (
    Answered,
    Back,
    ClosePrivacy,
    ContrastTouched,
    Event,
    Forward,
    HelpWanted,
    LanguageChosen,
    MoreWanted,
    NotNow,
    ShowPrivacy,
    StartAgain,
    TextSizeTouched,
    Touched,
)
from kiosk.settings import load_settings
from kiosk.usable import usable_bundle

SIZE = (800, 480)
WARM_UP = 100
MOST_GROWTH = 5.0
"""Megabytes that the process may grow by after the first visits."""


def main() -> int:
    """Start a display and the visits in it; 0 when nothing leaked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.folder:
        return visits(asked.folder, asked.visits)
    from tests.support.display import Display
    from tests.support.office import Office

    with tempfile.TemporaryDirectory() as folder, Display(SIZE) as display:
        kiosk: dict[str, object] = {
            "screen": {"width": SIZE[0], "height": SIZE[1]},
            "start_by_touch": True,
            "volume": 0.0,
        }
        Office(Path(folder), kiosk)
        command = [sys.executable, "-m", "tests.support.soak", "--visits", str(asked.visits)]
        return subprocess.run(
            [*command, "--folder", folder], env=display.environment(), check=False
        ).returncode


def visits(folder: Path, count: int) -> int:
    """All visits in this process, and what came of them as one line of JSON."""
    warnings: list[str] = []
    watch(warnings)
    settings = load_settings(folder / "kiosk.toml")
    prepare_kivy(settings.data / "kivy", SIZE)
    from kiosk.app import App

    app = App(settings, usable_bundle(settings), None, None)
    # The clock doesn't advance: timers of past visits would only pile up faster than in an office.
    app._glass.after = lambda milliseconds, call: lambda: None  # type: ignore[method-assign]
    app.open()
    turn(app, 50)
    began, before, widgets = time.monotonic(), 0.0, 0
    for number in range(count):
        visit(app, number)
        if number + 1 == min(WARM_UP, count // 2):
            before, widgets = measure(app)
    after, widgets_after = measure(app)
    app.close()
    outcome = {
        "visits": count,
        "seconds": round(time.monotonic() - began),
        "megabytes": round(after, 1),
        "grown": round(after - before, 2),
        "widgets": widgets_after,
        "widgets_grown": widgets_after - widgets,
        "warnings": warnings,
    }
    print(json.dumps(outcome))
    return int(after - before > MOST_GROWTH or widgets_after > widgets or bool(warnings))


def watch(warnings: list[str]) -> None:
    """Take down every warning that anything logs."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            warnings.append(f"{record.name}: {record.levelname}")

    handler = Keep(level=logging.WARNING)
    logging.getLogger().addHandler(handler)


def visit(app: Any, number: int) -> None:
    """One of several ways through the survey."""
    for event in (Touched(), *ways()[number % len(ways())]):
        app.terminal.send(event)
        turn(app, 1)
    for _ in range(6):
        if app.terminal.state.phase == "gate" and number % 2:
            app.terminal.send(MoreWanted())
            turn(app, 1)
        if app.terminal.state.phase not in ("asking", "gate"):
            break
        if number % 3 == 0 and type(app.stage.screen).__name__ == "TextScreen":
            for letter in f"góp ý {number}":
                app.stage.screen._key(letter)
            turn(app, 1)
        app.terminal.send(Forward())
        turn(app, 1)
    if app.terminal.state.phase == "thanks":
        app.terminal.send(Touched())
        turn(app, 1)
    assert app.terminal.state.phase == "idle", app.terminal.state.phase


def ways() -> tuple[tuple[Event, ...], ...]:
    """What different citizens do before they go on to the end."""
    rated = (Answered("result", 5), Answered("service", 2))
    return (
        rated,
        (NotNow(),),
        (ShowPrivacy(), ClosePrivacy(), TextSizeTouched(), TextSizeTouched(), *rated),
        (LanguageChosen("en"), ContrastTouched(), *rated),
        (Answered("result", 1), Back(), Answered("result", 4), StartAgain(), *rated),
        (HelpWanted(), *rated),
    )


def measure(app: Any) -> tuple[float, int]:
    """Megabytes of this process alone, and how many widgets there are."""
    from kivy.uix.widget import Widget

    for _ in range(3):  # graphics memory is given back in the turn after
        gc.collect()
        turn(app, 5)
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    # Not the clean pages: a library's become private whenever another program that shares it ends.
    private = sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))
    # By its type and not by isinstance, which would wake weak proxies.
    widgets = sum(issubclass(type(thing), Widget) for thing in gc.get_objects())
    return private / 1024, widgets


def turn(app: Any, count: int) -> None:
    """Run the event loop."""
    for _ in range(count):
        app.loop.turn(0)


if __name__ == "__main__":
    sys.exit(main())
