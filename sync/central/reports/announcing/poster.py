"""Posters A4: what came of a period, and an invitation to answer. Read from three metres.

A poster says what its figures rest on, and leads by a QR code of more than 40 mm to the public page.
"""

import io
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

import qrcode
from msgspec import Struct
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from sync.central.figures.summary import SMALLEST
from sync.central.office.cards.paper import font_folder
from sync.central.presenting.days import days_words
from sync.central.presenting.language import capital
from sync.central.presenting.numbers import decimal, n_words, whole
from sync.central.reports.announcing.outcome import Outcome
from sync.contract import colours

QR_SIDE = 46 * mm
"""The dark modules alone; the quiet zone comes on top."""
_QUIET = 4  # modules
_MARGIN = 18 * mm
_BAND = 62 * mm
_FIGURES, _DONE = 3, 2
_FIGURES_ROOM, _TALLEST, _GAP = 92 * mm, 36 * mm, 5 * mm
_WIDTH = A4[0] - 2 * _MARGIN

_INK, _QUIET_INK = HexColor(colours.INK), HexColor(colours.QUIET_INK)
_SOFT, _LINE = HexColor(colours.GROUND), HexColor(colours.HAIRLINE)


class PosterFigure(Struct, frozen=True):
    """One large figure: “90,5%”, what it is about, and “n = 682”."""

    value: str
    label: str
    n: str


class Poster(Struct, frozen=True, kw_only=True):
    """One page. above: the office, in small letters over the title. lines: below the title.

    figures: at most three. heading, items: what was put right, or how to answer; items: at most three.
    address: where the QR code leads, "" for none; code_says: what is there.
    """

    above: str
    title: str
    lines: tuple[str, ...]
    figures: tuple[PosterFigure, ...] = ()
    heading: str = ""
    items: tuple[str, ...] = ()
    address: str = ""
    code_says: str = ""
    foot: str = ""


def result_poster(outcome: Outcome, address: str) -> Poster:
    """What came of a period: three figures, two things put right, and where to read all of it."""
    figures = tuple(
        PosterFigure(
            f"{decimal(each.percent)}%",
            "hài lòng hoặc rất hài lòng" if each.very else "hài lòng",
            n_words(each.n),
        )
        for each in outcome.ratings[:_FIGURES]
    )
    labels = [each.topic or _overall(each.text) for each in outcome.ratings[:_FIGURES]]
    return Poster(
        above=outcome.office,
        title="Kết quả lấy ý kiến người dân, tổ chức",
        lines=(
            f"{capital(outcome.period)} ({days_words(outcome.first, outcome.last)})",
            f"{_answers(outcome.answers)} lượt cho ý kiến",
        ),
        figures=tuple(
            PosterFigure(figure.value, f"{figure.label}: {label}", figure.n)
            for figure, label in zip(figures, labels, strict=True)
        ),
        heading="Đã làm theo ý kiến của bà con" if outcome.done else "Mời ông/bà cho ý kiến",
        items=tuple(map(_sentence, outcome.done[:_DONE])) or ("Không bắt buộc, không phải ghi tên.",),
        address=address,
        code_says="Kết quả đầy đủ",
        foot=f"{outcome.chosen}; tỷ lệ tính trên số lượt có chọn mức (n).",
    )


def invitation_poster(office: str, address: str = "") -> Poster:
    """An invitation to answer, for the place where results are handed over."""
    return Poster(
        above=office,
        title="Mời ông/bà cho ý kiến",
        lines=("Sau khi nhận kết quả, chỉ mất chưa đến một phút",),
        heading="Cách làm",
        items=(
            "Chạm vào màn hình tại quầy, hoặc xin phiếu giấy và bỏ vào hòm phiếu.",
            "Chọn mức hài lòng; có thể ghi thêm điều chưa hài lòng.",
            "Không bắt buộc, không phải ghi tên, không ảnh hưởng đến việc giải quyết hồ sơ.",
        ),
        address=address,
        code_says="Kết quả các kỳ trước",
        foot="Cơ quan đọc mọi ý kiến và công bố việc đã khắc phục.",
    )


def _overall(text: str) -> str:
    """“nhìn chung” of “Nhìn chung, ông/bà có hài lòng không?”; another wording stays."""
    return "nhìn chung" if text.lower().startswith("nhìn chung") else text


def _answers(answers: int) -> str:
    return f"Dưới {SMALLEST}" if 0 < answers < SMALLEST else whole(answers)


def _sentence(text: str) -> str:
    """“Mở thêm một quầy.” of “Đã mở thêm một quầy”: the heading says that it was done."""
    words = text.strip().rstrip(".;").removeprefix("Đã ").removeprefix("đã ")
    return f"{capital(words)}."


# --- drawing ------------------------------------------------------------------------------------------------


