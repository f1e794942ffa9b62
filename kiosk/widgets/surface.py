"""A rounded rectangle with a line around it: what tiles, buttons and boxes stand on."""

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Rect
from kiosk.widgets.theme import Colour


class Surface(Widget):
    """A shape of two colours; `draw` gives it its box and its look."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas:
            self._edge = Color(0, 0, 0, 0)
            self._outer = SmoothRoundedRectangle(size=(0, 0))
            self._fill = Color(0, 0, 0, 0)
            self._inner = SmoothRoundedRectangle(size=(0, 0))

    def draw(self, box: Rect, fill: Colour, edge: Colour, line: float, radius: float) -> None:
        """Take up `box`: `fill` inside a line of `line` pixels in `edge`, corners rounded by `radius`."""
        x, y, width, height = (round(number) for number in box)
        self.pos, self.size = (x, y), (width, height)
        self._edge.rgba, self._fill.rgba = edge, fill
        self._outer.pos, self._outer.size = (x, y), (width, height)
        self._outer.radius = [radius]
        self._inner.pos = (x + line, y + line)
        self._inner.size = (max(0, width - 2 * line), max(0, height - 2 * line))
        self._inner.radius = [max(1.0, radius - line)]
