"""How a printed form looks: A4, one PDF of all copies of a run.

- The letters are Liberation Serif, embedded, as in the reports.
- What all copies have in common is in the file once; a copy adds its number and its QR code (25 mm).
- The same run gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from typing import Literal

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Spacer, Table

from sync.central.office.cards.paper import draw_code
from sync.central.office.paper.runs import PrintRun
from sync.central.reports.printing.content import Box, Item, PrintedForm, RatingTable
from sync.central.reports.writing.typeface import face, width
from sync.contract.form_code import NUMBER_DIGITS, form_code

CODE_SIDE = 25 * mm
"""With its quiet zone."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 22 * mm, 15 * mm, 13 * mm, 16 * mm
_ROOM = A4[0] - _LEFT - _RIGHT
_HEAD = 31 * mm  # for the head and the code of the first page
_LEADING = 1.22
_BOX = 3.6 * mm
_COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_OFFICE = 0.4  # of the room left of the code
_GREY = HexColor("#8a8a8a")
_NUMBER_WIDTH, _LEVEL_WIDTH = 9 * mm, 19 * mm


def write_forms(form: PrintedForm, run: PrintRun) -> bytes:
    """The file: every copy of the run."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="vi-VN")
    canvas.setTitle(f"{form.title} {run.first}-{run.last}")
    canvas.setAuthor(form.letterhead.name)
    pages = define_pages(canvas, form)
    for number in range(run.first, run.last + 1):
        for page in range(pages):
            draw_page(canvas, form, number, page, pages)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_page(canvas: Canvas, form: PrintedForm, number: int, page: int, pages: int, name: str = "") -> None:
    """Draw one of the `pages` of the copy with this number; name: as of `define_pages`."""
    asked = form.asked
    canvas.doForm(f"{name}page{page}")
    _draw_number(canvas, number, page, pages)
    if page == 0:
        text = form_code(asked.unit, asked.plan, asked.group, asked.survey, number)
        draw_code(canvas, text, A4[0] - _RIGHT - CODE_SIDE, A4[1] - _TOP, CODE_SIDE)


def draw_specimen(canvas: Canvas, page: int, pages: int, name: str) -> None:
    """Draw one page of a copy to read from: without a number and a code, so that nobody keys it in."""
    canvas.doForm(f"{name}page{page}")
    canvas.setFillColor(black)
    canvas.setFont(face(True, False), 11)
    if page == 0:
        middle = A4[0] - _RIGHT - CODE_SIDE / 2
        canvas.drawCentredString(middle, A4[1] - _TOP - 2.6 * mm, "BẢN ĐỂ ĐỌC")
    if pages > 1:
        canvas.setFont(face(False, False), 9)
        canvas.drawRightString(A4[0] - _RIGHT, 9 * mm, f"Bản để đọc, trang {page + 1}/{pages}")


def define_pages(canvas: Canvas, form: PrintedForm, name: str = "") -> int:
    """Define what all copies have, as forms that a copy repeats; how many pages.

    name: of this form, where a file has several.
    """
    story = list(_story(form))
    page = 0
    while story:
        canvas.beginForm(f"{name}page{page}", 0, 0, *A4)
        above = _HEAD if page == 0 else 0
        if page == 0:
            _draw_head(canvas, form)
        frame = Frame(
            *(_LEFT, _BOTTOM, _ROOM, A4[1] - _TOP - _BOTTOM - above),
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        before = len(story)
        frame.addFromList(story, canvas)
        canvas.endForm()
        page += 1
        if len(story) == before:
            raise AssertionError("a piece of a form that is higher than a page")
    return page


def _draw_head(canvas: Canvas, form: PrintedForm) -> None:
    """The office and the country next to each other, left of the code."""
    head, room = form.letterhead, _ROOM - CODE_SIDE
    office = [(line, True) for line in head.body]
    if head.above:
        office.insert(0, (head.above, False))
    country = [(line, True) for line in _COUNTRY]
    _draw_side(canvas, office, _LEFT + _OFFICE / 2 * room, _OFFICE * room, 22 * mm)
    middle = _LEFT + (1 + _OFFICE) / 2 * room
    below = _draw_side(canvas, country, middle, (1 - _OFFICE) * room - 4 * mm, 50 * mm)
    if form.form_code:
        canvas.setFont(face(False, False), 10)
        canvas.drawCentredString(middle, below - 5 * mm, f"Mã hiệu: {form.form_code}")


def _draw_side(
    canvas: Canvas, lines: Sequence[tuple[str, bool]], middle: float, room: float, rule: float
) -> float:
    """Centred lines, each bold or not, and a rule below them; where the rule is."""
    y = A4[1] - _TOP
    for line, bold in lines:
        y -= 5 * mm
        canvas.setFont(face(bold, False), _fitting(line, 11.5, room, bold=bold))
        canvas.drawCentredString(middle, y, line)
    y -= 2 * mm
    canvas.line(middle - rule / 2, y, middle + rule / 2, y)
    return y


def _fitting(text: str, size: float, room: float, *, bold: bool) -> float:
    """The size, or the largest smaller one at which the text fits."""
    return min(size, size * room / max(width(text, size, bold=bold), 1))


def _draw_number(canvas: Canvas, number: int, page: int, pages: int) -> None:
    shown = f"{number:0{NUMBER_DIGITS - 1}}"
    canvas.setFont(face(True, False), 11)
    canvas.setFillColor(black)
    if page == 0:
        middle = A4[0] - _RIGHT - CODE_SIDE / 2
        canvas.drawCentredString(middle, A4[1] - _TOP - CODE_SIDE - 2.6 * mm, f"Số {shown}")
    if pages > 1:
        canvas.setFont(face(False, False), 9)
        canvas.drawRightString(A4[0] - _RIGHT, 9 * mm, f"Phiếu số {shown}, trang {page + 1}/{pages}")


# --- the text ----------------------------------------------------------------------------------------------


def _story(form: PrintedForm) -> Iterator[Flowable]:
    yield _words(form.title.upper(), 14, bold=True, align=1, after=2)
    if form.rests_on:
        yield _words(f"({form.rests_on})", 11, italic=True, align=1, after=4)
    if form.head:
        yield Spacer(1, 4)
        yield from _head_lines(form.head)
    yield Spacer(1, 4)
    yield _words(form.purpose, 12, align=4, first=10 * mm, after=4)
    yield _words("Đánh dấu X vào ô ông/bà chọn.", 12, italic=True, first=10 * mm, after=6)
    for item in form.items:
        if isinstance(item, RatingTable):
            yield from _rating_rows(item)
        else:
            yield from _item(item)
    yield _Together(list(_end(form)))


def _head_lines(labels: Sequence[str]) -> Iterator[Flowable]:
    """Name and telephone share a line, as on an office's own form."""
    rows = [labels[:2], *([label] for label in labels[2:])]
    for row in rows:
        yield _Line([f"{label}:" for label in row])


