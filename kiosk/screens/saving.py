"""The response is on its way to the disk: usually too short to be seen."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import SavingView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.theme import Theme


class SavingScreen(Screen):
    """See `SavingView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.add_widget(self.message)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """One quiet word."""
        assert isinstance(view, SavingView)
        self.message.show("", words("Đang lưu ý kiến của ông/bà…"), theme, box)
