"""A face of the terminal as SVG, from the same numbers: `sync/contract/face.py`."""

from sync.central.presenting.drawing.markup import Svg, number, picture
from sync.contract.colours import INK, LEVELS
from sync.contract.face import EYE, EYES, STROKE, TINT, Point, strokes

_SIDE = 100
"""Of the drawing's own coordinates; the page decides how large it is shown."""


def face(mood: int) -> Svg:
    """The face of one mood, −2 to +2. It is an ornament: the label next to it says the same."""
    return picture("face", _SIDE, _SIDE, _drawn(mood))


def face_symbol(mood: int) -> Svg:
    """The same, to be drawn several times on one page: `<use href="#m2">`."""
    return Svg(f'<symbol id="m{mood}" viewBox="0 0 {_SIDE} {_SIDE}">{_drawn(mood)}</symbol>')


def _drawn(mood: int) -> str:
    width = number(STROKE * _SIDE)
    centre, radius = number(_SIDE / 2), number((0.5 - STROKE / 2) * _SIDE)
    head = (
        f'<circle cx="{centre}" cy="{centre}" r="{radius}" fill="{_tinted(LEVELS[mood])}" '
        f'stroke="{LEVELS[mood]}" stroke-width="{width}"/>'
    )
    eyes = "".join(
        f'<circle cx="{number(x * _SIDE)}" cy="{number((1 - y) * _SIDE)}" r="{number(EYE * _SIDE)}" '
        f'fill="{INK}"/>'
        for x, y in EYES
    )
    lines = "".join(map(_path, strokes(mood)))
    drawn = f'<path d="{lines}" fill="none" stroke="{INK}" stroke-width="{width}" stroke-linecap="round"/>'
    return head + eyes + drawn


def _path(points: tuple[Point, ...]) -> str:
    first, *others = (f"{number(x * _SIDE)} {number((1 - y) * _SIDE)}" for x, y in points)
    return f"M{first}{'L' if len(others) == 1 else 'C'}{' '.join(others)}"


def _tinted(colour: str) -> str:
    """The colour as the disc of a head has it: mixed with white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * TINT + 255 * (1 - TINT)):02X}" for part in parts)
