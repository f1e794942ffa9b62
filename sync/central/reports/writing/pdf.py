"""A document as a PDF, with the page, the lines and the letters of the Word file.

- The typeface is Liberation Serif, embedded; its lines are as wide as those of Times New Roman.
- The same document gives the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from io import BytesIO
from typing import Any, Literal

from msgspec import Struct
from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from sync.central.office.cards.paper import draw_code
from sync.central.reports.model import Document
from sync.central.reports.writing import typography
from sync.central.reports.writing.layout import (
    Filled,
    Grid,
    HeaderCell,
    Line,
    Pair,
    Part,
    Piece,
    Rule,
    Scanned,
    lay_out,
    properties,
)
from sync.central.reports.writing.typeface import face, width
from sync.central.reports.writing.typography import Align, Look

_PAGE_NUMBER_SIZE = 14
# As reportlab.lib.enums has them, whose constants have no literal types.
_ALIGN: dict[Align, Literal[0, 1, 2, 4]] = {"left": 0, "centre": 1, "right": 2, "both": 4}
# A command of a table's style, with its first and its last cell.
_Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]
_RULE, _ABOVE_RULE, _BELOW_RULE = 0.75, 4, 6
# What has to follow a heading or a caption on the same page: two lines, or a table's header and two rows.
_TWO_LINES, _TABLE_START = 40, 90


class Enclosed(Struct, frozen=True):
    """Pages that come with a document. draw: one of them, by its place from 0."""

    pages: int
    draw: Callable[[Canvas, int], None]


def write_pdf(document: Document) -> bytes:
    """The file."""
    return write_together(((document, None),))


def write_together(documents: Sequence[tuple[Document, Enclosed | None]]) -> bytes:
    """One file of several documents, each from its page 1 on, and what comes with it.

    It is named as the first.
    """
    about = properties(documents[0][0])
    out = BytesIO()
    file = BaseDocTemplate(
        out,
        title=about.title,
        author=about.author,
        lang="vi-VN",
        initialFontName=face(bold=False, italic=False),
        invariant=1,
        pageCompression=1,
    )
    story: list[Flowable] = []
    for place, (document, enclosed) in enumerate(documents):
        for number, part in enumerate(lay_out(document)):
            count = _PageCount(part.landscape)
            first, later = f"{place}-{number}-1", f"{place}-{number}-2"
            file.addPageTemplates(
                [
                    _page(first, part.landscape, count.first, following=later),
                    _page(later, part.landscape, count.later, following=later),
                ]
            )
            story += [NextPageTemplate(first), PageBreak()] if story else []
            story += _story(part)
        for page in range(enclosed.pages if enclosed else 0):
            assert enclosed is not None
            name = f"{place}-e{page}"
            file.addPageTemplates([_page(name, False, _drawing(enclosed, page), following=name)])
            story += [NextPageTemplate(name), PageBreak(), Spacer(1, 1)]
    file.build(story)
    return out.getvalue()


def _drawing(enclosed: Enclosed, page: int) -> "_Draw":
    return lambda canvas, _: enclosed.draw(canvas, page)


_Draw = Callable[[Canvas, BaseDocTemplate], None]


class _PageCount:
    """Counts the pages of a part, and writes the number on all but the first."""

    def __init__(self, landscape: bool) -> None:
        self._across, self._high = _paper(landscape)
        self._page = 1

    def first(self, canvas: Canvas, file: BaseDocTemplate) -> None:
        self._page = 1

    def later(self, canvas: Canvas, file: BaseDocTemplate) -> None:
        self._page += 1
        middle = typography.LEFT + (self._across - typography.LEFT - typography.RIGHT) / 2
        # The top of the digits is where Word's header begins.
        baseline = self._high - typography.PAGE_NUMBER - 0.9 * _PAGE_NUMBER_SIZE
        canvas.setFont(face(bold=False, italic=False), _PAGE_NUMBER_SIZE)
        canvas.drawCentredString(middle, baseline, str(self._page))


def _paper(landscape: bool) -> tuple[float, float]:
    size = (typography.PAGE_WIDTH, typography.PAGE_HEIGHT)
    return size[::-1] if landscape else size


def _page(name: str, landscape: bool, draw: _Draw, following: str) -> PageTemplate:
    across, high = _paper(landscape)
    frame = Frame(
        typography.LEFT,
        typography.BOTTOM,
        across - typography.LEFT - typography.RIGHT,
        high - typography.TOP - typography.BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    return PageTemplate(
        id=name, frames=[frame], onPage=draw, pagesize=(across, high), autoNextPageTemplate=following
    )


# --- pieces -------------------------------------------------------------------------------------------------


def _story(part: Part) -> Iterator[Flowable]:
    """What is drawn, with headings and captions on the page of what follows them."""
    room = typography.room(part.landscape)
    held: list[Flowable] = []
    for piece in part.pieces:
        if isinstance(piece, Rule) or (isinstance(piece, Line) and piece.look.keep):
            held += _drawn(piece, room)
            continue
        drawn = _drawn(piece, room)
        if isinstance(piece, Pair) or (isinstance(piece, Grid) and piece.whole):
            yield KeepTogether([*held, *drawn])
        elif held:
            needed = sum(_height(each, room) for each in held)
            yield CondPageBreak(needed + (_TABLE_START if isinstance(piece, Grid) else _TWO_LINES))
            yield from held
            yield from drawn
        else:
            yield from drawn
        held = []
    yield from held


def _height(flowable: Flowable, room: float) -> float:
    return (
        flowable.wrap(room, typography.PAGE_HEIGHT)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter()
    )


def _drawn(piece: Piece, room: float) -> list[Flowable]:
    if isinstance(piece, Line):
        return [_paragraph(piece.text, piece.look)]
    if isinstance(piece, Rule):
        return [_Rule(piece)]
    if isinstance(piece, Pair):
        return [_pair(piece, room)]
    if isinstance(piece, Filled):
        written = [_paragraph(line.text, line.look) for line in piece.lines]
        return [*written, *(_dotted(room) for _ in range(piece.dotted))]
    if isinstance(piece, Scanned):
        return [_scanned(piece, room), Spacer(1, 6)]
    return [_grid(piece), Spacer(1, 6)]


def _paragraph(text: str, look: Look) -> Flowable:
    if not text:
        return Spacer(1, typography.LINE_HEIGHT * look.size + look.before + look.after)
    return Paragraph(escape(text).replace("\n", "<br/>"), _style(look))


def _style(look: Look) -> ParagraphStyle:
    return ParagraphStyle(
        look.name,
        fontName=face(look.bold, look.italic),
        fontSize=look.size,
        leading=typography.LINE_HEIGHT * look.size,
        alignment=_ALIGN[look.align],
        firstLineIndent=look.first,
        leftIndent=look.left,
        spaceBefore=look.before,
        spaceAfter=look.after,
        allowWidows=0,
        allowOrphans=0,
    )


class _Rule(Flowable):
    """A solid line in the middle of the room, with the space around it."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self._rule = rule

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        self.width, self.height = room, _ABOVE_RULE + _BELOW_RULE + self._rule.after
        return self.width, self.height

    def draw(self) -> None:
        """Draw it on the canvas."""
        side, up = (self.width - self._rule.width) / 2, self.height - _ABOVE_RULE
        self.canv.setLineWidth(_RULE)
        self.canv.line(side, up, self.width - side, up)


