"""A .docx file → `Written`: its text in reading order, with the form that each part of it has.

What was deleted with changes tracked is left out, what was inserted is read. A paragraph is cut at its line
breaks. Nested tables are read as lines of their cell; text boxes are kept apart.

Promise, with a test: a file that would take long is refused (HL5152) before it is read to its end. So lines,
cells, runs and letters have limits, many times those of the longest report.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from sync.central.reports.official_form import drawn
from sync.central.reports.official_form.numbering import Numbering
from sync.central.reports.official_form.paper import (
    Align,
    Cell,
    Drawn,
    Item,
    Line,
    Place,
    Run,
    Section,
    Table,
    Written,
)
from sync.central.reports.official_form.styles import (
    Letters,
    Properties,
    Styles,
    attributes,
    has_borders,
    number,
)
from sync.central.reports.official_form.unpacked import Opened, Part, R, W
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DOCUMENT_TOO_LARGE

# Lines and cells, runs, and letters; a report of 168 units has some 3,000, 3,000 and 60,000.
MOST_LINES = 12_000
MOST_RUNS = 100_000
MOST_LETTERS = 1_500_000
# Word's own distances where a file says nothing, twips and pt.
_CELL_MARGIN = 108
_AUTOMATIC = 14.0
# The height of a single line of Times New Roman, as a share of the letters' size.
_SINGLE = 1.15
_ALIGN: Mapping[str, Align] = {
    "center": "center",
    "right": "right",
    "end": "right",
    "both": "both",
    "distribute": "both",
}
_PAGE = re.compile(r"\s*PAGE\b", re.IGNORECASE)
# What holds runs and is read through.
_THROUGH = frozenset(
    f"{W}{name}"
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "dir")
)
_AROUND = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))


def read_document(data: bytes) -> Written:
    """The document in this file; raises ProblemError HL5151, HL5152."""
    opened = Opened(data)
    return _Reader(opened, opened.document()).document()


class _Around(Struct, frozen=True, kw_only=True):
    """What a paragraph is in. width: of its place. table: the style of its table."""

    section: int
    width: float
    table: str = ""
    place: Place


class _Reader:
    def __init__(self, opened: Opened, main: Part) -> None:
        self._opened = opened
        self._main = main
        self._styles = Styles(self._kind("styles"), self._kind("theme"))
        self._numbering = Numbering(self._kind("numbering"))
        self._boxes: list[Line] = []
        self._paragraphs = 0
        self._tables = 0
        self._lines_read = 0
        self._runs_read = 0
        self._letters_read = 0

    def _kind(self, kind: str) -> etree._Element | None:
        name = self._main.by_kind.get(kind, "")
        return self._opened.part(name).root if name else None

    # --- the body ---------------------------------------------------------------------------------------

    def document(self) -> Written:
        body = self._main.root.find(f"{W}body")
        blocks = [] if body is None else list(_blocks(body))
        ends = [block.find(f"{W}pPr/{W}sectPr") for block in blocks if block.tag == f"{W}p"]
        marks = [end for end in ends if end is not None]
        last = None if body is None else body.find(f"{W}sectPr")
        if last is not None or not marks:
            marks.append(last if last is not None else etree.Element(f"{W}sectPr"))
        sections = self._sections(marks)
        items: list[Item] = []
        at, styles = 0, ("", False)
        for block in blocks:
            section = sections[min(at, len(sections) - 1)]
            around = _Around(
                section=min(at, len(sections) - 1),
                width=section.width - section.left - section.right,
                place=Place(paragraph=0),
            )
            if block.tag == f"{W}tbl":
                items.append(self._table(block, around))
                styles = ("", False)
                continue
            lines, own = self._paragraph(block, around)
            items.extend(_close_up(items, lines, styles, own))
            styles = own
            if block.find(f"{W}pPr/{W}sectPr") is not None:
                at += 1
        return Written(items=tuple(items), sections=sections, boxes=tuple(self._boxes))

    def _table(self, table: etree._Element, around: _Around) -> Table:
        self._tables += 1
        number_of_table = self._tables
        properties = table.find(f"{W}tblPr")
        style = _value(properties, "tblStyle")
        ruled = self._styles.is_ruled(style)
        if properties is not None and properties.find(f"{W}tblBorders") is not None:
            ruled = has_borders(properties.find(f"{W}tblBorders"))
        margins = _cell_margins(properties)
        grid = [number(column.get(f"{W}w")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
        rows: list[tuple[Cell, ...]] = []
        for row_number, row in enumerate(_inner(table, "tr"), 1):
            cells: list[Cell] = []
            column = 0
            for cell_number, cell in enumerate(_inner(row, "tc"), 1):
                self._read(lines=1)
                cell_properties = cell.find(f"{W}tcPr")
                span = int(number(_value(cell_properties, "gridSpan"))) or 1
                width = _cell_width(cell_properties) or sum(grid[column : column + span])
                column += span
                ruled = ruled or has_borders(
                    None if cell_properties is None else cell_properties.find(f"{W}tcBorders")
                )
                inside = replace(
                    around,
                    table=style,
                    width=max(width - margins, 0),
                    place=Place(paragraph=0, table=number_of_table, row=row_number, cell=cell_number),
                )
                cells.append(Cell(tuple(self._lines(cell, inside)), width))
            rows.append(tuple(cells))
        return Table(rows=tuple(rows), ruled=ruled, section=around.section)

    def _lines(self, holder: etree._Element, around: _Around) -> Iterator[Line]:
        """The lines in a cell, a header or a text box."""
        paragraphs = 0
        for block in _blocks(holder):
            if block.tag == f"{W}tbl":
                for row in _inner(block, "tr"):
                    for cell in _inner(row, "tc"):
                        yield from self._lines(cell, around)
                continue
            paragraphs += 1
            placed = replace(around, place=replace(around.place, paragraph=paragraphs))
            yield from self._paragraph(block, placed)[0]

    # --- a paragraph ------------------------------------------------------------------------------------

    def _paragraph(
        self, paragraph: etree._Element, around: _Around
    ) -> tuple[tuple[Line, ...], tuple[str, bool]]:
        """Its lines; its style, and whether it leaves no gap to a neighbour of the same style."""
        self._paragraphs += 1
        self._read(lines=1)
        if not around.place.paragraph:
            around = replace(around, place=replace(around.place, paragraph=self._paragraphs))
        own = paragraph.find(f"{W}pPr")
        said = dict(self._styles.paragraph(own, around.table))
        list_id, level = (
            said.get("numPr.numId", {}).get("val", ""),
            said.get("numPr.ilvl", {}).get("val", "0"),
        )
        label = ""
        if list_id and list_id != "0":
            label = self._numbering.next(list_id, int(number(level)))
            direct = {} if own is None else attributes(own.find(f"{W}ind"))
            said["ind"] = {
                **said.get("ind", {}),
                **self._numbering.indents(list_id, int(number(level))),
                **direct,
            }
        pieces = list(self._pieces(paragraph, own, around))
        if label:
            form = next((run for run in pieces[0] if run.text.strip()), None)
            if form is not None:
                pieces[0].insert(0, replace(form, text=f"{label} "))
        lines = _form(pieces, said, around)
        lines = (
            replace(lines[0], drawn=(*lines[0].drawn, *drawn.shapes(paragraph)), numbered=bool(label)),
            *lines[1:],
        )
        for box in paragraph.iter(f"{W}txbxContent"):
            # A box within a box is read with the paragraph that holds it.
            if next(box.iterancestors(f"{W}p")) is paragraph and not any(
                above.tag.endswith("}Fallback") for above in box.iterancestors() if isinstance(above.tag, str)
            ):
                inside = replace(around, place=replace(around.place, box=True))
                self._boxes.extend(self._lines(box, inside))
        close = said.get("contextualSpacing")
        return lines, (
            _value(own, "pStyle"),
            close is not None and close.get("val", "1") not in ("0", "false"),
        )

    def _pieces(
        self, paragraph: etree._Element, own: etree._Element | None, around: _Around
    ) -> Iterator[list[Run]]:
        """The runs of each line of a paragraph; always at least one line."""
        runs: list[Run] = []
        fields: list[str] = []
        for run, instruction in _runs(paragraph):
            form = self._styles.letters(own, run.find(f"{W}rPr"), around.table)
            if form.hidden:
                continue
            self._read(runs=1)
            text = ""
            for part in run:
                name = part.tag.removeprefix(W) if isinstance(part.tag, str) else ""
                if name == "t":
                    text += part.text or ""
                    self._read(letters=len(part.text or ""))
                elif name in ("tab", "ptab"):
                    text += "\t"
                elif name == "noBreakHyphen":
                    text += "-"
                elif name == "fldChar":
                    kind = part.get(f"{W}fldCharType", "")
                    if kind == "begin":
                        fields.append("")
                    elif kind == "end" and fields:
                        ended = fields.pop()
                        if _PAGE.match(ended):
                            runs.append(_run("", form, True))
                elif name == "instrText" and fields:
                    fields[-1] += part.text or ""
                elif name == "cr" or (
                    name == "br" and part.get(f"{W}type", "textWrapping") == "textWrapping"
                ):
                    runs.append(_run(text, form, False))
                    self._read(lines=1)
                    yield runs
                    runs, text = [], ""
            page_field = bool(_PAGE.match(instruction)) or any(_PAGE.match(field) for field in fields)
            if text or page_field:
                runs.append(_run(text, form, page_field))
        yield runs

    def _read(self, *, lines: int = 0, runs: int = 0, letters: int = 0) -> None:
        """Count what was read; raises ProblemError HL5152 if it is too much."""
        self._lines_read += lines
        self._runs_read += runs
        self._letters_read += letters
        if self._lines_read > MOST_LINES or self._runs_read > MOST_RUNS or self._letters_read > MOST_LETTERS:
            raise ProblemError(DOCUMENT_TOO_LARGE(detail="quá nhiều đoạn hoặc chữ"))

    # --- sections ---------------------------------------------------------------------------------------

    def _sections(self, marks: Sequence[etree._Element]) -> tuple[Section, ...]:
        sections: list[Section] = []
        headers: dict[str, str] = {}
        for at, mark in enumerate(marks):
            for name in ("header", "footer"):
                for reference in mark.iterfind(f"{W}{name}Reference"):
                    target = self._main.by_id.get(reference.get(f"{R}id", ""), "")
                    headers[f"{name}/{reference.get(f'{W}type', 'default')}"] = target
            sections.append(self._section(mark, at, headers))
        return tuple(sections)

    def _section(self, mark: etree._Element, at: int, headers: Mapping[str, str]) -> Section:
        size, margins = attributes(mark.find(f"{W}pgSz")), attributes(mark.find(f"{W}pgMar"))
        pages = attributes(mark.find(f"{W}pgNumType"))
        title = mark.find(f"{W}titlePg")
        width, height = number(size.get("w", "12240")), number(size.get("h", "15840"))
        left = number(margins.get("left") or margins.get("start") or "1440") + number(margins.get("gutter"))
        right = number(margins.get("right") or margins.get("end") or "1440")
        around = _Around(section=at, width=width - left - right, place=Place(paragraph=0))

        def lines(name: str) -> tuple[Line, ...]:
            part = headers.get(name, "")
            if not part:
                return ()
            return tuple(self._lines(self._opened.part(part).root, around))

        return Section(
            width=width,
            height=height,
            landscape=size.get("orient") == "landscape" or width > height,
            top=abs(number(margins.get("top", "1440"))),
            bottom=abs(number(margins.get("bottom", "1440"))),
            left=left,
            right=right,
            first=int(number(pages["start"])) if "start" in pages else None,
            number_format=pages.get("fmt", "decimal"),
            own_first=title is not None and title.get(f"{W}val", "1") not in ("0", "false"),
            header=lines("header/default"),
            first_header=lines("header/first"),
            footer=(*lines("footer/default"), *lines("footer/first")),
            new_page=_value(mark, "type") != "continuous",
        )


# --- elements -----------------------------------------------------------------------------------------------


def _blocks(holder: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, also within content controls."""
    for element in holder:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in _AROUND:
            yield from _blocks(element)


