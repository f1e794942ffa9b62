from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.flags import Flag, OfficerFlag, binomial_tail, flag_officers, flag_visits
from sync.contract.assignment import OfficeHours
from sync.contract.ids import uuid7
from sync.contract.opening import WEEKDAYS, Hours, Opening, SpecialDay
from sync.contract.plan import VIET_NAM
from sync.contract.response import Answer, Outcome, Response, SurveyRef, Tag, Void
from tests.support.assets import load_survey
from tests.support.plans import shipped_plans

SURVEY = load_survey(Path("assets/surveys/kien-hung.toml"))
MONDAY = datetime(2026, 3, 2, 8, tzinfo=VIET_NAM)
HOURS = OfficeHours((Opening(WEEKDAYS[:5], time(7, 30), time(11, 30)),))


def visit(
    number: int,
    *,
    answers: dict[str, Answer] | None = None,
    timing: dict[str, int] | None = None,
    at: datetime | None = None,
    took_s: float = 12,
    officer: str | None = "cb-01",
    outcome: Outcome = "complete",
    device: str = "t1",
) -> Response:
    started = at or MONDAY + timedelta(minutes=number)
    return Response(
        id=uuid7(started, lambda size: number.to_bytes(size, "big")),
        device=device,
        seq=number + 1,
        survey=SurveyRef("kien-hung", SURVEY.version),
        tag=Tag(unit="u", officer=officer, scanned_at=started),
        channel="kiosk",
        answers=answers if answers is not None else {"result": 1 + number % 5, "service": 4},
        timing=timing if timing is not None else {"result": 2500, "service": 2000},
        outcome=outcome,
        started_at=started,
        finished_at=started + timedelta(seconds=took_s),
    )


def flags(*responses: Response) -> dict[str, frozenset[Flag]]:
    return flag_visits(responses, [SURVEY], HOURS)


def test_an_ordinary_visit_has_no_flag() -> None:
    assert flags(*(visit(number) for number in range(30))) == {}


def test_what_takes_back_a_response_at_night_is_no_visit() -> None:
    night = visit(1, at=MONDAY + timedelta(hours=14))
    assert flags(night) == {night.id: {Flag.OUT_OF_HOURS}}
    taking_back = Void(by="account 3", reason="bấm thử", response=night.id)
    assert flags(replace(night, outcome="voided", answers={}, timing={}, void=taking_back)) == {}


def test_answers_that_nobody_can_have_read_are_flagged() -> None:
    found = visit(1, timing={"result": 400, "service": 999})
    assert flags(found) == {found.id: {Flag.FAST}}
    assert flags(visit(2, timing={"result": 400, "service": 1000})) == {}


def test_a_first_answer_right_after_the_scan_is_flagged() -> None:
    found = visit(1, timing={"result": 1500, "service": 2000}, took_s=4.9)
    assert flags(found) == {found.id: {Flag.AT_ONCE}}
    assert flags(visit(2, timing={"result": 1500, "service": 2000}, took_s=5.1)) == {}


def test_a_run_of_the_same_answers_is_flagged_whole() -> None:
    same: dict[str, Answer] = {"result": 5, "service": 5}
    run = [visit(number, answers=same) for number in range(5)]
    others = [visit(number, answers=same) for number in (20, 21, 22, 23)]
    elsewhere = [visit(number, answers=same, device="t2") for number in (5, 6)]
    found = flags(*others, *reversed(run), *elsewhere)
    assert found == {response.id: {Flag.REPEATED} for response in run}


def test_a_run_ends_with_another_answer_or_a_pause() -> None:
    same: dict[str, Answer] = {"result": 5, "service": 5}
    four_and_four = [visit(number, answers=same) for number in (0, 1, 2, 3, 8, 9, 10, 11)]
    assert flags(*four_and_four) == {}
    assert flags(*(visit(n, answers=same if n != 2 else {"result": 4, "service": 5}) for n in range(6))) == {}


