"""A message that counts seconds down, and does nothing else: what follows is the session's to decide."""

from typing import Any

from kivy.clock import Clock

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme


class CountingScreen(Screen):
    """The base of such screens.

    title, text: Vietnamese words of the interface; `{seconds}` in the text is what is left.
    label: of `button`.
    """

    title = ""
    text = ""
    label = ""

    def __init__(self, report: Report, now: WallClock, button: PushButton | None = None) -> None:
        super().__init__(report, now)
        self.message = Message(button)
        self.add_widget(self.message)
        self._second: Any = None
        self._left = 0
        self._shown: tuple[Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Count from `view.seconds` when the screen appears, and go on counting when it is drawn again."""
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
        text = words(self.text).format(seconds=self._left)
        # A number never parts from its unit.
        text = text.replace(f"{self._left} ", f"{self._left}\u00a0")
        self.message.show(words(self.title), text, theme, box, button=words(self.label))
