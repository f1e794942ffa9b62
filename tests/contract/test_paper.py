"""Paper forms at the centre: printed with numbers, counted, keyed in, corrected, forgotten, restored."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from sync.central.figures.drivers import standing
from sync.central.figures.plans import read_figures
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.corrections import retag
from sync.central.office.paper import entering, lots, runs
from sync.central.office.paper.asked import Asked, new_id
from sync.central.office.paper.desk import desk_of
from sync.central.office.paper.listing import list_lots, list_runs, lot_state
from sync.central.office.paper.print_check import Surplus, surplus
from sync.central.office.removal import forget
from sync.central.reports.asked import Asked as Report
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.paper_tables import paper_forms, print_runs
from sync.central.store.rollups import counted
from sync.central.store.schema import devices, rollups
from sync.contract.canonical import decode_response
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from sync.contract.sealing import open_words, seal_words
from tests.contract.conftest import Run
from tests.support.paper import DAY, GOOD, SURVEY, UNIT, form, lot_of, opened, put_closed, put_plan
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest

CANARY = "chim-hoàng-yến-7301"


def key(central: CentreUnderTest, lot: str, keyed: entering.KeyedForm, *, account: int = 1) -> str:
    return str(act(central, entering.key_form, lot, keyed, account=account))


def act(central: CentreUnderTest, change: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with acting(central.engine, By("account 1", central.now())) as doing:
        return change(doing, *arguments, **named)


def stored(central: CentreUnderTest) -> list[Response]:
    return [decode_response(body) for body in central.stored()]


def lines(central: CentreUnderTest, *acts: str) -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.exec_driver_sql("SELECT act, detail FROM audit ORDER BY number").all()
    return [(row.act, row.detail) for row in rows if row.act in acts]


def plan_of(**changes: Any) -> Plan:
    """The shipped plan of Kiến Hưng for the first commune, from February on."""
    plan = shipped_plans()["kien-hung-2020"]
    return replace(plan, unit=UNIT, starts=date(2026, 2, 1), ends=date(2026, 12, 31), **changes)


IN_PLAN = Asked(unit=UNIT, plan="kien-hung-2020", group="nhan-ket-qua", survey="kien-hung", version=1)


# --- the desk ----------------------------------------------------------------------------------------


def test_a_keyed_form_is_a_response_of_the_units_desk_like_any_other(central: CentreUnderTest) -> None:
    put_plan(central.engine, plan_of())
    lot = opened(central.engine, NOW, IN_PLAN)
    keyed = form(7, procedure="1.001193", officer="a01", respondent="organisation", mode="assisted")
    made = key(central, lot, keyed, account=3)
    (response,) = stored(central)
    assert response.id == made
    assert (response.device, response.seq, response.plan) == (desk_of(UNIT), 1, "kien-hung-2020")
    assert (response.channel, response.mode, response.respondent) == ("paper", "assisted", "organisation")
    assert (response.outcome, response.answers) == ("complete", dict(GOOD))
    assert response.tag
    assert (response.tag.unit, response.tag.procedure, response.tag.officer) == (UNIT, "1.001193", "a01")
    assert response.entered
    assert (response.entered.by, response.entered.form_no, response.entered.at) == ("account-3", "7", NOW)
    with reading(central.engine) as connection:
        day, unit = connection.exec_driver_sql("SELECT day, unit FROM responses").one()
        desk = connection.execute(select(devices)).all()
        (state,) = list_lots(connection, {UNIT})
        in_figures = connection.execute(select(rollups.c.channel).distinct()).scalars().all()
    assert (day, unit) == (DAY.isoformat(), UNIT)
    (own,) = [row for row in desk if row.id == desk_of(UNIT)]
    assert (own.kind, own.made, own.held) == ("desk", 1, "[[1,1]]")
    assert (state.valid, state.left) == (1, 4)
    assert in_figures == ["paper"]


def test_numbers_of_a_desk_have_no_gap_also_after_a_refusal(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    key(central, lot, form(1))
    with pytest.raises(ProblemError, match=r"HL5227.*result"):
        key(central, lot, form(2, answers={"result": 9}))
    with pytest.raises(ProblemError, match="HL5227"):
        key(central, lot, form(2, procedure="9.999999"))
    key(central, lot, form(3))
    assert [each.seq for each in stored(central)] == [1, 2]
    with reading(central.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 0
        assert lot_state(connection, lot).valid == 2


def test_counts_after_keying_equal_a_count_of_all_responses(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    key(central, lot, form(1))
    key(central, lot, form(2, answers={"result": 1}))
    act(central, entering.key_again, lot, form(2, answers={"result": 3}), reason="gõ nhầm", account=2)
    with reading(central.engine) as connection:
        columns = [column for column in rollups.c if column.name != "n"]
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(*columns, rollups.c.n))}
        assert {of: n for of, n in kept.items() if n} == dict(counted(connection))


def test_forms_of_a_saturday_are_in_its_figures_and_in_the_report_of_sunday(central: CentreUnderTest) -> None:
    put_plan(central.engine, plan_of())
    saturday = datetime(2026, 3, 7, 16, tzinfo=VIET_NAM)
    central.now = lambda: saturday
    lot = opened(central.engine, saturday, IN_PLAN, day=saturday.date())
    for number in range(1, 6):
        key(central, lot, form(number, answered=saturday.date()))
    with reading(central.engine) as connection:
        (group,) = read_figures(connection, plan_of()).groups
    assert group.figures.forms == 5
    sunday = saturday + timedelta(hours=16)
    with writing(central.engine) as connection:
        close_days(connection, sunday.date())
    wanted = Report(
        kind="bao-cao-dot-khao-sat", unit=UNIT, plan="kien-hung-2020", first=DAY, last=saturday.date()
    )
    with reading(central.engine) as connection:
        figures = KINDS[wanted.kind].read(connection, wanted, sunday)
    assert (figures.until, figures.forms) == (saturday.date(), 5)


# --- the promises of keying --------------------------------------------------------------------------


def test_a_number_of_a_unit_and_plan_is_keyed_once_and_a_second_time_is_refused(
    central: CentreUnderTest,
) -> None:
    lot, other = (opened(central.engine, NOW) for _ in range(2))
    key(central, lot, form(7))
    for again in (lot, other):
        with pytest.raises(ProblemError, match=r"HL5222.*số 7, máy chủ nhập lúc 15:00 ngày 2/3/2026"):
            key(central, again, form(7))
    assert len(stored(central)) == 1
    with reading(central.engine) as connection:
        row = dict(connection.execute(select(paper_forms)).one()._mapping)
    same = insert(paper_forms).values(row | {"id": "f" * 32})
    with pytest.raises(IntegrityError), writing(central.engine) as connection:
        connection.execute(same)


def test_the_same_number_of_another_plan_is_another_form(central: CentreUnderTest) -> None:
    put_plan(central.engine, plan_of())
    key(central, opened(central.engine, NOW), form(7))
    key(central, opened(central.engine, NOW, IN_PLAN), form(7))
    assert len(stored(central)) == 2


def test_a_page_that_is_sent_twice_keys_one_form_or_keys_it_again_once(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    once = form(7)
    assert key(central, lot, once) == key(central, lot, once)
    assert len(stored(central)) == 1
    with pytest.raises(ProblemError, match="HL5230"):
        key(central, lot, replace(once, number=8))
    again = form(7, answers={"result": 1})
    made = [act(central, entering.key_again, lot, again, reason="", account=1) for _ in range(2)]
    assert made[0] == made[1]
    assert len(stored(central)) == 3  # the form, what voids it, and the form again
    invalid = {"token": "a" * 32, "number": 9, "reason": "blank", "account": 1}
    for _ in range(2):
        act(central, entering.note_invalid, lot, **invalid)
    with reading(central.engine) as connection:
        assert lot_state(connection, lot).invalid == {"blank": 1}


def test_a_plans_window_is_judged_by_the_day_on_which_the_form_was_answered(central: CentreUnderTest) -> None:
    put_plan(central.engine, replace(plan_of(), starts=date(2026, 2, 10), ends=date(2026, 2, 20)))
    lot = opened(central.engine, NOW, IN_PLAN)  # opened and keyed after the window
    key(central, lot, form(1, answered=date(2026, 2, 20)))
    for outside in (date(2026, 2, 9), date(2026, 2, 21)):
        with pytest.raises(ProblemError, match=r"HL5225.*từ 2026-02-10 đến 2026-02-20"):
            key(central, lot, form(2, answered=outside))
    with pytest.raises(ProblemError, match=r"HL5224.*answered"):
        key(central, lot, form(2, answered=DAY + timedelta(days=1)))
    act(central, entering.note_invalid, lot, token="b" * 32, number=2, reason="outside", account=1)
    with reading(central.engine) as connection:
        state = lot_state(connection, lot)
    assert (state.valid, state.invalid, state.left) == (1, {"outside": 1}, 3)


def test_to_correct_a_form_is_one_act(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    first = key(central, lot, form(7, procedure="1.001193"))
    fixed = act(central, retag, first, {"officer": "a01"}, "")
    made = act(
        central, entering.key_again, lot, form(7, answers={"result": 2}), reason="gõ nhầm mức", account=2
    )
    (counts,) = standing(stored(central))
    assert (counts.id, counts.answers) == (made, {"result": 2})
    assert fixed not in {each.id for each in standing(stored(central))}
    assert counts.outcome == "partial"
    with pytest.raises(ProblemError, match="HL5229"):
        act(central, entering.key_again, lot, form(8), reason="", account=2)
    act(central, entering.make_invalid, lot, 7, reason="two-levels", account=2)
    assert standing(stored(central)) == []
    with reading(central.engine) as connection:
        state = lot_state(connection, lot)
    assert (state.valid, state.invalid) == (0, {"two-levels": 1})
    # It turns out to be readable: the number is keyed again.
    act(central, entering.key_again, lot, form(7), reason="", account=1)
    assert [each.answers for each in standing(stored(central))] == [dict(GOOD)]


def test_no_more_forms_are_keyed_for_a_lot_than_were_counted(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW, counted=2, first=1, last=9)
    key(central, lot, form(1))
    act(central, entering.note_invalid, lot, token="c" * 32, number=1, reason="twice", account=1)
    with pytest.raises(ProblemError, match="HL5226"):
        key(central, lot, form(2))
    with pytest.raises(ProblemError, match="HL5226"):
        act(central, entering.note_invalid, lot, token="d" * 32, number=0, reason="unreadable", account=1)
    with pytest.raises(ProblemError, match="HL5223"):
        key(central, lot, form(10))
    with pytest.raises(ProblemError, match=r"HL5224.*đã nhập 2 phiếu"):
        act(central, lots.recount, lot, counted=1, first=1, last=9, note="")
    act(central, lots.recount, lot, counted=3, first=1, last=10, note="sót một tờ")
    key(central, lot, form(10))
    with reading(central.engine) as connection:
        (state,) = list_lots(connection, None)
    assert (state.valid, state.invalid, state.left) == (2, {"twice": 1}, 0)
    assert lines(central, "paper-recount") == [("paper-recount", "2 3")]


def test_words_are_sealed_and_no_line_of_the_audit_log_holds_an_answer(central: CentreUnderTest) -> None:
    public = central.keys.public().sealing[-1]
    sealed = seal_words({"suggestion": CANARY}, public.id, public.public)
    lot = opened(central.engine, NOW)
    key(central, lot, form(1, sealed=sealed, unlisted=seal_words({"officer": CANARY}, *_pair(central))))
    key(central, lot, form(2, answers={}, sealed=sealed))
    assert stored(central)[1].outcome == "partial"
    box = stored(central)[0].sealed
    assert box
    assert open_words(box, central.keys.sealing_keys()) == {"suggestion": CANARY}
    with pytest.raises(ProblemError, match=r"HL5224.*phiếu trống"):
        key(central, lot, form(3, answers={}))
    assert lines(central, "paper-key") == [("paper-key", "1"), ("paper-key", "2")]
    with reading(central.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM remarks").scalar_one() == 2
        unlisted = connection.execute(select(paper_forms.c.unlisted)).scalars().all()
    assert unlisted[0]
    assert CANARY not in unlisted[0]


def _pair(central: CentreUnderTest) -> tuple[str, str]:
    public = central.keys.public().sealing[-1]
    return public.id, public.public


# --- what is counted before --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("second_person", {"second_person": " người  thu nhat "}),
        ("second_person", {"second_person": " "}),
        ("counted", {"counted": 0}),
        ("last", {"first": 5, "last": 4}),
        ("day", {"day": date(2026, 3, 3)}),
        ("survey", {"asked": replace(SURVEY, version=9)}),
        ("group", {"asked": replace(IN_PLAN, group="khác")}),
        ("unit", {"asked": replace(IN_PLAN, unit="phuong-hai")}),
    ],
)
def test_a_box_is_opened_by_two_people_who_count(
    central: CentreUnderTest, where: str, wrong: dict[str, Any]
) -> None:
    put_plan(central.engine, plan_of())
    with pytest.raises(ProblemError, match=rf"HL5224.*\[{where}\]"):
        act(central, lots.open_lot, lot_of(**wrong))
    with reading(central.engine) as connection:
        assert list_lots(connection, None) == ()


def test_a_box_that_is_noted_twice_is_one(central: CentreUnderTest) -> None:
    lot = lot_of()
    for _ in range(2):
        act(central, lots.open_lot, lot)
    with pytest.raises(ProblemError, match="HL5224"):
        act(central, lots.open_lot, replace(lot, counted=4))
    with reading(central.engine) as connection:
        assert len(list_lots(connection, None)) == 1


def test_a_print_run_goes_on_after_the_highest_number(central: CentreUnderTest) -> None:
    id = new_id()
    made = [act(central, runs.make_run, SURVEY, id=id, count=100, holder="Bộ phận Một cửa") for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0].first, made[0].last) == (1, 100)
    more = act(central, runs.make_run, SURVEY, id=new_id(), count=50, holder="Tổ trưởng Một")
    assert (more.first, more.last) == (101, 150)
    put_plan(central.engine, plan_of())
    other = act(central, runs.make_run, IN_PLAN, id=new_id(), count=10, holder="")
    assert (other.first, other.last) == (1, 10)
    act(central, runs.count_run, id, given_out=90, returned=5)
    for given_out, returned in ((101, None), (90, 91), (None, 101)):
        with pytest.raises(ProblemError, match="HL5224"):
            act(central, runs.count_run, id, given_out=given_out, returned=returned)
    lot = opened(central.engine, NOW)
    key(central, lot, form(7))
    act(central, entering.note_invalid, lot, token="e" * 32, number=8, reason="blank", account=1)
    with reading(central.engine) as connection:
        first = next(each for each in list_runs(connection, {UNIT}) if each.run.id == id)
    assert (first.run.given_out, first.run.returned, first.valid, first.invalid) == (90, 5, 1, {"blank": 1})


def test_a_number_that_was_not_printed_is_refused_by_name(central: CentreUnderTest) -> None:
    """Where nothing was printed any number is taken: see the tests above."""
    put_plan(central.engine, plan_of())
    act(central, runs.make_run, SURVEY, id=new_id(), count=10, holder="")
    for first, last, where in ((11, 12, "first"), (1, 11, "last")):
        with pytest.raises(ProblemError, match=rf"HL5234.*\[{where}\].*số 1[12]; đã in số 1–10") as refused:
            opened(central.engine, NOW, first=first, last=last)
        assert refused.value.problem.where == where
    lot = opened(central.engine, NOW, first=1, last=9)
    with pytest.raises(ProblemError, match="HL5234"):
        act(central, lots.recount, lot, counted=5, first=1, last=12, note="")
    # Another form of the same plan goes on with the numbers.
    with writing(central.engine) as connection:
        row = {"id": "f" * 12, "unit": UNIT, "plan": "", "plan_group": "", "survey": "khac", "version": 1}
        more = {"first": 11, "last": 20, "holder": "", "issued_on": "2026-03-01", "account": 1}
        connection.execute(insert(print_runs).values(**row, **more, changed_at=""))
    act(central, runs.make_run, SURVEY, id=new_id(), count=10, holder="")
    wide = opened(central.engine, NOW, first=9, last=30)
    key(central, wide, form(10))
    key(central, wide, form(21))
    blank = {"token": "a" * 32, "number": 15, "reason": "blank"}
    tries: tuple[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]], ...] = (
        (entering.key_form, (wide, form(15)), {}),
        (entering.note_invalid, (wide,), blank),
    )
    for change, arguments, named in tries:
        with pytest.raises(ProblemError, match=r"HL5234.*số 15 đã in cho phiếu khác: khac"):
            act(central, change, *arguments, **named, account=1)
    opened(central.engine, NOW, IN_PLAN, first=500, last=510)  # of it nothing was printed


def test_more_forms_than_were_given_out_are_named(central: CentreUnderTest) -> None:
    def more(lot: str) -> Surplus:
        with reading(central.engine) as connection:
            of = lots.lot_named(connection, lot)
            return surplus(connection, of.asked, counted=of.counted, first=of.first, last=of.last)

    unprinted = opened(central.engine, NOW, counted=5, first=1, last=4)
    assert more(unprinted) == Surplus(numbers=4)
    act(central, lots.recount, unprinted, counted=4, first=1, last=4, note="")
    assert more(unprinted) == Surplus()
    id = new_id()
    act(central, runs.make_run, SURVEY, id=id, count=10, holder="")
    lot = opened(central.engine, NOW, counted=6, first=5, last=10)
    assert more(lot) == Surplus()
    act(central, runs.count_run, id, given_out=9, returned=None)
    assert more(lot) == more(unprinted) == Surplus(counted=10, given_out=9)


# --- removal and restore -----------------------------------------------------------------------------


def test_a_form_that_is_forgotten_leaves_its_number_alone(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    made = key(central, lot, form(7, unlisted=seal_words({"officer": CANARY}, *_pair(central))))
    assert act(central, _forget, made) == 1
    with reading(central.engine) as connection:
        row = connection.execute(select(paper_forms)).one()
        assert lot_state(connection, lot).valid == 1
    assert (row.response, row.unlisted, row.answered_on) == (None, "", "")
    assert row.keyed_at == "2026-03-02T00:00:00+00:00"
    with pytest.raises(ProblemError, match="HL5222"):
        key(central, lot, form(7))


@pytest.mark.parametrize("which", ["earlier", "later"])
def test_a_form_that_was_keyed_again_is_forgotten_with_its_earlier_keying(
    central: CentreUnderTest, which: str
) -> None:
    lot = opened(central.engine, NOW)
    words = seal_words({"suggestion": CANARY}, *_pair(central))
    other = key(central, lot, form(8))
    made = {"earlier": key(central, lot, form(7, sealed=words))}
    made["later"] = act(central, entering.key_again, lot, form(7, sealed=words), reason="", account=1)
    assert act(central, _forget, made[which]) == 3
    assert [each.id for each in stored(central)] == [other]


def _forget(act: Act, id: str) -> int:
    return forget(act, id=id)


def test_what_was_keyed_after_a_backup_is_carried_over_by_a_restore(central: CentreUnderTest) -> None:
    lot = opened(central.engine, NOW)
    first = key(central, lot, form(1))
    copy = central.folder / "copy"
    back_up(central.engine, copy)
    central.now = lambda: NOW + timedelta(hours=1)
    second = key(central, lot, form(2, answers={"result": 2}))
    made = act(central, entering.key_again, lot, form(1, answers={"result": 3}), reason="", account=1)
    later = opened(central.engine, central.now())
    act(central, runs.make_run, SURVEY, id=new_id(), count=100, holder="")
    before = set(central.stored())
    central.close()
    restore(copy, central.address, By("test", central.now()))
    central.open()
    assert set(central.stored()) == before
    assert {each.id for each in standing(stored(central))} == {second, made}
    assert first not in {second, made}
    with reading(central.engine) as connection:
        assert {each.lot.id: each.valid for each in list_lots(connection, None)} == {lot: 2, later: 0}
        assert len(list_runs(connection, None)) == 1
        assert {row.response for row in connection.execute(select(paper_forms))} == {second, made}
    key(central, lot, form(3))
    numbers = [each.seq for each in stored(central) if each.device == desk_of(UNIT)]
    assert sorted(numbers) == [1, 2, 3, 4]


def test_forms_are_printed_by_a_command_and_again_with_the_same_numbers(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    asked = ("--unit", UNIT, "--survey", "kien-hung")
    said = run("paper", "print", *asked, "--count", "3", "--holder", "Bộ phận Một cửa", "--out", str(first))
    assert "số 1-3" in said
    run("paper", "again", said.split()[-1], "--out", str(again))
    assert first.read_bytes() == again.read_bytes()
    assert "số 4-5" in run("paper", "print", *asked, "--count", "2", "--out", str(again))
    assert run("paper", "print", *asked, "--count", "0", "--out", str(again)) == "HL5224"
    opened(central.engine, NOW, last=5)
    assert "4-5" in run("paper", "runs", "--csv")
    assert ",5,0,0,5" in run("paper", "lots", "--unit", UNIT, "--csv")
    assert lines(central, "paper-print") == [
        ("paper-print", f"{UNIT} kien-hung 1-3"),
        ("paper-print", f"{UNIT} kien-hung 4-5"),
    ]


def test_a_closed_plan_takes_no_new_forms(central: CentreUnderTest) -> None:
    put_plan(central.engine, plan_of())
    lot = opened(central.engine, NOW, IN_PLAN)
    put_closed(central.engine, IN_PLAN.plan)
    with pytest.raises(ProblemError, match="HL4298"):
        key(central, lot, form(7))
    with pytest.raises(ProblemError, match="HL4298"):
        opened(central.engine, NOW, IN_PLAN)
