"""Which form is asked at a place and moment; see the promises of sync/contract/assignment.py."""

from datetime import date, datetime, time

from sync.contract.assignment import Assignment, OfficeHours, Place, asked_at, assignment_problems
from sync.contract.opening import Hours, Opening, SpecialDay, is_open
from sync.contract.plan import VIET_NAM

OFFICE = OfficeHours((Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17)),))
HERE = Place(units=("phuong-a", "tinh"), counter="quay-1", device="may-01")
TUESDAY = datetime(2021, 11, 16, 9, tzinfo=VIET_NAM)
SATURDAY = datetime(2021, 11, 20, 9, tzinfo=VIET_NAM)
ALWAYS = Assignment(id="hang-ngay", unit="phuong-a", survey="kien-hung")
# Thạch Hà's plan collects from Wednesday to Saturday.
PLAN = Assignment(
    id="iso",
    unit="phuong-a",
    survey="thach-ha",
    plan="thach-ha-2021",
    starts=date(2021, 11, 17),
    ends=date(2021, 11, 20),
    hours=(Opening(("wed", "thu", "fri", "sat"), time(7, 30), time(17)),),
)


def asked(now: datetime, *assignments: Assignment, office: OfficeHours = OFFICE) -> str:
    found = asked_at(assignments, HERE, office, now)
    return found.id if found else ""


def problems(*assignments: Assignment) -> list[tuple[str, str]]:
    return [(problem.number, problem.where) for problem in assignment_problems(assignments)]


def test_the_most_particular_assignment_that_is_open_now_is_asked() -> None:
    above = Assignment(id="ca-tinh", unit="tinh", survey="kien-hung")
    counter = Assignment(id="quay", unit="phuong-a", counter="quay-1", survey="kien-hung")
    device = Assignment(id="may", unit="phuong-a", device="may-01", survey="kien-hung")
    elsewhere = Assignment(id="noi-khac", unit="phuong-b", survey="kien-hung")
    other_counter = Assignment(id="quay-2", unit="phuong-a", counter="quay-2", survey="kien-hung")
    assert asked(TUESDAY, above) == "ca-tinh"
    assert asked(TUESDAY, above, ALWAYS) == "hang-ngay"
    assert asked(TUESDAY, above, ALWAYS, counter) == "quay"
    assert asked(TUESDAY, above, ALWAYS, counter, device) == "may"
    assert asked(TUESDAY, elsewhere, other_counter) == ""


def test_a_dated_window_comes_before_an_open_end() -> None:
    wednesday = datetime(2021, 11, 17, 9, tzinfo=VIET_NAM)
    assert asked(wednesday, ALWAYS, PLAN) == "iso"
    assert asked(TUESDAY, ALWAYS, PLAN) == "hang-ngay"


def test_an_assignment_with_hours_of_its_own_is_open_in_them_also_on_a_saturday_or_a_holiday() -> None:
    assert asked(SATURDAY, ALWAYS) == ""
    assert asked(SATURDAY, ALWAYS, PLAN) == "iso"
    closed = OfficeHours(OFFICE.opening, (SpecialDay(date(2021, 11, 20), "Nghỉ bù"),))
    assert asked(SATURDAY, ALWAYS, PLAN, office=closed) == "iso"
    assert asked(datetime(2021, 11, 20, 18, tzinfo=VIET_NAM), ALWAYS, PLAN) == ""


def test_two_assignments_that_are_equally_particular_never_apply_at_one_moment() -> None:
    other = Assignment(id="khac", unit="phuong-a", survey="kien-hung")
    assert problems(ALWAYS, other) == [("HL1017", "assignments hang-ngay, khac")]
    assert problems(ALWAYS, PLAN) == []
    earlier = Assignment(id="truoc", unit="phuong-a", survey="kien-hung", ends=date(2021, 1, 31))
    later = Assignment(id="sau", unit="phuong-a", survey="kien-hung", starts=date(2021, 2, 1))
    assert problems(earlier, later) == []
    morning = Opening(("mon",), time(7), time(12))
    afternoon = Opening(("mon",), time(12), time(17))
    by_hours = [
        Assignment(id=id, unit="phuong-a", survey="kien-hung", hours=(span,))
        for id, span in (("sang", morning), ("chieu", afternoon))
    ]
    assert problems(*by_hours) == []


def test_faults_are_named_by_their_keys() -> None:
    wrong = Assignment(
        id="sai",
        unit="phuong-a",
        survey="kien-hung",
        respondents=(),
        starts=date(2026, 2, 1),
        ends=date(2026, 1, 1),
        hours=(Opening(("mon",), time(9), time(9)),),
    )
    assert problems(wrong) == [
        ("HL1003", "assignments sai.ends"),
        ("HL1003", "assignments sai.respondents"),
        ("HL1003", "assignments sai.hours[0].end"),
    ]
    assert ("HL1004", "assignments") in problems(ALWAYS, ALWAYS)


def test_a_named_day_is_decided_by_its_own_hours_alone() -> None:
    worked = SpecialDay(date(2021, 11, 20), "Làm bù", (Hours(time(8), time(12)),))
    holiday = SpecialDay(date(2021, 11, 16), "Nghỉ lễ")
    assert is_open(OFFICE.opening, (worked, holiday), SATURDAY)
    assert not is_open(OFFICE.opening, (worked, holiday), TUESDAY)
    assert not is_open(OFFICE.opening, (worked,), SATURDAY.replace(hour=12))
    assert not is_open((), (holiday,), TUESDAY), "a holiday closes a terminal that is always open, too"
