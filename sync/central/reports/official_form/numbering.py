"""The numbers that Word writes before paragraphs by itself: “I.”, “1.”, “a)”, “-”. No text has them."""

import re
from collections.abc import Callable, Mapping

from lxml import etree
from msgspec import Struct

from sync.central.reports.official_form.styles import attributes, number
from sync.central.reports.official_form.unpacked import W

_LEVELS = 9
_DIGITS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MOST = 3999


class _Level(Struct, frozen=True, kw_only=True):
    """One level of a list. text: with %1, %2 for the numbers of the levels."""

    text: str
    format: str
    start: int
    indents: Mapping[str, str]


class Numbering:
    """The lists of one document, counted along its text."""

    def __init__(self, numbering: etree._Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int]] = {}
        self._abstract: dict[str, str] = {}
        if numbering is None:
            return
        levels = {
            abstract.get(f"{W}abstractNumId", ""): {
                int(number(level.get(f"{W}ilvl"))): _level(level) for level in abstract.iterfind(f"{W}lvl")
            }
            for abstract in numbering.iterfind(f"{W}abstractNum")
        }
        for num in numbering.iterfind(f"{W}num"):
            id = num.get(f"{W}numId", "")
            abstract = num.find(f"{W}abstractNumId")
            name = "" if abstract is None else abstract.get(f"{W}val", "")
            self._lists[id] = levels.get(name, {})
            overridden = num.find(f"{W}lvlOverride") is not None
            self._abstract[id] = f"{name}/{id}" if overridden else name

    def indents(self, list_id: str, level: int) -> Mapping[str, str]:
        """How far this level is indented, as attributes of w:ind."""
        found = self._lists.get(list_id, {}).get(level)
        return {} if found is None else found.indents

    def next(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of this level, "" if it has none."""
        levels = self._lists.get(list_id, {})
        found = levels.get(level)
        if found is None or not 0 <= level < _LEVELS:
            return ""
        if found.format == "bullet":
            return found.text if found.text in ("-", "–", "+", "*") else "•"
        starts = [levels[at].start if at in levels else 1 for at in range(_LEVELS)]
        counts = self._counts.setdefault(self._abstract[list_id], [start - 1 for start in starts])
        counts[level] += 1
        counts[level + 1 :] = [start - 1 for start in starts[level + 1 :]]

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form = levels[at].format if at in levels else "decimal"
            return _FORMATS.get(form, str)(max(counts[at], 1))

        return re.sub("%([1-9])", written, found.text)


def _level(level: etree._Element) -> _Level:
    def value(name: str, default: str) -> str:
        element = level.find(f"{W}{name}")
        return default if element is None else element.get(f"{W}val", default)

    indents = level.find(f"{W}pPr/{W}ind")
    return _Level(
        text=value("lvlText", ""),
        format=value("numFmt", "decimal"),
        start=int(number(value("start", "1"))),
        indents=attributes(indents),
    )


def _roman(count: int) -> str:
    text, left = "", min(count, _MOST)
    for value, digits in _DIGITS:
        text += digits * (left // value)
        left %= value
    return text


def _letter(count: int) -> str:
    return chr(ord("a") + (count - 1) % 26)


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
    "lowerLetter": _letter,
    "upperLetter": lambda count: _letter(count).upper(),
}
