"""How slips for the citizen's own phone look: A4, eight to a page, with lines to cut along."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from msgspec import Struct
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from sync.central.office.cards.paper import draw_code
from sync.central.reports.writing.typeface import face, width

CODE_SIDE = 52 * mm
"""With its quiet zone: the code holds what it opens, so it is a large one."""
_COLUMNS, _ROWS = 2, 4
_MARGIN = 8 * mm
_WIDE, _HIGH = (A4[0] - 2 * _MARGIN) / _COLUMNS, (A4[1] - 2 * _MARGIN) / _ROWS
_CUT = HexColor("#8A93A3")


class SlipWords(Struct, frozen=True, kw_only=True):
    """What all slips of a file say. procedure: "" for any. last: the last whole day on which they open."""

    office: str
    title: str
    procedure: str
    last: date


def write_slips(words: SlipWords, addresses: Sequence[str]) -> bytes:
    """The file: a slip for each of these addresses."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="vi-VN")
    canvas.setTitle(words.title)
    canvas.setAuthor(words.office)
    for at, address in enumerate(addresses):
        place = at % (_COLUMNS * _ROWS)
        if at and not place:
            canvas.showPage()
        row, column = divmod(place, _COLUMNS)
        _draw(canvas, words, address, _MARGIN + column * _WIDE, A4[1] - _MARGIN - row * _HIGH)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, words: SlipWords, address: str, left: float, top: float) -> None:
    """One slip below and right of this corner."""
    canvas.setStrokeColor(_CUT)
    canvas.setLineWidth(0.4)
    canvas.setDash(2, 2)
    canvas.rect(left, top - _HIGH, _WIDE, _HIGH)
    canvas.setDash()
    canvas.setFillColor(black)
    draw_code(canvas, address, left + 1 * mm, top - (_HIGH - CODE_SIDE) / 2, CODE_SIDE)
    column, room = left + CODE_SIDE + 2 * mm, _WIDE - CODE_SIDE - 5 * mm
    y = top - 8 * mm
    lines = (
        (words.office, 10.0, True),
        ("", 4.0, False),
        ("Mời ông/bà trả lời trên điện thoại của mình:", 11.0, True),
        ("mở máy ảnh, đưa vào mã, rồi mở trang hiện ra.", 10.0, False),
        ("", 4.0, False),
        (words.procedure, 9.0, False),
        ("", 4.0, False),
        (f"Dùng một lần, đến hết {words.last.day}/{words.last.month}/{words.last.year}.", 9.0, False),
        ("Không ghi tên, không ghi số điện thoại.", 9.0, False),
    )
    for text, size, bold in lines:
        canvas.setFont(face(bold, False), size)
        for line in _lines(text, room, size, bold=bold):
            canvas.drawString(column, y, line)
            y -= 1.25 * size
        if not text:
            y -= size


def _lines(text: str, room: float, size: float, *, bold: bool) -> list[str]:
    """The text in lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size, bold=bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if text else []