def _dotted(room: float) -> Flowable:
    """A line of dots across the room, to write on."""
    look = Look(name="dotted", size=14, align="left", after=6)
    return _paragraph("." * int(room // width(".", look.size)), look)


class _Code(Flowable):
    """A QR code with its quiet zone."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.width = self.height = typography.CODE_SIDE

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it on the canvas."""
        draw_code(self.canv, self._text, 0, self.height, self.height)


def _scanned(scanned: Scanned, room: float) -> Flowable:
    side = typography.CODE_SIDE + 2 * typography.CELL_PADDING
    lines = [_paragraph(line.text, line.look) for line in scanned.lines]
    table = Table([[_Code(scanned.code), lines]], colWidths=(side, room - side))
    plain = face(bold=False, italic=False)
    table.setStyle(
        [("FONTNAME", (0, 0), (-1, -1), plain), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *_padding(0, 0)]
    )
    return table


# --- tables -------------------------------------------------------------------------------------------------


def _pair(pair: Pair, room: float) -> Flowable:
    widths = (room * pair.share, room * (1 - pair.share))
    cells = [[_side(side, wide) for side, wide in zip(row, widths, strict=True)] for row in pair.rows]
    table = Table(cells, colWidths=widths)
    # Without a typeface of its own a table brings another one into the file.
    plain = face(bold=False, italic=False)
    table.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), plain),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *_padding(0, 0),
        ]
    )
    return table


