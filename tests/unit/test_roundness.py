"""Circles and corners are cut into few pieces, and still nobody sees one."""

from math import cos, hypot, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.roundness import SEEN, outline, pieces


@given(st.floats(1, 2000))
def test_no_piece_lies_further_inside_its_circle_than_is_seen(radius: float) -> None:
    assert radius * (1 - cos(pi / pieces(radius))) <= SEEN + 1e-9
    assert pieces(radius) % 4 == 0


def test_a_small_circle_takes_few_pieces() -> None:
    assert pieces(1) == 12
    assert pieces(16) == 32  # Kivy takes 90 for the corners of a rectangle


@pytest.mark.parametrize("radius", [1.0, 8.0, 16.0, 100.0])
def test_the_outline_lies_on_its_edges_and_its_round_corners(radius: float) -> None:
    x, y, width, height = 10.0, 20.0, 300.0, 200.0
    flat = outline(x, y, width, height, radius)
    points = list(zip(flat[::2], flat[1::2], strict=True))
    assert (min(flat[::2]), max(flat[::2])) == pytest.approx((x, x + width))
    assert (min(flat[1::2]), max(flat[1::2])) == pytest.approx((y, y + height))
    for across, up in points:
        middle = (
            min(max(across, x + radius), x + width - radius),
            min(max(up, y + radius), y + height - radius),
        )
        assert hypot(across - middle[0], up - middle[1]) == pytest.approx(radius)
    turns = [
        (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
        for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False)
    ]
    assert all(turn < 1e-6 for turn in turns), "it goes round one way"
