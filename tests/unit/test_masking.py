import re
import time as clock
from datetime import date, time

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
        ("0900:000:001", "••••:•••:•••"),
        ("0900  -  000 001", "••••  -  ••• •••"),
        ("02/03/2026: 0900 000 001", "02/03/2026: •••• ••• •••"),
        ("09.12.2026.01", "••.••.••••.••"),
        ("00/12/2026 8", "••/••/•••• •"),
        ("0900 000 00 8:30", "•••• ••• •• •:••"),
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
        "hẹn 02/03/2026 8h30",
        "8h30 02/03/2026",
        "02/03/2026 8 giờ 30",
        "02/03/2026 - 03/03/2026",
        "02/03/2026-03/03/2026, 8:30–11:30",
        "8:30 - 9:45, 10:15",
    ],
)
def test_dates_times_and_sums_stay_readable(text: str) -> None:
    assert mask_digits(text) == text


# How a run was found before dates, times and colons were known: nothing of it may come to light.
EARLIER = re.compile(r"\d(?:[\s.,\-–—/()_]{0,3}\d){8,}")
DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))
SIGNS = st.sampled_from(["/", "-", "."])
GAPS = st.sampled_from([" ", ", ", " - ", "–", " và ", "\n"])


def written(day: date, sign: str) -> str:
    return sign.join((f"{day.day:02}", f"{day.month}", f"{day.year}"))


@given(st.lists(st.tuples(DATES, SIGNS, GAPS, st.times(), st.sampled_from("h:")), min_size=1, max_size=4))
def test_dates_and_times_side_by_side_stay_readable(
    moments: list[tuple[date, str, str, time, str]],
) -> None:
    parts = [
        f"{written(day, sign)}{gap}{at.hour}{colon}{at.minute:02}" for day, sign, gap, at, colon in moments
    ]
    text = " ".join(parts)
    assert mask_digits(text) == text


@given(st.lists(st.from_regex(r"[0-9]{3,5}", fullmatch=True), min_size=3, max_size=4), st.data())
def test_a_number_in_groups_is_masked_whatever_stands_between_them(
    groups: list[str], data: st.DataObject
) -> None:
    between = st.text(" .,:-–—/()_", max_size=5)
    text = "".join(group + data.draw(between) for group in groups)
    assert not re.search(r"\d", mask_digits(text))


def parts_of_dates_and_times(text: str) -> set[int]:
    """The places in `text` that belong to a date or a time, found without looking for numbers."""
    found: set[int] = set()
    for each in re.finditer(r"\d{1,2}([/.-])\d{1,2}\1\d{4}|\d{1,2}:\d\d|\d{1,2}h(\d\d)?", text):
        found.update(range(*each.span()))
    return found


@given(st.text("0123456789 .-/:ha", max_size=40))
def test_whatever_was_masked_and_is_no_date_or_time_still_is(text: str) -> None:
    masked = mask_digits(text)
    readable = parts_of_dates_and_times(text)
    for run in EARLIER.finditer(text):
        for at in range(*run.span()):
            assert at in readable or not masked[at].isdigit()


@given(st.text("0123456789 .-/:ha", max_size=40))
def test_no_run_of_nine_digits_is_left_and_the_length_stays(text: str) -> None:
    masked = mask_digits(text)
    rest = "".join(" " if at in parts_of_dates_and_times(masked) else one for at, one in enumerate(masked))
    assert not re.search(r"(\d[ .\-/:]?){9}", rest)
    assert len(masked) == len(text)
    assert mask_digits(masked) == masked
    assert re.sub(r"\d", MASK, text) == re.sub(r"\d", MASK, masked)


@pytest.mark.parametrize("piece", ["31/12/2025 …", "8:30 ", "0900 000 001, ", "1", "1------", "1 8h30 "])
def test_a_text_ten_times_as_long_takes_about_ten_times_as_long(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        began = clock.process_time()
        mask_digits(text)
        return clock.process_time() - began

    short, long = (min(seconds(length) for _ in range(3)) for length in (4_000, 40_000))
    assert long < 40 * short + 0.05
