"""Opening hours are read as people write them."""

from datetime import time

import pytest

from sync.central.office.configuration.spans import SpanError, opening_words, read_hours, read_opening
from sync.contract.opening import Hours, Opening, Weekday

MORNING = (time(7, 30), time(11, 30))
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("T2-T6 07:30-11:30", Opening(WEEK, *MORNING)),
        ("t2 - t6 7:30-11:30", Opening(WEEK, *MORNING)),
        ("mon-fri 7h30-11h30", Opening(WEEK, *MORNING)),
        ("T7,CN 8h-11h", Opening(("sat", "sun"), time(8), time(11))),
        ("T7, CN 08:00-11:00", Opening(("sat", "sun"), time(8), time(11))),
        ("CN T3 08:00–11:00", Opening(("tue", "sun"), time(8), time(11))),
        ("T7 07:30-11:30", Opening(("sat",), *MORNING)),
    ],
)
def test_days_and_hours_are_read_as_people_write_them(text: str, opening: Opening) -> None:
    assert read_opening(text) == opening
    assert read_opening(opening_words(opening)) == opening


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("T8 07:30-11:30", "T8"),
        ("07:30-11:30", "T2-T6"),
        ("T2-T6 07:30", "07:30-11:30"),
        ("T2-T6 25:00-26:00", "07:30-11:30"),
        ("T2-T6 11:30-07:30", "không sau"),
        ("T6-T2 07:30-11:30", "ngược"),
        ("", "T2-T6"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, reason: str) -> None:
    with pytest.raises(SpanError) as caught:
        read_opening(text)
    assert reason in caught.value.reason


def test_the_hours_of_one_day() -> None:
    both = (Hours(*MORNING), Hours(time(13, 30), time(17)))
    assert read_hours("07:30-11:30, 13:30-17:00") == both
    assert read_hours("7h30-11h30; 13h30-17h") == both
    assert read_hours(" ") == ()
