"""A drawing of many strokes, kept as a picture: drawn once for each size and look, then shown as a rectangle.

A face is a thousand small triangles. Drawn again in every picture, the five faces of a question took half of
the time from the press to the glass; as rectangles they take next to none.

Only drawings of our own are kept here, never a text.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kivy.graphics import Fbo, InstructionGroup

from kiosk.widgets.theme import Colour

MARGIN = 2
"""Pixels around the drawing, for the smoothed edges that lie outside it."""

Draw = Callable[[InstructionGroup, int, tuple[Any, ...]], None]


@lru_cache(128)
def sprite(draw: Draw, side: int, edge: Colour, look: tuple[Any, ...]) -> Any:
    """A texture with the drawing in its middle, `MARGIN` larger on every side.

    Args:
        draw: draws into a group, a square of `side` pixels whose lower left corner is at MARGIN, MARGIN.
        side: of the drawing in pixels.
        edge: the colour of its outer edge, where it is mixed with what is behind.
        look: what else `draw` gets.
    """
    whole = side + 2 * MARGIN
    # Of the edge's colour and clear: so half-covered pixels hold that colour alone, at half its strength.
    canvas = Fbo(size=(whole, whole), clear_color=(*edge[:3], 0))
    draw(canvas, side, look)
    canvas.draw()
    return canvas.texture
