"""Nothing can be stored: a plain sentence for the citizen, a number for the staff."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
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
        self.message.show(
            words("Máy tạm thời chưa ghi được ý kiến"),
            words("Xin ông/bà báo cho cán bộ tại quầy. Máy sẽ tự thử lại."),
            theme,
            box,
            small=words("Mã dành cho cán bộ: {number}").format(number=view.number),
        )