def _item(item: Item) -> Iterator[Flowable]:
    number = f"{item.number}. " if item.number else ""
    if item.lines == 1:
        yield _Together([Spacer(1, 2), _Line([number + item.text], bold=bool(item.number)), Spacer(1, 3)])
        return
    parts: list[Flowable] = [_words(number + item.text, 12, bold=True, before=3, after=2)]
    if item.note:
        parts.append(_words(item.note, 11, italic=True, after=2))
    if item.boxes:
        parts.append(_Boxes(item.boxes))
    parts += [_Line([""]) for _ in range(item.lines)]
    yield _Together([*parts, Spacer(1, 4)])


def _rating_rows(table: RatingTable) -> Iterator[Flowable]:
    """The header with the first row; every other row by itself, so that pages break between rows."""
    level_width = min(_LEVEL_WIDTH, 0.55 * _ROOM / len(table.boxes))
    widths = [_NUMBER_WIDTH, _ROOM - _NUMBER_WIDTH - level_width * len(table.boxes)]
    widths += [level_width] * len(table.boxes)
    header: list[Flowable | str] = [
        _words("TT", 11, bold=True, align=1),
        _words("Nội dung", 11, bold=True, align=1),
        *(_words(box.label, _label_size(box.label, level_width), bold=True, align=1) for box in table.boxes),
    ]
    rows: list[list[Flowable | str]] = [
        [
            _words(number, 12, align=1),
            _words(text, 12),
            *(_Ticked(box.key) if box.key != "0" or offered else "" for box in table.boxes),
        ]
        for number, text, offered in table.rows
    ]
    yield Spacer(1, 4)
    for part in ([header, rows[0]], *([row] for row in rows[1:])):
        drawn = Table(part, colWidths=widths)
        drawn.setStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), face(False, False)),
                ("GRID", (0, 0), (-1, -1), 0.5, black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("ALIGN", (2, 0), (-1, -1), "CENTER"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ]
        )
        yield drawn
    yield Spacer(1, 5)


def _label_size(label: str, room: float) -> float:
    """A size at which no word of the label is broken."""
    longest = max(width(word, 10, bold=True) for word in label.split())
    return min(10, 10 * (room - 6) / longest)


def _end(form: PrintedForm) -> Iterator[Flowable]:
    if form.thanks:
        yield _words(form.thanks, 12, italic=True, align=1, before=4, after=4)
    signed = [[_words(form.place, 12, italic=True, align=1)]]
    if form.signature:
        signed.append([_words("NGƯỜI CHO Ý KIẾN", 12, bold=True, align=1)])
        signed.append([_words("(không bắt buộc ghi tên)", 11, italic=True, align=1)])
    table = Table(signed, colWidths=[0.5 * _ROOM], hAlign="RIGHT")
    table.setStyle([("FONTNAME", (0, 0), (-1, -1), face(False, False)), ("TOPPADDING", (0, 0), (-1, -1), 0)])
    yield table
    if form.signature:
        yield Spacer(1, 14 * mm)


def _words(
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    align: Literal[0, 1, 2, 4] = 0,
    first: float = 0,
    before: float = 0,
    after: float = 0,
) -> Paragraph:
    style = ParagraphStyle(
        "words",
        fontName=face(bold, italic),
        fontSize=size,
        leading=_LEADING * size,
        alignment=align,
        firstLineIndent=first,
        spaceBefore=before,
        spaceAfter=after,
    )
    return Paragraph(escape(text), style)


