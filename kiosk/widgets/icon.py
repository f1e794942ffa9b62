"""The few signs on buttons: strokes of one width with round ends, drawn in a square of 24 units."""

from collections.abc import Callable
from math import cos, radians, sin
from typing import Any

from kivy.graphics import Color, InstructionGroup, Rectangle, SmoothEllipse, SmoothLine
from kivy.uix.widget import Widget

from kiosk.widgets.sprite import MARGIN, sprite
from kiosk.widgets.theme import Colour

UNITS = 24
STROKE = 2.2
SMOOTHING = 0.5
"""Pixels by which a smoothed disc looks larger than a smoothed line of its width."""

MOST_CORNERS = 6
"""A line through more points than these is a curve, and has no corners."""

Points = list[tuple[float, float]]


WHITE: Colour = (1.0, 1.0, 1.0, 1.0)


class Icon(Widget):
    """One sign by name; see `DRAWINGS`."""

    def __init__(self, name: str) -> None:
        super().__init__(size_hint=(None, None))
        self.name = name
        self._drawn: tuple[object, ...] = ()
        self._color = Color(0, 0, 0, 0)

    def place(self, x: float, y: float, side: float, color: Colour) -> None:
        """Draw it in a square of `side` pixels with its lower left corner at (x, y)."""
        drawn = (self.name, x, y, side, color)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.pos, self.size = (round(x), round(y)), (side, side)
        self.canvas.clear()
        self._color = Color(*color)
        self.canvas.add(self._color)
        texture = sprite(draw_icon, round(side), WHITE, (self.name,))
        corner = (self.x - MARGIN, self.y - MARGIN)
        self.canvas.add(Rectangle(texture=texture, pos=corner, size=texture.size))

    def tint(self, color: Colour) -> None:
        """Change the colour alone."""
        self._color.rgba = color
        self._drawn = (*self._drawn[:4], color) if self._drawn else ()

    def hide(self) -> None:
        """Draw nothing."""
        self.canvas.clear()
        self._drawn = ()


def draw_icon(canvas: InstructionGroup, side: int, look: tuple[Any, ...]) -> None:
    """Draw a sprite in white, to be tinted; look: the name of the sign."""
    (name,) = look
    canvas.add(Color(*WHITE))
    DRAWINGS[name](Pen(canvas, side / UNITS))


class Pen:
    """Draws with coordinates from 0 to `UNITS` inside the sign's square; `unit` is one of them in pixels."""

    def __init__(self, canvas: InstructionGroup, unit: float) -> None:
        self._canvas, self._unit = canvas, unit

    def stroke(self, points: Points, close: bool = False) -> None:
        """A line through `points`, its ends and sharp corners round."""
        flat = [number for point in points for number in self._at(*point)]
        self._canvas.add(SmoothLine(points=flat, width=self._unit * STROKE / 2, close=close))
        few = len(points) <= MOST_CORNERS
        for point in points if few else () if close else (points[0], points[-1]):
            self.disc(*point, STROKE / 2 - SMOOTHING / self._unit)

    def disc(self, x: float, y: float, radius: float) -> None:
        """A filled circle."""
        left, bottom = self._at(x - radius, y - radius)
        side = 2 * radius * self._unit
        self._canvas.add(SmoothEllipse(pos=(left, bottom), size=(side, side), segments=24))

    def half_disc(self, x: float, y: float, radius: float) -> None:
        """The right half of a filled circle."""
        left, bottom = self._at(x - radius, y - radius)
        side = 2 * radius * self._unit
        self._canvas.add(
            SmoothEllipse(pos=(left, bottom), size=(side, side), segments=60, angle_start=0, angle_end=180)
        )

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return MARGIN + x * self._unit, MARGIN + y * self._unit


def arc(x: float, y: float, radius: float, start: float, end: float) -> Points:
    """Points on a circle; angles in degrees, counter-clockwise from the right."""
    steps = max(6, round(abs(end - start) / 9))
    angles = (radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + radius * cos(a), y + radius * sin(a)) for a in angles]


def _back(pen: Pen) -> None:
    pen.stroke([(14.5, 19), (7.5, 12), (14.5, 5)])


def _forward(pen: Pen) -> None:
    pen.stroke([(9.5, 19), (16.5, 12), (9.5, 5)])


def _again(pen: Pen) -> None:
    pen.stroke(arc(12, 11.5, 7.5, 140, -150))
    pen.stroke([(2.8, 13.4), (6.2, 16.9), (10.2, 14.2)])


def _contrast(pen: Pen) -> None:
    pen.stroke(arc(12, 12, 8.6, 0, 351), close=True)
    pen.half_disc(12, 12, 8.6)


def _listen(pen: Pen) -> None:
    pen.stroke([(3.5, 9), (3.5, 15), (7, 15), (11.5, 19), (11.5, 5), (7, 9)], close=True)
    pen.stroke(arc(12.5, 12, 4, -42, 42))
    pen.stroke(arc(12.5, 12, 8.4, -42, 42))


def _bell(pen: Pen) -> None:
    pen.stroke([(2.8, 6.5), (21.2, 6.5)])
    pen.stroke([(4.5, 9.8), *reversed(arc(12, 9.8, 7.5, 0, 180)), (19.5, 9.8)], close=True)
    pen.disc(12, 19.2, 1.7)


def _check(pen: Pen) -> None:
    pen.stroke([(4.5, 12.5), (9.8, 6.8), (19.5, 17.8)])


def _cross(pen: Pen) -> None:
    pen.stroke([(6, 6), (18, 18)])
    pen.stroke([(6, 18), (18, 6)])


def _minus(pen: Pen) -> None:
    pen.stroke([(4.5, 12), (19.5, 12)])


def _plus(pen: Pen) -> None:
    _minus(pen)
    pen.stroke([(12, 4.5), (12, 19.5)])


def _swap(pen: Pen) -> None:
    pen.stroke([(4, 8), (20, 8)])
    pen.stroke([(8, 12), (4, 8), (8, 4)])
    pen.stroke([(20, 16), (4, 16)])
    pen.stroke([(16, 20), (20, 16), (16, 12)])


def _info(pen: Pen) -> None:
    pen.stroke(arc(12, 12, 8.8, 0, 351), close=True)
    pen.stroke([(12, 7.5), (12, 12.2)])
    pen.disc(12, 16.2, 1.4)


def _globe(pen: Pen) -> None:
    pen.stroke(arc(12, 12, 8.8, 0, 351), close=True)
    pen.stroke([(3.2, 12), (20.8, 12)])
    meridian = [(12 + (x - 12) * 0.45, y) for x, y in arc(12, 12, 8.8, 0, 351)]
    pen.stroke(meridian, close=True)


def _play(pen: Pen) -> None:
    pen.stroke([(7.5, 5), (7.5, 19), (19, 12)], close=True)


def _shift(pen: Pen) -> None:
    pen.stroke([(12, 20), (3.5, 11.5), (8, 11.5), (8, 4.5), (16, 4.5), (16, 11.5), (20.5, 11.5)], close=True)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "back": _back,
    "forward": _forward,
    "again": _again,
    "contrast": _contrast,
    "listen": _listen,
    "bell": _bell,
    "check": _check,
    "cross": _cross,
    "minus": _minus,
    "plus": _plus,
    "swap": _swap,
    "info": _info,
    "globe": _globe,
    "play": _play,
    "shift": _shift,
}
