"""Interviewers: the next person alone, outcomes, and responses judged as a tablet's."""

import secrets
from datetime import date, datetime, time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from sync.central.figures.closing import what_blocks
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.figures.plans import read_forms
from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.lines import read_lines
from sync.central.office.interviews.again import (
    Checked,
    Result,
    checked_of,
    compare,
    draw_rechecks,
    least,
    open_recheck,
    recheck_seeds,
    rechecks_of,
    record_recheck,
)
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.asked_again import is_asked_again, order_again, order_all_again
from sync.central.office.interviews.by_day import field_days
from sync.central.office.interviews.confidential import has_promised, promise
from sync.central.office.interviews.field_work import (
    MOST_TRIES,
    assign_unit,
    open_next,
    record_interview,
    record_outcome,
)
from sync.central.office.interviews.whose_rechecks import assign_checker, checks_of
from sync.central.office.interviews.whose_turn import assigned_to
from sync.central.office.people.roles import add_person, give_role, take_role
from sync.central.office.sample.commitment import Stratum, commitment_of, publish_seed, read_secrets
from sync.central.office.sample.emptying import let_responses_go
from sync.central.office.sample.people_list import read_people
from sync.central.office.sample.sealed_list import Place, seal_people, take_list
from sync.central.office.sample.selecting import draw_sample, drawn_of, quotas_drawn
from sync.central.office.sheets.reader import sheet_of
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.final import FINAL
from sync.central.reports.kinds.minutes import RECHECK, SAMPLE
from sync.central.reports.model import Document
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.writing.docx import write_docx
from sync.central.store.database import reading
from sync.central.store.sample_tables import drawn_steps
from sync.central.store.schema import accounts, audit, devices, responses
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Unit
from sync.contract.ids import lowest_uuid7
from sync.contract.plan import VIET_NAM, Part, Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.response import Respondent, SurveyRef
from sync.contract.survey import Survey
from tests.support.document_text import text_of
from tests.support.made_samples import COLUMNS, list_text
from tests.support.paper import put_closed, put_plan
from tests.support.wire import NOW, CentreUnderTest

BY = By("account 1", NOW)
UNIT = "phuong-mot"
GROUP = Stratum("dot-hoi", "nguoi-dan")
PLACE = Place(GROUP, UNIT)
FORMS = 4
TODAY = NOW.date()


def plan(respondents: tuple[Respondent, ...] = ("citizen",)) -> Plan:
    return Plan(
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
                respondents=respondents,
                channels=("interview",),
                parts=(Part(id=UNIT, name={"vi": "Phường Một"}, forms=FORMS),),
            ),
        ),
    )


def interviewer(central: CentreUnderTest, login: str, last: date | None) -> int:
    with acting(central.engine, BY) as act:
        account = add_person(act, login=login, name=login, role="interviewer", unit=UNIT, last=last)
    with acting(central.engine, BY) as act:
        promise(act, account)
    return account


def drawn(central: CentreUnderTest, respondents: tuple[Respondent, ...] = ("citizen",)) -> int:
    """A sample of four with a reserve of two, given to an interviewer; their account."""
    put_plan(central.engine, plan(respondents))
    keys = central.folder / "keys"
    with acting(central.engine, BY) as act:
        publish_seed(act, keys, GROUP)
        key = bytes.fromhex(read_secrets(keys, GROUP, commitment_of(act.connection, GROUP)).key)
        sheet = sheet_of("ds.csv", list_text(30, ("Đất đai",)).encode(), COLUMNS.named().values())
        found = read_people(sheet, COLUMNS, key)
        take_list(act, PLACE, seal_people(found, central.keys), lines=found.lines, source="account 1")
        draw_sample(act, keys, GROUP, {UNIT: FORMS}, spare_percent=50)
    account = interviewer(central, "hoi-mot", NOW.date() + timedelta(days=10))
    with acting(central.engine, BY) as act:
        assert assign_unit(act, PLACE, account, owner=UNIT) == FORMS
    return account


def said(**answers: int) -> Interview:
    return Interview(
        survey=SurveyRef("kien-hung", 1),
        plan=GROUP.plan,
        respondent="citizen",
        answers=answers or {"result": 5, "service": 4},
        words={},
    )


