"""What every drawing is made of: escaped text, short numbers, and the frame with its text alternative."""

import re
from html import escape
from typing import Literal

from sync.contract.colours import INK, QUIET_INK

# What XML 1.0 allows in no text, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Svg(str):
    """Markup that was put together by this package; a template draws it without escaping it again."""

    __slots__ = ()

    def __html__(self) -> str:
        """The protocol by which Jinja knows markup from text."""
        return str(self)


def number(value: float) -> str:
    """A coordinate with at most one decimal, as short as it gets."""
    return f"{round(value, 1):g}"


def safe(text: str) -> str:
    """`text` as the content of an element or of an attribute."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def picture(name: str, width: float, height: float, body: str, *, title: str = "", details: str = "") -> Svg:
    """A whole drawing.

    Args:
        name: the class of the element, for the page's style sheet.
        width: in CSS pixels.
        height: in CSS pixels.
        body: its markup.
        title: says what is to be seen, in one sentence; shown to a pointer that rests on the drawing. Without
            it the drawing is an ornament that a screen reader passes over.
        details: the figures one by one, for a screen reader.
    """
    w, h = number(width), number(height)
    says = f"<title>{safe(title)}</title>" if title else ""
    says += f"<desc>{safe(details)}</desc>" if details else ""
    role = 'role="img"' if title else 'aria-hidden="true"'
    return Svg(
        f'<svg class="{name}" {role} width="{w}" height="{h}" viewBox="0 0 {w} {h}">{says}{body}</svg>'
    )


def words(
    x: float,
    y: float,
    text: str,
    *,
    at: Literal["start", "middle", "end"] = "start",
    quiet: bool = False,
    bold: bool = False,
    size: int = 13,
) -> str:
    """A line of text on the base line y; x is where it starts, ends or has its middle."""
    anchor = "" if at == "start" else f' text-anchor="{at}"'
    weight = ' font-weight="600"' if bold else ""
    fill = QUIET_INK if quiet else INK
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" fill="{fill}"{anchor}{weight}>'
        f"{safe(text)}</text>"
    )


def filled(path: str, fill: str) -> str:
    """An area; nothing for an empty path."""
    return f'<path d="{path}" fill="{fill}"/>' if path else ""


def stroked(path: str, stroke: str, width: float = 1, *, dashes: str = "", round_ends: bool = False) -> str:
    """A line; nothing for an empty path."""
    if not path:
        return ""
    cap = ' stroke-linecap="round"' if round_ends else ""
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{number(width)}"{cap}{dash}/>'


def box(x: float, y: float, width: float, height: float) -> str:
    """The path of a rectangle from its upper left corner."""
    across, down = number(width), number(height)
    return f"M{number(x)} {number(y)}h{across}v{down}h-{across}z"
