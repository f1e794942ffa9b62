"""How a card looks on paper: the sheet to cut (PDF, A4), and single codes (PNG, SVG).

A card is 85.6 × 54 mm, the size of a bank card (ISO/IEC 7810 ID-1), so it fits every badge holder. Badges and
procedure cards differ in words and colour. QR codes have error correction level H: scanners still read them
with a tenth of their area worn off, and printed at 25 mm on a label printer.
"""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal
from xml.sax.saxutils import escape

import qrcode
import qrcode.util
from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from sync.contract import colours
from sync.contract.codes import Code
from sync.host.assets import asset

CARD_WIDTH, CARD_HEIGHT = 85.6 * mm, 54 * mm
COLUMNS, ROWS = 2, 4
GAP_X, GAP_Y = 9 * mm, 9 * mm
MARGIN = 6 * mm
QUIET_MODULES = 4
ALPHANUMERIC: Final = 2  # the QR mode (ISO/IEC 18004, table 2)
SMALLEST = 6.5  # points

INK = HexColor(colours.INK)
SECOND_INK = HexColor(colours.QUIET_INK)
CUT = HexColor("#8A93A3")
COLOURS = {"badge": HexColor(colours.TEAL), "procedure": HexColor(colours.LOTUS)}
LABELS = {"badge": "Thẻ cán bộ", "procedure": "Thẻ thủ tục"}


class Card(Struct, frozen=True, kw_only=True):
    """One card: its signed code as data and as the text of its QR, and the words next to it."""

    code: Code
    text: str
    name: str
    title: str
    unit: str


def font_folder() -> Path:
    """Where the fonts are: in the source tree, or next to the installed packages."""
    return asset("fonts")


@cache
def _register_fonts() -> None:
    for name in ("Roboto-Regular", "Roboto-Bold"):
        pdfmetrics.registerFont(TTFont(name, font_folder() / f"{name}.ttf"))


def matrix(text: str) -> list[list[bool]]:
    """The modules of the QR code of `text`, True where dark, without the quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_H, border=0)
    code.add_data(qrcode.util.QRData(text.encode(), mode=ALPHANUMERIC))
    code.make()
    modules: list[list[bool]] = code.get_matrix()
    return modules


def code_picture(text: str, pixels: int = 8) -> bytes:
    """The same as a PNG with its quiet zone. pixels: of a module."""
    modules = matrix(text)
    side = len(modules) + 2 * QUIET_MODULES
    picture = Image.new("1", (side, side), 1)
    for row, line in enumerate(modules, QUIET_MODULES):
        for column, dark in enumerate(line, QUIET_MODULES):
            if dark:
                picture.putpixel((column, row), 0)
    out = io.BytesIO()
    picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_code(canvas: Canvas, text: str, left: float, top: float, side: float) -> None:
    """Draw the same with its quiet zone, `side` wide, below and right of this corner."""
    modules = matrix(text)
    module = side / (len(modules) + 2 * QUIET_MODULES)
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                x = left + (QUIET_MODULES + column) * module
                path.rect(x, top - (QUIET_MODULES + row + 1) * module, module * 1.01, module * 1.01)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)


# --- the sheet ---------------------------------------------------------------------------------------


def sheet(cards: Sequence[Card]) -> bytes:
    """All cards as a PDF, A4, eight to a page, with cut marks."""
    _register_fonts()
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4, invariant=1)
    canvas.setTitle("Hài Lòng: " + ", ".join(sorted({LABELS[card.code.kind] for card in cards})))
    canvas.setAuthor(cards[0].unit)
    per_page = COLUMNS * ROWS
    pages = (len(cards) + per_page - 1) // per_page
    left = (A4[0] - COLUMNS * CARD_WIDTH - (COLUMNS - 1) * GAP_X) / 2
    bottom = (A4[1] - ROWS * CARD_HEIGHT - (ROWS - 1) * GAP_Y) / 2
    for page in range(pages):
        for place, card in enumerate(cards[page * per_page : (page + 1) * per_page]):
            row, column = divmod(place, COLUMNS)
            x = left + column * (CARD_WIDTH + GAP_X)
            y = bottom + (ROWS - 1 - row) * (CARD_HEIGHT + GAP_Y)
            _draw_card(canvas, card, x, y)
            _draw_cut_marks(canvas, x, y)
        canvas.setFont("Roboto-Regular", 7.5)
        canvas.setFillColor(SECOND_INK)
        canvas.drawCentredString(
            A4[0] / 2,
            8 * mm,
            f"In đúng cỡ 100 %, cắt theo vạch. {cards[0].unit}. Trang {page + 1}/{pages}",
        )
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def _draw_card(canvas: Canvas, card: Card, x: float, y: float) -> None:
    """One card with its lower left corner at (x, y), in points."""
    colour = COLOURS[card.code.kind]
    band, bleed = 9 * mm, 2 * mm
    top = y + CARD_HEIGHT
    canvas.setFillColor(colour)
    canvas.rect(x - bleed, top - band, CARD_WIDTH + 2 * bleed, band + bleed, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Roboto-Bold", 12)
    canvas.drawString(x + MARGIN, top - 6 * mm, LABELS[card.code.kind])
    after_label = x + MARGIN + canvas.stringWidth(LABELS[card.code.kind], "Roboto-Bold", 12) + 4 * mm
    width = x + CARD_WIDTH - MARGIN - after_label
    unit = _words(card.unit, width, 7.4 * mm, "Roboto-Regular", 9, white, TA_RIGHT)
    height = unit.wrap(width, band)[1]
    unit.drawOn(canvas, after_label, top - (band + height) / 2)

    # The QR's quiet zone is part of its 38 mm; its dark modules align with the label above.
    size = 38 * mm
    modules = matrix(card.text)
    module = size / (len(modules) + 2 * QUIET_MODULES)
    left = x + MARGIN - QUIET_MODULES * module
    _draw_code(canvas, modules, left, y + 6.6 * mm, module)
    canvas.setFillColor(INK)
    canvas.setFont("Roboto-Bold", 10)
    canvas.drawCentredString(left + size / 2, y + 4.4 * mm, card.code.subject)

    column = left + size + 1.5 * mm
    width = x + CARD_WIDTH - MARGIN - column
    below, room = top - band - 2.4 * mm, 29 * mm
    size = 15 if card.code.kind == "badge" else 13
    name = _words(card.name, width, 20 * mm, "Roboto-Bold", size, INK)
    used = name.wrap(width, room)[1]
    name.drawOn(canvas, column, below - used)
    if card.title:
        used += 1.6 * mm
        title = _words(card.title, width, room - used, "Roboto-Regular", 10, SECOND_INK)
        title.drawOn(canvas, column, below - used - title.wrap(width, room)[1])
    canvas.setFillColor(SECOND_INK)
    canvas.setFont("Roboto-Regular", 8)
    canvas.drawString(column, y + 8 * mm, f"Số thẻ {card.code.serial[:4]} {card.code.serial[4:]}")
    canvas.drawString(column, y + 4.4 * mm, f"Dùng đến {card.code.expires:%d/%m/%Y}")


def _draw_code(canvas: Canvas, modules: list[list[bool]], x: float, y: float, module: float) -> None:
    """Draw the code as one path, its quiet zone's corner at (x, y); runs overlap a little to hide seams."""
    path = canvas.beginPath()
    count = len(modules)
    for row, line in enumerate(modules):
        start = 0
        while start < count:
            end = start
            while end < count and line[end]:
                end += 1
            if end > start:
                path.rect(
                    x + (QUIET_MODULES + start) * module,
                    y + (QUIET_MODULES + count - 1 - row) * module,
                    (end - start) * module,
                    module * 1.01,
                )
            start = max(end, start + 1)
    canvas.setFillColor(HexColor("#000000"))
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)


