"""Nothing can be stored: a plain sentence for the citizen, a number for the staff."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import OUT_OF_ORDER
from kiosk.view import OutOfOrderView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.theme import Theme


class OutOfOrderScreen(Screen):
    """See `OutOfOrderView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.add_widget(self.message)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """What happened and what to do next."""
        assert isinstance(view, OutOfOrderView)
        title, text = OUT_OF_ORDER
        self.message.show(
            words(title),
            words(text),
            theme,
            box,
            small=words("Mã dành cho cán bộ: {number}").format(number=view.number),
        )