def next_key(central: CentreUnderTest, account: int, day: date = TODAY) -> str:
    with reading(central.engine) as connection:
        every = assigned_to(connection, account, day)
    return every[0].key if every else ""


def opened(central: CentreUnderTest, account: int) -> str:
    with acting(central.engine, BY) as act:
        found = open_next(act, account, central.keys)
    return found[1].name if found else ""


def ask(central: CentreUnderTest, account: int, key: str, minutes: int = 5) -> str:
    opened(central, account)
    with acting(central.engine, By("account 2", NOW + timedelta(minutes=minutes))) as act:
        return record_interview(act, account, key, said(), central.keys)


def test_nobody_is_opened_before_confidentiality_is_promised_once(central: CentreUnderTest) -> None:
    drawn(central)
    with acting(central.engine, BY) as act:
        last = TODAY + timedelta(days=10)
        account = add_person(act, login="moi", name="moi", role="interviewer", unit=UNIT, last=last)
    with acting(central.engine, BY) as act:
        assign_unit(act, PLACE, account, owner=UNIT)
    with pytest.raises(ProblemError, match="HL4360"):
        opened(central, account)
    for days in (0, 1):  # the first moment is kept
        with acting(central.engine, By(f"account {account}", NOW + timedelta(days=days))) as act:
            promise(act, account)
    assert opened(central, account).startswith("Người")
    with reading(central.engine) as connection:
        assert has_promised(connection, account)
        kept = select(accounts.c.confidential_at).where(accounts.c.id == account)
        assert connection.execute(kept).scalar() == NOW.isoformat()
        noted = select(audit.c.at).where(audit.c.act == "confidential", audit.c.who == f"account {account}")
        assert len(connection.execute(noted).all()) == 1


def test_an_interview_is_a_response_that_counts_for_the_plan_and_numbers_have_no_gap(
    central: CentreUnderTest,
) -> None:
    account = drawn(central)
    for minutes in range(1, FORMS + 1):
        ask(central, account, next_key(central, account), 3 * minutes)
    assert next_key(central, account) == ""
    with reading(central.engine) as connection:
        rows = connection.execute(select(responses).order_by(responses.c.seq)).all()
        assert [row.seq for row in rows] == [1, 2, 3, 4]
        assert {(row.channel, row.unit, row.device) for row in rows} == {
            ("interview", UNIT, f"centre-interview-{UNIT}")
        }
        assert read_forms(connection, plan())["nguoi-dan", UNIT] == FORMS
        held = connection.execute(select(devices.c.held).where(devices.c.id == rows[0].device)).scalar()
        assert held == "[[1,4]]"
        named = {each.response for each in drawn_of(connection, PLACE) if each.state == "done"}
        assert named == {row.id for row in rows}
        assert not any(b"0900" in bytes(row.body) for row in rows)
        (day,) = field_days(connection, GROUP.plan)
    assert (day.account, day.done, day.quick) == (account, FORMS, 0)


def test_only_the_next_person_is_opened_and_another_one_is_refused(central: CentreUnderTest) -> None:
    account = drawn(central)
    assert opened(central, account) == opened(central, account)
    key = next_key(central, account)
    other = interviewer(central, "hoi-hai", NOW.date() + timedelta(days=10))
    assert opened(central, other) == ""
    with reading(central.engine) as connection:
        last = assigned_to(connection, account, NOW.date())[-1].key
    for who, wrong in ((account, last), (account, "x"), (other, key)):
        with pytest.raises(ProblemError, match="HL4318"):
            ask(central, who, wrong)
        with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
            record_outcome(act, who, wrong, "refused")
    ask(central, account, key)
    with pytest.raises(ProblemError, match="HL4318"):
        ask(central, account, key)


def test_who_was_not_met_comes_again_after_the_others_and_is_replaced_in_the_end(
    central: CentreUnderTest,
) -> None:
    account = drawn(central)
    first = next_key(central, account)
    for tries in range(MOST_TRIES):
        while next_key(central, account) != first:
            ask(central, account, next_key(central, account))
        opened(central, account)
        with acting(central.engine, BY) as act:
            record_outcome(act, account, first, "unmet")
        if tries == 0:
            assert next_key(central, account) != first
    with reading(central.engine) as connection:
        states = [each.state for each in drawn_of(connection, PLACE)]
        left = assigned_to(connection, account, NOW.date())
        (day,) = field_days(connection, GROUP.plan)
    assert states.count("unmet") == 1
    assert [each.number for each in left] == [5]
    assert (day.unmet, day.done) == (MOST_TRIES, 3)


