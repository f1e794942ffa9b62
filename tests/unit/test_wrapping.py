from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.wrapping import wrap


@given(st.text("ab ắ\n", max_size=60), st.integers(min_value=1, max_value=12))
def test_no_letter_is_lost_and_every_line_fits(text: str, width: int) -> None:
    lines = wrap(text, width, len)
    assert "".join(lines) == text.replace("\n", "")
    assert all(len(line.rstrip(" ")) <= width for line in lines)


def test_words_stay_whole_where_they_can() -> None:
    assert wrap("Xin cảm ơn cán bộ", 10, len) == ["Xin cảm ơn ", "cán bộ"]
    assert wrap("một\nhai", 10, len) == ["một", "hai"]
    assert wrap("nghiêngnghiêng", 7, len) == ["nghiêng", "nghiêng"]
    assert wrap("", 10, len) == [""]
