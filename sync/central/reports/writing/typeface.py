"""How wide a line is in Liberation Serif, which is as wide as the same line in Times New Roman."""

from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from sync.central.office.cards.paper import font_folder

_FACES = ("Regular", "Bold", "Italic", "BoldItalic")


@cache
def register_faces() -> None:
    """Make the four faces known to reportlab. They are loaded once a process."""
    for face in _FACES:
        pdfmetrics.registerFont(
            TTFont(f"LiberationSerif-{face}", font_folder() / f"LiberationSerif-{face}.ttf")
        )


def face(bold: bool, italic: bool) -> str:
    """The name by which reportlab knows the face."""
    register_faces()
    return f"LiberationSerif-{('Bold' * bold + 'Italic' * italic) or 'Regular'}"


def width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """The width of the text on one line, in points."""
    return pdfmetrics.stringWidth(text, face(bold, italic), size)
