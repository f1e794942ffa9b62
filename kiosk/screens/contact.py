"""Contact details: first whether at all, and only after a yes the fields. Nothing is filled in."""

from typing import Any

from kiosk.events import ContactWanted
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import ContactView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect
from kiosk.widgets.option import Option, grid
from kiosk.widgets.theme import Theme


class ContactScreen(Screen):
    """See `ContactView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.yes, self.no = Option(), Option()
        for part in (self.heading, self.yes, self.no):
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question whether, or the fields."""
        assert isinstance(view, ContactView)
        rest = self.heading.show(view.text, view.help, theme, box)
        boxes = grid(2, rest, 1 if theme.portrait else 2, theme.gap, theme.dp(160))
        self.yes.act = lambda: self.report(ContactWanted(view.question, wanted=True))
        self.no.act = lambda: self.report(ContactWanted(view.question, wanted=False))
        self.yes.show(words("Có, tôi để lại liên hệ"), boxes[0], theme, theme.type(30))
        self.no.show(words("Không để lại"), boxes[1], theme, theme.type(30))
