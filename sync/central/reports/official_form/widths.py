"""How wide a text is on paper, in twips: Times New Roman by the widths of its base letters.

The marks of Vietnamese letters take no room of their own, so that the standard PDF fonts of the same widths
are enough, and no font has to be there.
"""

import unicodedata
from collections.abc import Sequence

from reportlab.pdfbase.pdfmetrics import stringWidth

from sync.central.reports.official_form.paper import Line

_FONTS = {
    (False, False): "Times-Roman",
    (True, False): "Times-Bold",
    (False, True): "Times-Italic",
    (True, True): "Times-BoldItalic",
}
_MOST = 2_000


def line_widths(line: Line) -> Sequence[float]:
    """How wide each line is that this text makes in its place; words that don't fit go to the next."""
    space = _width(line, " ")
    rows, now = [], 0.0
    for word in line.words[:_MOST].split():
        wide = _width(line, word)
        if now and line.width and now + space + wide > line.width * 1.01:
            rows.append(now)
            now = wide
        else:
            now += (space if now else 0) + wide
    return (*rows, now)


def _width(line: Line, text: str) -> float:
    letters = line.letters
    size = max((run.size for run in letters), default=14.0)
    bold = any(run.bold for run in letters)
    italic = any(run.italic for run in letters)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(letter)
    )
    return float(stringWidth(plain, _FONTS[bold, italic], size)) * 20
