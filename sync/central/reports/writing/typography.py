"""The page and the typography of decree 30/2020/NĐ-CP, appendix I. Sizes are in points.

Promise: every letter of a document is Times New Roman, black, of a size that the decree allows for its place.
Letters within tables are 12 or less, so that a table fits the page; the decree sets no size for them.
"""

from typing import Literal

from msgspec import Struct

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
# I.3 allows 20–25 at the top and the bottom, 30–35 at the left, 15–20 at the right.
TOP, BOTTOM, LEFT, RIGHT = 20 * MM, 20 * MM, 30 * MM, 15 * MM
PAGE_NUMBER = 10 * MM  # from the edge of the paper to the line of the page number
LINE_HEIGHT = 1.15  # of Times New Roman, single spacing
INDENT = 12.7 * MM
CODE_SIDE = 30 * MM  # of a QR code with its quiet zone: a phone reads it, also as a copy
CELL_PADDING = 4.0
# How the frame, and the block of the signature, are shared by their two columns: the left one's part.
FRAME_SHARE, SIGNATURE_SHARE = 0.41, 0.45

Align = Literal["left", "centre", "right", "both"]


def room(landscape: bool) -> float:
    """How wide a line of text may be."""
    return (PAGE_HEIGHT if landscape else PAGE_WIDTH) - LEFT - RIGHT


class Look(Struct, frozen=True, kw_only=True):
    """How one kind of paragraph looks.

    name: in the style sheet of a page. first: indent of the first line; left: of all lines. keep: on the same
    page as what follows. level: in the outline of the document, 0 for none.
    """

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: Align = "centre"
    first: float = 0
    left: float = 0
    before: float = 0
    after: float = 0
    keep: bool = False
    level: int = 0


# --- the frame ----------------------------------------------------------------------------------------------

FORM_CODE = Look(name="form-code", size=11, align="right", after=6)
ABOVE = Look(name="above", size=13)
BODY = Look(name="body", size=13, bold=True)
COUNTRY = Look(name="country", size=13, bold=True)
MOTTO = Look(name="motto", size=14, bold=True)
NUMBER = Look(name="number", size=13, before=6)
LETTER_SUBJECT = Look(name="letter-subject", size=13, before=6)
PLACE_AND_DATE = Look(name="place", size=13, italic=True, before=6)
TYPE = Look(name="type", size=14, bold=True, before=18, keep=True)
# Of a type that has no subject below it.
TYPE_ALONE = Look(name="type-alone", size=14, bold=True, before=18, after=12, keep=True)
SUBJECT = Look(name="subject", size=14, bold=True, keep=True)
ADDRESSED = Look(name="addressed", size=14, before=8, after=12)
ADDRESSED_LIST = Look(name="addressed-list", size=14, align="left", left=85, before=8)
ADDRESSED_ITEM = Look(name="addressed-item", size=14, align="left", left=85 + 56)
ADDRESSED_LAST = Look(name="addressed-item", size=14, align="left", left=85 + 56, after=12)

# --- the text -----------------------------------------------------------------------------------------------

BASIS = Look(name="basis", size=14, italic=True, align="both", first=INDENT, after=6)
TEXT = Look(name="text", size=14, align="both", first=INDENT, after=6)
HEADINGS = {
    1: Look(name="heading-1", size=14, bold=True, align="both", first=INDENT, after=6, keep=True, level=1),
    2: Look(name="heading-2", size=14, bold=True, align="both", first=INDENT, after=6, keep=True, level=2),
    3: Look(name="heading-3", size=14, align="both", first=INDENT, after=6, keep=True, level=3),
}
CAPTION = Look(name="caption", size=13, bold=True, before=6, after=4, keep=True)
TABLE_NOTE = Look(name="note", size=12, italic=True, align="left", before=3, after=6)
CODE_FIRST = Look(name="code-first", size=13, bold=True, align="left", after=3)
CODE_LINE = Look(name="code-line", size=13, align="left", after=3)
ENDING = Look(name="ending", size=14, align="both", first=INDENT, before=6, keep=True)

# --- who receives and who signs -----------------------------------------------------------------------------

RECIPIENTS = Look(name="recipients", size=12, bold=True, italic=True, align="left", before=12, keep=True)
RECIPIENT = Look(name="recipient", size=11, align="left", keep=True)
SIGNER_FIRST = Look(name="signer", size=14, bold=True, before=12, keep=True)
SIGNER = Look(name="signer", size=14, bold=True, keep=True)

# --- an appendix --------------------------------------------------------------------------------------------

APPENDIX = Look(name="appendix", size=14, bold=True, keep=True)
APPENDIX_TITLE = Look(name="appendix-title", size=14, bold=True, keep=True)
ATTACHED_TO = Look(name="attached", size=14, italic=True, keep=True)
