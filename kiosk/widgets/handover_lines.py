"""On the first page, at the top: the procedure and the officer on one line, below it privacy in one sentence.

Where there is no room, the sentence goes first, then the officer; then the procedure is cut at a word.
"""

from collections.abc import Callable

from kivy.uix.widget import Widget

from kiosk.i18n import Translate
from kiosk.view import Handover
from kiosk.widgets.lettering import Lettering, Rect, text_height
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

    def show(self, handover: Handover, office: str, words: Translate, box: Rect, theme: Theme) -> None:
        """Fill `box`; the office's name stands in for a handover that nobody knows."""
        _, _, width, height = box
        line = text_height("…", width, theme.help)
        rows = min(2, int(height // line))

        def fits(text: str) -> bool:
            return text_height(text, width, theme.help) <= rows * line

        first = handover_words(handover, words, fits) or shortened(office, fits)
        used = text_height(first, width, theme.help) + text_height(handover.privacy, width, theme.help)
        privacy = handover.privacy if used <= rows * line else ""
        texts = ((self.handover, first), (self.privacy, privacy))
        stack([Line(label, text, theme.help, theme.quiet_ink) for label, text in texts], box, "middle")

    def forget(self) -> None:
        """Show nothing."""
        self.handover.forget()
        self.privacy.forget()


def handover_words(handover: Handover, words: Translate, fits: Callable[[str], bool]) -> str:
    """The procedure and the officer, or what of them `fits`; empty where neither is known."""
    procedure, officer = handover.procedure, handover.officer
    if officer and not procedure:
        return shortened(words("Người phục vụ: {name}").format(name=officer), fits)
    both = f"{procedure} · {officer}" if officer else procedure
    return both if fits(both) else shortened(procedure, fits)


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """As many words of `text` from its beginning as fit, with a sign that there are more."""
    if fits(text):
        return text
    kept = text.split(" ")
    while len(kept) > 1 and not fits(" ".join(kept) + "…"):
        kept.pop()
    return " ".join(kept).rstrip(" ,;(·") + "…"
