"""A plan file is used whole or refused; the shipped plans say what their authorities decided."""

from datetime import date, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.contract.opening import Opening
from sync.contract.plan import plan_problems, plan_texts, report_days
from sync.contract.problem import ProblemError
from tests.support.assets import load_plan
from tests.support.plans import ASSETS, shipped_plans, shipped_surveys

GOOD = """
id = "mau-2026"
authority = "UBND phường Mẫu"
unit = "phuong-mau"
design = "random"
starts = 2026-01-01
ends = 2026-03-31
recheck_percent = 10
title = {vi = "Khảo sát"}
sample = {share = 0.9, margin = 0.05, z = 1.96, stated = 138}

[[groups]]
id = "nguoi-dan"
name = {vi = "Người dân"}
survey = "kien-hung"
respondents = ["citizen"]
channels = ["kiosk"]
starts = 2026-02-01
frame = "Danh sách"
total = 100
population = 300
overall = "result"
mandatory = ["result", "service"]
hours = [{days = ["sat"], start = 07:30:00, end = 11:30:00}]

[[groups]]
id = "to-chuc"
name = {vi = "Tổ chức"}
survey = "kien-hung"
respondents = ["organisation"]
channels = ["post"]
frame = "Danh sách"
parts = [{id = "a", name = {vi = "A"}, forms = 20}, {id = "b", name = {vi = "B"}, forms = 18}]

[[steps]]
kind = "report"
name = {vi = "Báo cáo"}
starts = 2026-04-01
ends = 2026-04-10

[[steps]]
kind = "publish"
name = {vi = "Công bố"}
starts = 2026-04-11
before = 2026-05-01

[[tasks]]
name = "Tuyên truyền"
owner = "Đài truyền thanh"
before = 2026-01-01

[[objectives]]
question = "result"
group = "nguoi-dan"
percent = 90
"""

WRONG = [
    ("an unknown form", '"kien-hung"', '"khong-co"', "HL1005", "groups[0] nguoi-dan.survey", "khong-co"),
    ("people the form is not for", '["citizen"]', '["staff"]', "HL1003", "nguoi-dan.respondents", "staff"),
    ("an overall that is no rating", '"result"', '"suggestion"', "HL1005", "nguoi-dan.overall", "suggestion"),
    ("a group twice", 'id = "to-chuc"', 'id = "nguoi-dan"', "HL1004", "groups", "“nguoi-dan” ghi 2 lần"),
    ("a part twice", 'id = "b"', 'id = "a"', "HL1004", "to-chuc.parts", "“a” ghi 2 lần"),
    ("an end before the start", "2026-03-31", "2025-03-31", "HL1003", "ends", "trước ngày đầu"),
    ("a step that ends first", "2026-04-10", "2026-03-10", "HL1003", "steps[0].ends", "trước ngày đầu"),
    (
        "a group too early",
        "2026-02-01",
        "2025-12-31",
        "HL1003",
        "nguoi-dan.starts",
        "trước ngày đầu của kế hoạch",
    ),
    (
        "two numbers at once",
        "total = 100",
        "total = 100\nper_unit = 5",
        "HL1003",
        "nguoi-dan",
        "chỉ ghi một trong",
    ),
    (
        "fewer people than forms",
        "population = 300",
        "population = 99",
        "HL1003",
        "population",
        "số người ít hơn",
    ),
    (
        "a random sample of no list",
        'frame = "Danh sách"\ntotal',
        "total",
        "HL1003",
        "frame",
        "danh sách người",
    ),
    ("a random sample of unknown size", "sample =", "#", "HL1003", "sample", "share, margin và z"),
    ("sample sizes of a census", '"random"', '"census"', "HL1003", "sample", "“census” thì không"),
    ("an impossible share", "share = 0.9", "share = 90", "HL1003", "sample.share", "< 1"),
    ("an unknown design", '"random"', '"lottery"', "HL1003", "design", "lottery"),
    ("a title without Vietnamese", '{vi = "Khảo sát"}', '{en = "Survey"}', "HL1006", "title", "“vi”"),
    ("a criterion the form lacks", '"service"]', '"fees"]', "HL1030", "nguoi-dan.mandatory", "fees"),
    ("a criterion people may skip", '"service"]', '"contact"]', "HL1030", "nguoi-dan.mandatory", "contact"),
    ("a criterion twice", '"service"]', '"result"]', "HL1004", "nguoi-dan.mandatory", "2 lần"),
    ("hours that end first", "11:30:00", "07:00:00", "HL1003", "nguoi-dan.hours[0].end", "sau giờ bắt đầu"),
    (
        "hours on no day of the window",
        "starts = 2026-02-01\n",
        "starts = 2026-02-02\nends = 2026-02-06\n",
        "HL1003",
        "nguoi-dan.hours",
        "không có thứ nào",
    ),
    ("an unknown weekday", '"sat"', '"saturday"', "HL1003", "groups[0].hours", "saturday"),
    (
        "a step with two ends",
        "before = 2026-05",
        "ends = 2026-04-30\nbefore = 2026-05",
        "HL1003",
        "steps[1].before",
        "ngày cuối",
    ),
    (
        "a step due before it begins",
        "2026-05-01",
        "2026-04-11",
        "HL1003",
        "steps[1].before",
        "trước ngày đầu",
    ),
    (
        "a task with two days",
        "before = 2026-01",
        "due = 2025-12-31\nbefore = 2026-01",
        "HL1003",
        "tasks[0].before",
        "ngày cuối",
    ),
    ("a task of nobody", '"Đài truyền thanh"', '" "', "HL1003", "tasks[0].owner", "dạng"),
    (
        "an objective of no group",
        'group = "nguoi-dan"',
        'group = "ai"',
        "HL1005",
        "objectives[0].group",
        "“ai”",
    ),
    (
        "an objective of no rating",
        'question = "result"',
        'question = "contact"',
        "HL1005",
        "objectives[0].question",
        "contact",
    ),
    ("an unknown member", "total = 100", "totals = 100", "HL1003", "groups[0]", "totals"),
]


