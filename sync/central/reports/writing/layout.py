"""A document as lines, rules and tables in the order of the page, before any file format. Pure.

Promise: every file of a document has the same words in the same order, because all are drawn from this.

Text is composed (NFC) and holds no character that a file can't: an official pastes from anywhere.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar
from unicodedata import normalize

from msgspec import Struct

from sync.central.presenting.language import NBSP
from sync.central.reports.model import (
    TYPE_NAMES,
    Appendix,
    Block,
    Coded,
    Document,
    Heading,
    Letterhead,
    Paragraph,
    Signature,
    Table,
    Words,
    written,
)
from sync.central.reports.writing import typography
from sync.central.reports.writing.columns import fit
from sync.central.reports.writing.typeface import width
from sync.central.reports.writing.typography import Look

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
# The rule under the issuing body and under the subject: between a third and a half of the text.
RULE_SHARE = 0.4
# Lines left for the signature and the name.
SIGNING_LINES = 5
# A table of at most this number of rows is kept on one page.
WHOLE_ROWS = 10
# Dotted lines where the official has written nothing.
DOTTED_LINES = 2

_KEPT_BLANK = NBSP * 8
# What XML 1.0 allows in no text, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Line(Struct, frozen=True):
    """A paragraph."""

    kind: ClassVar[str] = "line"
    text: str
    look: Look


class Rule(Struct, frozen=True):
    """A solid line in the middle. width: in points. after: the space under it."""

    kind: ClassVar[str] = "rule"
    width: float
    after: float = 0


class Pair(Struct, frozen=True):
    """Two columns side by side without borders, on one page. share: the left one's part of the room."""

    kind: ClassVar[str] = "pair"
    rows: tuple[tuple[tuple["Line | Rule", ...], tuple["Line | Rule", ...]], ...]
    share: float


class Filled(Struct, frozen=True):
    """What an official writes. lines: without any, `dotted` lines to be filled in by hand."""

    kind: ClassVar[str] = "filled"
    id: str
    hint: str
    text: str
    lines: tuple[Line, ...]
    dotted: int


class HeaderCell(Struct, frozen=True, kw_only=True):
    """A cell of a table's header, from column `at`. down: 2 where no group is above the title."""

    text: str
    at: int
    across: int = 1
    down: int = 1


class GridRow(Struct, frozen=True, kw_only=True):
    """A row of a table. bold: a total."""

    cells: tuple[str, ...]
    bold: bool = False


class Grid(Struct, frozen=True, kw_only=True):
    """A table with borders. header: its rows, repeated on each page. aligned: which columns are numbers.

    caption: its name for who listens to it; it is also a line above. internal: not in the copy that leaves
    the office. whole: on one page, because it is short.
    """

    kind: ClassVar[str] = "grid"
    id: str
    caption: str
    size: float
    widths: tuple[float, ...]
    header: tuple[tuple[HeaderCell, ...], ...]
    rows: tuple[GridRow, ...]
    aligned: tuple[bool, ...]
    whole: bool
    internal: bool


class Properties(Struct, frozen=True):
    """What a file says about itself. It names no person and no moment."""

    title: str
    author: str


class Scanned(Struct, frozen=True):
    """A QR code of CODE_SIDE, and lines at its right, on one page. code: its text."""

    kind: ClassVar[str] = "scanned"
    code: str
    lines: tuple[Line, ...]


Piece = Line | Rule | Pair | Filled | Grid | Scanned


class Part(Struct, frozen=True):
    """Pages that are counted from 1, the first of them without its number: the document, each appendix."""

    pieces: tuple[Piece, ...]
    landscape: bool = False


def lay_out(document: Document) -> tuple[Part, ...]:
    """The document and its appendices."""
    first = Part(
        (
            *_frame(document),
            *_opening(document),
            *_blocks(document.body, typography.room(landscape=False)),
            *_ending(document),
        )
    )
    return (first, *(_appendix(document, appendix) for appendix in document.appendices))


