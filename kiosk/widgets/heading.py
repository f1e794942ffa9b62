"""The question at the head of a page, and a line of help below it."""

from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme


class Heading(Widget):
    """A question and its help; `show` returns the box that is left below them."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.question = Lettering(bold=True)
        self.help = Lettering()
        self.add_widget(self.question)
        self.add_widget(self.help)

    def show(self, question: str, hint: str, theme: Theme, box: Rect, size: float = 0.0) -> Rect:
        """Be placed at the top of `box`, in at most two fifths of it; `size`: of the question's type.

        Without a question, because it is elsewhere, the whole box is left.
        """
        x, y, width, height = box
        size = size or theme.question
        line = min(width, theme.measure_of(size))
        high = heading_height(question, hint, theme, box, size) if question else 0
        stack(
            (
                Line(self.question, question, size, theme.ink, theme.dp(8) if hint else 0),
                Line(self.help, hint, theme.help, theme.quiet_ink),
            ),
            (x, y + height - high, line, high),
        )
        rest = height - high - (theme.dp(24) if question else 0)
        if theme.portrait:
            # Within reach of somebody who sits, and of a child.
            rest = min(rest, height * 0.66)
        return (x, y, width, round(rest))


def heading_height(question: str, hint: str, theme: Theme, box: Rect, size: float) -> float:
    """The height in pixels of a heading at the top of `box`."""
    line = min(box[2], theme.measure_of(size))
    wanted = text_height(question, line, size, bold=True)
    if hint:
        wanted += theme.dp(8) + text_height(hint, line, theme.help)
    return min(box[3] * 0.4, wanted)
