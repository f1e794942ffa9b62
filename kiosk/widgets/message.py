"""One thing said in the middle of the screen: a sign, a sentence, what to do, and perhaps a button."""

from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme


class Message(Widget):
    """A title, a text and a small line, centred; above them room for a sign, below them a button."""

    def __init__(self, button: PushButton | None = None) -> None:
        super().__init__(size_hint=(None, None))
        self.title = Lettering(bold=True, align="center")
        self.text = Lettering(align="center")
        self.small = Lettering(align="center")
        self.button = button
        for part in (self.title, self.text, self.small, *([button] if button else [])):
            self.add_widget(part)

    def show(
        self,
        title: str,
        text: str,
        theme: Theme,
        box: Rect,
        *,
        small: str = "",
        button: str = "",
        sign: float = 0.0,
    ) -> Rect:
        """Show the texts in the middle of `box`; `sign`: height to leave above them.

        Returns:
            The box of the sign.
        """
        x, y, width, height = box
        width_of_text = min(width, theme.dp(900))
        left = x + (width - width_of_text) / 2
        size = theme.type(32)
        high = max(theme.dp(96), theme.answer) if button else 0
        below = high + theme.dp(48) if button else 0
        above = sign + theme.dp(40) if sign else 0
        lines = (
            Line(self.title, title, theme.title, theme.ink, theme.dp(20)),
            Line(self.text, text, theme.body, theme.quiet_ink, theme.dp(24)),
            Line(self.small, small, theme.help, theme.quiet_ink),
        )
        wanted: float = sum(
            text_height(line.text, width_of_text, line.size, line.label.bold) for line in lines
        )
        wanted += sum(line.below for line in lines if line.text)
        room = max(0.0, min(wanted, height - above - below))
        spare = (height - above - below - room) / 2
        text_bottom = y + spare + below
        stack(lines, (left, text_bottom, width_of_text, room))
        if self.button and button:
            wide = max(self.button.width_for(button, theme, size), theme.dp(400))
            self.button.show(button, (x + (width - wide) / 2, y + spare, wide, high), theme, size)
        return (x + (width - sign) / 2, text_bottom + room + theme.dp(40), sign, sign)