def _inner(holder: etree._Element, name: str) -> Iterator[etree._Element]:
    for element in holder:
        if element.tag == f"{W}{name}":
            yield element
        elif element.tag in _AROUND:
            yield from _inner(element, name)


def _runs(holder: etree._Element, instruction: str = "") -> Iterator[tuple[etree._Element, str]]:
    """Runs in order, with the field that they are the result of."""
    for element in holder:
        if element.tag == f"{W}r":
            yield element, instruction
        elif element.tag == f"{W}fldSimple":
            instruction_here = element.get(f"{W}instr", "")
            inside = list(_runs(element, instruction_here))
            yield from inside or [(element, instruction_here)]
        elif element.tag in _THROUGH:
            yield from _runs(element, instruction)


def _value(holder: etree._Element | None, name: str) -> str:
    element = None if holder is None else holder.find(f"{W}{name}")
    return "" if element is None else element.get(f"{W}val", "")


def _cell_margins(table: etree._Element | None) -> float:
    """What the cells of a table keep free on their left and right, together."""
    own = None if table is None else table.find(f"{W}tblCellMar")
    sides = [None if own is None else own.find(f"{W}{side}") for side in ("left", "right")]
    return sum(_CELL_MARGIN if side is None else number(side.get(f"{W}w")) for side in sides)