def test_the_list_of_staff_knows_that_somebody_answered_and_never_what(central: CentreUnderTest) -> None:
    account = drawn(central, ("citizen", "staff"))
    with acting(central.engine, BY) as act:
        open_next(act, account, central.keys, lambda several: several[-1])
    made = ask(central, account, next_key(central, account))
    with reading(central.engine) as connection:
        (done,) = (each for each in drawn_of(connection, PLACE) if each.state == "done")
        (row,) = connection.execute(select(responses))
        (step,) = connection.execute(select(drawn_steps))
        lines = read_lines(connection, 9, acts=("person-open", "person-asked"))
        (day,) = field_days(connection, GROUP.plan)
    assert (done.number, done.response, row.id) == (FORMS, "", made)
    begins = datetime.combine(TODAY, time(), VIET_NAM)
    assert lowest_uuid7(begins) <= made < lowest_uuid7(begins + timedelta(milliseconds=1))
    assert row.received_at == int(begins.timestamp() * 1000)
    assert {row.started_at, row.finished_at} == {begins.isoformat()}
    assert NOW.isoformat()[:16] not in bytes(row.body).decode()
    assert (step.place, step.step, step.at) == (0, "done", begins.isoformat())
    assert {(each.act, each.detail) for each in lines} == {("person-open", ""), ("person-asked", "")}
    assert (day.done, day.minutes, day.quick) == (1, None, 0)


def test_whom_of_staff_an_interviewer_opens_is_drawn_by_lot_and_stays_until_it_is_recorded(
    central: CentreUnderTest,
) -> None:
    """The order of the numbers of responses would else be the order of the list."""
    account = drawn(central, ("staff",))
    before = next_key(central, account)
    with acting(central.engine, BY) as act:
        open_next(act, account, central.keys, lambda several: several[2])
    key = next_key(central, account)
    assert key.endswith("/3")
    opened(central, account)
    assert next_key(central, account) == key
    with acting(central.engine, BY) as act:
        record_outcome(act, account, key, "unmet")
    assert next_key(central, account) == before
    with reading(central.engine) as connection:
        assert [row.step for row in connection.execute(select(drawn_steps))] == ["unmet"]


def test_nothing_is_recorded_about_somebody_whom_nobody_has_opened(central: CentreUnderTest) -> None:
    """Forms made at a desk would be in no line of the audit log, and in no count of quick ones."""
    account = drawn(central)
    key = next_key(central, account)
    with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
        record_interview(act, account, key, said(), central.keys)
    with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
        record_outcome(act, account, key, "refused")
    ask(central, account, key)


def test_an_interviewer_goes_on_where_nobody_of_the_reserve_is_left(central: CentreUnderTest) -> None:
    account = drawn(central)
    for left in range(FORMS + 1, 0, -1):
        key = next_key(central, account)
        opened(central, account)
        with acting(central.engine, BY) as act:
            record_outcome(act, account, key, "refused")
        with reading(central.engine) as connection:
            assert len(assigned_to(connection, account, TODAY)) == min(FORMS, left)
    ask(central, account, next_key(central, account))
    assert next_key(central, account) == ""


def test_what_was_drawn_stays_as_it_was_whatever_the_plan_says_today(central: CentreUnderTest) -> None:
    account = drawn(central)
    opened(central, account)
    with acting(central.engine, BY) as act:
        record_outcome(act, account, next_key(central, account), "refused")
    with reading(central.engine) as connection:
        (found,) = quotas_drawn(connection, PLACE)
    assert (found.field, found.people, found.wanted, found.spare) == ("Đất đai", 30, FORMS, 2)


def test_who_is_an_interviewer_of_another_unit_alone_asks_nobody_here_any_more(
    central: CentreUnderTest,
) -> None:
    account = drawn(central)
    with acting(central.engine, BY) as act:
        put_bundled_units(act.connection, [Unit(code, {"vi": code}) for code in (UNIT, "phuong-hai")], NOW)
        give_role(act, account, role="interviewer", unit="phuong-hai", last=TODAY + timedelta(days=9))
        take_role(act, account, role="interviewer", unit=UNIT)
    assert next_key(central, account) == ""
    assert opened(central, account) == ""


