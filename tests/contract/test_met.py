"""People met at a unit without a list: a few a day, every k-th, and checked again by telephone."""

import secrets
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.figures.closing import what_blocks
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.figures.plans import read_forms
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up
from sync.central.office.corrections import void, voided_here
from sync.central.office.interviews.again import (
    checked_of,
    draw_rechecks,
    open_recheck,
    rechecks_of,
    record_recheck,
)
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.asked_again import order_again, order_all_again
from sync.central.office.interviews.by_day import field_days
from sync.central.office.interviews.confidential import promise
from sync.central.office.interviews.field_work import assign_unit, open_next, record_interview
from sync.central.office.interviews.met import (
    FEWEST_DAYS,
    Contact,
    count_met,
    day_quota,
    first_visitor,
    record_met,
)
from sync.central.office.people.roles import add_person
from sync.central.office.sample.commitment import Stratum, publish_seed
from sync.central.office.sample.emptying import KEPT_DAYS, empty_lists
from sync.central.office.sample.moving import carry_samples, read_samples, sample_fault
from sync.central.office.sample.on_request import find_listed, forget_listed
from sync.central.office.sample.sealed_list import Place
from sync.central.store.database import reading, writing
from sync.central.store.sample_tables import drawn_people, frame_people
from sync.central.store.schema import audit
from sync.central.store.surveys import load_surveys
from sync.contract.plan import Part, Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.response import SurveyRef
from tests.support.paper import put_closed, put_plan
from tests.support.wire import NOW, CentreUnderTest

UNIT, FORMS = "phuong-mot", 10
STRATUM = Stratum("tram-y-te", "khach")
PLACE = Place(STRATUM, UNIT)
TODAY = NOW.date()
PHONE = "0900 000 001"
SAID = Interview(
    survey=SurveyRef("kien-hung", 1),
    plan=STRATUM.plan,
    respondent="citizen",
    answers={"result": 5, "service": 4},
    words={},
)


def plan(per_day: int = 0, every: int = 1, percent: int = 0) -> Plan:
    return Plan(
        id=STRATUM.plan,
        title={"vi": "Trạm y tế"},
        authority="UBND Phường Một",
        unit=UNIT,
        design="quota",
        starts=TODAY,
        ends=TODAY + timedelta(days=20),
        recheck_percent=percent,
        groups=(
            PlanGroup(
                id=STRATUM.group,
                name={"vi": "Khách tại trạm"},
                survey="kien-hung",
                respondents=("citizen",),
                channels=("interview",),
                per_day=per_day,
                every=every,
                parts=(Part(id=UNIT, name={"vi": "Trạm"}, forms=FORMS),),
            ),
        ),
    )


@pytest.fixture
def account(central: CentreUnderTest) -> int:
    put_plan(central.engine, plan())
    return interviewer(central)


def interviewer(central: CentreUnderTest, last: date = TODAY + timedelta(days=30)) -> int:
    with acting(central.engine, By("test", NOW)) as act:
        login = f"hoi-{secrets.token_hex(4)}"
        made = add_person(act, login=login, name=login, role="interviewer", unit=UNIT, last=last)
    with acting(central.engine, By("test", NOW)) as act:
        promise(act, made)
    return made


def meet(
    central: CentreUnderTest,
    account: int,
    *,
    days: int = 0,
    phone: str = "",
    token: str = "",
    of: Plan | None = None,
) -> str:
    with acting(central.engine, By(f"account {account}", NOW + timedelta(days=days))) as act:
        return record_met(
            act,
            of or plan(),
            PLACE,
            account=account,
            said=SAID,
            begun=act.now - timedelta(minutes=5),
            contact=Contact("Người Gặp" if phone else "", phone.replace(" ", "")),
            token=token or secrets.token_hex(16),
            wanted=FORMS,
            keys=central.keys,
        )


