"""A document as it is written on paper: sections, lines with their letters, tables. No file format, pure.

Lengths are in twips (1/20 pt, 567 to a centimetre) as in the file; sizes and gaps in pt.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

TWIPS_PER_MM = 1440 / 25.4

Align = Literal["left", "center", "right", "both"]


class Run(Struct, frozen=True, kw_only=True):
    """Letters of one form. fonts: of these letters. colour: RGB, "" for the automatic one.

    page_field: belongs to a field that writes the page's number.
    """

    text: str
    fonts: tuple[str, ...]
    size: float
    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: str = ""
    page_field: bool = False


class Drawn(Struct, frozen=True):
    """A horizontal line that is drawn. width: None where it can't be measured. solid: without gaps."""

    width: float | None
    solid: bool = True


class Place(Struct, frozen=True, kw_only=True):
    """Where a line is, counted from 1: a paragraph of the body, or of a table's cell if `table` is not 0."""

    paragraph: int
    table: int = 0
    row: int = 0
    cell: int = 0
    box: bool = False


class Line(Struct, frozen=True, kw_only=True):
    """A paragraph, or a part of one that ends with a line break.

    left: how far it is indented; first: how far its first line is, more than that. before, after: gaps, pt.
    leading: in lines. drawn: lines drawn in it or at its edges. width: of the place that it has. numbered:
    its number is written by the program.
    """

    runs: tuple[Run, ...]
    align: Align
    left: float
    first: float
    before: float
    after: float
    leading: float
    place: Place
    section: int
    width: float
    drawn: tuple[Drawn, ...] = ()
    numbered: bool = False

    @property
    def text(self) -> str:
        """Its letters, spaces as they are."""
        return "".join(run.text for run in self.runs)

    @property
    def words(self) -> str:
        """Its letters with single spaces."""
        return " ".join(self.text.split())

    @property
    def letters(self) -> tuple[Run, ...]:
        """The runs in which something is to be seen."""
        return tuple(run for run in self.runs if run.text.strip())


class Cell(Struct, frozen=True):
    """A cell. width: 0 where the file doesn't say."""

    lines: tuple[Line, ...]
    width: float


class Table(Struct, frozen=True, kw_only=True):
    """A table. ruled: it has lines of its own."""

    rows: tuple[tuple[Cell, ...], ...]
    ruled: bool
    section: int

    @property
    def lines(self) -> Iterator[Line]:
        """All lines of all cells."""
        return (line for row in self.rows for cell in row for line in cell.lines)


Item = Line | Table


class Section(Struct, frozen=True, kw_only=True):
    """Pages of one form. first: the number of its first page, None to go on counting.

    own_first: its first page has a header of its own. header, first_header, footer: their lines.
    new_page: it begins on a new page.
    """

    width: float
    height: float
    landscape: bool
    top: float
    bottom: float
    left: float
    right: float
    first: int | None
    number_format: str
    own_first: bool
    header: tuple[Line, ...]
    first_header: tuple[Line, ...]
    footer: tuple[Line, ...]
    new_page: bool


class Written(Struct, frozen=True, kw_only=True):
    """A document. boxes: lines in text boxes, whose place on the page isn't known."""

    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    boxes: tuple[Line, ...]

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, those in text boxes last."""
        for item in self.items:
            if isinstance(item, Table):
                yield from item.lines
            else:
                yield item
        yield from self.boxes
