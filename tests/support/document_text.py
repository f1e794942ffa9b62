"""A document as one text, a line for each paragraph and each row, for tests that look for words in it."""

from collections.abc import Iterator

from sync.central.reports.model import Document, Heading, Paragraph, Table, Words, blocks_of, written
from sync.contract.official import written_day


def text_of(document: Document) -> str:
    """All that the document says, from its letterhead to its appendices."""
    return "\n".join(_lines(document))


def _lines(document: Document) -> Iterator[str]:
    head = document.letterhead
    yield from (head.above, *head.body, head.number, head.place, document.subject)
    yield written_day(head.signed) if head.signed else ""
    yield from document.addressed_to
    yield from document.basis
    for block in blocks_of(document):
        if isinstance(block, Heading):
            yield f"{block.number}. {block.title}"
        elif isinstance(block, Table):
            yield block.caption
            yield " | ".join(column.title for column in block.columns)
            yield from (" | ".join(map(written, row.cells)) for row in block.rows)
            yield block.note if block.rows else block.empty
        elif isinstance(block, Paragraph | Words):
            yield block.text
    yield document.ending
    for signature in document.signatures:
        yield from signature.lines
    yield from document.recipients
    yield from (f"{each.number} {each.title}" for each in document.appendices)