def test_the_forms_of_a_unit_are_spread_over_days(central: CentreUnderTest, account: int) -> None:
    assert day_quota(plan().groups[0], 50) == 50 // FEWEST_DAYS
    assert day_quota(plan(per_day=7).groups[0], 50) == 7
    for day in range(5):
        for _ in range(2):
            meet(central, account, days=day)
        with pytest.raises(ProblemError, match="HL4327"):
            meet(central, account, days=day)
    with pytest.raises(ProblemError, match="HL4327"):
        meet(central, account, days=6)
    with reading(central.engine) as connection:
        count = count_met(connection, PLACE, TODAY, voided_here(connection))
        assert read_forms(connection, plan())[STRATUM.group, UNIT] == FORMS
        assert sample_fault(connection) == ""
    assert (count.have, count.today) == (FORMS, 2)


def test_a_voided_form_is_missing_again_and_the_time_of_a_form_is_seen(
    central: CentreUnderTest, account: int
) -> None:
    for day in range(5):
        made = [meet(central, account, days=day) for _ in range(2)]
    with acting(central.engine, By("test", NOW)) as act:
        void(act, made[0], "gõ nhầm")
    meet(central, account, days=5)
    with pytest.raises(ProblemError, match="HL4327"):
        meet(central, account, days=6)
    with reading(central.engine) as connection:
        assert {(each.minutes, each.quick) for each in field_days(connection, STRATUM.plan)} == {(5.0, 0)}


def test_which_visitor_is_the_first_is_a_lot_that_anybody_can_repeat() -> None:
    starts = {first_visitor("x", "tram", TODAY + timedelta(days=day), 4) for day in range(60)}
    assert starts == {1, 2, 3, 4}
    assert first_visitor("x", "tram", TODAY, 4) == first_visitor("x", "tram", TODAY, 4)
    assert first_visitor("x", "tram", TODAY, 0) == 1


def test_a_form_is_stored_once_and_only_by_an_interviewer_in_the_window(
    central: CentreUnderTest, account: int
) -> None:
    token = secrets.token_hex(16)
    meet(central, account, token=token)
    ended = interviewer(central, last=TODAY)
    for who, days, again in ((account, 1, token), (account, 1, "x"), (account, 21, ""), (ended, 1, "")):
        with pytest.raises(ProblemError, match="HL4318"):
            meet(central, who, days=days, token=again)
    with acting(central.engine, By("test", NOW)) as act:
        account = add_person(
            act, login="moi", name="moi", role="interviewer", unit=UNIT, last=TODAY + timedelta(days=9)
        )
    with pytest.raises(ProblemError, match="HL4360"):
        meet(central, account, days=1)
    with pytest.raises(ProblemError, match="HL4313"), acting(central.engine, By("test", NOW)) as act:
        publish_seed(act, central.folder / "keys", STRATUM)
    put_closed(central.engine, STRATUM.plan)
    with pytest.raises(ProblemError, match="HL4318"):
        meet(central, interviewer(central), days=1)


def test_a_group_with_a_list_meets_nobody(central: CentreUnderTest, account: int) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        publish_seed(act, central.folder / "keys", STRATUM)
    with pytest.raises(ProblemError, match="HL4318"):
        meet(central, account)


def test_who_left_a_telephone_number_is_checked_again_and_nobody_else(
    central: CentreUnderTest, account: int
) -> None:
    wanted = plan(percent=50)
    for day in range(2):
        meet(central, account, days=day)
        meet(central, account, days=day, phone=PHONE)
    with acting(central.engine, By("test", NOW)) as act:
        assert draw_rechecks(act, wanted) == 2
    with reading(central.engine) as connection:
        drawn = rechecks_of(connection, wanted.id)
        surveys = load_surveys(connection)
    assert [each.number for each in drawn] == [2, 4]
    other = interviewer(central)
    with acting(central.engine, By("test", NOW)) as act:
        assert open_recheck(act, wanted, drawn[0].key, other, central.keys)[1].phone == "0900000001"
    with acting(central.engine, By("test", NOW)) as act:
        record_recheck(act, wanted, drawn[0].key, other, None, surveys)
    with acting(central.engine, By("test", NOW)) as act:
        order_again(act, wanted, drawn[0].key, "chưa hỏi")
    with reading(central.engine) as connection:
        states = connection.execute(select(drawn_people.c.state).order_by(drawn_people.c.place))
        assert states.scalars().all() == ["done", "waiting", "done", "done"]
    with acting(central.engine, By("test", NOW)) as act:
        assert assign_unit(act, PLACE, other, owner=UNIT) == 1
    with acting(central.engine, By("test", NOW + timedelta(days=4))) as act:
        opened = open_next(act, other, central.keys)
        assert opened is not None
        record_interview(act, other, opened[0].key, SAID, central.keys)
    with reading(central.engine) as connection:
        count = count_met(connection, PLACE, TODAY + timedelta(days=4), voided_here(connection))
    assert (count.have, count.today) == (4, 0)  # by telephone, not at the unit