def test_nobody_is_asked_outside_of_the_window(central: CentreUnderTest) -> None:
    account = drawn(central)
    assert next_key(central, account, NOW.date() + timedelta(days=11)) == ""
    assert next_key(central, account, NOW.date() - timedelta(days=1)) == ""


def test_an_account_is_given_people_only_as_an_interviewer_until_a_day(central: CentreUnderTest) -> None:
    drawn(central)
    endless = interviewer(central, "mai-mai", None)
    with acting(central.engine, BY) as act:
        keyer = add_person(act, login="nhap", name="Nhập", role="keyer", unit=UNIT)
    for account in (endless, keyer):
        with pytest.raises(ProblemError, match="HL4319"), acting(central.engine, BY) as act:
            assign_unit(act, PLACE, account, owner=UNIT)
    with acting(central.engine, BY) as act:
        assert assign_unit(act, PLACE, None, owner=UNIT) == FORMS


SURVEY = ("kien-hung", 1)


def survey(central: CentreUnderTest) -> Survey:
    with reading(central.engine) as connection:
        return load_surveys(connection)[SURVEY]


def rechecked(central: CentreUnderTest, percent: int = 50) -> tuple[int, Plan]:
    """Four interviews of one person, of which half are drawn to be checked."""
    account, wanted = drawn(central), replace(plan(), recheck_percent=percent)
    for minutes in range(FORMS):
        ask(central, account, next_key(central, account), minutes)
    with acting(central.engine, BY) as act:
        assert draw_rechecks(act, wanted) == least(FORMS, percent)
    return account, wanted


def checker(central: CentreUnderTest) -> int:
    """Somebody who asked nobody."""
    return interviewer(central, f"phuc-tra-{secrets.token_hex(4)}", NOW.date() + timedelta(days=20))


def check(central: CentreUnderTest, wanted: Plan, key: str, by: int = 0, **answers: int) -> Result:
    by = by or checker(central)
    with acting(central.engine, BY) as act:
        open_recheck(act, wanted, key, by, central.keys)
    with acting(central.engine, BY) as act:
        return record_recheck(act, wanted, key, by, answers or None, {SURVEY: survey(central)})


def test_answers_are_compared_by_the_ratings_that_are_furthest_apart(central: CentreUnderTest) -> None:
    first, form = {"result": 5, "service": 4}, survey(central)
    assert compare(first, {"result": 5, "service": 4}, form) == "same"
    assert compare(first, {"result": 4, "service": 4}, form) == "level"
    assert compare(first, {"result": 5, "service": 2}, form) == "more"
    assert [least(n, 10) for n in (0, 1, 10, 11, 60)] == [0, 1, 1, 2, 6]


def test_rechecks_are_drawn_of_each_interviewer_after_the_forms_are_in(central: CentreUnderTest) -> None:
    account, wanted = drawn(central), replace(plan(), recheck_percent=10)
    ask(central, account, next_key(central, account))
    with pytest.raises(ProblemError, match="HL4322"), acting(central.engine, BY) as act:
        draw_rechecks(act, wanted)
    while key := next_key(central, account):
        ask(central, account, key)
    with acting(central.engine, BY) as act:
        assert draw_rechecks(act, wanted) == 1
    with acting(central.engine, BY) as act:
        assert draw_rechecks(act, wanted) == 0
    with reading(central.engine) as connection:
        (row,) = checked_of(connection, wanted)
    assert (row.account, row.asked, row.wanted, row.drawn, row.done) == (account, 4, 1, 1, 0)


def test_nobody_checks_their_own_interviews_and_only_the_result_is_kept(central: CentreUnderTest) -> None:
    account, wanted = rechecked(central)
    with reading(central.engine) as connection:
        one, two = (each.key for each in rechecks_of(connection, wanted.id))
    with pytest.raises(ProblemError, match="HL4323"):
        check(central, wanted, one, account, result=5, service=4)
    with pytest.raises(ProblemError, match="HL4323"), acting(central.engine, BY) as act:
        open_recheck(act, wanted, one, account, central.keys)
    other = checker(central)
    with acting(central.engine, BY) as act:
        assert open_recheck(act, wanted, one, other, central.keys)[1].name.startswith("Người")
    assert check(central, wanted, one, result=4, service=4) == "level"
    with pytest.raises(ProblemError, match="HL4318"):
        check(central, wanted, one, result=4, service=4)
    assert check(central, wanted, two) == "never"
    with reading(central.engine) as connection:
        (row,) = checked_of(connection, wanted)
        assert len(connection.execute(select(responses.c.id)).all()) == FORMS
    assert (row.done, row.results["level"], row.results["never"]) == (2, 1, 1)


