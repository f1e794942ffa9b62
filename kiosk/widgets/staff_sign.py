"""The staff's corner, in the margin next to where "Cán bộ" is: one small disc, never a word.

It moves nothing on the screen, so a citizen's question stays as it is while the officer scans.
"""

from kivy.graphics import Color, SmoothEllipse
from kivy.uix.widget import Widget

from kiosk.view import Frame
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.theme import Theme

SIGNS = {"taken": "check", "refused": "cross"}


class StaffSign(Widget):
    """What became of the officer's scan, or how many things wait for staff."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.icon = Icon("check")
        self.number = Lettering(bold=True, align="center")
        for part in (self.icon, self.number):
            self.add_widget(part)

    def show(self, frame: Frame, box: Rect, theme: Theme) -> None:
        """Place the sign at the outer side of `box`; hide it where there is nothing to show."""
        self.canvas.before.clear()
        self.icon.hide()
        self.number.forget()
        if not frame.told and not frame.attention:
            return
        x, y, width, height = box
        side, edge = theme.dp(34), theme.dp(4)
        left = round(x + width - edge - side if theme.left_hand else x + edge)
        bottom = round(y + (height - side) / 2)
        with self.canvas.before:
            Color(*(theme.primary if frame.told == "taken" else theme.accent))
            SmoothEllipse(pos=(left, bottom), size=(side, side), segments=60)
        if frame.told:
            inner = side * 0.7
            self.icon.name = SIGNS[frame.told]
            inset = (side - inner) / 2
            self.icon.place(left + inset, bottom + inset, inner, theme.surface)
        else:
            number = str(frame.attention)
            self.number.place(number, (left, bottom, side, side), theme.dp(24), theme.surface)
