"""Thank you, the same for every rating: a check is drawn once; where configured, a code leads to the
results."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothLine

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import THANKS
from kiosk.view import ThanksView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.qr import QrCode
from kiosk.widgets.theme import Theme

DRAWN_IN = 0.3
"""Seconds that the check takes."""

CHECK = ((0.28, 0.52), (0.44, 0.36), (0.73, 0.66))


class ThanksScreen(Screen):
    """See `ThanksView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.code: QrCode | None = None
        self.add_widget(self.message)
        self._frame: Any = None
        self._started = 0.0
        self._sign: Rect = (0, 0, 0, 0)
        self._theme: Theme | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The check, the thanks, and the code."""
        assert isinstance(view, ThanksView)
        x, y, width, height = box
        if self.code is not None:
            self.code.hide()
        if view.results_url:
            side = min(theme.dp(240), height * 0.35)
            if self.code is None:
                self.code = QrCode()
                self.add_widget(self.code)
            caption = words("Quét mã để xem kết quả khảo sát của cơ quan")
            high = self.code.height_for(caption, side, theme)
            if theme.portrait:
                place = (x + (width - side) / 2, y, side, high)
                y, height = y + high + theme.dp(48), height - high - theme.dp(48)
            else:
                place = (x + width - side - theme.dp(24), y + (height - high) / 2, side, high)
                width -= side + theme.dp(96)
            self.code.show(view.results_url, caption, place, theme)
        sign = theme.dp(144)
        self._theme = theme
        self._sign = self.message.show(
            view.text or words(THANKS),
            words("Ý kiến của ông/bà đã được ghi nhận."),
            theme,
            (x, y, width, height),
            sign=sign,
        )
        if self._frame is None:
            self._started = Clock.time()
            self._frame = Clock.schedule_interval(self._draw, 0)
        self._draw(0)

    def finish(self) -> None:
        """Draw the whole check now: for a picture, which does not move."""
        self._started = Clock.time() - DRAWN_IN
        self._draw(0)

    def leave(self) -> None:
        """Stop drawing."""
        if self._frame is not None:
            self._frame.cancel()
            self._frame = None

    def _draw(self, _: float) -> bool:
        assert self._theme is not None
        share = min(1.0, (Clock.time() - self._started) / DRAWN_IN)
        x, y, side, _ = self._sign
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*self._theme.primary)
            SmoothEllipse(pos=(x, y), size=(side, side), segments=120)
            Color(*self._theme.surface)
            points = [(x + px * side, y + py * side) for px, py in _part(share)]
            width = side * 0.036
            SmoothLine(points=[number for point in points for number in point], width=width)
            for px, py in points:
                SmoothEllipse(pos=(px - width, py - width), size=(2 * width, 2 * width), segments=40)
        return bool(share < 1)


def _part(share: float) -> list[tuple[float, float]]:
    """The first `share` of the check's two strokes; the short one is its first third."""
    (ax, ay), (bx, by), (cx, cy) = CHECK
    first = min(1.0, share / 0.35)
    points = [(ax, ay), (ax + (bx - ax) * first, ay + (by - ay) * first)]
    if share > 0.35:
        second = (share - 0.35) / 0.65
        points.append((bx + (cx - bx) * second, by + (cy - by) * second))
    return points