def test_who_checks_is_given_interviews_of_others_until_a_day_and_promises_first(
    central: CentreUnderTest,
) -> None:
    account, wanted = rechecked(central)
    put_plan(central.engine, wanted, version=2)
    other = checker(central)
    endless = interviewer(central, "mai-mai", None)
    for who, number in ((account, "HL4323"), (endless, "HL4319")):
        with pytest.raises(ProblemError, match=number), acting(central.engine, BY) as act:
            assign_checker(act, wanted, account, who)
    with acting(central.engine, BY) as act:
        assert assign_checker(act, wanted, account, other) == 2

    def left(day: date = TODAY) -> list[str]:
        with reading(central.engine) as connection:
            return [each.recheck.key for each in checks_of(connection, other, day)]

    # After the window of the plan as well: interviews are checked once all forms are in.
    assert len(left(TODAY + timedelta(days=15))) == 2
    assert left(TODAY + timedelta(days=21)) == []  # the role has ended
    check(central, wanted, left()[0], other, result=5, service=4)
    assert len(left()) == 1
    with acting(central.engine, BY) as act:
        act.connection.execute(update(accounts).where(accounts.c.id == other).values(confidential_at=""))
        act.note("test", "x")
    with pytest.raises(ProblemError, match="HL4360"), acting(central.engine, BY) as act:
        open_recheck(act, wanted, left()[0], other, central.keys)
    put_closed(central.engine, GROUP.plan)
    assert left() == []


def test_nobody_is_checked_by_who_has_not_opened_them(central: CentreUnderTest) -> None:
    _, wanted = rechecked(central)
    with reading(central.engine) as connection:
        key = rechecks_of(connection, wanted.id)[0].key
    other, forms = checker(central), {SURVEY: survey(central)}
    with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
        record_recheck(act, wanted, key, other, None, forms)


def test_all_forms_are_asked_again_from_a_share_of_wrong_ones_on() -> None:
    def of(wanted: int, ordered: int = 0, asked: int = 60, **results: int) -> bool:
        return is_asked_again(
            Checked(account=1, asked=asked, wanted=wanted, drawn=wanted, results=results, ordered=ordered)
        )

    assert not of(6)
    assert not of(6, never=1)  # one may be a misunderstanding
    assert of(6, never=1, more=1)
    assert not of(6, level=6)
    assert of(10, more=2)
    assert not of(11, more=2)
    assert not of(10, more=2, same=9)  # more were checked than have to be
    assert of(6, never=1, ordered=1)  # one of them is asked again already
    assert not of(6, never=2, asked=0)


def test_who_made_up_interviews_has_all_of_them_asked_again_before_the_plan_closes(
    central: CentreUnderTest,
) -> None:
    account, wanted = rechecked(central, percent=75)
    with reading(central.engine) as connection:
        one, two, three = (each.key for each in rechecks_of(connection, wanted.id))

    def blocking() -> list[tuple[str, int]]:
        with reading(central.engine) as connection:
            now = read_round(connection, wanted, NOW.date())
            found = what_blocks(wanted, read_work(connection, wanted, now, NOW.date()))
        return [(each.name, each.there) for each in found if each.cause == "recheck-all"]

    check(central, wanted, one)
    with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
        order_all_again(act, wanted, account, "bịa")
    with acting(central.engine, BY) as act:
        order_again(act, wanted, one, "bịa")
    assert blocking() == []
    check(central, wanted, two)
    assert blocking() == [("hoi-mot", FORMS - 1)]
    check(central, wanted, three, result=5, service=4)
    with acting(central.engine, BY) as act:
        assert order_all_again(act, wanted, account, "bịa") == FORMS - 1
    with reading(central.engine) as connection:
        assert read_forms(connection, plan())["nguoi-dan", UNIT] == 0
        waiting = [each for each in drawn_of(connection, PLACE) if each.state == "waiting"]
        assert [(each.account, each.response) for each in waiting] == [(None, "")] * FORMS
        assert checked_of(connection, wanted) == ()
        assert [each.act for each in read_lines(connection, 9, acts=("recheck-all",))] == ["recheck-all"]
    assert blocking() == []
    # What they ask from now on is judged by itself.
    with acting(central.engine, BY) as act:
        assign_unit(act, PLACE, account, owner=UNIT)
    while key := next_key(central, account):
        ask(central, account, key)
    assert blocking() == []


