"""What every screen is: it draws a view into its box and reports what was touched. It decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from kivy.uix.widget import Widget

from kiosk.events import Event
from kiosk.i18n import Translate
from kiosk.staff_desk import DeskEvent
from kiosk.widgets.lettering import Rect
from kiosk.widgets.theme import Theme

Report = Callable[[Event | DeskEvent], object]
WallClock = Callable[[], datetime]


class Screen(Widget):
    """One kind of view. Built once, shown many times.

    office_shown: whether the office's name is in the top bar. office_name: for screens that show it
    themselves.
    """

    office_shown: ClassVar[bool] = True

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(size_hint=(None, None))
        self.report = report
        self.now = now
        self.office_name = ""

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Draw `view` into `box`.

        Args:
            view: the struct this screen is for.
            words: the interface's words in the visit's language.
            theme: colours and sizes.
            box: x, y, width, height in window pixels, y from the bottom.
        """
        raise NotImplementedError

    def headline(self, view: Any, words: Translate, theme: Theme, box: Rect) -> str:
        """What is at the top of the window instead of the office's name; "" the name."""
        return ""

    def leave(self) -> None:
        """Another screen is shown: stop every clock, forget every word of the visit."""
