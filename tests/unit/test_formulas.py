"""A text in CSV is no formula for any reader, whatever that reader splits a line at."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.tables.csv_table import write_csv
from sync.tables.formulas import SEPARATORS, guard

SIGNS = tuple("=+-@＝＋－＠")
TEXTS = st.text(" \u00a0,;\t\r\n\"'=+-@＝a1", max_size=14)


def written(cells: list[str], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerow(cells)
    return out.getvalue()


def read(content: str, separator: str) -> Iterator[str]:
    """Every cell for a reader that keeps to quotes, and for one that ends a row at every line's end."""
    for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
        yield from row
    for line in content.replace("\r", "\n").split("\n"):
        for row in csv.reader([line], delimiter=separator):
            yield from row


@pytest.mark.parametrize("separator", SEPARATORS)
@given(text=TEXTS)
@example("Tốt;=1+1")
@example("Tốt\n=1+1")
@example('x;"=1+1;y')
@example('x\r\n "=1+1')
@example("x\ny,=1+1,z")
@example("\n=1+1")
def test_no_reader_finds_a_formula_in_a_text(separator: str, text: str) -> None:
    content = written(["1", guard(text, separator), "2"], separator)
    for split_at in SEPARATORS:
        for cell in read(content, split_at):
            assert not cell.lstrip().startswith(SIGNS), (content, split_at)


@pytest.mark.parametrize("separator", SEPARATORS)
@given(text=TEXTS)
def test_a_reader_that_splits_as_the_writer_did_gets_the_text_and_apostrophes_alone(
    separator: str, text: str
) -> None:
    content = written(["1", guard(text, separator), "2"], separator)
    (row,) = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    assert row == ["1", guard(text, separator), "2"]
    assert row[1].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    "text", ["", "Chờ lâu, - cán bộ nói to", "1 - 2 = 3", "lúc 8:30; 9:00", "a@b.example", '"tốt"']
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text


def test_what_a_command_prints_is_guarded_too() -> None:
    out = io.StringIO()
    write_csv(out, ["Nhóm", "Phiếu"], [["=1+1", 12], ["Tổ hai;+1", 3]], end="\n")
    assert out.getvalue() == "\ufeffNhóm,Phiếu\n'=1+1,12\nTổ hai;'+1,3\n"