def test_who_loads_the_page_again_before_sending_a_form_is_not_counted_as_quick(
    central: CentreUnderTest,
) -> None:
    """On a bad line a page is loaded again with the answers already heard."""
    account = drawn(central)
    key = next_key(central, account)
    opened(central, account)
    with acting(central.engine, By("account 2", NOW + timedelta(minutes=9))) as act:
        open_next(act, account, central.keys)
    with acting(central.engine, By("account 2", NOW + timedelta(minutes=10))) as act:
        record_interview(act, account, key, said(), central.keys)
    with reading(central.engine) as connection:
        (day,) = field_days(connection, GROUP.plan)
    assert (day.minutes, day.quick) == (10, 0)


def test_closing_is_refused_while_an_interviewer_has_too_few_rechecks(central: CentreUnderTest) -> None:
    _, wanted = rechecked(central)
    with reading(central.engine) as connection:
        first, second = (each.key for each in rechecks_of(connection, wanted.id))

    def blocking() -> list[tuple[str, int, int]]:
        with reading(central.engine) as connection:
            now = read_round(connection, wanted, NOW.date())
            found = what_blocks(wanted, read_work(connection, wanted, now, NOW.date()))
        return [(each.cause, each.there, each.wanted) for each in found if each.cause.startswith("recheck")]

    assert blocking() == [("rechecks", 0, 2), ("recheck-person", 0, 2)]
    check(central, wanted, first, result=5, service=4)
    assert blocking() == [("rechecks", 1, 2), ("recheck-person", 1, 2)]
    check(central, wanted, second, result=5, service=4)
    assert blocking() == []


def test_the_minutes_have_the_results_of_each_interviewer_and_the_seed(central: CentreUnderTest) -> None:
    account, wanted = rechecked(central)
    put_plan(central.engine, wanted, version=2)
    with reading(central.engine) as connection:
        first, _ = (each.key for each in rechecks_of(connection, wanted.id))
    check(central, wanted, first, result=1, service=1)
    asked = Asked(kind=RECHECK.name, unit=UNIT, first=TODAY, last=TODAY, plan=wanted.id)
    with reading(central.engine) as connection:
        figures = RECHECK.read(connection, asked, NOW)
        (seed,) = recheck_seeds(connection, wanted.id)
    (row,) = figures.checked
    assert (row.code, row.asked, row.checked, row.more) == (f"DTV-{account}", FORMS, 1, 1)
    assert seed in text_of(RECHECK.build(figures, {}))


def test_the_report_of_a_plan_has_its_draw_and_what_the_rechecks_showed(central: CentreUnderTest) -> None:
    account, wanted = rechecked(central)
    put_plan(central.engine, wanted, version=2)
    asked = Asked(kind=FINAL.name, unit=UNIT, first=TODAY, last=TODAY, plan=wanted.id)

    def document() -> Document:
        with reading(central.engine) as connection:
            figures = FINAL.read(connection, asked, NOW + timedelta(days=1))
        made = FINAL.build(figures, {})
        assert check_form(write_docx(made), read_profile()) == ()
        return made

    before = text_of(document())
    assert "Kế hoạch yêu cầu phúc tra tối thiểu 50% số phiếu (2 phiếu); hệ thống chưa ghi" in before
    assert "Bảng 1a" not in before
    with reading(central.engine) as connection:
        first, second = (each.key for each in rechecks_of(connection, wanted.id))
        code = commitment_of(connection, GROUP).seed_digest[:8]
    check(central, wanted, first, result=5, service=4)
    check(central, wanted, second, result=1, service=1)
    after = text_of(document())
    assert "Đã phúc tra 2 trong 4 phiếu phỏng vấn (50,0%); khớp 1 phiếu (50,0%)." in after
    assert f"DTV-{account} | 4 | 2 | 50,0% | 1 | 0 | 1 | 0" in after
    assert f"được 4 người và 2 người dự phòng, bằng hạt giống có mã {code}…" in after
    assert "Chọn theo hạn ngạch nên không có sai số chọn mẫu." in after


