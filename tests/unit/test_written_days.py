"""Days, times and periods on pages and in reports, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.presenting.days import (
    day_words,
    days_words,
    full_day,
    moment_on,
    month_words,
    near_day,
    past_moment,
    period_words,
    short_month,
    span,
    time_words,
    week_words,
)
from sync.central.presenting.language import NBSP
from sync.contract.days import read_day
from sync.contract.plan import VIET_NAM

MONDAY = date(2026, 11, 23)


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIET_NAM)


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_a_day_has_its_weekday_and_its_number() -> None:
    week = [MONDAY + timedelta(days=passed) for passed in range(7)]
    assert [plain(full_day(day)) for day in (week[0], week[3], week[6])] == [
        "thứ Hai, 23/11/2026",
        "thứ Năm, 26/11/2026",
        "Chủ nhật, 29/11/2026",
    ]
    assert plain(full_day(MONDAY, "en")) == "Monday, 23 Nov 2026"


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_vietnamese_day_is_read_back_as_the_same_day(day: date) -> None:
    assert read_day(day_words(day)) == day


def test_no_line_is_broken_within_a_day() -> None:
    assert " " not in near_day(date(2026, 11, 20), MONDAY) + near_day(MONDAY, MONDAY)
    assert full_day(MONDAY).count(" ") == full_day(MONDAY, "en").count(" ") == 1


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        (date(2026, 11, 23), "hôm nay", "today"),
        (date(2026, 11, 22), "hôm qua", "yesterday"),
        (date(2026, 11, 24), "ngày mai", "tomorrow"),
        (date(2026, 11, 20), "thứ Sáu 20/11", "Friday 20 Nov"),
        (date(2026, 11, 27), "thứ Sáu 27/11", "Friday 27 Nov"),
        (date(2027, 1, 3), "Chủ nhật 03/01/2027", "Sunday 3 Jan 2027"),
    ],
)
def test_a_day_within_a_sentence(day: date, vi: str, en: str) -> None:
    assert plain(near_day(day, MONDAY)) == vi
    assert plain(near_day(day, MONDAY, "en")) == en


@pytest.mark.parametrize(
    ("moment", "vi", "en"),
    [
        (at(2026, 11, 23, 7, 5), "07:05", "07:05"),
        (at(2026, 11, 22, 23, 59), "23:59 hôm qua", "23:59 yesterday"),
        (at(2026, 11, 20, 16, 40), "16:40 thứ Sáu", "16:40 on Friday"),
        (at(2026, 11, 17, 0, 0), "00:00 thứ Ba", "00:00 on Tuesday"),
        (at(2026, 11, 16, 23, 59), "23:59 ngày 16/11/2026", "23:59 on 16 Nov 2026"),
    ],
)
def test_since_when_a_machine_is_silent(moment: datetime, vi: str, en: str) -> None:
    assert plain(past_moment(moment, at(2026, 11, 23, 8, 0))) == vi
    assert plain(past_moment(moment.astimezone(UTC), at(2026, 11, 23, 8, 0).astimezone(UTC), "en")) == en


def test_moments_are_those_of_viet_nam() -> None:
    moment = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert time_words(moment) == "00:30"
    assert plain(moment_on(moment)) == "00:30 thứ Hai, 23/11/2026"


@pytest.mark.parametrize(
    ("duration", "vi", "en"),
    [
        (timedelta(days=3, hours=23), "3 ngày", "3 days"),
        (timedelta(days=1), "1 ngày", "1 day"),
        (timedelta(hours=5, minutes=59), "5 giờ", "5 hours"),
        (timedelta(minutes=1, seconds=59), "1 phút", "1 minute"),
        (timedelta(seconds=5), "0 phút", "0 minutes"),
        (-timedelta(hours=5), "0 phút", "0 minutes"),
    ],
)
def test_a_duration_is_given_in_its_largest_unit(duration: timedelta, vi: str, en: str) -> None:
    assert (plain(span(duration)), plain(span(duration, "en"))) == (vi, en)


def test_weeks_are_numbered_as_iso_8601_does() -> None:
    assert plain(week_words(MONDAY)) == "tuần 48"
    assert plain(week_words(date(2027, 1, 1), "en")) == "week 53"


def test_a_month_has_its_year() -> None:
    assert (plain(month_words(MONDAY)), plain(month_words(MONDAY, "en"))) == (
        "tháng 11/2026",
        "November 2026",
    )
    assert (short_month(MONDAY), plain(short_month(MONDAY, "en"))) == ("11/2026", "Nov 2026")


@pytest.mark.parametrize(
    ("first", "last", "vi", "en"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), "thứ Hai, 23/11/2026", "Monday, 23 Nov 2026"),
        (
            date(2026, 12, 28),
            date(2027, 1, 3),
            "tuần 53 (28/12/2026–03/01/2027)",
            "week 53 (28 Dec 2026–3 Jan 2027)",
        ),
        (date(2024, 2, 1), date(2024, 2, 29), "tháng 2/2024", "February 2024"),
        (date(2026, 10, 1), date(2026, 12, 31), "quý IV/2026", "Q4 2026"),
        (date(2026, 1, 1), date(2026, 6, 30), "6 tháng đầu năm 2026", "first half of 2026"),
        (date(2026, 7, 1), date(2026, 12, 31), "6 tháng cuối năm 2026", "second half of 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "năm 2026", "2026"),
        (date(2026, 10, 20), date(2026, 11, 20), "20/10–20/11/2026", "20 Oct–20 Nov 2026"),
        (date(2026, 2, 1), date(2026, 4, 30), "01/02–30/04/2026", "1 Feb–30 Apr 2026"),
        (date(2025, 11, 1), date(2026, 11, 30), "01/11/2025–30/11/2026", "1 Nov 2025–30 Nov 2026"),
    ],
)
def test_a_period_has_its_name_if_it_has_one(first: date, last: date, vi: str, en: str) -> None:
    assert (plain(period_words(first, last)), plain(period_words(first, last, "en"))) == (vi, en)


def test_one_day_is_written_once() -> None:
    assert days_words(MONDAY, MONDAY) == "23/11/2026"
