"""Drafts and releases of forms, over SQLite and PostgreSQL."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.assigning import add_assignment, end_assignment
from sync.central.office.configuration.versions import files_of, issue
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.forms.drafts import draft_of, keep_draft, list_drafts
from sync.central.office.forms.release_act import release
from sync.central.office.forms.releases import list_releases, release_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.units.revisions import newest_revision
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.contract.assignment import Assignment
from sync.contract.plan import Objective, Plan, PlanGroup
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.survey import Number, Question, Rating, Survey, decode_survey
from tests.contract.conftest import Run
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.surveys import every_kind
from tests.support.wire import NOW, CentreUnderTest
from tests.support.xlsforms import UNSUPPORTED, workbook

BY = By("một người", NOW)
FORM = shipped_surveys()["quang-binh-cong-dan"]
PLAN = shipped_plans()["quang-binh-so-tu-phap-2018"]


def released(central: CentreUnderTest, survey: Survey) -> Survey:
    with acting(central.engine, BY) as act:
        keep_draft(act, survey)
    with acting(central.engine, BY) as act:
        return release(act, survey.id, "theo kế hoạch")


def refused(central: CentreUnderTest, survey: Survey) -> tuple[Problem, ...]:
    """What is against releasing it; nothing may have changed then."""
    before = state(central)
    with acting(central.engine, BY) as act:
        keep_draft(act, survey)
    with pytest.raises(ProblemsError) as wrong, acting(central.engine, BY) as act:
        release(act, survey.id, "theo kế hoạch")
    assert state(central) == before
    return wrong.value.problems


def state(central: CentreUnderTest) -> object:
    with reading(central.engine) as connection:
        return list_releases(connection), newest_revision(connection)


def with_question(survey: Survey, id: str, **fields: Any) -> Survey:
    questions: list[Question] = [
        replace(question, **fields) if question.id == id else question for question in survey.questions
    ]
    return replace(survey, version=survey.version + 1, questions=tuple(questions))


def running(central: CentreUnderTest, plan: Plan) -> None:
    with writing(central.engine) as connection:
        put_plan(connection, plan, NOW)


def test_a_release_never_changes_and_its_version_is_above_every_earlier_one(central: CentreUnderTest) -> None:
    form = every_kind()
    released(central, form)
    (problem,) = refused(central, replace(form, title={"vi": "Khác", "en": "Other"}))
    assert (problem.number, problem.where) == ("HL5092", "every-kind")
    newer = replace(form, version=4, title={"vi": "Khác", "en": "Other"})
    released(central, newer)
    with reading(central.engine) as connection:
        assert release_of(connection, "every-kind") == newer
        assert release_of(connection, "every-kind", 1) == form
        assert list_drafts(connection) == []


def asked(central: CentreUnderTest, form: str) -> tuple[int, Survey]:
    """The version of the bundle that a terminal of the unit gets now, and the form in it."""
    with writing(central.engine) as connection:
        issued = issue(connection, "phuong-mot", NOW)
        assert issued is not None
        text = files_of(connection, issued)[f"surveys/{form}.toml"]
    return issued.version, decode_survey(text, form)


def test_terminals_get_a_release_next_and_nothing_of_a_draft(central: CentreUnderTest) -> None:
    before, form = asked(central, "kien-hung")
    newer = with_question(form, "result", text={"vi": "Kết quả thế nào?", "en": "The result?"})
    with acting(central.engine, BY) as act:
        keep_draft(act, newer)
    assert asked(central, "kien-hung") == (before, form)
    with acting(central.engine, BY) as act:
        release(act, "kien-hung", "sửa lời")
    version, now_asked = asked(central, "kien-hung")
    assert version > before
    assert now_asked == newer


def test_a_release_is_recorded_and_changes_the_units_whose_plans_use_it(central: CentreUnderTest) -> None:
    running(central, open_plan())
    before, _ = state(central)[1]  # type: ignore[index]
    released(central, FORM)
    after, _ = state(central)[1]  # type: ignore[index]
    assert after > before
    columns = audit.c
    with reading(central.engine) as connection:
        rows = connection.execute(
            select(columns.who, columns.act, columns.subject, columns.detail).order_by(columns.number)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("một người", "form-draft", FORM.id, "version 2"),
        ("một người", "form-release", FORM.id, "version 2; theo kế hoạch"),
    ]


def test_wording_may_change_under_the_same_id_meaning_may_not_also_if_the_question_was_gone(
    central: CentreUnderTest,
) -> None:
    form = every_kind()
    released(central, form)
    reworded = with_question(form, "trips", text={"vi": "Mấy lần?", "en": "Trips?"})
    released(central, reworded)
    without = tuple(question for question in form.questions if question.id != "trips")
    released(central, replace(form, version=3, questions=without))
    other = Number(id="trips", text={"vi": "Mấy lần?", "en": "Trips?"}, maximum=20)
    problems = refused(central, replace(form, version=4, questions=(other, *without)))
    assert [(each.number, each.where, each.detail) for each in problems] == [
        ("HL5090", "every-kind trips: not_applicable", "true → –"),
        ("HL5090", "every-kind trips: when", "way = a → –"),
        ("HL5090", "every-kind trips: maximum", "9 → 20"),
    ]
    renamed = replace(form, version=4, questions=(replace(other, id="visits"), *without))
    assert released(central, renamed) == renamed


def open_plan() -> Plan:
    """The plan with the nine criteria, in force on the day of the tests."""
    groups = tuple(replace(group, starts=None, ends=None) for group in PLAN.groups[:1])
    return replace(PLAN, starts=None, ends=None, steps=(), groups=groups)


def test_a_release_that_would_break_a_running_plan_is_refused_and_everything_that_lacks_is_named(
    central: CentreUnderTest,
) -> None:
    running(central, open_plan())
    released(central, FORM)
    kept = tuple(question for question in FORM.questions if question.id not in ("fees", "time"))
    (problem,) = refused(central, replace(FORM, version=3, questions=kept))
    assert problem.number == "HL1030"
    assert problem.where.startswith(PLAN.id)
    assert "time, fees" in problem.detail


def test_a_plan_that_is_over_asks_for_nothing(central: CentreUnderTest) -> None:
    running(central, PLAN)
    kept = replace(FORM, version=3, questions=FORM.questions[:1])
    assert released(central, kept) == kept


def test_a_release_that_terminals_would_refuse_next_to_an_assignment_or_a_plan_that_they_have_is_refused(
    central: CentreUnderTest,
) -> None:
    form = shipped_surveys()["kien-hung"]
    assert set(form.respondents) >= {"citizen", "organisation"}
    both = Assignment(id="ca-hai", unit="phuong-mot", survey=form.id, respondents=("citizen", "organisation"))
    with acting(central.engine, BY) as act:
        add_assignment(act, both, "thử")
    citizens = replace(form, version=form.version + 1, respondents=("citizen",))
    (problem,) = refused(central, citizens)
    assert (problem.number, problem.where) == ("HL1003", "assignments ca-hai.respondents")
    with acting(central.engine, BY) as act:
        end_assignment(act, both.id, NOW.date() - timedelta(days=1), "hết đợt")
    group = PlanGroup(
        id="nhom", name={"vi": "N"}, survey=form.id, respondents=both.respondents, channels=("kiosk",)
    )
    over = Plan(
        id="da-qua",
        title={"vi": "Q"},
        authority="UBND",
        unit="phuong-mot",
        design="open",
        ends=NOW.date() - timedelta(days=1),
        groups=(group,),
    )
    running(central, over)
    (problem,) = refused(central, citizens)
    assert (problem.number, problem.where) == ("HL1003", "da-qua: groups[0] nhom.respondents")


def test_a_release_keeps_the_ratings_of_a_plans_objectives(central: CentreUnderTest) -> None:
    form = shipped_surveys()["kien-hung"]
    first = next(question.id for question in form.questions if isinstance(question, Rating))
    plan = open_plan()
    group = replace(
        plan.groups[0], survey=form.id, mandatory=(), overall="", respondents=form.respondents[:1]
    )
    running(central, replace(plan, groups=(group,), objectives=(Objective(question=first),)))
    without = tuple(question for question in form.questions if question.id != first)
    problems = refused(central, replace(form, version=form.version + 1, questions=without))
    assert (problems[-1].number, problems[-1].where) == ("HL1005", f"{plan.id}: objectives[0].question")


def test_a_form_is_copied_under_a_new_code_as_a_draft(central: CentreUnderTest, run: Run) -> None:
    assert "kien-hung bản 1 → xa-mau" in run("forms", "copy", "kien-hung", "xa-mau", "--title", "Phiếu xã")
    with reading(central.engine) as connection:
        source, copy = release_of(connection, "kien-hung"), draft_of(connection, "xa-mau")
    assert copy == replace(source, id="xa-mau", version=1, title={**source.title, "vi": "Phiếu xã"})
    before = state(central)
    assert run("forms", "copy", "kien-hung", "xa-mau") == "HL5073"
    assert run("forms", "copy", "xa-mau", "kien-hung") == "HL5073"
    assert run("forms", "copy", "kien-hung", "Xã Mẫu") == "HL1003"
    assert run("forms", "copy", "khong-co", "xa-khac") == "HL5094"
    assert state(central) == before
    run("forms", "release", "xa-mau", "--why", "phiếu của xã")


def test_a_release_needs_a_reason(central: CentreUnderTest, run: Run) -> None:
    with acting(central.engine, BY) as act:
        keep_draft(act, FORM)
    assert run("forms", "release", FORM.id, "--why", " ") == "HL5071"
    assert run("forms", "discard", FORM.id, "--why", "") == "HL5071"
    with reading(central.engine) as connection:
        assert draft_of(connection, FORM.id) == FORM


def test_what_there_is_not_is_refused_by_name(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        with pytest.raises(ProblemError, match="HL5093"):
            draft_of(connection, "khong-co")
        with pytest.raises(ProblemError, match="HL5094"):
            release_of(connection, "khong-co")
    with pytest.raises(ProblemError, match="HL5011"), acting(central.engine, BY) as act:
        keep_draft(act, FORM, "khong-co")


def test_a_form_goes_to_excel_and_back_and_is_released(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "phieu.xlsx"
    first = tmp_path / "mau.toml"
    first.write_text(form_toml(FORM), "utf-8")
    assert "Phát hành được" in run("forms", "draft", str(first))
    assert "bản đầu tiên" in run("forms", "compare", FORM.id)
    assert run("forms", "release", FORM.id, "--why", "lần đầu") == f"Đã phát hành {FORM.id} bản 2.\n"
    run("forms", "export", FORM.id, "--to", str(path))
    assert run("forms", "draft", str(path)).splitlines()[-1].startswith("Chưa phát hành được: 1 lỗi")
    assert run("forms", "check", FORM.id) == "HL5092"
    path.write_bytes(
        write_xlsform(with_question(FORM, "attitude", text={"vi": "Thái độ thế nào?", "en": "Manner?"}))
    )
    assert "--dry-run" in run("forms", "draft", "--help")
    run("forms", "draft", str(path))
    assert run("forms", "check", FORM.id) == "Phát hành được.\n"
    compared = run("forms", "compare", FORM.id)
    assert "đổi lời: attitude text.vi: “Ông/bà có hài lòng" in compared
    assert "Tất cả: đổi lời 2." in compared
    assert "Thái độ thế nào?" in run("forms", "preview", FORM.id)
    assert "Manner?" in run("forms", "preview", FORM.id, "--language", "en", "--per-page", "3")
    assert "bản nháp" in run("forms", "list")
    run("forms", "release", FORM.id, "--why", "sửa lời")
    assert "Không có gì khác" in run("forms", "compare", FORM.id, "--with", "3")


def test_a_workbook_with_faults_is_refused_whole_and_the_draft_stays(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(write_xlsform(replace(FORM, id="phieu")))
    run("forms", "draft", str(path), "--dry-run")
    assert run("forms", "check", "phieu") == "HL5093"
    run("forms", "draft", str(path))
    path.write_bytes(workbook(UNSUPPORTED))
    assert run("forms", "draft", str(path)) == "HL1025"
    with reading(central.engine) as connection:
        assert draft_of(connection, "phieu") == replace(FORM, id="phieu")
    run("forms", "discard", "phieu", "--why", "không dùng nữa")
    assert run("forms", "check", "phieu") == "HL5093"
    assert run("forms", "export", "phieu", "--to", str(tmp_path / "phieu.doc")) == "HL5036"
