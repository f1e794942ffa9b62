import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.masking import MASK, mask_digits


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("000000001", "•••••••••"),
        ("gọi 0900 000 001 nhé", "gọi •••• ••• ••• nhé"),
        ("0900.000.001", "••••.•••.•••"),
        ("0900 - 000 - 001", "•••• - ••• - •••"),
        ("+84 (0)900-000-001", "+•• (•)•••-•••-•••"),
        ("số 000000000001, xin cảm ơn", "số ••••••••••••, xin cảm ơn"),
        ("٠٩٠٠٠٠٠٠٠١", "••••••••••"),
    ],
)
def test_a_telephone_or_identity_number_is_masked(text: str, shown: str) -> None:
    assert mask_digits(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "chờ 45 phút",
        "ngày 12/05/2024",
        "lúc 8:30 ngày 12-5-2024",
        "500.000 đồng",
        "12345678",
        "tầng 2, quầy 15",
    ],
)
def test_dates_times_and_sums_stay_readable(text: str) -> None:
    assert mask_digits(text) == text


@given(st.text("0123456789 .-/a", max_size=40))
def test_no_run_of_nine_digits_is_left_and_the_length_stays(text: str) -> None:
    masked = mask_digits(text)
    assert not re.search(r"(\d[ .\-/]?){9}", masked)
    assert len(masked) == len(text)
    assert mask_digits(masked) == masked
    assert re.sub(r"\d", MASK, text) == re.sub(r"\d", MASK, masked)
