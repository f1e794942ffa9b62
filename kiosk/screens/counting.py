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
    small: a quiet line below. label: of `button`.
    """

    title = ""
    text = ""
    small = ""
    label = ""

    def __init__(self, report: Report, now: WallClock, button: PushButton | None = None) -> None:
        super().__init__(report, now)
        self.message = Message(button)
        self.add_widget(self.message)
        self._second: Any = None
        self._turn: int | None = None
        self._until = 0.0
        self._shown: tuple[Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Count down from `view.seconds`; go on counting when the same turn is drawn again."""
        self._shown = (words, theme, box)
        if view.turn != self._turn:
            self._turn = view.turn
            self._until = Clock.time() + view.seconds
            self._every_second()
        self._draw()

    def leave(self) -> None:
        """Stop counting."""
        self._turn = None
        if self._second is not None:
            self._second.cancel()
            self._second = None

    def _every_second(self) -> None:
        if self._second is not None:
            self._second.cancel()
        self._second = Clock.schedule_interval(lambda _: self._draw(), 1)

    def _draw(self) -> None:
        if self._shown is None:
            return
        words, theme, box = self._shown
        left = max(0, round(self._until - Clock.time()))
        text = words(self.text).format(seconds=left)
        # A number never parts from its unit.
        text = text.replace(f"{left} ", f"{left}\u00a0")
        self.message.show(
            words(self.title), text, theme, box, small=words(self.small), button=words(self.label)
        )
