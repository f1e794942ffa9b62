""" "Are you still there?" — a countdown of at least twenty seconds (WCAG 2.2.1) and a large "yes"."""

from typing import Any

from kivy.clock import Clock

from kiosk.events import StillHere
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import StillThereView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme


class StillThereScreen(Screen):
    """See `StillThereView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message(PushButton(lambda: report(StillHere()), weight="primary", bold=True))
        self.add_widget(self.message)
        self._second: Any = None
        self._left = 0
        self._shown: tuple[Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question, what happens otherwise, the way on."""
        assert isinstance(view, StillThereView)
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
        text = words("Những câu đã trả lời được giữ lại. Màn hình sẽ trở về đầu sau {seconds} giây.")
        self.message.show(
            words("Ông/bà còn ở đây không?"),
            text.format(seconds=self._left).replace(f"{self._left} ", f"{self._left}\u00a0"),
            theme,
            box,
            button=words("Tôi vẫn ở đây"),
        )
