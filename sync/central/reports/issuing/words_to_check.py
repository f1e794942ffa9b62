"""What an official may want to look at again in the words of a report before it leaves the office. Pure.

Words are an official's own: nothing is changed in them and nothing is refused. The places are named to who
writes and to who approves.

Promises, each with a test:
- a person's name, a long number such as a telephone's, the word SIPAS, and a share or number of answers that
  no table or sentence of the copy for others has are found, each with its part of the report;
- so are names, long numbers, SIPAS and few answers in tables of what officials typed elsewhere, such as
  remedies: their figures are of other periods, which this copy does not have;
- what the report proposes by itself is found only where it says a figure that the copy hides.
"""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import takewhile
from typing import Literal

from msgspec import Struct

from sync.central.figures.summary import SMALLEST
from sync.central.reports.model import (
    Document,
    Figure,
    Heading,
    Paragraph,
    Table,
    Words,
    blocks_of,
    written,
)
from sync.contract.masking import mask_digits

Found = Literal["name", "number", "sipas", "figure"]


class ToCheck(Struct, frozen=True):
    """One place. part: the heading above it; words: the id of the text; quote: what is written there."""

    what: Found
    part: str
    words: str
    quote: str


_SIPAS = re.compile(r"\bs\.?i\.?p\.?a\.?s\b", re.IGNORECASE)
_CALLED = re.compile(r"\b(?:ông/bà|ông|bà|anh|chị|cô|chú|bác|cụ)((?: [^\W\d_]+)+)", re.IGNORECASE)
_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Mai|Tô|Lương"
)
_FULL = re.compile(rf"\b(?:{_FAMILIES})(?: [^\W\d_]+){{2,4}}")
# Streets, wards and schools are named after people.
_PLACE = re.compile(
    r"\b(?:đường|phố|phường|xã|ngõ|ngách|trường|chợ|quận|tỉnh|huyện|thôn|khu|cầu)\s*\Z", re.IGNORECASE
)
_SHARE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s?(?:%|phần trăm|điểm %)")
_COUNT = re.compile(
    r"(?<![\d.,/])(?:n\s=\s(\d[\d.]*)|(\d[\d.]*)\s(?:lượt|phiếu|ý kiến|người trả lời))(?![\d,])"
)


def words_to_check(document: Document) -> tuple[ToCheck, ...]:
    """The places in the words of the copy that leaves the office, in its order."""
    shares, counts = set(_shares(document)), set(_counts(document))
    found, part = [], ""
    for block in blocks_of(document):
        if isinstance(block, Heading):
            part = f"{block.number}. {block.title}" if block.number else block.title
        elif isinstance(block, Words) and block.text:
            for what, quote in _of_text(block.text, shares, counts):
                found.append(ToCheck(what, part, block.id, quote))
        elif isinstance(block, Table) and block.typed:
            found += [ToCheck(what, part, "", quote) for what, quote in _typed(block)]
    return tuple(dict.fromkeys(found))


def text_to_check(text: str, document: Document) -> tuple[ToCheck, ...]:
    """The same of a text that goes with the document, such as what was done about its results."""
    shares, counts = set(_shares(document)), set(_counts(document))
    return tuple(
        dict.fromkeys(ToCheck(what, "", "", quote) for what, quote in _of_text(text, shares, counts))
    )


def _typed(table: Table) -> Iterator[tuple[Found, str]]:
    for row in table.rows:
        for line in (line for cell in row.cells for line in written(cell).splitlines()):
            yield from _of_anybody(line)
            for at in _COUNT.finditer(line.replace("\N{NO-BREAK SPACE}", " ")):
                if 0 < _count(at) < SMALLEST:
                    yield "figure", at[0]


def _of_text(text: str, shares: Collection[Decimal], counts: Collection[int]) -> Iterator[tuple[Found, str]]:
    for line in text.replace("\N{NO-BREAK SPACE}", " ").splitlines():
        yield from _of_anybody(line)
        for at in _SHARE.finditer(line):
            if _number(at[1]) not in shares:
                yield "figure", at[0]
        for at in _COUNT.finditer(line):
            if _count(at) not in counts:
                yield "figure", at[0]


def _of_anybody(line: str) -> Iterator[tuple[Found, str]]:
    """What may name somebody, and the word that this is not."""
    yield from (("sipas", at[0]) for at in _SIPAS.finditer(line))
    yield from (("name", name) for name in _names(line))
    if (masked := mask_digits(line)) != line:
        places = [at for at, (new, old) in enumerate(zip(masked, line, strict=True)) if new != old]
        yield "number", line[places[0] : places[-1] + 1]


def _count(at: re.Match[str]) -> int:
    return int((at[1] or at[2]).replace(".", ""))


def _names(line: str) -> Iterator[str]:
    until = 0
    for at in sorted((*_CALLED.finditer(line), *_FULL.finditer(line)), key=lambda at: at.start()):
        if at.start() < until or _PLACE.search(line[max(0, at.start() - 20) : at.start()]):
            continue
        first, *others = at[0].split()
        name = list(takewhile(_is_of_a_name, others))
        if len(name) >= (1 if at.re is _CALLED else 2):
            found = " ".join((first, *name))
            until = at.start() + len(found)
            yield found


def _is_of_a_name(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or not word.isupper())


def _shares(document: Document) -> Iterator[Decimal]:
    for block in blocks_of(document):
        if isinstance(block, Table):
            for figure in _figures(block):
                if figure.kind in ("percent", "points") and figure.value is not None:
                    yield abs(Decimal(figure.value))
        elif isinstance(block, Paragraph):
            yield from (_number(at[1]) for at in _SHARE.finditer(block.text))


def _counts(document: Document) -> Iterator[int]:
    for block in blocks_of(document):
        if isinstance(block, Table):
            for figure in _figures(block):
                if figure.kind == "count" and figure.value is not None:
                    yield int(figure.value)
        elif isinstance(block, Paragraph):
            yield from (int(at.replace(".", "")) for at in re.findall(r"\d{1,3}(?:\.\d{3})+|\d+", block.text))


def _figures(table: Table) -> Iterator[Figure]:
    return (cell for row in table.rows for cell in row.cells if isinstance(cell, Figure))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
