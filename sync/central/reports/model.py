"""An official document as data: its frame, its sections, its tables, before any file format. Pure.

- A document says its figures once: every file format writes what is here and calculates nothing.
- What an official may rewrite is `Words`; all other blocks are figures or texts that belong to them.
- A table that is `internal` is left out of the copy that leaves the office (`for_outside`).
- What only a person can add stays blank: the number, the day of signing, the signature.

The frame is that of decree 30/2020/NĐ-CP, appendix I. The texts are Vietnamese, as the document has them.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import Struct

from sync.central.presenting.numbers import decimal, points, whole
from sync.contract.official import DocumentType

# The type has no name in a letter (CV). A poster and a radio text have no such frame.
Type = DocumentType

TYPE_NAMES: dict[Type, str] = {
    "BC": "BÁO CÁO",
    "KH": "KẾ HOẠCH",
    "TB": "THÔNG BÁO",
    "BB": "BIÊN BẢN",
    "CV": "",
    "GGT": "GIẤY GIỚI THIỆU",
    "HD": "HƯỚNG DẪN",
}

# Written where a figure is not known, such as the returned results of a unit whose list is missing.
UNKNOWN = "không xác định"
# Written where a figure is hidden because it rests on too few answers.
FEW = "–"


class Figure(Struct, frozen=True, kw_only=True, tag="figure"):
    """One number, as exact text.

    kind: a count; a percentage with one decimal; a difference of percentages; a mean of levels or a
    coefficient. value: None where it is not known. few: hidden because it rests on too few answers.
    """

    kind: Literal["count", "percent", "points", "mean"]
    value: str | None
    few: bool = False


Cell = str | Figure


def written(cell: Cell) -> str:
    """The cell as a document prints it: 1.102, 90,5%, +2,3, 4,27.

    The decree's own tables write the sign % without a space.
    """
    if isinstance(cell, str):
        return cell
    if cell.few:
        return FEW
    if cell.value is None:
        return UNKNOWN
    if cell.kind == "count":
        return whole(int(cell.value))
    if cell.kind == "percent":
        return decimal(Decimal(cell.value)) + "%"
    if cell.kind == "points":
        return points(cell.value).split("\N{NO-BREAK SPACE}")[0]
    return decimal(Decimal(cell.value))


class Heading(Struct, frozen=True, tag="heading"):
    """A heading. level 1 is “I. …”, 2 is “1. …”, 3 is “a) …”; number: “I”, “1”, “a”, "" for none."""

    level: Literal[1, 2, 3]
    number: str
    title: str


class Paragraph(Struct, frozen=True, tag="paragraph"):
    """A text that nobody rewrites, because it says figures, rules or grounds. item: begins with “- ”.

    says: the `about` of a table and the row of it whose figures the text says, None if it says none; where a
    copy hides these, it says `instead`, "" for nothing.
    """

    text: str
    item: bool = False
    says: tuple[str, str] | None = None
    instead: str = ""


class Words(Struct, frozen=True, kw_only=True, tag="words"):
    """A text that the official writes. id: its name in the draft. hint: what to say here, printed nowhere.

    text: lines, each a paragraph; "" prints as a dotted line, so that it can be filled in by hand.
    """

    id: str
    text: str = ""
    hint: str = ""


class Column(Struct, frozen=True, kw_only=True):
    """A column. title: its heading. group: the heading above several columns, "" for none.

    width: its share of the table's width. number: aligned on its last digit.
    """

    title: str
    group: str = ""
    width: float = 1.0
    number: bool = False


class Row(Struct, frozen=True, kw_only=True):
    """A row. total: printed in bold. query: of /v1/summary that gives its figures, "" for none.

    unit: the code of the unit that it is about, "" for that of the document.
    """

    cells: tuple[Cell, ...]
    total: bool = False
    query: str = ""
    unit: str = ""


class Table(Struct, frozen=True, kw_only=True, tag="table"):
    """A table. id: its name, such as “bang-2”. caption: “Bảng 2. …”. note: printed under its rows.

    internal: not in the copy that leaves the office, which says `instead`, "" for nothing. empty: said where
    the table has no rows. typed: its texts are officials' own.
    about: what its rows count answers by, alike in every kind of document: “procedure”, “unit”, “form” with
    name and version; "" where they count something else. parts: the rows are parts of all answers, so that
    one of them is what the others leave of the sum. rated: where each row is about a unit, the `about` and
    the row of the table that says the same in that unit's own document.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    about: str = ""
    parts: bool = True
    rated: tuple[str, str] | None = None
    note: str = ""
    internal: bool = False
    instead: str = ""
    empty: str = "Không có số liệu trong kỳ."
    typed: bool = False