def draw_poster(poster: Poster, *, colour: str = colours.TEAL) -> bytes:
    """The poster as a PDF of one page. colour: of the office, on which white can be read."""
    _register_fonts()
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4, invariant=1)
    canvas.setTitle(f"{poster.title}: {poster.above}")
    canvas.setAuthor(poster.above)
    primary = HexColor(colour)
    canvas.setFillColor(primary)
    canvas.rect(0, A4[1] - _BAND, A4[0], _BAND, stroke=0, fill=1)
    top = A4[1] - 12 * mm
    top = _text(canvas, poster.above.upper(), top, bold=True, size=16, colour=white, height=14 * mm)
    top = _text(canvas, poster.title, top - 2 * mm, bold=True, size=30, colour=white, height=26 * mm)
    for line in poster.lines:
        top = _text(canvas, line, top - 1.5 * mm, size=17, colour=white, height=8 * mm)
    code_top = (QR_SIDE + 24 * mm) if poster.address else 16 * mm
    top = A4[1] - _BAND - 10 * mm
    height = min(_TALLEST, (_FIGURES_ROOM + _GAP) / max(1, len(poster.figures)) - _GAP)
    for figure in poster.figures:
        _figure(canvas, figure, top, height, primary)
        top -= height + _GAP
    _items(canvas, poster, top - 4 * mm, code_top, primary)
    if poster.address:
        _code(canvas, poster)
    _text(canvas, poster.foot, 12 * mm, size=10, colour=_QUIET_INK, height=8 * mm)
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def _figure(canvas: Canvas, figure: PosterFigure, top: float, height: float, primary: Color) -> None:
    """A large figure and its words at its right."""
    canvas.setFillColor(_SOFT)
    canvas.roundRect(_MARGIN, top - height, _WIDTH, height, 3 * mm, stroke=0, fill=1)
    canvas.setFillColor(primary)
    canvas.setFont("Poster-Bold", 52)
    canvas.drawRightString(_MARGIN + 62 * mm, top - height / 2 - 18, figure.value)
    left = _MARGIN + 68 * mm
    room = _WIDTH - 73 * mm
    words = _fitted(escape(figure.label), room, height - 10 * mm, size=19, colour=_INK)
    used = words.height + 16
    below = top - (height - used) / 2 - words.height
    words.drawOn(canvas, left, below)
    canvas.setFillColor(_QUIET_INK)
    canvas.setFont("Poster-Regular", 13)
    canvas.drawString(left, below - 14, figure.n)


def _items(canvas: Canvas, poster: Poster, top: float, bottom: float, primary: Color) -> None:
    if not poster.items:
        return
    top = _text(canvas, poster.heading, top, bold=True, size=20, colour=primary, height=10 * mm) - 3 * mm
    room = (top - bottom) / len(poster.items) - 4 * mm
    size = 21 if poster.figures else 27
    for number, item in enumerate(poster.items, 1):
        words = _fitted(escape(item), _WIDTH - 12 * mm, room, size=size, colour=_INK)
        middle = top - min(words.height, size * 1.25) / 2
        canvas.setFillColor(primary)
        canvas.circle(_MARGIN + 4 * mm, middle, 4 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Poster-Bold", 13)
        canvas.drawCentredString(_MARGIN + 4 * mm, middle - 4.6, str(number))
        words.drawOn(canvas, _MARGIN + 12 * mm, top - words.height)
        top -= max(words.height, 9 * mm) + (5 if poster.figures else 9) * mm


def _code(canvas: Canvas, poster: Poster) -> None:
    """The QR code at the lower left, and the address next to it."""
    rows = _modules(poster.address)
    module = QR_SIDE / len(rows)
    x, y = _MARGIN, 19 * mm
    canvas.setFillColor(_INK)
    for row, modules in enumerate(rows):
        for column, dark in enumerate(modules):
            if dark:
                # A hair wider than a module, so that no printer leaves a white line between two.
                canvas.rect(
                    x + column * module,
                    y + QR_SIDE - (row + 1) * module,
                    module * 1.02,
                    module * 1.02,
                    stroke=0,
                    fill=1,
                )
    left = x + QR_SIDE + _QUIET * module + 4 * mm
    room = A4[0] - _MARGIN - left
    top = y + QR_SIDE - 8 * mm
    said = _fitted(escape(poster.code_says), room, 18 * mm, size=22, colour=_INK, bold=True)
    said.drawOn(canvas, left, top - said.height)
    address = _fitted(escape(poster.address), room, 20 * mm, size=12, colour=_QUIET_INK)
    address.drawOn(canvas, left, top - said.height - 3 * mm - address.height)


def _modules(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    modules: list[list[bool]] = code.get_matrix()
    return modules


def _text(
    canvas: Canvas,
    text: str,
    top: float,
    *,
    size: float,
    colour: Color,
    height: float,
    bold: bool = False,
) -> float:
    """A text over the whole width, smaller if it needs that; returns its lower edge."""
    words = _fitted(escape(text), _WIDTH, height, size=size, colour=colour, bold=bold)
    words.drawOn(canvas, _MARGIN, top - words.height)
    return top - float(words.height)


def _fitted(
    markup: str, width: float, height: float, *, size: float, colour: Color, bold: bool = False
) -> Paragraph:
    """The text in the largest letters up to `size` in which it fits."""
    for points in _sizes(size):
        style = ParagraphStyle(
            "poster",
            fontName="Poster-Bold" if bold else "Poster-Regular",
            fontSize=points,
            leading=points * 1.25,
            textColor=colour,
            splitLongWords=True,
        )
        paragraph = Paragraph(markup, style)
        _, used = paragraph.wrap(width, 10_000)
        if used <= height:
            break
    return paragraph


def _sizes(size: float) -> Sequence[float]:
    return [size - step for step in range(int(size) - 6)]


@cache
def _register_fonts() -> None:
    for weight in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(f"Poster-{weight}", font_folder() / f"Roboto-{weight}.ttf"))
