"""The shortest visit of each survey as a strip of pictures: `make gallery` writes build/gallery/film-*.png.

Every picture is read back from the real window. Above it is the second in which it appeared, counted from the
scan with the paces of `tests/support/citizen.py`; the target that the citizen touched is ringed. A touch
without a target in the window is an error.

    python -m tests.support.film           all surveys, on a display of its own
    python -m tests.support.film --same    here: what differs between the satisfied and the dissatisfied
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct
from PIL import Image, ImageChops, ImageDraw, ImageFont

from kiosk.events import Effect, Event
from sync.contract.survey import Survey
from tests.support.citizen import (
    DISSATISFIED,
    HURRIED,
    PANEL,
    SATISFIED,
    Moment,
    Wish,
    heard,
    page_of,
    panel_rules,
    walk,
)
from tests.support.display import Display
from tests.support.plans import shipped_surveys
from tests.support.surveys import betraying

OUT = Path("build/gallery")
COMPARED = ("kien-hung", "quang-binh-cong-dan")
"""The shortest survey and the longest."""
MORNING = datetime.fromisoformat("2026-03-02T09:41:00+07:00")
FONT = Path("assets/fonts/Roboto-Regular.ttf")
EDGE = 6
"""Pixels around a target into which its frame may reach."""
SOONEST, LATEST = 0.01, 1.0
"""Seconds between two looks at whether a touch has acted, and after which it never will."""


Box = tuple[float, float, float, float]


class Frame(Struct, frozen=True):
    """One moment of the film.

    page: which screen it is. at: milliseconds after the scan. still: the screen as the citizen finds it;
    pressed: with the finger on `box` (x, y, width, height from the top left). acted: seconds until the touch
    did something. effects: sounds and waits that followed.
    """

    page: str
    at: int
    still: Image.Image
    pressed: Image.Image
    box: Box | None
    acted: float
    effects: tuple[Effect, ...]


class Camera:
    """Plays visits in the window of this process, on a clock of its own. Once a process."""

    def __init__(self, size: tuple[int, int], home: Path) -> None:
        from tests.support.stage import open_stage

        self.size = size
        self.seconds = 0.0
        self._heard: list[Event] = []
        self.stage = open_stage(
            size, home, now=lambda: MORNING + timedelta(seconds=self.seconds), report=self._heard.append
        )
        from kivy.clock import Clock

        Clock.time = lambda: self.seconds

    def film(self, survey: Survey, wish: Wish) -> Iterator[Frame]:
        """A hurried visit with this wish."""
        began = self.seconds = self.seconds + 1.0
        for moment in walk(panel_rules(survey, self.size), wish, HURRIED):
            self._until(began + moment.since / 1000)
            self.stage.show(moment.shown, self.size)
            yield self._frame(moment)
            self._until(began + moment.until / 1000)

    def _frame(self, moment: Moment) -> Frame:
        from kiosk.screens.thanks import DRAWN_IN, ThanksScreen
        from tests.support.stage import picture

        if isinstance(self.stage.screen, ThanksScreen):
            picture(self.stage)
            self._until(self.seconds + DRAWN_IN)
        page, effects = page_of(moment.shown.view), heard(moment.effects)
        still = picture(self.stage)
        if moment.touch is None or moment.keys:
            return Frame(page, moment.since, still, still, None, 0.0, effects)
        target = self._target(moment.touch)
        began = self.seconds
        target.press()
        pressed = picture(self.stage)
        target.choose()
        while moment.touch not in self._heard:
            if self.seconds > began + LATEST:
                raise LookupError(f"{target.name} did not act within {LATEST:g} s")
            self._until(self.seconds + SOONEST)
        x, y, width, height = target._box
        box = (x, self.size[1] - y - height, width, height)
        return Frame(page, moment.since, still, pressed, box, round(self.seconds - began, 3), effects)

    def _target(self, touch: Event) -> Any:
        """The target to touch for this event; raises LookupError if there is none."""
        for target in self.stage.targets():
            if not target.writes:
                self._heard.clear()
                target.act()
                if self._heard == [touch]:
                    self._heard.clear()
                    return target
        raise LookupError(f"nothing in the window means {touch}")

    def _until(self, seconds: float) -> None:
        from kivy.clock import Clock

        self.seconds = max(self.seconds, seconds)
        Clock.tick()


def strip(frames: list[Frame], title: str, columns: int = 4, width: int = 480) -> Image.Image:
    """The film on one sheet: the second above each picture, the touch ringed in it."""
    gap, line = 16, 40
    height = round(width * PANEL[1] / PANEL[0])
    rows = -(-len(frames) // columns)
    size = (columns * (width + gap) + gap, rows * (height + line + gap) + gap + line)
    sheet = Image.new("RGB", size, "#FFFFFF")
    draw = ImageDraw.Draw(sheet)
    write = partial(draw.text, fill="#1B2430", font=ImageFont.truetype(str(FONT), 24))
    write((gap, gap // 2), title)
    touches = 0
    for index, frame in enumerate(frames):
        row, column = divmod(index, columns)
        left, top = gap + column * (width + gap), line + gap + row * (height + line + gap)
        touches += frame.box is not None
        write((left, top), f"{seconds(frame.at)}  ·  chạm {touches}" if frame.box else seconds(frame.at))
        scale = width / frame.still.width
        small = frame.still.resize((width, height), Image.Resampling.LANCZOS)
        if frame.box:
            x, y, wide, high = (scale * value for value in frame.box)
            middle, radius = (x + wide / 2, y + high / 2), 18
            around = tuple(value + sign * radius for sign in (-1, 1) for value in middle)
            ImageDraw.Draw(small).ellipse(around, outline="#D6006C", width=5)
        sheet.paste(small, (left, top + line - 4))
        draw.rectangle((left - 1, top + line - 5, left + width, top + line - 4 + height), outline="#9AA3AD")
    return sheet


def seconds(milliseconds: int) -> str:
    """As Vietnamese write it."""
    return f"{milliseconds / 1000:.1f} s".replace(".", ",")


def differences(camera: Camera, survey: Survey) -> Iterator[str]:
    """The differences between two visits, except in the cell that the finger touches or marks."""
    one, other = (list(camera.film(survey, wish)) for wish in (SATISFIED, DISSATISFIED))
    if len(one) != len(other):
        yield f"{len(one)} pictures, and {len(other)}"
    page, touched = "", list[Box]()
    for number, (ours, theirs) in enumerate(zip(one, other, strict=False), start=1):
        where = f"picture {number}, {ours.page}"
        if ours.page != theirs.page:
            yield f"{where}: and {theirs.page}"
            return
        if ours.page != page:
            page, touched = ours.page, []
        if (ours.at, ours.acted, ours.effects) != (theirs.at, theirs.acted, theirs.effects):
            yield f"{where}: other times or sounds"
        if differ(ours.still, theirs.still, touched):
            yield f"{where}: it differs before it is touched"
        touched += [frame.box for frame in (ours, theirs) if frame.box]
        if differ(ours.pressed, theirs.pressed, touched):
            yield f"{where}: more differs than what is touched"


def differ(one: Image.Image, other: Image.Image, boxes: list[Box]) -> bool:
    """Whether two pictures differ anywhere but in these boxes."""
    difference = ImageChops.difference(one, other)
    for x, y, width, height in boxes:
        cell = (round(x - EDGE), round(y - EDGE), round(x + width + EDGE), round(y + height + EDGE))
        difference.paste(0, cell)
    return difference.getbbox() is not None


def make(size: tuple[int, int]) -> None:
    """Write the strips."""
    OUT.mkdir(parents=True, exist_ok=True)
    camera = Camera(size, OUT / ".kivy")
    for id, survey in shipped_surveys().items():
        frames = list(camera.film(survey, SATISFIED))
        strip(frames, f"{id}: {seconds(frames[-1].at)}").save(OUT / f"film-{id}.png")


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draw", action="store_true", help="draw here, on the display there is")
    parser.add_argument("--same", action="store_true", help="compare the satisfied and the dissatisfied here")
    parser.add_argument("--break", dest="broken", action="store_true", help="with a form that betrays")
    asked = parser.parse_args()
    if asked.same:
        forms = [betraying()] if asked.broken else [shipped_surveys()[id] for id in COMPARED]
        with TemporaryDirectory() as home:
            camera = Camera(PANEL, Path(home))
            for form in forms:
                for difference in differences(camera, form):
                    print(f"{form.id}: {difference}", flush=True)
        return
    if asked.draw:
        make(PANEL)
        return
    with Display(PANEL) as display:
        command = [sys.executable, "-m", "tests.support.film", "--draw"]
        subprocess.run(command, env=display.environment(), check=True)
    print(OUT / "film-*.png", flush=True)


if __name__ == "__main__":
    main()
