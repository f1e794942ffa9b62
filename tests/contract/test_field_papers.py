"""Papers of the field work: the guide of one page, who came to a training, and the interviewer's pack."""

import re
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.lines import read_lines
from sync.central.office.planning.trainings import (
    drop_training,
    hold_training,
    note_attendance,
    read_invited,
    trainings_of,
)
from sync.central.office.planning_kept import carry_planning, empty_trainings, read_planning
from sync.central.office.sample.emptying import KEPT_DAYS
from sync.central.reports.kinds.attendance import attendance_list
from sync.central.reports.kinds.field_guides import helpers_guide, read_guide
from sync.central.reports.kinds.frame import read_frame
from sync.central.reports.writing.pdf import write_pdf
from sync.central.store.database import reading, writing
from sync.central.store.plan_tables import plan_trainings
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from tests.support.document_text import text_of
from tests.support.paper import put_closed, put_plan
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest

BY = By("account 1", NOW)
TODAY = NOW.date()
ID = "0123456789ab"


def thach_ha() -> Plan:
    return replace(shipped_plans()["thach-ha-2021"], unit="phuong-mot")


@pytest.fixture
def planned(central: CentreUnderTest) -> Plan:
    plan = thach_ha()
    put_plan(central.engine, plan)
    return plan


def hold(central: CentreUnderTest, plan: Plan, day: date = TODAY, id: str = ID) -> None:
    people = read_invited("Người Một; Phòng Ví Dụ\n\nNgười Hai\n")
    with acting(central.engine, BY) as act:
        hold_training(act, plan.id, id, day, "Hội trường", people)


def test_the_guide_of_the_helpers_is_one_page_and_says_what_the_plan_says(
    central: CentreUnderTest, planned: Plan
) -> None:
    with reading(central.engine) as connection:
        guide = helpers_guide(read_guide(connection, planned, {}, TODAY))
    text = text_of(guide)
    for said in ("BM.VP.07.02", "BM.VP.07.03", "17/11/2021 – 20/11/2021", "63", "Hai người cùng đếm"):
        assert said in text
    # The plan asks staff as well: their forms are sealed.
    assert "phong bì dán kín" in text
    assert len(re.findall(rb"/Type /Page\b", write_pdf(guide))) == 1


def test_who_came_to_a_training_is_noted_from_its_day_on_and_named_in_no_line(
    central: CentreUnderTest, planned: Plan
) -> None:
    hold(central, planned)
    hold(central, planned)  # sent twice
    with reading(central.engine) as connection:
        (training,) = trainings_of(connection, planned.id)
        frame = read_frame(connection, planned.unit, planned, TODAY, "BB")
    assert [(each.name, each.office) for each in training.people] == [
        ("Người Một", "Phòng Ví Dụ"),
        ("Người Hai", ""),
    ]
    assert "Ký tên" in text_of(attendance_list(frame, training))
    with acting(central.engine, By("account 1", NOW + timedelta(hours=1))) as act:
        assert note_attendance(act, planned.id, ID, {1}, training.changed_at) == 1
    with reading(central.engine) as connection:
        (noted,) = trainings_of(connection, planned.id)
        lines = read_lines(connection, 9, acts=("training", "training-there"))
    assert [each.there for each in noted.people] == [False, True]
    assert "Mời 2 người, có mặt 1 người." in text_of(attendance_list(frame, noted))
    assert [each.detail for each in lines] == [f"{TODAY}, 1/2", f"{TODAY}, 2"]
    for stale in (training.changed_at, "x"):
        with pytest.raises(ProblemError, match="HL4291"), acting(central.engine, BY) as act:
            note_attendance(act, planned.id, ID, {0}, stale)
    with pytest.raises(ProblemError, match="HL4291"), acting(central.engine, BY) as act:
        drop_training(act, planned.id, ID)  # somebody was there


def test_a_training_that_is_still_to_come_can_be_dropped_and_nobody_was_there(
    central: CentreUnderTest, planned: Plan
) -> None:
    hold(central, planned, TODAY + timedelta(days=1))
    with pytest.raises(ProblemError, match="HL4290"), acting(central.engine, BY) as act:
        note_attendance(act, planned.id, ID, {0}, NOW.isoformat())
    with acting(central.engine, BY) as act:
        drop_training(act, planned.id, ID)
    with reading(central.engine) as connection:
        assert trainings_of(connection, planned.id) == ()


@pytest.mark.parametrize("text", ["", "; Phòng", "x" * 201, "Người; " + "x" * 201, "Người\n" * 301])
def test_a_list_without_names_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="HL4290"):
        read_invited(text)


def test_names_of_a_training_go_some_time_after_the_plan_and_come_over_a_restore(
    central: CentreUnderTest, planned: Plan
) -> None:
    hold(central, planned)
    with reading(central.engine) as connection:
        kept = read_planning(connection)
    with writing(central.engine) as connection:
        connection.execute(plan_trainings.delete())
        assert carry_planning(connection, kept, {}) == 1
    for ago, removed in ((KEPT_DAYS, 0), (KEPT_DAYS + 1, 1), (KEPT_DAYS + 1, 0)):
        with acting(central.engine, BY) as act:
            assert empty_trainings(act, {planned.id: TODAY - timedelta(days=ago)}) == removed
    with reading(central.engine) as connection:
        (training,) = trainings_of(connection, planned.id)
    assert training.people == ()
    put_closed(central.engine, planned.id)
    with pytest.raises(ProblemError, match="HL4298"):
        hold(central, planned, id="ba9876543210")
