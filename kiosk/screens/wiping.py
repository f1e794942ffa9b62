"""Touch is locked while staff clean the glass."""

from typing import Any

from kivy.clock import Clock

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import WipingView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.theme import Theme


class WipingScreen(Screen):
    """See `WipingView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.add_widget(self.message)
        self._second: Any = None
        self._left = 0
        self._shown: tuple[Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """What is going on and how long it lasts."""
        assert isinstance(view, WipingView)
        self._shown = (words, theme, box)
        if self._second is None:
            self._left = view.seconds
            self._second = Clock.schedule_interval(self._count, 1)
        self._draw()

    def leave(self) -> None:
        """Stop counting."""
        if self._second is not None:
            self._second.cancel()
            self._second = None

    def _count(self, _: float) -> None:
        self._left = max(0, self._left - 1)
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        words, theme, box = self._shown
        text = words("Màn hình tạm khóa trong {seconds} giây.").format(seconds=self._left)
        text = text.replace(f"{self._left} ", f"{self._left}\u00a0")
        self.message.show(words("Đang lau màn hình"), text, theme, box)