def properties(document: Document) -> Properties:
    """“Báo cáo Kết quả …” by “Ủy ban nhân dân phường …”."""
    subject = " ".join(clean(document.subject).split())
    title = f"{TYPE_NAMES[document.letterhead.type].capitalize()} {subject}".strip()
    return Properties(title, clean(document.letterhead.name or " ".join(document.letterhead.body)))


def clean(text: str) -> str:
    """The text composed, without what no file can hold."""
    return _FORBIDDEN.sub("", normalize("NFC", text)).replace("\r\n", "\n").replace("\r", "\n")


def number_line(letterhead: Letterhead) -> str:
    """“Số:        /BC-UBND”, blank until it is known; a letter's has no type: “Số:        /UBND-VP”."""
    if letterhead.number:
        return f"Số: {letterhead.number}"
    kind = [] if letterhead.type == "CV" else [letterhead.type]
    return f"Số:{_KEPT_BLANK}/{'-'.join([*kind, *filter(None, [letterhead.code])])}"


def place_and_date(letterhead: Letterhead) -> str:
    """“Kiến Hưng, ngày 05 tháng 02 năm 2026”; day and month are blank as long as nobody has signed."""
    if letterhead.signed is None:
        return f"{letterhead.place}, ngày{_KEPT_BLANK}tháng{_KEPT_BLANK}năm {letterhead.year}"
    return f"{letterhead.place}, {signed_on(letterhead.signed)}"