def _side(pieces: Sequence[Piece], room: float) -> list[Flowable]:
    """One side. Space before the first thing in a cell is left out, so nothing comes first."""
    drawn = [flowable for piece in pieces for flowable in _drawn(piece, room)]
    return [Spacer(1, 0), *drawn] if drawn else []


def _grid(grid: Grid) -> Flowable:
    header = _header(grid)
    above = len(grid.header)
    plain, bold = _cell_look(grid, bold=False), _cell_look(grid, bold=True)
    rows = [
        [
            _cell(text, bold if row.bold else plain, wide, number)
            for text, wide, number in zip(row.cells, grid.widths, grid.aligned, strict=True)
        ]
        for row in grid.rows
    ]
    table = Table([*header, *rows], colWidths=grid.widths, repeatRows=above, splitInRow=_too_high(grid, rows))
    numbers = [("ALIGN", (at, above), (at, -1), "RIGHT") for at, number in enumerate(grid.aligned) if number]
    totals = [
        ("FONTNAME", (0, at), (-1, at), face(bold=True, italic=False))
        for at, row in enumerate(grid.rows, start=above)
        if row.bold
    ]
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, black),
            (
                "FONT",
                (0, 0),
                (-1, -1),
                face(bold=False, italic=False),
                grid.size,
                typography.LINE_HEIGHT * grid.size,
            ),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("VALIGN", (0, 0), (-1, above - 1), "MIDDLE"),
            *_padding(typography.CELL_PADDING, typography.CELL_PADDING / 2),
            *_spans(grid),
            *numbers,
            *totals,
        ]
    )
    return table


def _too_high(grid: Grid, rows: Sequence[Sequence[str | Flowable]]) -> int:
    """Whether a row is higher than a page, so that reportlab has to split it."""
    page = typography.PAGE_WIDTH - typography.TOP - typography.BOTTOM
    texts = (cell_and_width for row in rows for cell_and_width in zip(row, grid.widths, strict=True))
    return int(any(_height(cell, wide) > page / 2 for cell, wide in texts if isinstance(cell, Flowable)))


def _cell_look(grid: Grid, *, bold: bool) -> Look:
    return Look(name="cell", size=grid.size, bold=bold, align="left")


def _cell(text: str, look: Look, wide: float, number: bool) -> str | Flowable:
    """A text that needs no second line is drawn as it is, which is much faster than a paragraph."""
    if "\n" not in text and width(text, look.size, bold=look.bold) <= wide - 2 * typography.CELL_PADDING:
        return text
    aligned = Look(name=look.name, size=look.size, bold=look.bold, align="right" if number else "left")
    return _paragraph(text, aligned)


def _header(grid: Grid) -> list[list[str | Flowable]]:
    look = Look(name="cell", size=grid.size, bold=True)
    rows: list[list[str | Flowable]] = [["" for _ in grid.widths] for _ in grid.header]
    for number, header in enumerate(grid.header):
        for cell in header:
            rows[number][cell.at] = _paragraph(cell.text, look)
    return rows


def _spans(grid: Grid) -> Iterator[_Command]:
    for number, header in enumerate(grid.header):
        for cell in header:
            if cell.across > 1 or cell.down > 1:
                yield "SPAN", (cell.at, number), _last(cell, number)


def _last(cell: HeaderCell, row: int) -> tuple[int, int]:
    return cell.at + cell.across - 1, row + cell.down - 1


def _padding(across: float, down: float) -> list[_Command]:
    sides = (("LEFT", across), ("RIGHT", across), ("TOP", down), ("BOTTOM", down))
    return [(f"{side}PADDING", (0, 0), (-1, -1), size) for side, size in sides]
