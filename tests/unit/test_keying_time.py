"""How long a paper form takes: of forms that one person keyed one after the other, and of nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.central.figures.keying_time import FEWEST, PAUSE, KeyingTime, keying_time
from sync.central.presenting.days import work_time
from sync.central.presenting.language import NBSP

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def keyed(*seconds: float) -> list[datetime]:
    """Moments with so many seconds between them."""
    moments = [BEGIN]
    for each in seconds:
        moments.append(moments[-1] + timedelta(seconds=each))
    return moments


def test_it_is_the_median_of_the_times_between_forms() -> None:
    time = keying_time([keyed(30, 40, 50, 300, 20)])
    assert time == KeyingTime(5, 40)
    assert time.minutes == "0.7"
    assert time.of(90) == timedelta(hours=1)


def test_a_pause_and_forms_of_a_table_are_no_keying() -> None:
    pause = PAUSE.total_seconds()
    assert keying_time([keyed(30, pause + 1, 30, 0, 0, 0, 30, 30, 30)]) == KeyingTime(5, 30)
    assert keying_time([keyed(*[0] * 50)]) is None


def test_nothing_is_said_of_few_forms_and_two_people_are_never_one_after_the_other() -> None:
    assert keying_time([keyed(*[30] * (FEWEST - 1))]) is None
    first = keyed(60, 60, 60)
    second = [each + timedelta(seconds=1) for each in first]
    assert keying_time([first, second]) == KeyingTime(6, 60)
    assert keying_time([]) is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 phút"), (119, "119 phút"), (120, "2,0 giờ"), (1875, "31,3 giờ")]
)
def test_work_is_said_in_minutes_and_hours_never_in_days(minutes: int, words: str) -> None:
    assert work_time(timedelta(minutes=minutes)).replace(NBSP, " ") == words