def test_who_left_no_number_is_not_asked_again_but_somebody_else_is_met(
    central: CentreUnderTest, account: int
) -> None:
    wanted = plan(percent=50)
    for day in range(5):
        for phone in (PHONE, ""):
            meet(central, account, days=day, phone=phone)
    with acting(central.engine, By("test", NOW)) as act:
        draw_rechecks(act, wanted)
    with reading(central.engine) as connection:
        drawn, surveys = rechecks_of(connection, wanted.id), load_surveys(connection)
    other = interviewer(central)
    for each in drawn[:2]:
        with acting(central.engine, By("test", NOW)) as act:
            open_recheck(act, wanted, each.key, other, central.keys)
            record_recheck(act, wanted, each.key, other, None, surveys)
    with acting(central.engine, By("test", NOW)) as act:
        assert order_all_again(act, wanted, account, "chưa hỏi") == FORMS
    with reading(central.engine) as connection:
        states = connection.execute(select(drawn_people.c.state)).scalars().all()
        count = count_met(connection, PLACE, TODAY, voided_here(connection))
    assert (states.count("waiting"), states.count("unmet"), count.have) == (5, 5, 5)
    meet(central, other, days=6)


def test_a_plan_does_not_wait_for_rechecks_of_who_left_no_number(
    central: CentreUnderTest, account: int
) -> None:
    wanted = plan(percent=100)
    for day in range(5):
        meet(central, account, days=day)
        meet(central, account, days=day, phone=PHONE if day == 0 else "")
    with acting(central.engine, By("test", NOW)) as act:
        assert draw_rechecks(act, wanted) == 1
    with reading(central.engine) as connection:
        (row,) = checked_of(connection, wanted)
        now = read_round(connection, wanted, TODAY)
        blocks = what_blocks(wanted, read_work(connection, wanted, now, TODAY))
    assert (row.asked, row.wanted, row.beyond) == (FORMS, 1, FORMS - 1)
    assert [(each.there, each.wanted) for each in blocks if each.cause == "rechecks"] == [(0, 1)]


def test_a_telephone_number_is_in_no_file_and_goes_on_request_over_a_restore_and_in_time(
    central: CentreUnderTest, account: int, tmp_path: Path
) -> None:
    meet(central, account, phone=PHONE)
    meet(central, account, phone="0911111111")
    back_up(central.engine, tmp_path / "backup")
    for path in (*central.folder.rglob("*"), tmp_path / "backup"):
        assert b"0900000001" not in (path.read_bytes() if path.is_file() else b""), path
    with reading(central.engine) as connection:
        assert "0900" not in " ".join(connection.execute(select(audit.c.detail)).scalars())
        (match,) = find_listed(connection, PHONE, central.keys.sealing_keys())
        kept = read_samples(connection)
    with writing(central.engine) as connection:
        connection.execute(drawn_people.delete())
        assert carry_samples(connection, kept, {}) == 1
        assert sample_fault(connection) == ""
    with acting(central.engine, By("test", NOW)) as act:
        forget_listed(act, match.place, match.code, "đề nghị")
    with reading(central.engine) as connection:
        assert find_listed(connection, PHONE, central.keys.sealing_keys()) == []
    with acting(central.engine, By("test", NOW)) as act:
        ended = {STRATUM.plan: TODAY - timedelta(days=KEPT_DAYS + 1)}
        assert empty_lists(act, central.folder / "keys", ended) == 2
    with reading(central.engine) as connection:
        assert connection.execute(select(frame_people)).all() == []