def written(folder: Path, source: str) -> Path:
    path = folder / "mau-2026.toml"
    path.write_text(source, "utf-8")
    return path


def test_a_good_plan_loads(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, GOOD), shipped_surveys().values())
    assert (plan.wanted, plan.rechecks) == (138, 14)
    assert plan.window(plan.group("nguoi-dan")) == (date(2026, 2, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("old", "new", "number", "key", "reason"), [pytest.param(*case, id=name) for name, *case in WRONG]
)
def test_a_wrong_plan_is_refused_with_file_key_and_reason(
    tmp_path: Path, old: str, new: str, number: str, key: str, reason: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ProblemError) as caught:
        load_plan(path, shipped_surveys().values())
    found = caught.value.problem
    assert found.number == number
    assert str(path) in found.where
    assert key in found.where
    assert reason in found.detail


def test_before_a_day_means_the_day_before(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, GOOD), shipped_surveys().values())
    assert [step.last_day for step in plan.steps] == [date(2026, 4, 10), date(2026, 4, 30)]
    assert [task.last_day for task in plan.tasks] == [date(2025, 12, 31)]


def test_a_group_is_asked_in_its_own_hours_or_else_in_the_plans(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, GOOD), shipped_surveys().values())
    citizens, organisations = (plan.group(id) for id in ("nguoi-dan", "to-chuc"))
    friday = Opening(("fri",), time(7, 30), time(11, 30))
    plan = replace(plan, hours=(friday,))
    assert plan.collecting(citizens) == (Opening(("sat",), time(7, 30), time(11, 30)),)
    assert plan.collecting(organisations) == (friday,)


def test_a_plan_is_checked_against_the_newest_version_of_its_form(tmp_path: Path) -> None:
    survey = shipped_surveys()["kien-hung"]
    before = replace(survey, version=survey.version - 1, questions=survey.questions[:1])
    plan = load_plan(written(tmp_path, GOOD), shipped_surveys().values())
    assert list(plan_problems(plan, [survey, before])) == []
    assert [problem.number for problem in plan_problems(plan, [before])] == ["HL1030"]


def test_a_quota_needs_numbers(tmp_path: Path) -> None:
    source = GOOD.replace('"random"', '"quota"').replace("sample =", "#").replace("total = 100", "")
    with pytest.raises(ProblemError, match="chỉ tiêu cần"):
        load_plan(written(tmp_path, source), shipped_surveys().values())


