"""The days of reports: they join, begin with the plan's window, and follow no day off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.periods import Period
from sync.central.reports.kinds.periods import monthly, named, previous, quarterly, window
from sync.contract.plan import Plan
from tests.support.plans import shipped_plans

KIEN_HUNG = shipped_plans()["kien-hung-2020"]
ENDLESS = replace(KIEN_HUNG, starts=None, ends=None)
DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("today", "period"),
    [
        ("2026-11-20", days("2026-10-21", "2026-11-20")),
        ("2026-11-10", days("2026-10-21", "2026-11-20")),  # soon due
        ("2026-11-09", days("2026-09-21", "2026-10-20")),  # the last one that was due
        ("2026-12-09", days("2026-10-21", "2026-11-20")),
        ("2026-12-10", days("2026-11-21", "2026-12-20")),
        ("2027-01-20", days("2026-12-21", "2027-01-20")),
        ("2020-09-20", days("2020-08-21", "2020-09-20")),  # a Sunday
    ],
)
def test_the_report_of_the_20th_is_about_the_days_since_the_last_one(today: str, period: Period) -> None:
    assert monthly(ENDLESS, date.fromisoformat(today)) == period


@pytest.mark.parametrize(
    ("day", "today", "period"),
    [
        (31, "2027-02-28", days("2027-02-01", "2027-02-28")),
        (31, "2028-02-29", days("2028-02-01", "2028-02-29")),
        (30, "2028-03-30", days("2028-03-01", "2028-03-30")),
        (30, "2027-02-28", days("2027-01-31", "2027-02-28")),
        (29, "2028-02-29", days("2028-01-30", "2028-02-29")),
        (1, "2026-03-01", days("2026-02-02", "2026-03-01")),
    ],
)
def test_a_month_without_the_report_day_ends_on_its_last_day(day: int, today: str, period: Period) -> None:
    assert monthly(replace(ENDLESS, report_day=day), date.fromisoformat(today)) == period


def test_the_first_report_begins_with_the_window_and_the_last_one_ends_with_it() -> None:
    early = replace(KIEN_HUNG, starts=date(2020, 6, 25))  # before it was issued
    assert monthly(early, date(2020, 7, 20)) == days("2020-06-25", "2020-07-20")
    assert previous(early, days("2020-06-25", "2020-07-20")) is None
    assert monthly(KIEN_HUNG, date(2020, 1, 1)) == days("2020-07-02", "2020-07-20")  # before it began
    assert monthly(KIEN_HUNG, date(2026, 11, 20)) == days("2020-12-21", "2020-12-31")  # long over


def test_without_a_report_day_it_is_the_month_of_the_calendar() -> None:
    assert monthly(None, date(2026, 11, 19)) == days("2026-10-01", "2026-10-31")
    assert monthly(None, date(2026, 11, 20)) == days("2026-11-01", "2026-11-30")
    assert previous(None, days("2026-03-01", "2026-03-31")) == days("2026-02-01", "2026-02-28")


@pytest.mark.parametrize(
    ("today", "period", "name"),
    [
        ("2026-12-20", days("2026-09-21", "2026-12-20"), "quý IV năm 2026"),
        ("2026-12-09", days("2026-06-21", "2026-09-20"), "quý III năm 2026"),
        ("2027-01-31", days("2026-09-21", "2026-12-20"), "quý IV năm 2026"),
    ],
)
def test_a_quarter_is_three_reports(today: str, period: Period, name: str) -> None:
    assert quarterly(ENDLESS, date.fromisoformat(today)) == period
    assert named(ENDLESS, period) == name


def test_a_quarter_is_compared_with_the_one_before() -> None:
    assert previous(ENDLESS, days("2026-09-21", "2026-12-20")) == days("2026-06-21", "2026-09-20")


def test_a_period_is_called_by_its_month_or_by_its_days() -> None:
    assert named(ENDLESS, days("2026-10-21", "2026-11-20")) == "tháng 11 năm 2026"
    assert named(None, days("2026-10-01", "2026-10-31")) == "tháng 10 năm 2026"
    assert named(None, days("2026-10-21", "2026-11-20")) == "từ ngày 21/10/2026 đến ngày 20/11/2026"


@pytest.mark.parametrize(
    ("plan", "period"),
    [
        ("van-thang-2023", days("2023-09-01", "2023-09-30")),  # issued on 16/9
        ("thach-ha-2021", days("2021-11-17", "2021-11-20")),
        ("quang-binh-so-tu-phap-2018", days("2018-04-01", "2018-08-31")),
        ("nha-trang-2023", days("2023-07-10", "2023-10-25")),
    ],
)
def test_the_whole_survey_is_the_window_of_all_groups(plan: str, period: Period) -> None:
    assert window(shipped_plans()[plan], date(2026, 11, 20)) == period


@given(DAYS, st.integers(1, 31), st.booleans())
def test_reports_join_without_a_gap(today: date, day: int, planned: bool) -> None:
    plan: Plan | None = replace(ENDLESS, report_day=day) if planned else None
    for rule in (monthly, quarterly):
        period = rule(plan, today)
        earlier = previous(plan, period)
        assert earlier is not None
        assert earlier.last + timedelta(days=1) == period.first <= period.last
        assert period.last <= today + timedelta(days=10)
        assert rule(plan, period.last) == period
