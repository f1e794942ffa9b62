"""Breaking a text into lines."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.even_lines import break_lines

WORDS = st.lists(st.text("abcđêơ", min_size=1, max_size=9), min_size=1, max_size=25).map(" ".join)


def test_lines_are_even_rather_than_full() -> None:
    text = "Ông/bà có hài lòng về kết quả thực hiện thủ tục hành chính không?"
    assert break_lines(text, 50, len) == [
        "Ông/bà có hài lòng về kết quả thực",
        "hiện thủ tục hành chính không?",
    ]


def test_a_number_stays_with_its_unit() -> None:
    assert break_lines("sau 20\u00a0giây", 8, len) == ["sau", "20\u00a0giây"]


def test_line_ends_stay() -> None:
    assert break_lines("một\nhai ba", 20, len) == ["một", "hai ba"]


@given(WORDS, st.integers(9, 60))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = break_lines(text, width, len)
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= width


@given(WORDS, st.integers(9, 60))
def test_there_are_never_more_lines_than_needed(text: str, width: int) -> None:
    greedy, room = 1, width
    for word in text.split(" "):
        if room < width and len(word) + 1 > room:
            greedy, room = greedy + 1, width
        room -= len(word) + (1 if room < width else 0)
    assert len(break_lines(text, width, len)) == greedy
