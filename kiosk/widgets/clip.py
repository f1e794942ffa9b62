"""Somebody who signs the question: the first frame at rest, played once when it is touched.

Nothing moves before a citizen asked for it. Who touched it once sees the next questions signed without
another touch, until the visit ends.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.devices.frames import A_SECOND, Frames
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Rect
from kiosk.widgets.target import Target
from kiosk.widgets.theme import Theme


class Clip(Target):
    """One clip; `asked`: is called when it is touched."""

    def __init__(self, asked: Callable[[], object]) -> None:
        super().__init__(self._touched)
        self._asked = asked
        self._path: Path | None = None
        self._frames: Frames | None = None
        self._place = 0
        self._clock: Any = None
        self._texture: Any = None
        self.sign = Icon("play")
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))
        self.add_widget(self.sign)

    @property
    def playing(self) -> bool:
        """Whether it moves."""
        return self._clock is not None

    def show(self, path: Path, box: Rect, theme: Theme, name: str, at_once: bool) -> None:
        """Fill `box`; another file than before plays `at_once`, or waits for a touch."""
        self.name = name
        if path != self._path:
            self.leave()
            self._path, self._frames = path, Frames(path)
            self._draw_frame(0)
            if at_once:
                self._play()
        self.place(box, theme)
        self._arrange()

    def leave(self) -> None:
        """Stop, and give the file back."""
        self._stop()
        if self._frames is not None:
            self._frames.close()
        self._path = self._frames = self._texture = None
        self._picture.size = (0, 0)

    def hide(self) -> None:
        """Be gone until the next `show`."""
        super().hide()
        self.leave()
        self.sign.hide()

    def _touched(self) -> None:
        self._play()
        self._arrange()
        self._asked()

    def _play(self) -> None:
        self._stop()
        self._place = 0
        self._clock = Clock.schedule_interval(self._next, 1 / A_SECOND)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _next(self, _: float) -> None:
        self._place += 1
        if not self._draw_frame(self._place):
            self._stop()
            self._draw_frame(0)
            self._arrange()

    def _draw_frame(self, place: int) -> bool:
        frame = self._frames.frame(place) if self._frames else None
        if frame is None:
            return False
        size = (frame.width, frame.height)
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="rgb")
            self._texture.flip_vertical()
        self._texture.blit_buffer(frame.pixels, colorfmt="rgb", bufferfmt="ubyte")
        self._picture.texture = self._texture
        self.canvas.ask_update()
        return True

    def _arrange(self) -> None:
        """The picture as large as it fits, and below it the sign to play it."""
        if self._theme is None or self._texture is None:
            return
        theme, (x, y, width, height) = self._theme, self._box
        inset, foot, side = theme.dp(8), theme.dp(56), theme.dp(36)
        wide, high = self._texture.size
        scale = min((width - 2 * inset) / wide, (height - inset - foot) / high)
        size = (round(wide * scale), round(high * scale))
        self._picture.size = size
        left, bottom = x + (width - size[0]) / 2, y + foot + (height - inset - foot - size[1]) / 2
        self._picture.pos = (round(left), round(bottom))
        if self.playing:
            self.sign.hide()
        else:
            self.sign.place(x + (width - side) / 2, y + (foot - side) / 2, side, theme.ink)
