"""From when a remark is visible and until when it is due, over weekends, holidays and Tết."""

from datetime import date, datetime, time, timedelta

import pytest

from sync.central.office.remarks.calendar import Calendar
from sync.contract.opening import Hours, Opening, SpecialDay, is_working_day
from sync.contract.plan import VIET_NAM

MORNING = (Hours(time(7, 30), time(11, 30)),)
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17, 0)),)
# Tết 2027: the offices close from Friday 5 to Thursday 11 February, and work on Saturday 20 instead.
TET = (
    *(SpecialDay(date(2027, 2, day), "Tết") for day in range(5, 12)),
    SpecialDay(date(2027, 2, 20), "làm bù", MORNING),
)
OFFICE = Calendar(WEEK, TET)


def at(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=VIET_NAM)


def test_a_day_worked_instead_of_another_is_a_working_day_and_a_holiday_is_none() -> None:
    worked = [day for day in range(1, 29) if is_working_day(WEEK, TET, date(2027, 2, day))]
    assert worked == [1, 2, 3, 4, 12, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26]
    undecided = [day for day in range(1, 15) if is_working_day((), (), date(2027, 2, day))]
    assert undecided == [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]
    assert not is_working_day((), TET, date(2027, 2, 8))
    assert is_working_day((), TET, date(2027, 2, 20))


@pytest.mark.parametrize(
    ("now", "newest_visible"),
    [
        (at(2, 6, 59), date(2027, 1, 31)),  # Tuesday before 7:00: not yet Monday's
        (at(2, 7), date(2027, 2, 1)),
        (at(4, 23, 59), date(2027, 2, 3)),  # the day itself never
        (at(5, 7), date(2027, 2, 3)),  # all of Tết: Thursday's wait
        (at(11, 23, 59), date(2027, 2, 3)),
        (at(12, 6, 59), date(2027, 2, 3)),
        (at(12, 7), date(2027, 2, 11)),
        (at(13, 12), date(2027, 2, 11)),  # Saturday: Friday's wait
        (at(20, 7), date(2027, 2, 19)),  # the Saturday that is worked
    ],
)
def test_a_remark_is_visible_from_seven_on_the_next_working_day(now: datetime, newest_visible: date) -> None:
    assert OFFICE.visible_before(now) - timedelta(days=1) == newest_visible
    # The server's own zone changes nothing.
    assert OFFICE.visible_before(now.astimezone(tz=None)) == OFFICE.visible_before(now)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (date(2027, 2, 1), date(2027, 2, 4)),
        (date(2027, 2, 3), date(2027, 2, 15)),  # over Tết and a weekend
        (date(2027, 2, 7), date(2027, 2, 16)),
        (date(2027, 2, 18), date(2027, 2, 22)),
    ],
)
def test_a_remark_is_due_after_three_working_days(since: date, due: date) -> None:
    assert OFFICE.due(since) == due


def test_a_remark_is_overdue_exactly_when_its_due_day_is_over() -> None:
    for since in (date(2027, 1, 20) + timedelta(days=step) for step in range(40)):
        for today in (date(2027, 1, 25) + timedelta(days=step) for step in range(40)):
            now = datetime.combine(today, time(12), VIET_NAM)
            assert (since < OFFICE.overdue_before(now)) == (OFFICE.due(since) < today)


def test_an_office_that_never_opens_makes_nobody_wait_in_an_endless_loop() -> None:
    closed = Calendar((), tuple(SpecialDay(date(2026, 1, 1) + timedelta(days=step)) for step in range(900)))
    assert closed.visible_before(at(2, 8)) < date(2027, 2, 1)
    assert closed.due(date(2027, 2, 1)) > date(2028, 1, 1)