def _words(
    words: str,
    width: float,
    height: float,
    font: str,
    size: float,
    colour: Color,
    align: Literal[0, 2] = TA_LEFT,
) -> Paragraph:
    """`words` in the largest size that fits; shortened by whole words if even the smallest does not."""
    shown, left = words, words.split()
    while True:
        style = ParagraphStyle(
            "words", fontName=font, fontSize=size, leading=size * 1.3, textColor=colour, alignment=align
        )
        paragraph = Paragraph(escape(shown), style)
        fits = paragraph.wrap(width, height)[1] <= height and paragraph.minWidth() <= width
        if fits or not left:
            return paragraph
        if size > SMALLEST:
            size -= 0.5
        else:
            left.pop()
            shown = " ".join(left) + " …"


def _draw_cut_marks(canvas: Canvas, x: float, y: float) -> None:
    canvas.setStrokeColor(CUT)
    canvas.setLineWidth(0.3)
    away, length = 2.6 * mm, 3.4 * mm
    for corner_x, way_x in ((x, -1), (x + CARD_WIDTH, 1)):
        for corner_y, way_y in ((y, -1), (y + CARD_HEIGHT, 1)):
            canvas.line(corner_x + way_x * away, corner_y, corner_x + way_x * (away + length), corner_y)
            canvas.line(corner_x, corner_y + way_y * away, corner_x, corner_y + way_y * (away + length))


# --- single codes ------------------------------------------------------------------------------------


def code_png(card: Card, module: int = 8) -> bytes:
    """The code with its clear text under it, `module` pixels a module, as a PNG at 300 dpi."""
    modules = matrix(card.text)
    size = (len(modules) + 2 * QUIET_MODULES) * module
    picture = Image.new("L", (size, size + 7 * module), 255)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                x, y = (QUIET_MODULES + column) * module, (QUIET_MODULES + row) * module
                draw.rectangle((x, y, x + module - 1, y + module - 1), fill=0)
    font = ImageFont.truetype(str(font_folder() / "Roboto-Bold.ttf"), 5 * module)
    draw.text((size / 2, size - module), card.code.subject, font=font, fill=0, anchor="mt")
    data = io.BytesIO()
    picture.save(data, "PNG", dpi=(300, 300), optimize=True)
    return data.getvalue()


def code_svg(card: Card) -> bytes:
    """The code with its clear text under it as an SVG; one unit a module."""
    modules = matrix(card.text)
    size = len(modules) + 2 * QUIET_MODULES
    squares = "".join(
        f"M{QUIET_MODULES + column},{QUIET_MODULES + row}h1v1h-1z"
        for row, line in enumerate(modules)
        for column, dark in enumerate(line)
        if dark
    )
    text = (
        f'<text x="{size / 2}" y="{size + 3}" text-anchor="middle" font-size="5" font-weight="700" '
        f'font-family="Roboto, Arial, sans-serif">{escape(card.code.subject)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 7}" width="30mm">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<path d="{squares}" shape-rendering="crispEdges"/>{text}</svg>\n'
    ).encode()
