"""A month so far as the month without the days after it."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.month_parts import Part, parts_of

DAY = timedelta(days=1)
NOVEMBER = date(2026, 11, 1)


def days_of(part: Part) -> list[date]:
    return [part.first + DAY * n for n in range((part.last - part.first).days + 1)]


def whole(part: Part) -> bool:
    return part.first.day == 1 and (part.last + DAY).day == 1


def test_a_month_so_far_is_the_month_without_its_last_days() -> None:
    assert parts_of(NOVEMBER, date(2026, 11, 28), newest=date(2026, 11, 29)) == (
        Part(NOVEMBER, date(2026, 11, 30)),
        Part(date(2026, 11, 29), date(2026, 11, 29), -1),
    )


def test_a_month_of_which_nothing_came_after_these_days_is_the_whole_of_it() -> None:
    assert parts_of(NOVEMBER, date(2026, 11, 8), newest=date(2026, 11, 8)) == (
        Part(NOVEMBER, date(2026, 11, 30)),
    )


def test_the_smaller_part_of_a_month_is_read_by_days() -> None:
    few = Part(date(2026, 11, 3), date(2026, 11, 9))
    assert parts_of(few.first, few.last, newest=date(2026, 11, 30)) == (few,)


def test_months_that_follow_each_other_are_one_part() -> None:
    assert parts_of(date(2026, 8, 30), date(2026, 11, 2), newest=date(2026, 12, 9)) == (
        Part(date(2026, 8, 30), date(2026, 8, 31)),
        Part(date(2026, 9, 1), date(2026, 10, 31)),
        Part(NOVEMBER, date(2026, 11, 2)),
    )


def test_the_last_month_there_is_has_parts() -> None:
    last = date(9999, 12, 30)
    assert parts_of(date(9999, 12, 1), last, newest=date(2026, 11, 8)) == (
        Part(date(9999, 12, 1), date(9999, 12, 31)),
    )


@given(
    st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 120), st.dates(NOVEMBER, date(2027, 6, 30))
)
def test_the_parts_are_these_days_and_never_more_to_read(first: date, more: int, newest: date) -> None:
    last = first + DAY * more
    parts = parts_of(first, last, newest)
    found: Counter[date] = Counter()
    for part in parts:
        for day in days_of(part):
            found[day] += part.sign if day <= newest or first <= day <= last else 0
    asked = {first + DAY * n for n in range(more + 1)}
    assert {day for day, n in found.items() if n and day <= newest} == {day for day in asked if day <= newest}
    assert set(found.values()) <= {0, 1}
    assert sum(1 if whole(part) else len(days_of(part)) for part in parts) <= more + 1