def signed_on(day: date) -> str:
    """“ngày 05 tháng 02 năm 2026”. The decree wants the 0 before days below 10, and months 1 and 2 alone."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


# --- the frame ----------------------------------------------------------------------------------------------


def _frame(document: Document) -> list[Piece]:
    letterhead = document.letterhead
    frame_left = typography.room(landscape=False) * typography.FRAME_SHARE
    above = [_line(letterhead.above, typography.ABOVE)] if letterhead.above else []
    left: tuple[Line | Rule, ...] = (
        *above,
        *(_line(text, typography.BODY) for text in letterhead.body),
        _rule_under(clean("\n".join(letterhead.body)), typography.BODY, frame_left),
    )
    motto = width(MOTTO, typography.MOTTO.size, bold=typography.MOTTO.bold)
    right = (_line(COUNTRY, typography.COUNTRY), _line(MOTTO, typography.MOTTO), Rule(motto))
    number = [_line(number_line(letterhead), typography.NUMBER)]
    if letterhead.type == "CV":
        subject = balanced(document.subject, typography.LETTER_SUBJECT, frame_left)
        number.append(_line(subject, typography.LETTER_SUBJECT))
    place = (_line(place_and_date(letterhead), typography.PLACE_AND_DATE),)
    pair = Pair(((left, right), (tuple(number), place)), typography.FRAME_SHARE)
    return [*([_line(letterhead.form_code, typography.FORM_CODE)] if letterhead.form_code else []), pair]


def _opening(document: Document) -> list[Piece]:
    """What the document is and is about, to whom it goes, and its grounds."""
    pieces: list[Piece] = []
    name = TYPE_NAMES[document.letterhead.type]
    if name:
        pieces.append(_line(name, typography.TYPE if document.subject else typography.TYPE_ALONE))
    if name and document.subject:
        room = typography.room(landscape=False)
        subject = balanced(document.subject, typography.SUBJECT, room)
        pieces.append(_line(subject, typography.SUBJECT))
        pieces.append(_rule_under(subject, typography.SUBJECT, room, after=8))
    pieces += _addressed(document.addressed_to)
    signs = [";"] * (len(document.basis) - 1) + ["."]
    grounds = zip(document.basis, signs, strict=False)
    return pieces + [_line(ground + sign, typography.BASIS) for ground, sign in grounds]


def _addressed(recipients: Sequence[str]) -> list[Piece]:
    """One recipient on the line of “Kính gửi”, several under it."""
    if len(recipients) < 2:
        return [_line(f"Kính gửi: {name}", typography.ADDRESSED) for name in recipients]
    signs = [";"] * (len(recipients) - 1) + ["."]
    kinds = [typography.ADDRESSED_ITEM] * (len(recipients) - 1) + [typography.ADDRESSED_LAST]
    listed = zip(recipients, signs, kinds, strict=True)
    items = (_line(f"- {name}{sign}", look) for name, sign, look in listed)
    return [_line("Kính gửi:", typography.ADDRESSED_LIST), *items]


def _rule_under(text: str, look: Look, room: float, after: float = 0) -> Rule:
    """The rule under these lines, as they are broken at the end of the room."""
    widest = max(width(line, look.size, bold=look.bold, italic=look.italic) for line in text.split("\n"))
    return Rule(RULE_SHARE * min(widest, room), after)


def balanced(text: str, look: Look, room: float) -> str:
    """The text in as few lines as the room allows, about equally wide: no word is left for the last."""
    return "\n".join(_balanced(line, look, room) for line in clean(text).split("\n"))


def _balanced(line: str, look: Look, room: float) -> str:
    words = [(word, width(f"{word} ", look.size, bold=look.bold)) for word in line.split(" ")]
    fewest = len(_broken(words, room))
    narrow, wide = 0.0, room
    while wide - narrow > 1:
        middle = (narrow + wide) / 2
        if len(_broken(words, middle)) > fewest:
            narrow = middle
        else:
            wide = middle
    return "\n".join(_broken(words, wide))


def _broken(words: Sequence[tuple[str, float]], room: float) -> list[str]:
    """Lines that are each as full as the room allows."""
    lines: list[list[str]] = []
    filled = room
    for word, wide in words:
        if filled + wide > room:
            lines.append([])
            filled = 0
        lines[-1].append(word)
        filled += wide
    return [" ".join(line) for line in lines]


# --- the text -----------------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[Block], room: float) -> list[Piece]:
    return [piece for block in blocks for piece in _block(block, room)]


def _block(block: Block, room: float) -> list[Piece]:
    if isinstance(block, Heading):
        return [_line(heading_text(block), typography.HEADINGS[block.level])]
    if isinstance(block, Paragraph):
        return [_line(f"- {block.text}" if block.item else block.text, typography.TEXT)]
    if isinstance(block, Words):
        return [_filled(block)]
    if isinstance(block, Coded):
        first, *others = block.lines
        lines = (_line(first, typography.CODE_FIRST), *(_line(each, typography.CODE_LINE) for each in others))
        return [Scanned(block.code, lines)]
    return _table(block, room)


def heading_text(heading: Heading) -> str:
    """“I. TÌNH HÌNH TRIỂN KHAI”, “1. Số lượng phiếu”, “a) Theo lĩnh vực”."""
    title = heading.title.upper() if heading.level == 1 else heading.title
    sign = ")" if heading.level == 3 else "."
    return f"{heading.number}{sign} {title}" if heading.number else title


def _filled(words: Words) -> Filled:
    text = clean(words.text).strip()
    lines = tuple(_line(part.strip(), typography.TEXT) for part in text.split("\n") if part.strip())
    return Filled(words.id, words.hint, text, lines, 0 if lines else DOTTED_LINES)


def _table(table: Table, room: float) -> list[Piece]:
    caption = [_line(table.caption, typography.CAPTION)] if table.caption else []
    if not table.rows:
        return [*caption, _line(table.empty, typography.TEXT)]
    note = [_line(table.note, typography.TABLE_NOTE)] if table.note else []
    fitted = fit(table, room)
    grid = Grid(
        id=table.id,
        caption=clean(table.caption),
        size=fitted.size,
        widths=fitted.widths,
        header=_header(table),
        rows=tuple(
            GridRow(cells=tuple(clean(written(cell)) for cell in row.cells), bold=row.total)
            for row in table.rows
        ),
        aligned=tuple(column.number for column in table.columns),
        whole=len(table.rows) <= WHOLE_ROWS,
        internal=table.internal,
    )
    return [*caption, grid, *note]


def _header(table: Table) -> tuple[tuple[HeaderCell, ...], ...]:
    """One row of titles, or two where columns have a group above them."""
    columns = table.columns
    if not any(column.group for column in columns):
        return (tuple(HeaderCell(text=clean(column.title), at=at) for at, column in enumerate(columns)),)
    upper: list[HeaderCell] = []
    lower: list[HeaderCell] = []
    for at, column in enumerate(columns):
        if not column.group:
            upper.append(HeaderCell(text=clean(column.title), at=at, down=2))
            continue
        lower.append(HeaderCell(text=clean(column.title), at=at))
        if at and columns[at - 1].group == column.group:
            last = upper[-1]
            upper[-1] = HeaderCell(text=last.text, at=last.at, across=last.across + 1)
        else:
            upper.append(HeaderCell(text=clean(column.group), at=at))
    return tuple(upper), tuple(lower)


# --- the end ------------------------------------------------------------------------------------------------


def _ending(document: Document) -> list[Piece]:
    ending: list[Piece] = [_line(document.ending, typography.ENDING)] if document.ending else []
    recipients = _recipients(document.recipients)
    signatures = [_signature(signature) for signature in document.signatures]
    if len(signatures) == 1:
        rows = [(recipients, signatures[0])]
    else:
        pairs = [*signatures, ()][: len(signatures) + len(signatures) % 2]
        rows = list(zip(pairs[::2], pairs[1::2], strict=True))
        rows += [(recipients, ())] if recipients else []
    share = typography.SIGNATURE_SHARE if len(signatures) == 1 else 0.5
    return [*ending, *([Pair(tuple(rows), share)] if rows else [])]


def _recipients(names: Sequence[str]) -> tuple[Line, ...]:
    signs = [";"] * (len(names) - 1) + ["."]
    listed = tuple(
        _line(f"- {name}{sign}", typography.RECIPIENT) for name, sign in zip(names, signs, strict=False)
    )
    return (_line("Nơi nhận:", typography.RECIPIENTS), *listed) if listed else ()


def _signature(signature: Signature) -> tuple[Line, ...]:
    first, *others = (*signature.lines, *[""] * SIGNING_LINES)
    return (_line(first, typography.SIGNER_FIRST), *(_line(text, typography.SIGNER) for text in others))


# --- an appendix --------------------------------------------------------------------------------------------


def _appendix(document: Document, appendix: Appendix) -> Part:
    room = typography.room(appendix.landscape)
    attached = clean(attached_to(document.letterhead))
    pieces: list[Piece] = [
        _line(f"Phụ lục {appendix.number}".rstrip(), typography.APPENDIX),
        _line(balanced(appendix.title.upper(), typography.APPENDIX_TITLE, room), typography.APPENDIX_TITLE),
        _line(attached, typography.ATTACHED_TO),
        _rule_under(attached, typography.ATTACHED_TO, room, after=12),
    ]
    return Part((*pieces, *_blocks(appendix.blocks, room)), appendix.landscape)


def attached_to(letterhead: Letterhead) -> str:
    """“(Kèm theo Báo cáo số … /BC-UBND ngày … tháng … năm 2026 của Ủy ban nhân dân phường …)”."""
    name = (TYPE_NAMES[letterhead.type] or "CÔNG VĂN").capitalize()
    number = number_line(letterhead).removeprefix("Số:")
    day = place_and_date(letterhead).removeprefix(f"{letterhead.place}, ")
    by = f"\ncủa {letterhead.name}" if letterhead.name else ""
    return f"(Kèm theo {name} số{number} {day}{by})"


def _line(text: str, look: Look) -> Line:
    return Line(clean(text), look)
