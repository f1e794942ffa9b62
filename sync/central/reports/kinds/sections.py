"""Sections and parts of a document, numbered in their order; what has no content is left out. Pure."""

from collections.abc import Iterable, Iterator

from sync.central.reports.model import Block, Heading, Paragraph

_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

Titled = tuple[str, tuple[Block, ...]]


def sections(*titled: Titled) -> tuple[Block, ...]:
    """“I. TITLE”, “II. …”."""
    return tuple(_headed(1, titled))


def parts(*titled: Titled) -> tuple[Block, ...]:
    """“1. Title”, “2. …” within a section; a single part needs no heading."""
    filled = [each for each in titled if each[1]]
    return filled[0][1] if len(filled) == 1 else tuple(_headed(2, filled))


def items(lines: Iterable[str]) -> tuple[Block, ...]:
    """A list: “- …”."""
    return tuple(Paragraph(line, item=True) for line in lines)


def _headed(level: int, titled: Iterable[Titled]) -> Iterator[Block]:
    for number, (title, blocks) in enumerate(((t, b) for t, b in titled if b), 1):
        if level == 1:
            yield Heading(1, roman(number), title.upper())
        else:
            yield Heading(2, str(number), title)
        yield from blocks


def roman(number: int) -> str:
    """4: IV."""
    written = ""
    for value, sign in _ROMAN:
        while number >= value:
            written, number = written + sign, number - value
    return written