class Coded(Struct, frozen=True, kw_only=True, tag="coded"):
    """A QR code with lines next to it, on one page. code: its text, in capitals. lines: the first is bold."""

    code: str
    lines: tuple[str, ...]


Block = Heading | Paragraph | Words | Table | Coded


class Letterhead(Struct, frozen=True, kw_only=True):
    """The top of the first page.

    above: the body above, in capitals, "" for none. body: lines of the issuing body, in capitals. type: see
    `Type`. code: letters after the type's in the number, such as “UBND”: “Số:      /BC-UBND”.
    number: the whole one of an issued document, such as “125/KH-UBND”; "" leaves it blank. place: where it is
    signed. year: of the period's end; day and month stay blank, or `signed` is printed.
    form_code: “Mã hiệu: BM.VP.07.02 · Lần ban hành: 01” of a quality management system, "" for none.
    name: the issuing body within a sentence, such as “Ủy ban nhân dân phường Ví Dụ”; an appendix says it.
    """

    body: tuple[str, ...]
    type: Type
    code: str
    place: str
    year: int
    above: str = ""
    signed: date | None = None
    form_code: str = ""
    name: str = ""
    number: str = ""


class Signature(Struct, frozen=True):
    """Who signs, by title, in capitals: “TM. ỦY BAN NHÂN DÂN”, “CHỦ TỊCH”. The name stays blank."""

    lines: tuple[str, ...]


class Appendix(Struct, frozen=True, kw_only=True):
    """An appendix; its pages are counted from 1. number: “I”, "" if it is the only one."""

    number: str
    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


class Document(Struct, frozen=True, kw_only=True):
    """A whole document.

    kind: name of its kind, such as “bao-cao-thang”. subject: what it is about, “V/v …” of a letter, "" for a
    type without one. addressed_to: of “Kính gửi”, none without a recipient above. basis: lines of “căn cứ”,
    without the last sign. body: its sections. ending: its last sentence, which ends “./.”. signatures: one,
    of minutes two.
    recipients: lines of “Nơi nhận” without dash and sign.
    """

    kind: str
    letterhead: Letterhead
    subject: str
    addressed_to: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    body: tuple[Block, ...]
    ending: str = ""
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...] = ()
    appendices: tuple[Appendix, ...] = ()


def blocks_of(document: Document) -> Iterator[Block]:
    """All blocks, those of the appendices last."""
    yield from document.body
    for appendix in document.appendices:
        yield from appendix.blocks


def words_of(document: Document) -> tuple[Words, ...]:
    """What an official may write, in the order of the document."""
    return tuple(block for block in blocks_of(document) if isinstance(block, Words))


def for_outside(document: Document) -> Document:
    """The copy that leaves the office: without internal tables."""
    return with_tables(document, _outside)


def _outside(table: Table) -> Block | None:
    if not table.internal:
        return table
    return Paragraph(table.instead) if table.instead else None


def with_tables(document: Document, change: Callable[[Table], Block | None]) -> Document:
    """The document with another block in the place of each table; None for none."""
    return with_blocks(document, lambda block: change(block) if isinstance(block, Table) else block)


def with_blocks(document: Document, change: Callable[[Block], Block | None]) -> Document:
    """The document with another block in the place of each; None for none."""

    def changed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(block for block in map(change, blocks) if block is not None)

    return msgspec.structs.replace(
        document,
        body=changed(document.body),
        appendices=tuple(
            msgspec.structs.replace(appendix, blocks=changed(appendix.blocks))
            for appendix in document.appendices
        ),
    )