def test_the_minutes_of_a_draw_are_in_the_form_of_the_decree(central: CentreUnderTest) -> None:
    drawn(central)
    asked = Asked(kind=SAMPLE.name, unit=UNIT, first=TODAY, last=TODAY, plan=GROUP.plan)
    with reading(central.engine) as connection:
        made = SAMPLE.build(SAMPLE.read(connection, asked, NOW), {})
        seed = commitment_of(connection, GROUP).seed
    assert check_form(write_docx(made), read_profile()) == ()
    assert seed in text_of(made)


def test_an_interview_that_differs_is_voided_and_its_person_waits_for_another_interviewer(
    central: CentreUnderTest,
) -> None:
    account, wanted = rechecked(central)
    with reading(central.engine) as connection:
        one, two = (each.key for each in rechecks_of(connection, wanted.id))
    check(central, wanted, one, result=1, service=1)
    check(central, wanted, two, result=5, service=4)
    for key in (two, "x"):
        with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
            order_again(act, wanted, key, "khác nhau")
    with acting(central.engine, BY) as act:
        order_again(act, wanted, one, "khác nhau")
    with reading(central.engine) as connection:
        assert read_forms(connection, plan())["nguoi-dan", UNIT] == FORMS - 1
        (waiting,) = (each for each in drawn_of(connection, PLACE) if each.state == "waiting")
        assert (waiting.account, waiting.response) == (None, "")
        (row,) = checked_of(connection, wanted)
    assert next_key(central, account) == ""
    # What was voided checks nobody any more: another one is drawn in its place.
    assert (row.asked, row.wanted, row.drawn, row.done) == (FORMS - 1, 2, 1, 1)
    with acting(central.engine, BY) as act:
        assert assign_unit(act, PLACE, account, owner=UNIT) == 1
    ask(central, account, next_key(central, account))
    all_checked = replace(wanted, recheck_percent=100)
    with acting(central.engine, BY) as act:
        assert draw_rechecks(act, all_checked) == FORMS - 1
    with reading(central.engine) as connection:
        assert one in {each.key for each in rechecks_of(connection, wanted.id)}


def test_a_recheck_whose_interview_was_forgotten_is_replaced_by_another(central: CentreUnderTest) -> None:
    _, wanted = rechecked(central)
    with reading(central.engine) as connection:
        one, two = rechecks_of(connection, wanted.id)
        named = {each.number: each.response for each in drawn_of(connection, PLACE)}
    check(central, wanted, two.key, result=5, service=4)
    with acting(central.engine, BY) as act:
        let_responses_go(act.connection, [named[one.number], named[two.number]])
        act.note("test", "x")
    with acting(central.engine, BY) as act:
        assert draw_rechecks(act, replace(wanted, recheck_percent=100)) == 1
    with reading(central.engine) as connection:
        keys = {each.key for each in rechecks_of(connection, wanted.id)}
    assert (one.key in keys, two.key in keys, len(keys)) == (False, True, 2)


def test_answers_that_do_not_fit_the_form_are_refused_and_no_number_is_lost(
    central: CentreUnderTest,
) -> None:
    account = drawn(central)
    key = next_key(central, account)
    opened(central, account)
    with pytest.raises(ProblemError, match="HL4321"), acting(central.engine, BY) as act:
        record_interview(act, account, key, said(result=9), central.keys)
    ask(central, account, key)
    with reading(central.engine) as connection:
        assert connection.execute(select(responses.c.seq)).scalars().all() == [1]


def test_nobody_is_asked_for_a_plan_that_was_closed(central: CentreUnderTest) -> None:
    account = drawn(central)
    key = next_key(central, account)
    opened(central, account)
    put_closed(central.engine, GROUP.plan)
    assert next_key(central, account) == ""
    with pytest.raises(ProblemError, match="HL4318"), acting(central.engine, BY) as act:
        record_interview(act, account, key, said(), central.keys)
