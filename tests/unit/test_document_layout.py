"""How lines are broken and columns made: what both the Word file and the PDF are drawn from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.reports.model import Column, Row, Table
from sync.central.reports.writing import typography
from sync.central.reports.writing.columns import SIZES, fit
from sync.central.reports.writing.layout import balanced
from sync.central.reports.writing.typeface import width
from tests.support.documents import units_table

ROOM = typography.room(landscape=False)
WORDS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy", min_size=1, max_size=12)


def table(titles: list[str], rows: list[list[str]]) -> Table:
    return Table(
        id="t",
        caption="",
        columns=tuple(Column(title=title) for title in titles),
        rows=tuple(Row(cells=tuple(row)) for row in rows),
    )


@given(st.lists(WORDS, min_size=1, max_size=30))
def test_balanced_lines_hold_the_same_words_within_the_room(words: list[str]) -> None:
    lines = balanced(" ".join(words), typography.SUBJECT, 200).split("\n")
    assert " ".join(lines).split() == words
    assert all(width(line, 14, bold=True) <= 200 for line in lines)


def test_no_word_is_left_for_the_last_line() -> None:
    subject = "Kết quả khảo sát, đo lường sự hài lòng của người dân, tổ chức tháng 11 năm 2026"
    lines = balanced(subject, typography.SUBJECT, ROOM).split("\n")
    assert len(lines) == 2
    shorter, longer = sorted(width(line, 14, bold=True) for line in lines)
    assert shorter > 0.8 * longer


@given(
    st.integers(1, 8).flatmap(
        lambda columns: st.tuples(
            st.lists(WORDS, min_size=columns, max_size=columns),
            st.lists(st.lists(WORDS, min_size=columns, max_size=columns), max_size=5),
        )
    )
)
def test_columns_take_the_whole_room_and_break_no_word(drawn: tuple[list[str], list[list[str]]]) -> None:
    titles, rows = drawn
    fitted = fit(table(titles, rows), ROOM)
    assert sum(fitted.widths) == pytest.approx(ROOM, abs=0.5)
    for at, wide in enumerate(fitted.widths):
        for text in (titles[at], *(row[at] for row in rows)):
            assert width(text, fitted.size, bold=True) <= wide - 2 * typography.CELL_PADDING


def test_wide_table_has_smaller_letters_across_the_page_than_along_it() -> None:
    upright, across = (fit(units_table(3), typography.room(landscape=turned)) for turned in (False, True))
    assert SIZES[-1] <= upright.size < across.size == 12


def test_column_of_sentences_leaves_room_for_the_others() -> None:
    sentences = "Bố trí thêm một công chức vào buổi sáng. " * 5
    fitted = fit(table(["TT", "Biện pháp", "Thời hạn"], [["1", sentences, "30/11/2026"]]), ROOM)
    assert fitted.size == 12
    assert fitted.widths[2] > width("30/11/2026", 12)


def test_share_of_the_width_is_for_what_no_column_needs() -> None:
    wide = Table(
        id="t",
        caption="",
        columns=(Column(title="A", width=3), Column(title="B", width=1)),
        rows=(Row(cells=("a", "b")),),
    )
    first, second = fit(wide, ROOM).widths
    assert first == pytest.approx(3 * second, rel=0.1)
