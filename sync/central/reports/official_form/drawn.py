"""Horizontal lines in a paragraph: drawn as a shape, as a border, or written with underscores."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from sync.central.reports.official_form.paper import Drawn
from sync.central.reports.official_form.styles import Properties, number
from sync.central.reports.official_form.unpacked import A, W

_EMU_PER_TWIP = 635
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_V = "{urn:schemas-microsoft-com:vml}"
_STRAIGHT = frozenset({"line", "straightConnector1"})
# Straight lines among the shapes of VML.
_VML_STRAIGHT = ("#_x0000_t20", "#_x0000_t32")
# A shape this much longer than it is high counts as a horizontal line.
_FLAT = 8
_UNITS = {"pt": 20.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 1440 / 25.4, "px": 15.0, "pc": 240.0, "": 15.0}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)\s*(pt|in|cm|mm|px|pc|)\s*")
_BROKEN = frozenset({"dotted", "dashed", "dashSmallGap", "dotDash", "dotDotDash", "wave"})


def shapes(paragraph: etree._Element) -> Iterator[Drawn]:
    """Lines that are drawn as shapes anchored in this paragraph."""
    for holder in paragraph.iter(f"{W}drawing", f"{W}pict"):
        if _is_second(holder):
            continue
        if holder.tag == f"{W}drawing":
            yield from _drawing(holder)
        else:
            yield from _picture(holder)


def borders(properties: Properties, width: float) -> Iterator[Drawn]:
    """Borders above or below a paragraph that is this wide."""
    for side in ("pBdr.top", "pBdr.bottom"):
        kind = properties.get(side, {}).get("val", "none")
        if kind not in ("none", "nil"):
            yield Drawn(width, kind not in _BROKEN)


def _is_second(element: etree._Element) -> bool:
    """Whether it is drawn for older programs, next to the same for newer ones."""
    return any(above.tag == f"{_MC}Fallback" for above in element.iterancestors())


def _drawing(drawing: etree._Element) -> Iterator[Drawn]:
    geometry = drawing.findall(f".//{A}prstGeom")
    extent = drawing.find(f".//{_WP}extent")
    if extent is None or drawing.find(f".//{W}txbxContent") is not None:
        return
    wide, high = number(extent.get("cx")), number(extent.get("cy"))
    if len(geometry) == 1 and (geometry[0].get("prst") in _STRAIGHT or wide > _FLAT * high):
        dash = drawing.find(f".//{A}prstDash")
        yield Drawn(wide / _EMU_PER_TWIP, dash is None or dash.get("val") == "solid")
    elif geometry and wide > _FLAT * high:
        yield Drawn(None)


def _picture(picture: etree._Element) -> Iterator[Drawn]:
    for shape in picture.iter():
        if not isinstance(shape.tag, str) or not shape.tag.startswith(_V):
            continue
        name = shape.tag.removeprefix(_V)
        style = _style(shape.get("style", ""))
        if name == "line":
            start, end = _point(shape.get("from", "")), _point(shape.get("to", ""))
            wide = None if start is None or end is None else abs(end - start)
            yield Drawn(wide or _length(style.get("width", "")))
        elif name == "shape" and shape.get("type", "") in _VML_STRAIGHT:
            yield Drawn(_length(style.get("width", "")))
        elif name == "rect":
            wide, high = _length(style.get("width", "")), _length(style.get("height", ""))
            if wide is not None and high is not None and wide > _FLAT * high:
                yield Drawn(wide)


def _style(text: str) -> Mapping[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _point(text: str) -> float | None:
    """How far right a point is."""
    return _length(text.partition(",")[0])


def _length(text: str) -> float | None:
    match = _LENGTH.fullmatch(text.strip())
    return float(match[1]) * _UNITS[match[2]] if match else None
