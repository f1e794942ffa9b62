"""The citizen's own words: the question above, the words large and always in sight, the keyboard below."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import TextView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.surface import Surface
from kiosk.widgets.theme import Theme


class TextScreen(Screen):
    """See `TextView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.paper = Surface()
        self.written = Lettering(valign="top")
        for part in (self.heading, self.paper, self.written):
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Question, words, keyboard from top to bottom."""
        assert isinstance(view, TextView)
        x, y, width, height = self.heading.show(view.text, view.help, theme, box, theme.type(32))
        self.paper.draw((x, y, width, height), theme.surface, theme.hairline, theme.border, theme.radius)
        inset = theme.dp(20)
        self.written.place(
            view.written,
            (x + inset, y + inset, width - 2 * inset, height - 2 * inset),
            theme.type(30),
            theme.ink,
        )

    def leave(self) -> None:
        """Forget what was written."""
        self.written.forget()
