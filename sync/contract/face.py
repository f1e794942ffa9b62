"""The five faces, as numbers: the glass and the previews of administrators draw the same ones. Pure.

Coordinates are from 0 to 1 inside the face's square; 1 is up. One face for five moods, −2 (very dissatisfied)
to +2 (very satisfied): the same circle, eyes and stroke; only the mouth changes, at the ends the brows.
"""

Point = tuple[float, float]

STROKE = 0.062
"""Width of every line, as a share of the diameter."""

EYES: tuple[Point, ...] = ((0.5 - 0.155, 0.58), (0.5 + 0.155, 0.58))
EYE = 0.05
"""Radius of an eye."""

TINT = 0.28
"""How much of its ring's colour the head has; the rest is white."""


def strokes(mood: int) -> tuple[tuple[Point, ...], ...]:
    """Mouth and brows: the control points of a Bézier curve each, or the two ends of a line."""
    return (_mouth(mood), *(_brows(mood) if abs(mood) == 2 else ()))


def mood_at(place: int, levels: int) -> int:
    """The mood of a level of a scale; place: 0 for the lowest."""
    return round(-2 + 4 * place / (levels - 1))


def _mouth(mood: int) -> tuple[Point, ...]:
    depth = 0.105 * mood
    corner = 0.35 + 0.022 * mood
    half = 0.2 if abs(mood) == 2 else 0.175
    return (
        (0.5 - half, corner),
        (0.5 - half * 0.5, corner - depth),
        (0.5 + half * 0.5, corner - depth),
        (0.5 + half, corner),
    )


def _brows(mood: int) -> tuple[tuple[Point, ...], ...]:
    """Raised for joy; drawn up in the middle for sorrow, never for anger."""
    return tuple(_brow(side, mood) for side in (-1, 1))


def _brow(side: int, mood: int) -> tuple[Point, ...]:
    inner, outer = 0.5 + side * 0.095, 0.5 + side * 0.215
    if mood < 0:
        return ((inner, 0.742), (outer, 0.695))
    bend = side * 0.03
    return ((inner, 0.705), (inner + bend, 0.74), (outer - bend, 0.74), (outer, 0.705))
