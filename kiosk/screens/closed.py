"""Outside opening hours."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import CLOSED
from kiosk.view import ClosedView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.theme import Theme


class ClosedScreen(Screen):
    """See `ClosedView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.add_widget(self.message)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Say so, and nothing else."""
        assert isinstance(view, ClosedView)
        title, text = CLOSED
        self.message.show(words(title), words(text), theme, box)
