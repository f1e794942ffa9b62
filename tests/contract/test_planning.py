"""The acts on plans, on both databases, and what a restore keeps of them."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from sync.central.figures.plan_rounds import read_round, read_unit_days
from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.lines import read_lines
from sync.central.office.backup import back_up, restore
from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.configuration.wordings import add_release
from sync.central.office.paper.asked import Asked as LotAsked
from sync.central.office.paper.lots import Lot, open_lot
from sync.central.office.planning.closed_plans import Manifest, closing_of, put_closing, reopen_plan
from sync.central.office.planning.drafts import begin_plan, change_plan, discard_plan, find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.central.office.planning.obstacles import (
    answer_obstacle,
    close_obstacle,
    new_id,
    obstacles_of,
    say_obstacle,
)
from sync.central.office.planning.tasks import assign_task, step_task, task_ids, tasks_of, without_done
from sync.central.office.plans import issued_plan
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.issuing.closing import close_plan
from sync.central.store.database import reading, writing
from sync.contract.catalogue import Unit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError, ProblemsError
from sync.contract.response import Response
from tests.contract.conftest import Run
from tests.support.people import make_person
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

TODAY = NOW.date()
WARD = Unit("phuong-mot", {"vi": "Phường Một"})
FORM = shipped_surveys()["van-thang"]
PLAN = replace(shipped_plans()["van-thang-2023"], id="dot-mot", unit="phuong-mot")


def begin(central: CentreUnderTest, plan: Plan = PLAN, *, release: bool = True) -> str:
    """Begin the plan, and release its form; when its draft was changed."""
    with writing(central.engine) as connection:
        put_bundled_units(connection, [WARD], NOW)
        if release:
            add_release(connection, shipped_surveys()[plan.groups[0].survey], NOW)
    with acting(central.engine, By("test", NOW)) as act:
        begin_plan(act, plan)
        draft = find_plan_draft(act.connection, plan.id)
        assert draft is not None
        return draft.changed_at


def issue(central: CentreUnderTest, before: str, number: str = "304/KH-UBND", day: date = TODAY) -> Plan:
    with acting(central.engine, By("test", NOW)) as act:
        return issue_plan(act, PLAN.id, number=number, day=day, before=before)


def test_an_issued_plan_is_in_force_as_one_that_a_configurations_folder_brings(
    central: CentreUnderTest,
) -> None:
    plan = issue(central, begin(central))
    with reading(central.engine) as connection:
        assert [each for each in read_plans(connection) if each.id == plan.id] == [plan]
        assert find_plan_draft(connection, plan.id) is None


def test_a_plan_that_is_refused_changes_nothing_and_everything_that_is_wrong_is_named(
    central: CentreUnderTest,
) -> None:
    before = begin(central, replace(PLAN, ends=date(2020, 1, 1)), release=False)
    with pytest.raises(ProblemsError) as refused:
        issue(central, before)
    assert {problem.number for problem in refused.value.problems} == {"HL1003", "HL1005"}
    for number, day in (("", NOW.date()), ("x" * 61 + "1", NOW.date()), ("1/KH", NOW.date() + timedelta(1))):
        with pytest.raises(ProblemError, match="HL4290"):
            issue(central, before, number, day)
    with pytest.raises(ProblemError, match="HL4291"):
        issue(central, "2020-01-01T00:00:00+07:00")
    with reading(central.engine) as connection:
        assert issued_plan(connection, PLAN.id) is None
        assert find_plan_draft(connection, PLAN.id) is not None


def test_a_command_issues_and_closes_a_plan_by_the_acts_of_the_pages(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    over = replace(PLAN, starts=date(2026, 2, 1), ends=date(2026, 2, 27), tasks=())
    begin(central, over)
    issued = ("plan", "issue", PLAN.id, "--number", "304/KH-UBND", "--day", "01/02/2026")
    assert "Đã ban hành dot-mot" in run(*issued)
    assert run(*issued) == "HL4292"
    package = tmp_path / "goi.zip"
    said = run("plan", "close", PLAN.id, "--to", str(package))
    with ZipFile(package) as archive:
        digest = hashlib.sha256(archive.read("ban-ke.json")).hexdigest()
    assert digest in said
    with reading(central.engine) as connection:
        closing = closing_of(connection, PLAN.id)
        lines = [
            (each.act, each.detail) for each in read_lines(connection, 9, acts=("plan-issue", "plan-close"))
        ]
    assert closing is not None
    assert closing.digest == digest
    assert set(lines) == {("plan-issue", "304/KH-UBND 2026-02-01"), ("plan-close", digest)}
    assert run("plan", "close", PLAN.id, "--to", str(package)) == "HL4298"


def test_what_was_issued_before_stays(central: CentreUnderTest) -> None:
    first = issue(central, begin(central))
    with acting(central.engine, By("test", NOW)) as act:
        change_plan(act, replace(first, title={"vi": "Tên mới"}), "")
    issue(central, NOW.isoformat())
    with reading(central.engine) as connection:
        newest = issued_plan(connection, PLAN.id)
    assert newest is not None
    assert (newest.version, newest.plan.title["vi"]) == (2, "Tên mới")


def test_a_code_is_used_once(central: CentreUnderTest) -> None:
    begin(central)
    for id, number in ((PLAN.id, "HL4293"), ("moi", "HL4290"), ("Có Dấu", "HL1003")):
        with (
            pytest.raises(ProblemError, match=number),
            acting(central.engine, By("test", NOW)) as act,
        ):
            begin_plan(act, replace(PLAN, id=id))


def test_of_two_who_do_a_task_at_once_one_does_it_and_a_done_one_is_no_deadline(
    central: CentreUnderTest,
) -> None:
    plan = issue(central, begin(central))
    task = task_ids(plan)[0]
    with acting(central.engine, By("account 7", NOW)) as act:
        assign_task(act, plan, task, 7, read=0)
        assert step_task(act, plan, task, "finish", read=1, result="Xong") == "done"
    for step, read, number in (("begin", 2, "HL4294"), ("reopen", 1, "HL4291")):
        with (
            pytest.raises(ProblemError, match=number),
            acting(central.engine, By("account 8", NOW)) as act,
        ):
            step_task(act, plan, task, step, read=read)  # type: ignore[arg-type]
    with reading(central.engine) as connection:
        done = tasks_of(connection, plan)[0]
        assert (done.account, done.done_by, done.done_on) == (7, "account 7", NOW.date())
        assert without_done(connection, plan).tasks == plan.tasks[1:]


def test_what_was_done_after_a_backup_is_kept_by_a_restore(central: CentreUnderTest, tmp_path: Path) -> None:
    plan = issue(central, begin(central))
    person = make_person(central, "lan", ("admin", "phuong-mot"))
    first, second = new_id(), new_id()
    with acting(central.engine, By("test", NOW)) as act:
        say_obstacle(act, plan, "Thiếu máy in", account=person, id=first)
    back_up(central.engine, tmp_path / "backup.db")
    later = NOW + timedelta(hours=1)
    do(central, plan, later, person, first, second)
    central.close()
    restore(tmp_path / "backup.db", central.address, By("test", later))
    central.open()
    with reading(central.engine) as connection:
        assert tasks_of(connection, plan)[0].state == "done"
        states = {each.id: each.state for each in obstacles_of(connection, plan.id)}
        draft = find_plan_draft(connection, plan.id)
    assert states == {first: "closed", second: "open"}
    assert draft is not None
    assert draft.plan.title["vi"] == "Lần sau"


def restored(central: CentreUnderTest, copy: Path, later: datetime) -> None:
    central.close()
    restore(copy, central.address, By("test", later))
    central.open()


def test_a_draft_that_was_discarded_after_the_backup_does_not_come_back_nor_does_a_closing(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    plan = issue(central, begin(central))
    manifest = Manifest(plan=plan.id, title="", number="", version=1, groups=(), files=())
    with acting(central.engine, By("test", NOW)) as act:
        change_plan(act, plan, "")
        put_closing(act, plan.id, plan.unit, manifest, account=1)
    back_up(central.engine, tmp_path / "backup.db")
    later = NOW + timedelta(hours=1)
    with acting(central.engine, By("test", later)) as act:
        discard_plan(act, plan.id, "lập nhầm")
        reopen_plan(act, plan.id, "còn phiếu")
    restored(central, tmp_path / "backup.db", later)
    with reading(central.engine) as connection:
        assert find_plan_draft(connection, plan.id) is None
        assert closing_of(connection, plan.id) is None
        assert issued_plan(connection, plan.id) is not None


def test_a_wording_that_was_issued_after_the_backup_which_a_restore_cant_put_in_force_comes_back_as_a_draft(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    before = begin(central)
    back_up(central.engine, tmp_path / "backup.db")
    plan = issue(central, before, "15/KH-UBND")
    restored(central, tmp_path / "backup.db", NOW + timedelta(hours=1))
    with reading(central.engine) as connection:
        assert issued_plan(connection, plan.id) is None
        draft = find_plan_draft(connection, plan.id)
    assert draft is not None
    assert draft.plan == plan
    assert issue(central, draft.changed_at, "15/KH-UBND") == plan


def do(central: CentreUnderTest, plan: Plan, at: datetime, person: int, first: str, second: str) -> None:
    with acting(central.engine, By(f"account {person}", at)) as act:
        step_task(act, plan, task_ids(plan)[0], "finish", read=0, result="Xong")
        answer_obstacle(act, plan.id, first, "Đã cấp", account=person)
        close_obstacle(act, plan.id, first)
        say_obstacle(act, plan, "Thiếu giấy", account=person, id=second)
        change_plan(act, replace(plan, title={"vi": "Lần sau"}), "")


def test_an_open_lot_of_paper_forms_keeps_a_plan_from_closing(central: CentreUnderTest) -> None:
    over = replace(PLAN, starts=date(2026, 2, 1), ends=date(2026, 2, 27), tasks=())
    plan = issue(central, begin(central, over))
    asked = LotAsked(
        unit=plan.unit, plan=plan.id, group=plan.groups[0].id, survey=FORM.id, version=FORM.version
    )
    lot = Lot(
        id="0" * 12,
        asked=asked,
        way="handed",
        channel="paper",
        day=date(2026, 2, 20),
        first_person="Lan",
        second_person="Minh",
        counted=2,
        first=1,
        last=2,
    )
    with acting(central.engine, By("test", NOW)) as act:
        open_lot(act, lot)
        manifest = Manifest(plan=plan.id, title="", number="", version=1, groups=(), files=())
        with pytest.raises(ProblemsError) as refused:
            close_plan(act, plan.id, manifest, account=1)
    assert [(each.number, each.where, each.detail) for each in refused.value.problems] == [
        ("HL4297", "batch", "còn phiếu phải nhập, lô về ngày 20/2/2026 (1–2)")
    ]


def test_the_rows_of_the_progress_by_day_add_up_to_the_rows_of_the_progress(central: CentreUnderTest) -> None:
    kien_hung = shipped_plans()["kien-hung-2020"]
    asked = replace(kien_hung.groups[0], survey="kien-hung", mandatory=(), total=5)
    plan = replace(
        kien_hung,
        id="dot-mot",
        unit="phuong-mot",
        groups=(asked,),
        starts=date(2026, 3, 1),
        ends=date(2026, 3, 9),
    )
    next_day = [replace(each, **_later(each)) for each in numbered(5)[3:]]
    assert store_unasked(central, [*numbered(3), *next_day]) == ["stored"] * 5
    with reading(central.engine) as connection:
        now = read_round(connection, plan, NOW.date())
        (row,) = read_unit_days(connection, plan, NOW.date())
    assert (row.row,) == now.rows
    assert (row.row.forms, row.row.missing) == (5, 0)
    assert dict(row.days) == {NOW.date(): 3, NOW.date() + timedelta(days=1): 2}
    assert sum(row.days.values()) == row.row.forms


def _later(response: Response) -> dict[str, datetime]:
    """The times of the same visit a day later."""
    day = timedelta(days=1)
    return {"started_at": response.started_at + day, "finished_at": response.finished_at + day}
