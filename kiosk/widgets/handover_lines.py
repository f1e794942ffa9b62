"""On the first page, at the top: the procedure and the officer on one line, below it privacy in one sentence.

Where there is no room, the sentence goes first, then the officer; then the procedure is cut at a word.
"""

from kivy.uix.widget import Widget

from kiosk.i18n import Translate
from kiosk.view import Handover
from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.shortening import handover_words, shortened
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme


class HandoverLines(Widget):
    """At most two lines of quiet words."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.handover = Lettering()
        self.privacy = Lettering()
        self.add_widget(self.handover)
        self.add_widget(self.privacy)

    def show(
        self, handover: Handover, office: str, words: Translate, box: Rect, theme: Theme, *, spare: float
    ) -> None:
        """Fill the middle of `box`; two lines that are too high for it also use what is `spare` below it.

        The office's name takes the place of a handover that nobody knows.
        """
        x, y, width, height = box
        line = text_height("…", width, theme.help)
        rows = 2 if 2 * line <= height + spare else 1

        def high(*texts: str) -> int:
            return sum(text_height(text, width, theme.help) for text in texts)

        def fits(text: str) -> bool:
            return high(text) <= rows * line

        first = handover_words(handover, words, fits) or shortened(office, fits)
        privacy = handover.privacy if high(first, handover.privacy) <= rows * line else ""
        if high(first, privacy) > height:
            box = (x, y - spare, width, height + spare)
        texts = ((self.handover, first), (self.privacy, privacy))
        stack([Line(label, text, theme.help, theme.quiet_ink) for label, text in texts], box, "middle")

    def forget(self) -> None:
        """Show nothing."""
        self.handover.forget()
        self.privacy.forget()
