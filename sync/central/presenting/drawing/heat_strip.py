"""One cell of 8 pixels a unit, in the order of the tree: a province over its communes, a country over 3,321.

A group (a province, a district of old) begins a row of its own, with its name in front. Cells never change
their place, so that an eye learns where a unit is; the table next to the strip has the names and figures,
and is what a keyboard reaches. Five shades of one hue grow darker with the figure; a dot is unknown.

All cells of one shade are one path, drawn as a broken line as thick as a cell: about nine bytes a unit.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from sync.central.presenting.drawing.markup import Svg, number, picture, stroked, words
from sync.central.presenting.drawing.palette import SHADES
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import whole, with_unit
from sync.contract.colours import QUIET_INK

CELL = 8
_PITCH = CELL + 1
_BETWEEN = 6
"""Pixels between two groups: with a row of cells, room for a line of text of 12 pixels."""
_LETTER = 6.4


class HeatGroup(Struct, frozen=True):
    """The shades of a group's units, from 0 (little) to 4 (much); None where it is not known."""

    name: str
    cells: Sequence[int | None]


def shade(percent: str | None) -> int | None:
    """The shade of a percentage, in steps of 20."""
    return None if percent is None else min(int(float(percent) // 20), 4)


def shade_names(language: Language = "vi") -> tuple[str, ...]:
    """What the shades of `shade` mean."""
    below, above = {"vi": ("dưới {}", "từ {}"), "en": ("below {}", "{} and more")}[language]
    steps = [f"{first}–{with_unit(first + 19, '%')}" for first in (20, 40, 60)]
    return (below.format(with_unit(20, "%")), *steps, above.format(with_unit(80, "%")))


def heat_strip(
    groups: Sequence[HeatGroup],
    title: str,
    meanings: Sequence[str],
    language: Language = "vi",
    *,
    columns: int = 96,
) -> Svg:
    """The strip of all groups.

    Args:
        groups: in the order of the tree.
        title: what the shades show.
        meanings: of each of the five shades, as in the legend; see `shade_names`.
        language: of the text alternative.
        columns: most cells in a row; a longer group goes on in the next.
    """
    margin = _margin(groups)
    paths: dict[int | None, _Cells] = {value: _Cells() for value in (*range(len(SHADES)), None)}
    names, y, longest = [], 0.0, 0
    for group in groups:
        if group.name:
            names.append(words(0, y + CELL + 1, _cut(group.name), size=12))
        for at, value in enumerate(group.cells):
            row, column = divmod(at, columns)
            paths[value].add(margin + column * _PITCH, y + row * _PITCH + CELL / 2)
        rows = max(1, -(-len(group.cells) // columns))
        longest = max(longest, min(columns, len(group.cells)))
        y += rows * _PITCH + _BETWEEN
    body = "".join(names)
    body += "".join(stroked(paths[value].path, SHADES[value], CELL) for value in range(len(SHADES)))
    body += stroked(paths[None].path.replace(f"h{CELL}", "m3 0h2m3 0"), QUIET_INK, 2)
    width = margin + longest * _PITCH
    return picture(
        "heat-strip", width, max(y - _BETWEEN, _PITCH), body, title=_says(groups, title, meanings, language)
    )


def shade_swatch(value: int | None) -> Svg:
    """How a shade looks, or what is not known (None), for the legend next to its meaning."""
    if value is None:
        return picture("swatch", CELL, CELL, stroked("M3 4h2", QUIET_INK, 2))
    return picture("swatch", CELL, CELL, stroked("M0 4h8", SHADES[value], CELL))


class _Cells:
    """The path of the cells of one shade; each step is relative to the end of the cell before."""

    def __init__(self) -> None:
        self._steps: list[str] = []
        self._x = self._y = 0.0

    def add(self, x: float, y: float) -> None:
        """One more cell, from its left edge on the middle line."""
        self._steps.append(f"m{number(x - self._x)} {number(y - self._y)}h{CELL}")
        self._x, self._y = x + CELL, y

    @property
    def path(self) -> str:
        return "".join(self._steps)


def _margin(groups: Sequence[HeatGroup]) -> int:
    """Room for the longest name."""
    longest = max((len(_cut(group.name)) for group in groups), default=0)
    return int(longest * _LETTER) + 10 if longest else 0


def _cut(name: str, letters: int = 26) -> str:
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


def _says(groups: Sequence[HeatGroup], title: str, meanings: Sequence[str], language: Language) -> str:
    cells = Counter(value for group in groups for value in group.cells)
    unit, unknown = {"vi": ("đơn vị", "chưa biết"), "en": ("units", "not known")}[language]
    parts = [f"{meaning}: {whole(cells[value], language)}" for value, meaning in enumerate(meanings)]
    if cells[None]:
        parts.append(f"{unknown}: {whole(cells[None], language)}")
    return f"{title}, {whole(cells.total(), language)} {unit}: {', '.join(parts)}"
