"""The words of a document as it is laid out, and as another program finds them in a PDF."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sync.central.reports.model import Document, Table, blocks_of, written
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.layout import Filled, Grid, Line, Pair, Piece, lay_out
from tests.support import libreoffice

_HYPHEN = re.compile(r"-(?=\S)")


def words_laid_out(document: Document) -> Counter[str]:
    """Every word of its pages."""
    return words_of(text for part in lay_out(document) for text in texts_of(part.pieces))


def figures_of(document: Document) -> Counter[str]:
    """Every word of the cells of its tables."""
    return words_of(
        written(cell)
        for block in blocks_of(document)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
    )


def words_of(texts: Iterable[str]) -> Counter[str]:
    """The words of texts; a line may end behind a hyphen, so the parts of such a word are words."""
    return Counter(word for text in texts for word in _HYPHEN.sub("- ", text).split())


def pages_of(file: Path) -> list[str]:
    """The text of each page of a PDF, as poppler finds it."""
    command = ["pdftotext", "-layout", str(file), "-"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.split("\f")[:-1]


def opened_by_libreoffice(documents: Mapping[str, Document], folder: Path) -> dict[str, Counter[str]]:
    """The words of each document in the PDF that LibreOffice makes of its Word file; all by one process."""
    files = libreoffice.as_pdf({name: write_docx(each) for name, each in documents.items()}, folder)
    return {name: words_of(pages_of(file)) for name, file in files.items()}


def texts_of(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """The texts of what is laid out, in its order."""
    for piece in pieces:
        if isinstance(piece, Line):
            yield piece.text
        elif isinstance(piece, Pair):
            for row in piece.rows:
                for side in row:
                    yield from texts_of(side)
        elif isinstance(piece, Filled):
            yield from texts_of(piece.lines)
        elif isinstance(piece, Grid):
            yield from (cell.text for row in piece.header for cell in row)
            yield from (cell for grid_row in piece.rows for cell in grid_row.cells)
