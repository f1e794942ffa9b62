"""What a response, and the visits of a device on a day, give reason to raise."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.duties.patterns import densest, is_low, patterns
from sync.central.office.alerts.thresholds import LIMITS, RuleKind, Threshold
from sync.contract.assignment import OfficeHours
from sync.contract.opening import Opening
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response
from tests.support.assets import load_survey
from tests.support.wire import ROOT, visit

DAY = date(2026, 3, 2)
WEEK = OfficeHours((Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17, 0)),))


def usual(kind: RuleKind) -> Threshold:
    return Threshold(LIMITS[kind].usual)


def at(minutes: float, *, number: int = 1, result: int = 5, hour: int = 9, officer: str = "a01") -> Response:
    begun = datetime(2026, 3, 2, hour, tzinfo=VIET_NAM) + timedelta(minutes=minutes)
    made = visit(number, result=result)
    tag = replace(made.tag, officer=officer) if made.tag else None
    return replace(made, seq=number, tag=tag, started_at=begun, finished_at=begun + timedelta(seconds=10))


def kinds(visits: list[Response], hours: OfficeHours = WEEK) -> dict[str, int]:
    return {
        alarm.kind: alarm.n for alarm in patterns(visits, unit="xa-1", day=DAY, threshold=usual, hours=hours)
    }


def test_many_visits_within_minutes_are_a_burst() -> None:
    assert kinds([at(n / 2, number=n, result=n % 5 + 1) for n in range(8)]) == {"burst": 8}
    assert kinds([at(n, number=n, result=n % 5 + 1) for n in range(20)]) == {}


def test_the_same_answers_one_after_the_other_are_a_streak() -> None:
    assert kinds([at(2 * n, number=n) for n in range(5)]) == {"streak": 5}
    assert kinds([at(2 * n, number=n, result=5 if n != 2 else 4) for n in range(5)]) == {}
    # Two runs of four are no run of eight.
    assert kinds([at(2 * n + (60 if n > 3 else 0), number=n) for n in range(8)]) == {}


def test_visits_outside_opening_hours_are_raised_from_the_third_on() -> None:
    late = [at(5 * n, number=n, result=n + 1, hour=20) for n in range(3)]
    assert kinds(late) == {"after-hours": 3}
    assert kinds(late[:2]) == {}
    assert kinds(late, hours=OfficeHours()) == {}


def test_an_alarm_names_the_officers_of_its_visits_and_its_first_moment() -> None:
    visits = [at(2 * n, number=n, officer=f"a0{n % 2}") for n in range(5)]
    (alarm,) = patterns([*visits, at(100, number=9, officer="b01")], unit="xa-1", day=DAY, threshold=usual)
    assert (alarm.kind, sorted(alarm.officers)) == ("streak", ["a00", "a01"])
    assert alarm.since == visits[0].started_at


def test_a_rule_that_is_not_used_raises_nothing() -> None:
    visits = [at(n / 10, number=n, hour=20) for n in range(20)]
    assert set(kinds(visits)) == {"burst", "streak", "after-hours"}
    unused = patterns(visits, unit="xa-1", day=DAY, threshold=lambda _: Threshold(1, used=False), hours=WEEK)
    assert list(unused) == []


def test_only_the_lowest_levels_of_a_rating_are_low() -> None:
    survey = load_survey(ROOT / "assets" / "surveys" / "kien-hung.toml")
    low = [level for level in range(1, 6) if is_low(f"{level},5,5", survey, 2)]
    assert low == [1, 2]
    assert not is_low("2,5,5", survey, 1)
    assert not is_low("", survey, 2)


MINUTES = st.lists(st.floats(0, 60, allow_nan=False), max_size=30)


@given(MINUTES)
def test_the_densest_minutes_are_those_that_counting_all_finds(minutes: list[float]) -> None:
    visits = [at(minute, number=n) for n, minute in enumerate(sorted(minutes))]
    most = max(
        (
            sum(
                timedelta(0) <= other.started_at - each.started_at <= timedelta(minutes=5) for other in visits
            )
            for each in visits
        ),
        default=0,
    )
    assert len(densest(visits)) == most


@given(st.lists(st.tuples(st.floats(0, 4), st.integers(1, 2)), max_size=25), st.data())
def test_a_visit_more_never_takes_a_pattern_away(gaps: list[tuple[float, int]], data: st.DataObject) -> None:
    minute, visits = 0.0, []
    for number, (gap, result) in enumerate(gaps):
        minute += gap
        visits.append(at(minute, number=number, result=result, hour=19))
    part = visits[: data.draw(st.integers(0, len(visits)))]
    whole = kinds(visits)
    assert all(whole[kind] >= n for kind, n in kinds(part).items())
