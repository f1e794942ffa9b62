"""One face for five moods: the same circle, eyes and stroke; only the mouth changes, at the ends the brows.

Its numbers are in `sync/contract/face.py`. Drawn as vectors for the size that is shown, so crisp at any.
The shape alone shows the mood: in grey the five are still five.
"""

from math import cos, pi, sin
from typing import Any

from kivy.graphics import Color, Ellipse, InstructionGroup, Rectangle, SmoothEllipse, SmoothLine
from kivy.uix.widget import Widget

from kiosk.widgets.roundness import pieces
from kiosk.widgets.sprite import MARGIN, sprite
from kiosk.widgets.theme import Theme
from sync.contract.face import EYE, EYES, STROKE, Point, strokes

SMOOTHING = 0.6
"""Pixels by which a smoothed disc looks larger than a smoothed line of its width."""


class Face(Widget):
    """A face of one mood, −2 (very dissatisfied) to +2 (very satisfied)."""

    def __init__(self, mood: int) -> None:
        super().__init__(size_hint=(None, None))
        self.mood = mood
        self._drawn: tuple[object, ...] = ()

    def place(self, x: float, y: float, diameter: float, theme: Theme) -> None:
        """Draw it with its lower left corner at (x, y)."""
        drawn = (x, y, diameter, theme.mood(self.mood), theme.ink)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.pos, self.size = (x, y), (diameter, diameter)
        self.canvas.clear()
        ring = theme.mood(self.mood)
        look = (self.mood, theme.mood_tint(self.mood), ring, theme.ink)
        texture = sprite(draw_face, round(diameter), ring, look)
        self.canvas.add(Color(1, 1, 1, 1))
        self.canvas.add(Rectangle(texture=texture, pos=(x - MARGIN, y - MARGIN), size=texture.size))

    def hide(self) -> None:
        """Draw nothing."""
        self.canvas.clear()
        self._drawn = ()


def draw_face(canvas: InstructionGroup, diameter: int, look: tuple[Any, ...]) -> None:
    """Draw a sprite; look: the mood, and the colours of the head, the ring, and eyes and mouth."""
    mood, head, ring, ink = look
    pen = _Pen(canvas, diameter)
    canvas.add(Color(*head))
    pen.head()
    canvas.add(Color(*ring))
    pen.ring()
    canvas.add(Color(*ink))
    for eye in EYES:
        pen.disc(*eye, EYE)
    for points in strokes(mood):
        pen.curve(*points)


class _Pen:
    """Draws with coordinates from 0 to 1 inside the face's square; 1 is up."""

    def __init__(self, canvas: InstructionGroup, diameter: int) -> None:
        self._canvas, self._diameter = canvas, diameter
        self._stroke = diameter * STROKE

    def head(self) -> None:
        """The disc; the ring hides its edge."""
        left, bottom = self._at(STROKE / 2, STROKE / 2)
        side = (1 - STROKE) * self._diameter
        self._canvas.add(Ellipse(pos=(left, bottom), size=(side, side), segments=pieces(side / 2)))

    def ring(self) -> None:
        radius = (0.5 - STROKE / 2) * self._diameter
        x, y = self._at(0.5, 0.5)
        # Points of our own, for a closed line has no seam.
        count = pieces(radius)
        turns = [2 * pi * index / count for index in range(count)]
        points = [number for turn in turns for number in (x + radius * cos(turn), y + radius * sin(turn))]
        self._canvas.add(SmoothLine(points=points, width=self._stroke / 2, close=True))

    def disc(self, x: float, y: float, radius: float) -> None:
        left, bottom = self._at(x - radius, y - radius)
        side = 2 * radius * self._diameter
        self._canvas.add(SmoothEllipse(pos=(left, bottom), size=(side, side), segments=pieces(side / 2)))

    def curve(self, *points: Point) -> None:
        """A stroke with round ends through the control points of a Bézier curve."""
        flat = [number for point in points for number in self._at(*point)]
        self._canvas.add(SmoothLine(bezier=flat, width=self._stroke / 2, bezier_precision=24))
        for point in (points[0], points[-1]):
            self.disc(*point, STROKE / 2 - SMOOTHING / self._diameter)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return MARGIN + x * self._diameter, MARGIN + y * self._diameter
