"""More people of one unit are asked after the window: who, when, what counts, and where that is said."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from sync.central.figures.closing import what_blocks
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.figures.plans import read_forms, read_outside
from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.lines import read_lines
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.confidential import promise
from sync.central.office.interviews.field_work import assign_unit, open_next, record_interview
from sync.central.office.interviews.whose_turn import assigned_to
from sync.central.office.people.roles import add_person
from sync.central.office.planning.drafts import change_plan, find_plan_draft
from sync.central.office.planning.topping_up import top_up
from sync.central.office.plans import issued_plan
from sync.central.office.sample.commitment import Stratum, commitment_of, publish_seed, read_secrets
from sync.central.office.sample.drawing import draw
from sync.central.office.sample.people_list import read_people
from sync.central.office.sample.sealed_list import Place, codes_of, seal_people, take_list
from sync.central.office.sample.selecting import draw_sample, drawn_of, fields_drawn
from sync.central.office.sheets.reader import sheet_of
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.minutes import RECHECK, SAMPLE
from sync.central.store.database import reading
from sync.contract.plan import Part, Plan, PlanGroup, TopUp
from sync.contract.problem import ProblemError
from sync.contract.response import SurveyRef
from tests.support.document_text import text_of
from tests.support.made_samples import COLUMNS, list_text
from tests.support.paper import put_closed, put_plan
from tests.support.wire import NOW, CentreUnderTest

UNIT = "phuong-mot"
GROUP = Stratum("dot-hoi", "nguoi-dan")
PLACE = Place(GROUP, UNIT)
LATER = NOW + timedelta(days=20)
FIRST, LAST = LATER.date(), LATER.date() + timedelta(days=4)
PLAN = Plan(
    id=GROUP.plan,
    title={"vi": "Đợt hỏi"},
    authority="UBND Phường Một",
    unit=UNIT,
    design="quota",
    starts=NOW.date(),
    ends=NOW.date() + timedelta(days=10),
    groups=(
        PlanGroup(
            id=GROUP.group,
            name={"vi": "Người dân"},
            survey="kien-hung",
            respondents=("citizen",),
            channels=("interview",),
            parts=(Part(id=UNIT, name={"vi": "Phường Một"}, forms=4),),
        ),
    ),
)


@pytest.fixture
def drawn(central: CentreUnderTest) -> CentreUnderTest:
    """A sample of four of thirty, with a reserve of two."""
    put_plan(central.engine, PLAN)
    keys = central.folder / "keys"
    with acting(central.engine, By("account 1", NOW)) as act:
        publish_seed(act, keys, GROUP)
        key = bytes.fromhex(read_secrets(keys, GROUP, commitment_of(act.connection, GROUP)).key)
        sheet = sheet_of("ds.csv", list_text(30, ("Đất đai",)).encode(), COLUMNS.named().values())
        found = read_people(sheet, COLUMNS, key)
        take_list(act, PLACE, seal_people(found, central.keys), lines=found.lines, source="account 1")
        draw_sample(act, keys, GROUP, {UNIT: 4}, spare_percent=50)
    return central


def order(central: CentreUnderTest, people: int = 3, at: datetime = LATER, **other: object) -> TopUp:
    asked = {"first": FIRST, "last": LAST, "why": "Bốn người đã chuyển đi", **other}
    with acting(central.engine, By("account 1", at)) as act:
        return top_up(act, PLACE, people=people, **asked)  # type: ignore[arg-type]


def interviewer(central: CentreUnderTest) -> int:
    with acting(central.engine, By("account 1", NOW)) as act:
        account = add_person(
            act, login="hoi", name="hoi", role="interviewer", unit=UNIT, last=date(2026, 12, 31)
        )
    with acting(central.engine, By("account 1", NOW)) as act:
        promise(act, account)
    with acting(central.engine, By("account 1", NOW)) as act:
        assign_unit(act, PLACE, account, owner=UNIT)
    return account


def ask(central: CentreUnderTest, account: int, at: datetime) -> None:
    said = Interview(
        survey=SurveyRef("kien-hung", 1),
        plan=GROUP.plan,
        respondent="citizen",
        answers={"result": 5, "service": 4},
        words={},
    )
    with acting(central.engine, By(f"account {account}", at)) as act:
        opened = open_next(act, account, central.keys)
    assert opened is not None
    with acting(central.engine, By(f"account {account}", at + timedelta(minutes=5))) as act:
        record_interview(act, account, opened[0].key, said, central.keys)


def in_force(central: CentreUnderTest) -> Plan:
    with reading(central.engine) as connection:
        issued = issued_plan(connection, GROUP.plan)
    assert issued is not None
    return issued.plan


def test_the_reserve_is_asked_first_then_who_the_same_seed_would_have_drawn_next(
    drawn: CentreUnderTest,
) -> None:
    with reading(drawn.engine) as connection:
        before, minutes = drawn_of(connection, PLACE), fields_drawn(connection, GROUP)
        listed = {f"{UNIT}/{code}" for code, _, _ in codes_of(connection, PLACE)}
        seed = bytes.fromhex(commitment_of(connection, GROUP).seed)
    order(drawn, 4)
    with reading(drawn.engine) as connection:
        after = drawn_of(connection, PLACE)
        assert fields_drawn(connection, GROUP) == minutes  # of the draw itself
    assert [each.number for each in after if each.state == "waiting"] == [1, 2, 3, 4, 5, 6, 7, 8]
    left = listed - {f"{UNIT}/{each.code}" for each in before}
    assert [f"{UNIT}/{each.code}" for each in after[6:]] == list(draw(left, 2, seed))
    assert len({each.code for each in after}) == 8


def test_answers_of_the_topped_up_unit_on_these_days_count_for_the_plan_and_those_of_other_units_dont(
    drawn: CentreUnderTest,
) -> None:
    order(drawn)
    account = interviewer(drawn)
    plan = in_force(drawn)
    with reading(drawn.engine) as connection:
        assert len(assigned_to(connection, account, NOW.date())) == 7
        assert assigned_to(connection, account, FIRST - timedelta(days=1)) == ()
        assert len(assigned_to(connection, account, FIRST)) == 7
        assert assigned_to(connection, account, LAST + timedelta(days=1)) == ()
    ask(drawn, account, LATER)
    with reading(drawn.engine) as connection:
        assert read_forms(connection, plan) == {("nguoi-dan", UNIT): 1}
        assert read_outside(connection, plan) == ()
        elsewhere = replace(plan.groups[0], top_ups=(replace(plan.groups[0].top_ups[0], unit="phuong-hai"),))
        assert read_forms(connection, replace(plan, groups=(elsewhere,))) == {}
        ended = replace(
            plan.groups[0], top_ups=(replace(plan.groups[0].top_ups[0], ends=FIRST - timedelta(1)),)
        )
        assert read_forms(connection, replace(plan, groups=(ended,))) == {}
        now = read_round(connection, plan, FIRST)
        blocking = what_blocks(plan, read_work(connection, plan, now, FIRST))
    assert [each.until for each in blocking if each.cause == "window"] == [LAST]


def test_the_plan_itself_says_what_was_ordered_why_and_when_in_its_next_wording_and_in_its_draft(
    drawn: CentreUnderTest,
) -> None:
    with acting(drawn.engine, By("account 1", NOW)) as act:
        change_plan(act, replace(in_force(drawn), title={"vi": "Tên mới"}), "")
    ordered = order(drawn)
    assert (ordered.ordered, ordered.people) == (LATER.date(), 3)
    with reading(drawn.engine) as connection:
        issued, draft = issued_plan(connection, GROUP.plan), find_plan_draft(connection, GROUP.plan)
        lines = read_lines(connection, 9, acts=("plan-top-up",))
        asked = Asked(kind="", unit=UNIT, first=NOW.date(), last=LAST, plan=GROUP.plan)
        texts = [text_of(kind.build(kind.read(connection, asked, LATER), {})) for kind in (SAMPLE, RECHECK)]
    assert issued is not None
    assert draft is not None
    assert issued.version == 2
    assert issued.plan.groups[0].top_ups == draft.plan.groups[0].top_ups == (ordered,)
    assert draft.plan.title == {"vi": "Tên mới"}
    assert issued.plan.last_day == LAST
    assert [line.detail for line in lines] == [f"people: 3, from: {FIRST}, until: {LAST}"]
    assert all("Bốn người đã chuyển đi" in text for text in texts)


def test_nobody_is_asked_twice_and_a_list_that_has_too_few_people_left_is_refused(
    drawn: CentreUnderTest,
) -> None:
    order(drawn, 20)
    with pytest.raises(ProblemError, match="HL4364"):
        order(drawn, 7)
    order(drawn, 6)
    with reading(drawn.engine) as connection:
        people = drawn_of(connection, PLACE)
    assert len({each.code for each in people}) == len(people) == 30
    assert [group.top_ups[0].people for group in in_force(drawn).groups] == [20]


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": FIRST - timedelta(days=1)},
        {"first": NOW.date(), "last": NOW.date()},
        {"last": FIRST + timedelta(days=200)},
        {"why": " "},
        {"why": "x" * 301},
    ],
)
def test_days_and_reason_are_checked_and_nothing_changes(
    drawn: CentreUnderTest, wrong: dict[str, object]
) -> None:
    with pytest.raises(ProblemError, match="HL4363"):
        order(drawn, 1, **wrong)  # type: ignore[arg-type]
    assert in_force(drawn) == PLAN


def test_a_closed_plan_takes_no_more(drawn: CentreUnderTest) -> None:
    put_closed(drawn.engine, PLAN.id)
    with pytest.raises(ProblemError, match="HL4298"):
        order(drawn)
