"""A thin bar that shows how much of a time is left."""

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Rect
from kiosk.widgets.theme import Theme


class TimeBar(Widget):
    """Full at first; `fill` shortens it from the right."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas:
            self._ground_colour = Color(0, 0, 0, 0)
            self._ground = Rectangle(size=(0, 0))
            self._colour = Color(0, 0, 0, 0)
            self._rest = Rectangle(size=(0, 0))

    def place(self, box: Rect, theme: Theme) -> None:
        """Take up `box`."""
        x, y, width, height = (round(number) for number in box)
        self.pos, self.size = (x, y), (width, height)
        self._ground_colour.rgba, self._colour.rgba = theme.hairline, theme.primary
        self._ground.pos = self._rest.pos = (x, y)
        self._ground.size = (width, height)

    def fill(self, share: float) -> None:
        """Show `share`, from 0 to 1."""
        self._rest.size = (round(self.width * share), self.height)
