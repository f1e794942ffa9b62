"""Texts one above the other, each as high as it needs; all a little smaller where the box is short."""

from collections.abc import Sequence

from msgspec import Struct

from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.theme import SMALLEST_TYPE, Colour


class Line(Struct):
    """One text of a stack. size: wanted type size. below: pixels to the next text."""

    label: Lettering
    text: str
    size: float
    color: Colour
    below: float = 0


def stack(lines: Sequence[Line], box: Rect, anchor: str = "top") -> float:
    """Place the texts into `box`, and return the y of the lowest edge.

    Args:
        lines: from top to bottom; empty texts take no room.
        box: x, y, width, height.
        anchor: "top", "middle" or "bottom" of the box.
    """
    x, y, width, height = box
    factor = 1.0
    while True:
        sizes = [max(SMALLEST_TYPE, round(line.size * factor)) for line in lines]
        heights = [
            text_height(line.text, width, size, line.label.bold)
            for line, size in zip(lines, sizes, strict=True)
        ]
        gaps = [line.below * factor if line.text else 0 for line in lines]
        total = sum(heights) + sum(gaps)
        if total <= height or factor < 0.45:
            break
        factor *= 0.95
    top = y + {"top": height, "middle": (height + total) / 2, "bottom": total}[anchor]
    for line, size, needed, gap in zip(lines, sizes, heights, gaps, strict=True):
        line.label.place(line.text, (x, round(top - needed), width, needed), size, line.color)
        top -= needed + gap
    return top