@pytest.mark.parametrize("path", sorted((ASSETS / "plans").glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_plan_is_named_like_its_file(path: Path) -> None:
    assert load_plan(path, shipped_surveys().values()).id == path.stem


def test_five_plans_are_shipped_in_vietnamese_and_english() -> None:
    assert sorted(shipped_plans()) == [
        "kien-hung-2020",
        "nha-trang-2023",
        "quang-binh-so-tu-phap-2018",
        "thach-ha-2021",
        "van-thang-2023",
    ]
    for plan in shipped_plans().values():
        assert all(text.keys() == {"vi", "en"} for _, text in plan_texts(plan))


def test_every_shipped_form_belongs_to_a_plan() -> None:
    used = {group.survey for plan in shipped_plans().values() for group in plan.groups}
    assert used == shipped_surveys().keys()


def test_kien_hung_reports_on_the_twentieth_of_each_month() -> None:
    plan = shipped_plans()["kien-hung-2020"]
    assert (plan.design, plan.report_day, plan.wanted) == ("open", 20, 0)
    assert plan.group("nhan-ket-qua").channels == ("kiosk", "paper", "phone")


def test_a_report_is_due_in_every_month_of_the_window_and_the_one_after() -> None:
    plan = shipped_plans()["kien-hung-2020"]
    due = report_days(plan, date(2020, 1, 1), date(2022, 1, 1))
    assert [day.isoformat()[:7] for day in due] == [
        "2020-07",
        "2020-08",
        "2020-09",
        "2020-10",
        "2020-11",
        "2020-12",
        "2021-01",
    ]
    assert {day.day for day in due} == {20}
    assert report_days(plan, date(2020, 8, 21), date(2020, 9, 19)) == ()
    assert report_days(plan, date(2020, 8, 20), date(2020, 9, 20)) == (date(2020, 8, 20), date(2020, 9, 20))
    spring = replace(plan, starts=date(2020, 3, 1), ends=date(2020, 4, 30))
    assert report_days(spring, date(2020, 1, 1), date(2021, 1, 1))[-1] == date(2020, 5, 20)
    last_days = report_days(replace(plan, report_day=31), date(2020, 9, 1), date(2020, 10, 31))
    assert last_days == (date(2020, 9, 30), date(2020, 10, 31))


def test_a_plan_without_a_report_day_has_no_regular_report() -> None:
    assert report_days(shipped_plans()["van-thang-2023"], date(2023, 1, 1), date(2024, 1, 1)) == ()


def test_quang_binh_has_two_forms_and_two_windows() -> None:
    plan = shipped_plans()["quang-binh-so-tu-phap-2018"]
    citizens, organisations = plan.group("van-phong-so"), plan.group("phong-van-ban")
    assert plan.window(citizens) == (date(2018, 4, 1), date(2018, 8, 31))
    assert plan.window(organisations) == (date(2018, 7, 1), date(2018, 8, 31))
    assert organisations.channels == ("post",)
    reports = [step for step in plan.steps if step.kind == "report"]
    assert [(step.starts, step.ends, step.to) for step in reports] == [
        (date(2018, 9, 1), date(2018, 9, 20), "Tổ Thư ký"),
        (None, None, "Lãnh đạo Sở và QMR"),
    ]
    assert plan.report_to == "Tổ Thư ký"


@pytest.mark.parametrize("id", ["quang-binh-cong-dan", "quang-binh-to-chuc"])
def test_quang_binh_asks_nine_criteria_and_five_optional_ones(id: str) -> None:
    questions = shipped_surveys()[id].questions
    assert [question.id for question in questions if question.required] == [
        "attitude",
        "facilities",
        "openness",
        "process",
        "procedures",
        "time",
        "fees",
        "quality",
        "overall",
    ]
    assert len([question for question in questions if not question.required]) == 5
    assert shipped_surveys()[id].question("fees").not_applicable


def test_thach_ha_splits_138_forms_as_its_table_does() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    staff, customers = plan.group("noi-bo"), plan.group("ben-ngoai")
    assert [part.forms for part in staff.parts] == [63, 5, 10, 20]
    assert (staff.wanted, customers.wanted, plan.wanted) == (98, 40, 138)
    assert plan.sample is not None
    assert plan.sample.stated == plan.wanted
    assert int(10_000 * staff.wanted / staff.population) == 3512  # 35.12 %, as the plan prints
    assert sum(part.units for part in staff.parts) == 12 + 1 + 3


def test_nha_trang_wants_3270_forms_of_60_units_and_327_rechecks() -> None:
    plan = shipped_plans()["nha-trang-2023"]
    assert [(group.units, group.per_unit) for group in plan.groups] == [(27, 60), (27, 50), (6, 50)]
    assert sum(group.units for group in plan.groups) == 60
    assert (plan.wanted, plan.rechecks) == (3270, 327)


def test_van_thang_asks_everyone_since_before_it_was_issued() -> None:
    plan = shipped_plans()["van-thang-2023"]
    assert plan.design == "census"
    assert plan.issued is not None
    assert plan.starts is not None
    assert plan.starts < plan.issued
    assert plan.officer_minimum == 5