class _Together(Flowable):
    """Pieces below each other that stay on one page; a table is at the right."""

    def __init__(self, pieces: Sequence[Flowable]) -> None:
        super().__init__()
        self._pieces = pieces

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        heights = [each.wrap(room, high)[1] for each in self._pieces]
        spaces = [each.getSpaceBefore() + each.getSpaceAfter() for each in self._pieces]
        self.width, self.height = room, sum(heights) + sum(spaces)
        return self.width, self.height

    def draw(self) -> None:
        """Draw it on the canvas."""
        y = self.height
        for each in self._pieces:
            wide, high = each.wrap(self.width, y)
            y -= each.getSpaceBefore() + high
            each.drawOn(self.canv, self.width - wide if isinstance(each, Table) else 0, y)
            y -= each.getSpaceAfter()


class _Line(Flowable):
    """Labels on one line, each followed by dots up to the next one, to write on."""

    def __init__(self, labels: Sequence[str], *, bold: bool = False) -> None:
        super().__init__()
        self._labels, self._bold = labels, bold

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        self._own = room
        # A label that leaves no room to write gets a line of dots below it.
        self._wide = [width(label, 12, bold=self._bold) for label in self._labels]
        self._rows = 2 if len(self._labels) == 1 and self._wide[0] > 0.7 * room else 1
        self.width, self.height = room, 8.2 * mm * self._rows
        return self.width, self.height

    def draw(self) -> None:
        """Draw it on the canvas."""
        if self._rows == 2:
            words = _words(self._labels[0], 12, bold=self._bold)
            words.wrap(self._own, self.height)
            words.drawOn(self.canv, 0, self.height - words.height)
            self._dots(0, self._own)
            return
        share = self._own / len(self._labels)
        for at, (label, wide) in enumerate(zip(self._labels, self._wide, strict=True)):
            self.canv.setFont(face(self._bold, False), 12)
            self.canv.drawString(at * share, 2 * mm, label)
            self._dots(at * share + wide + (1 * mm if label else 0), (at + 1) * share - 1 * mm)

    def _dots(self, start: float, end: float) -> None:
        self.canv.saveState()
        self.canv.setDash(0.6, 2.2)
        self.canv.setLineWidth(0.7)
        self.canv.line(start, 1.4 * mm, end, 1.4 * mm)
        self.canv.restoreState()


class _Ticked(Flowable):
    """A box to tick, with the digit that is keyed for it in grey."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.width = self.height = _BOX

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        return _BOX, _BOX

    def draw(self) -> None:
        """Draw it on the canvas."""
        _draw_box(self.canv, 0, 0, self._key)


def _draw_box(canvas: Canvas, x: float, y: float, key: str) -> None:
    canvas.setLineWidth(0.7)
    canvas.rect(x, y, _BOX, _BOX, stroke=1, fill=0)
    canvas.setFillColor(_GREY)
    canvas.setFont(face(False, False), 5.5)
    canvas.drawCentredString(x + _BOX / 2, y + 1.15 * mm, key)
    canvas.setFillColor(black)


class _Boxes(Flowable):
    """Boxes with their labels: on one line if they fit there, else in columns of equal width."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        super().__init__()
        self._boxes = boxes

    def wrap(self, room: float, high: float) -> tuple[float, float]:
        """The room that it takes."""
        for size in (12, 11):
            wide = [width(box.label, size) + _BOX + 2 * mm for box in self._boxes]
            gap = (room - sum(wide)) / max(1, len(wide) - 1)
            if gap >= 2.5 * mm:
                starts = [sum(wide[:at]) + at * min(gap, 9 * mm) for at in range(len(wide))]
                self._place(starts, wide, size, high)
                break
        else:
            columns = max(1, int(room // (max(wide) + 4 * mm)))
            starts = [at % columns * room / columns for at in range(len(wide))]
            self._place(starts, [room / columns - 2 * mm] * len(wide), 12, high)
        self.width, self.height = room, sum(self._heights)
        return self.width, self.height

    def _place(self, starts: Sequence[float], wide: Sequence[float], size: float, high: float) -> None:
        self._starts = starts
        self._texts = [_words(box.label, size) for box in self._boxes]
        self._lines: list[list[int]] = []
        for at, start in enumerate(starts):
            if start == 0:
                self._lines.append([])
            self._lines[-1].append(at)
        each = [
            text.wrap(room - _BOX - 1 * mm, high)[1] for text, room in zip(self._texts, wide, strict=True)
        ]
        self._heights = [max(each[at] for at in line) + 1.5 * mm for line in self._lines]

    def draw(self) -> None:
        """Draw it on the canvas."""
        y = self.height
        for line, high in zip(self._lines, self._heights, strict=True):
            for at in line:
                x, text = self._starts[at], self._texts[at]
                _draw_box(self.canv, x, y - _BOX - 0.6 * mm, self._boxes[at].key)
                text.drawOn(self.canv, x + _BOX + 1.5 * mm, y - text.height)
            y -= high
