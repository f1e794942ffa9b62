"""How many straight pieces make a circle look round: no more than that, for each costs time to draw.

Without a graphics processor it is the number of triangles that a picture costs, more than its area.
"""

from math import acos, ceil, cos, pi, sin

SEEN = 0.1
"""Pixels by which a straight piece may lie inside the circle; smoothed edges hide as much."""

FEWEST = 12


def pieces(radius: float) -> int:
    """Into how many pieces a circle of `radius` pixels is cut; a multiple of four: quarters are alike."""
    if radius <= 2 * SEEN:
        return FEWEST
    return max(FEWEST, 4 * ceil(pi / acos(1 - SEEN / radius) / 4))


def outline(x: float, y: float, width: float, height: float, radius: float) -> list[float]:
    """Points around a rectangle with round corners, x and y in turn, from the left edge on clockwise.

    Kivy's own leave out where a corner meets an edge, and so need many more for the edge to lie in its place.
    """
    quarter = pieces(radius) // 4
    arc = [(cos(turn), sin(turn)) for turn in (pi / 2 * step / quarter for step in range(quarter + 1))]
    left, right, low, high = x + radius, x + width - radius, y + radius, y + height - radius
    points = [(left - radius * along, high + radius * across) for along, across in arc]
    points += [(right + radius * across, high + radius * along) for along, across in arc]
    points += [(right + radius * along, low - radius * across) for along, across in arc]
    points += [(left - radius * across, low - radius * along) for along, across in arc]
    return [number for point in points for number in point]
