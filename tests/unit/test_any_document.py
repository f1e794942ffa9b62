"""Whatever an official pastes and whatever a figure is, each file of the document is made and can be read."""

import io
from typing import Any
from unicodedata import normalize

import docx
import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.central.reports.model import (
    Appendix,
    Block,
    Column,
    Document,
    Figure,
    Heading,
    Letterhead,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.layout import clean
from sync.central.reports.writing.pdf import write_pdf
from sync.central.reports.writing.workbook import write_workbook

# Everything that a string holds: control signs, halves of a pair, single marks, letters of every script.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)
LINES = st.lists(ANYTHING, max_size=3).map(tuple)
FIGURES = st.one_of(
    st.integers(0, 10**9).map(lambda number: Figure(kind="count", value=str(number))),
    st.decimals(0, 100, places=1).map(lambda number: Figure(kind="percent", value=str(number))),
    st.decimals(-100, 100, places=1).map(lambda number: Figure(kind="points", value=str(number))),
    st.decimals(1, 5, places=2).map(lambda number: Figure(kind="mean", value=str(number))),
    st.just(Figure(kind="count", value=None)),
    st.just(Figure(kind="percent", value="50.0", few=True)),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(
        st.lists(
            st.builds(Column, title=ANYTHING, group=st.sampled_from(("", "A", "B"))), min_size=1, max_size=6
        )
    )
    cells = st.lists(st.one_of(ANYTHING, FIGURES), min_size=len(columns), max_size=len(columns)).map(tuple)
    rows = draw(st.lists(st.builds(Row, cells=cells, total=st.booleans()), max_size=4))
    return Table(
        id="t", caption=draw(ANYTHING), columns=tuple(columns), rows=tuple(rows), note=draw(ANYTHING)
    )


BLOCKS: st.SearchStrategy[tuple[Block, ...]] = st.lists(
    st.one_of(
        st.builds(Heading, st.sampled_from((1, 2, 3)), ANYTHING, ANYTHING),
        st.builds(Paragraph, ANYTHING, st.booleans()),
        st.builds(Words, id=st.just("w"), text=ANYTHING, hint=ANYTHING),
        tables(),
    ),
    max_size=5,
).map(tuple)
DOCUMENTS = st.builds(
    Document,
    kind=st.just("bat-ky"),
    letterhead=st.builds(
        Letterhead,
        body=LINES,
        type=st.sampled_from(("BC", "KH", "TB", "BB", "CV")),
        code=ANYTHING,
        place=ANYTHING,
        year=st.integers(2018, 2099),
        above=ANYTHING,
        name=ANYTHING,
        form_code=ANYTHING,
        signed=st.none() | st.dates(),
    ),
    subject=ANYTHING,
    addressed_to=LINES,
    basis=LINES,
    body=BLOCKS,
    ending=ANYTHING,
    signatures=st.lists(st.builds(Signature, LINES), max_size=3).map(tuple),
    recipients=LINES,
    appendices=st.lists(
        st.builds(Appendix, number=ANYTHING, title=ANYTHING, blocks=BLOCKS, landscape=st.booleans()),
        max_size=2,
    ).map(tuple),
)


def text_of(file: Any) -> str:
    return "".join(node.text or "" for node in file.element.iter() if str(node.tag).endswith("}t"))


@settings(max_examples=15, deadline=None)
@given(DOCUMENTS)
def test_every_file_is_made_and_can_be_read(document: Document) -> None:
    content = write_docx(document)
    file = docx.Document(io.BytesIO(content))
    text = text_of(file)
    assert normalize("NFC", text.split("/")[0]) == text.split("/")[0]
    for block in document.body:
        if isinstance(block, Paragraph):
            # A line break is an element of its own, and a tab is a space.
            assert all(line in text for line in clean(block.text).replace("\t", " ").split("\n"))
    assert len(file.sections) == 1 + len(document.appendices)
    assert write_pdf(document).startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(document)))
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