def _cell_width(properties: etree._Element | None) -> float:
    width = attributes(None if properties is None else properties.find(f"{W}tcW"))
    return number(width.get("w")) if width.get("type", "dxa") == "dxa" else 0.0


# --- form ---------------------------------------------------------------------------------------------------


def _run(text: str, form: Letters, page_field: bool) -> Run:
    shown = text.upper() if form.capitals else text
    fonts = {form.plain if letter.isascii() else form.other for letter in shown if not letter.isspace()}
    return Run(
        text=shown,
        fonts=tuple(sorted(fonts)),
        size=form.size,
        bold=form.bold,
        italic=form.italic,
        underline=form.underline,
        colour=form.colour,
        page_field=page_field,
    )


def _form(pieces: Sequence[Sequence[Run]], said: Properties, around: _Around) -> tuple[Line, ...]:
    """The lines of a paragraph, with the form that it has."""
    indents, spacing = said.get("ind", {}), said.get("spacing", {})
    left = number(indents.get("left") or indents.get("start"))
    right = number(indents.get("right") or indents.get("end"))
    first = number(indents.get("firstLine")) - number(indents.get("hanging"))
    frame = said.get("framePr", {}).get("xAlign", "")
    align = _ALIGN.get(said.get("jc", {}).get("val", "left"), "left")
    sizes = [run.size for piece in pieces for run in piece if run.text.strip()]
    width = max(around.width - left - right, 0)
    edges: tuple[Drawn, ...] = tuple(drawn.borders(said, width))
    return tuple(
        Line(
            runs=tuple(piece),
            align="center" if frame == "center" else align,
            left=left,
            first=first if at == 0 else 0,
            before=_gap(spacing, "before") if at == 0 else 0,
            after=_gap(spacing, "after") if at == len(pieces) - 1 else 0,
            leading=_leading(spacing, max(sizes, default=14.0)),
            place=around.place,
            section=around.section,
            width=width,
            drawn=edges if at == len(pieces) - 1 else (),
        )
        for at, piece in enumerate(pieces)
    )


def _gap(spacing: Mapping[str, str], side: str) -> float:
    if spacing.get(f"{side}Autospacing") in ("1", "true", "on"):
        return _AUTOMATIC
    return number(spacing.get(side)) / 20


def _leading(spacing: Mapping[str, str], size: float) -> float:
    line = number(spacing.get("line", "240"))
    if spacing.get("lineRule", "auto") == "auto":
        return line / 240
    lines = line / 20 / (size * _SINGLE)
    return max(lines, 1.0) if spacing["lineRule"] == "atLeast" else lines


def _close_up(
    items: list[Item], lines: tuple[Line, ...], before: tuple[str, bool], own: tuple[str, bool]
) -> tuple[Line, ...]:
    """Take away the gap between two paragraphs of one style where either of them leaves none."""
    if not items or before[0] != own[0] or isinstance(items[-1], Table):
        return lines
    if before[1]:
        items[-1] = replace(items[-1], after=0.0)
    return (replace(lines[0], before=0.0), *lines[1:]) if own[1] else lines
