"""A rounded rectangle with a line around it: the ground of tiles, buttons and boxes.

The fill has no texture and is opaque, so a large surface is drawn by a shader that looks none up: without a
graphics processor that is three times as fast, and not mixing it with what is behind almost halves the
rest. The line is smoothed and hides the fill's edge.
"""

from typing import ClassVar

from kivy.graphics import Callback, Color, RenderContext, RoundedRectangle, SmoothLine
from kivy.graphics.opengl import GL_BLEND, glDisable, glEnable
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Rect
from kiosk.widgets.roundness import outline
from kiosk.widgets.theme import Colour

PLAIN_COLOUR = """
$HEADER$
void main(void) { gl_FragColor = frag_color; }
"""


class Surface(Widget):
    """A shape of two colours; `draw` gives it its box and its look.

    large: it usually takes up a good part of the window.
    """

    large: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self._fill = Color(0, 0, 0, 0)
        self._inner = RoundedRectangle(size=(0, 0))
        self._edge = Color(0, 0, 0, 0)
        self._line = SmoothLine(close=True)
        group = self.canvas
        if self.large:
            group = RenderContext(
                use_parent_projection=True,
                use_parent_modelview=True,
                use_parent_frag_modelview=True,
                fs=PLAIN_COLOUR,
            )
            self.canvas.add(group)
        group.add(self._fill)
        if self.large:
            group.add(Callback(lambda _: glDisable(GL_BLEND)))
        group.add(self._inner)
        if self.large:
            group.add(Callback(lambda _: glEnable(GL_BLEND)))
        self.canvas.add(self._edge)
        self.canvas.add(self._line)

    def draw(self, box: Rect, fill: Colour, edge: Colour, line: float, radius: float) -> None:
        """Take up `box`: `fill` inside a line of `line` pixels in `edge`, corners rounded by `radius`."""
        x, y, width, height = (round(number) for number in box)
        self.pos, self.size = (x, y), (width, height)
        self._edge.rgba, self._fill.rgba = edge, fill
        seen = width > 0 and height > 0 and fill[3] > 0
        half = line / 2
        corner = max(1.0, radius - half)
        inner = (x + half, y + half, max(0, width - line), max(0, height - line))
        self._inner.pos = inner[:2]
        self._inner.size = inner[2:] if seen else (0, 0)
        self._inner.radius = [corner]
        if seen:
            self._line.width = half
            self._line.points = outline(*inner, min(corner, inner[2] / 2, inner[3] / 2))
        else:
            self._line.points = []