def test_a_visit_outside_opening_hours_is_flagged() -> None:
    night = visit(1, at=MONDAY.replace(hour=22))
    sunday = visit(2, at=MONDAY - timedelta(days=1))
    assert flags(night, sunday) == {night.id: {Flag.OUT_OF_HOURS}, sunday.id: {Flag.OUT_OF_HOURS}}
    assert flag_visits([night, sunday], [SURVEY]) == {}
    assert flags(replace(night, channel="paper")) == {}


def test_a_visit_on_a_day_off_is_out_of_hours_and_one_on_a_saturday_of_make_up_work_is_not() -> None:
    saturday, friday = MONDAY - timedelta(days=2), MONDAY - timedelta(days=3)
    working = SpecialDay(saturday.date(), hours=(Hours(time(7, 30), time(11, 30)),))
    hours = replace(HOURS, special_days=(SpecialDay(friday.date()), working))
    off, worked = visit(1, at=friday), visit(2, at=saturday)
    assert flags(off, worked) == {worked.id: {Flag.OUT_OF_HOURS}}
    assert flag_visits([off, worked], [SURVEY], hours) == {off.id: {Flag.OUT_OF_HOURS}}


def test_hours_are_those_of_viet_nam_whatever_offset_a_visit_is_written_with() -> None:
    morning = visit(1, at=MONDAY.astimezone(UTC))
    assert (morning.started_at.hour, flags(morning)) == (1, {})


def test_a_visit_in_the_hours_of_its_plan_is_not_out_of_hours() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    saturday = datetime(2021, 11, 20, 8, tzinfo=VIET_NAM)
    asked = SurveyRef("thach-ha-ben-ngoai", 1)
    planned = replace(visit(1, at=saturday), plan=plan.id, survey=asked)
    evening = replace(visit(2, at=saturday.replace(hour=19)), plan=plan.id, survey=asked)
    week_later = replace(visit(3, at=saturday + timedelta(days=7)), plan=plan.id, survey=asked)
    other_form = replace(visit(4, at=saturday), plan=plan.id)
    of_no_plan = visit(5, at=saturday)
    every = [planned, evening, week_later, other_form, of_no_plan]
    found = flag_visits(every, [SURVEY], HOURS, [plan])
    assert found == {response.id: {Flag.OUT_OF_HOURS} for response in every[1:]}


def test_a_visit_of_an_unknown_survey_is_judged_by_the_rest() -> None:
    found = visit(1, timing={"result": 1, "service": 1}, took_s=1)
    assert flag_visits([found], []) == {found.id: {Flag.FAST}}


def several(total: int, *, voided: int = 0, declined: int = 0) -> dict[str, int]:
    return {"voided": voided, "declined": declined, "complete": total - voided - declined}


def test_an_officer_with_far_more_voids_or_declines_than_the_others_is_flagged() -> None:
    def flagged(officer: dict[str, int]) -> dict[str, frozenset[OfficerFlag]]:
        others = {"cb-02": several(200, voided=4, declined=10), "cb-03": several(200, voided=3, declined=8)}
        return flag_officers({**others, "cb-01": officer})

    assert flagged(several(100, voided=20)) == {"cb-01": {OfficerFlag.VOIDS}}
    assert flagged(several(100, declined=30)) == {"cb-01": {OfficerFlag.DECLINES}}
    assert flagged(several(100, voided=3, declined=8)) == {}


def test_few_tags_say_nothing_about_an_officer() -> None:
    assert flag_officers({"cb-02": several(200), "cb-01": several(19, voided=19)}) == {}
    assert flag_officers({"cb-01": several(100, voided=100)}) == {}


@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_the_tail_of_the_binomial_is_a_chance_that_falls(total: int, rate: float) -> None:
    tail = [binomial_tail(count, total, rate) for count in range(total + 2)]
    assert tail[0] == 1
    assert abs(tail[1] - (1 - (1 - rate) ** total)) < 1e-9
    assert all(a >= b - 1e-12 for a, b in pairwise(tail))
    assert tail[-1] == 0
