"""One rule says what counts for a plan: in figures, progress, summary and pull, whenever the plan came."""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, event
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.figures.drivers import standing
from sync.central.figures.plans import read_figures, read_forms, read_outside
from sync.central.office import corrections, removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.plans import load_plans, plan_named
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.store.database import reading
from sync.central.store.rollups import counted_by_plan
from sync.central.store.schema import forms_by_plan, responses, voided
from sync.central.store.surveys import load_surveys
from sync.contract.canonical import decode_response
from sync.contract.problem import ProblemError
from sync.contract.response import ANSWERED, Response, SurveyRef, Void
from tests.support.counting import Row, forms_of, outside_of, plan_figures_of
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered, store_unasked, write_bundle

UNITS = """
[[units]]
code = "to-hai"
name.vi = "Tổ Hai"
kind = "group"
parent = "phuong-mot"
[[units]]
code = "to-ba"
name.vi = "Tổ Ba"
kind = "group"
parent = "phuong-mot"
valid_to = 2026-03-10
[[units]]
code = "phuong-hai"
name.vi = "Phường Hai"
"""
PLAN: dict[str, Any] = {
    "id": "ke-hoach",
    "title": {"vi": "Kế hoạch"},
    "authority": "Phường Một",
    "unit": "phuong-mot",
    "design": "open",
    "starts": date(2026, 3, 3),
    "ends": date(2026, 3, 20),
    "groups": [
        {
            "id": "cong-dan",
            "name": {"vi": "Công dân"},
            "survey": "kien-hung",
            "respondents": ["citizen"],
            "channels": ["kiosk", "paper"],
            "ends": date(2026, 3, 15),
        },
        {
            "id": "moi-nguoi",
            "name": {"vi": "Mọi người"},
            "survey": "kien-hung",
            "respondents": ["citizen", "organisation"],
            "channels": ["kiosk"],
        },
    ],
}
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


class Office:
    """Takes in bundles and responses, and asks the four ways."""

    def __init__(self, central: CentreUnderTest, folder: Path) -> None:
        self.central = central
        self._folder = folder
        self._version = 1

    def bundle(self, *plans: dict[str, Any], moved: Mapping[str, str] | None = None) -> None:
        """A newer bundle: both versions of the form, four units, and these plans.

        moved: units that belong to another one now.
        """
        self._version += 1
        folder = write_bundle(self._folder / f"bundle-{self._version}", version=self._version)
        form = (folder / "surveys" / "kien-hung.toml").read_text("utf-8")
        (folder / "surveys" / "again.toml").write_text(form.replace("version = 1", "version = 2", 1), "utf-8")
        catalogue = (folder / "catalogue.toml").read_text("utf-8")
        (folder / "catalogue.toml").write_text(catalogue + _units(moved or {}), "utf-8")
        (folder / "plans").mkdir()
        for plan in plans:
            (folder / "plans" / f"{plan['id']}.toml").write_text(tomli_w.dumps(plan), "utf-8")
        with acting(self.central.engine, By("test", NOW)) as act:
            import_bundle(act, folder)
        self.central.open()

    def store(self, visits: Sequence[Response]) -> None:
        assert set(store_unasked(self.central, visits)) == {"stored"}

    def get(self, path: str, **parameters: str) -> Any:
        admin = {"Authorization": f"Bearer {self.central.token(role='admin')}"}
        with TestClient(self.central.app) as client:
            return client.get(path, params=parameters, headers=admin)

    def summarised(self, question: str, **parameters: str) -> int:
        """How often a question was answered by the summary, over all versions."""
        surveys = self.get("/v1/summary", **MARCH, **parameters).json()["surveys"]
        rows = [row for survey in surveys for row in survey["rows"] if row["question"] == question]
        return sum(row["n"] for row in rows)

    def command(self, *words: str) -> tuple[list[dict[str, str]], str]:
        """The table that a command prints as CSV, and its notes; raises ProblemError."""
        database = ["--database", self.central.url] if self.central.url else []
        said = CliRunner().invoke(
            app, [*words, "--data", str(self.central.folder), *database, "--csv"], catch_exceptions=False
        )
        assert (said.exit_code, said.stdout[:1]) == (0, "\ufeff")  # for Excel
        return list(csv.DictReader(said.stdout.removeprefix("\ufeff").splitlines())), said.stderr

    def agree(self, id: str = "ke-hoach") -> int:
        """Whether all ways say what a count of every raw row says; how many forms that is."""
        with reading(self.central.engine) as connection:
            plan = plan_named(connection, id)
            tree, surveys = UnitTree(load_units(connection)), load_surveys(connection)
            columns = (responses.c.body, responses.c.unit, responses.c.day)
            rows = [
                Row(decode_response(bytes(body)), unit, date.fromisoformat(day))
                for body, unit, day in connection.execute(responses.select().with_only_columns(*columns))
            ]
            expected = plan_figures_of(plan, surveys, rows, tree)
            forms = forms_of(plan, rows, tree)
            assert read_figures(connection, plan) == expected
            assert read_forms(connection, plan) == forms
            assert read_outside(connection, plan) == outside_of(plan, rows, tree)
            kept = {tuple(row[:-1]): row.n for row in connection.execute(forms_by_plan.select())}
            assert kept == counted_by_plan(connection)
        n = sum(group.figures.rating("result").n for group in expected.groups)
        assert self.summarised("result", plan=id) == n
        assert self.summarised("result", plan=id, by="unit,day") == n
        pulled = csv.DictReader(io.StringIO(self.get("/v1/responses", plan=id, format="csv").text))
        given = {row["id"] for row in pulled}
        there = [row.response for row in rows if row.response.id in given]
        assert len(list(filter(is_answered, standing(there)))) == sum(forms.values())
        progress, _ = self.command("plan", "progress", id, "--on", f"{plan.starts}")
        assert sum(int(row["Đã có"]) for row in progress) == sum(forms.values())
        figures, _ = self.command("plan", "figures", id)
        assert sum(int(row["n"]) for row in figures if row["Câu hỏi"] == "result") == n
        return sum(forms.values())


def is_answered(response: Response) -> bool:
    return response.outcome in ANSWERED


def _units(moved: Mapping[str, str]) -> str:
    units = UNITS
    for code, parent in moved.items():
        before, after = units.split(f'code = "{code}"')
        units = f'{before}code = "{code}"' + after.replace('"phuong-mot"', f'"{parent}"', 1)
    return units


@pytest.fixture
def office(central: CentreUnderTest, tmp_path: Path) -> Office:
    return Office(central, tmp_path)


def various(count: int, start: int = 0, seed: int = 7) -> list[Response]:
    """Visits of every unit, version, respondent, channel and day; some without a tag, some voided."""
    chance = random.Random(seed)
    found: list[Response] = []
    for one in numbered(start + count)[start:]:
        assert one.tag
        unit = chance.choice(["phuong-mot", "to-hai", "to-ba", "phuong-hai"])
        later = timedelta(days=chance.randrange(28))
        visit = replace(
            one,
            survey=SurveyRef("kien-hung", chance.choice([1, 2])),
            plan=chance.choice([None, "ke-hoach", "mot-ke-hoach-khac"]),
            tag=chance.choice([replace(one.tag, unit=unit), replace(one.tag, unit=unit), None]),
            respondent=chance.choice(["citizen", "citizen", "organisation"]),
            channel=chance.choice(["kiosk", "kiosk", "paper"]),
            answers={"result": chance.randint(1, 5), "service": chance.randint(1, 5)},
            started_at=one.started_at + later,
            finished_at=one.finished_at + later,
        )
        if found and not chance.randrange(8):
            earlier = Void("a01", "nhầm", chance.choice(found).id)
            visit = replace(visit, answers={}, timing={}, outcome="voided", void=earlier)
        found.append(visit)
    return found


def test_every_way_counts_the_same_responses(office: Office) -> None:
    office.bundle(PLAN)
    office.store(various(80))
    assert office.agree() > 15


def test_every_way_agrees_after_corrections_forgetting_late_months_and_a_move(office: Office) -> None:
    visits = [visit for visit in various(50) if visit.tag or visit.outcome != "voided"]
    office.bundle(PLAN)
    office.store(visits[:25])
    before = office.agree()
    # Two months later, when every day of it is long over, the rest arrives.
    office.central.now = lambda: NOW + timedelta(days=61)
    by = By("an administrator", office.central.now())
    named = [visit for visit in visits[:25] if visit.tag and visit.plan and visit.outcome != "voided"]
    with reading(office.central.engine) as connection:
        gone = set(connection.execute(voided.select()).scalars())
    one, two, three = [visit.id for visit in named if visit.id not in gone][:3]
    with acting(office.central.engine, by) as act:
        corrections.void(act, one, "đưa nhầm người")
        again = corrections.retag(act, two, {"counter": "7"}, "quét nhầm quầy")
        removal.forget(act, id=three)
    assert office.agree() < before
    office.store(visits[25:])
    office.agree()
    with acting(office.central.engine, by) as act:
        removal.forget(act, id=again)
    before = office.agree()
    office.bundle(PLAN, moved={"to-hai": "phuong-hai"})
    assert office.agree() < before


def test_figures_and_progress_of_a_plan_read_no_response(office: Office) -> None:
    office.bundle(PLAN)
    office.store(various(10))
    asked: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(office.central.engine, "before_cursor_execute", note)
    with reading(office.central.engine) as connection:
        plan = plan_named(connection, "ke-hoach")
        read_figures(connection, plan)
        read_forms(connection, plan)
        read_outside(connection, plan)
    assert len(asked) > 4
    assert [statement for statement in asked if " responses" in statement] == []


def test_a_plan_that_comes_later_or_changes_counts_what_it_describes(office: Office) -> None:
    office.bundle()
    visits = various(60)
    office.store([replace(visit, plan=None) for visit in visits])
    office.bundle(PLAN)
    short = office.agree()
    assert short > 10
    office.bundle(PLAN | {"starts": date(2026, 3, 1), "ends": date(2026, 3, 31)})
    assert office.agree() > short


def test_a_plan_that_left_the_configuration_is_still_found(office: Office) -> None:
    office.bundle(PLAN)
    office.bundle(PLAN | {"ends": date(2026, 3, 31)})
    office.store(various(40))
    before = office.agree()
    office.bundle()
    with reading(office.central.engine) as connection:
        assert load_plans(connection) == {}
        assert plan_named(connection, "ke-hoach").ends == date(2026, 3, 31)
    assert office.agree() == before
    listed, _ = office.command("plan", "list")
    assert [(row["Kế hoạch"], row["Bản"]) for row in listed] == [("ke-hoach", "2, đã thôi")]


def test_a_new_version_of_a_form_keeps_the_figures(office: Office) -> None:
    office.bundle(PLAN)
    first = [
        replace(visit, started_at=visit.started_at + DAYS, finished_at=visit.finished_at + DAYS)
        for visit in numbered(6)
    ]
    office.store([replace(visit, survey=SurveyRef("kien-hung", 1)) for visit in first[:5]])
    office.store([replace(first[5], survey=SurveyRef("kien-hung", 2))])
    figures, _ = office.command("plan", "figures", "ke-hoach")
    assert [row["n"] for row in figures if row["Câu hỏi"] == "result"] == ["6", "0"]


DAYS = timedelta(days=3)


def test_answers_of_staff_without_a_tag_count_in_figures_and_progress(office: Office) -> None:
    group = {
        "id": "noi-bo",
        "name": {"vi": "Nội bộ"},
        "survey": "thach-ha-noi-bo",
        "respondents": ["staff"],
        "channels": ["kiosk"],
        "parts": [{"id": "phuong-mot", "name": {"vi": "Phường"}, "forms": 98}],
    }
    form = (ROOT / "assets" / "surveys" / "thach-ha-noi-bo.toml").read_text("utf-8")
    plan = PLAN | {"design": "quota", "groups": [group], "starts": date(2026, 3, 1)}
    folder = write_bundle(office.central.folder / "staff", version=2)
    (folder / "surveys" / "thach-ha-noi-bo.toml").write_text(form, "utf-8")
    (folder / "plans").mkdir()
    (folder / "plans" / "ke-hoach.toml").write_text(tomli_w.dumps(plan), "utf-8")
    with acting(office.central.engine, By("test", NOW)) as act:
        import_bundle(act, folder)
    office.central.open()
    staff = {"survey": SurveyRef("thach-ha-noi-bo", 2), "tag": None, "respondent": "staff"}
    office.store(
        [
            replace(visit, **staff, answers={"overall": 5}, timing={"overall": 900}, outcome="partial")
            for visit in numbered(2)
        ]
    )
    figures, _ = office.command("plan", "figures", "ke-hoach")
    assert {(row["Phiếu"], row["Cần"]) for row in figures} == {("2", "98")}
    assert office.command("plan", "progress", "ke-hoach")[0] == [
        {"Nhóm": "noi-bo", "Đơn vị": "phuong-mot", "Đã có": "2", "Cần": "98", "Còn thiếu": "96"}
    ]


def test_what_names_a_plan_and_does_not_count_for_it_is_listed(office: Office) -> None:
    office.bundle(PLAN)
    early, post = numbered(2)
    office.store(
        [
            replace(early, plan="ke-hoach"),  # a day before the plan begins
            replace(post, plan="ke-hoach", channel="post"),
        ]
    )
    _, notes = office.command("plan", "figures", "ke-hoach")
    assert "Ngoài kế hoạch: 2 phiếu" in notes
    assert "  1: phuong-mot, kien-hung, citizen, kiosk, 02/03/2026" in notes
    assert "  1: phuong-mot, kien-hung, citizen, post, 02/03/2026" in notes


def test_an_unknown_plan_is_refused_and_those_there_are_named(office: Office) -> None:
    office.bundle(PLAN)
    for path in ("/v1/summary", "/v1/responses"):
        answer = office.get(path, plan="ke-hoch")
        assert (answer.status_code, answer.json()["number"]) == (422, "HL5020")
        assert "ke-hoach" in answer.json()["detail"]


def test_a_plan_asks_for_more_forms_before_an_officers_figures_are_unmarked(office: Office) -> None:
    visits = []
    for place, visit in enumerate(numbered(24)):
        assert visit.tag
        tag = replace(visit.tag, officer=f"a0{1 + place % 2}")
        visits.append(
            replace(visit, tag=tag, started_at=visit.started_at + DAYS, finished_at=visit.finished_at + DAYS)
        )
    office.bundle(PLAN, PLAN | {"id": "nghiem", "officer_minimum": 13})
    office.store(visits)

    def small(plan: str) -> set[bool]:
        found = office.get("/v1/summary", **MARCH, plan=plan, by="officer").json()
        rows = [*found["surveys"][0]["rows"], *found["handovers"]["rows"]]
        return {row["small"] for row in rows}

    assert (small("ke-hoach"), small("nghiem")) == ({False}, {True})


def test_a_plan_that_cuts_a_month_is_cut_by_officer_and_procedure_for_some_months_alone(
    office: Office,
) -> None:
    office.bundle(
        PLAN,
        PLAN
        | {
            "id": "ca-thang",
            "starts": date(2026, 3, 1),
            "ends": date(2026, 3, 31),
            "groups": PLAN["groups"][1:],
        },
    )
    office.store(various(40))
    by = {"by": "officer,procedure"}
    fine = office.get("/v1/summary", **MARCH, **by, plan="ke-hoach").json()["handovers"]
    whole = office.get("/v1/summary", **MARCH, plan="ke-hoach").json()["handovers"]
    assert (fine["answered"], fine["outcomes"]) == (whole["answered"], whole["outcomes"])
    assert whole["outcomes"]["complete"] > 0
    year = MARCH | {"from": "2026-01-01", "to": "2026-12-31"}
    assert office.get("/v1/summary", **year, **by, plan="ke-hoach").json()["number"] == "HL4035"
    assert office.get("/v1/summary", **MARCH, **by, plan="ca-thang").status_code == 200


def test_progress_says_what_is_wrong_with_a_plan(office: Office) -> None:
    wanted = {"unit_kind": "health-station", "units": 2, "per_unit": 50}
    groups = [PLAN["groups"][0] | wanted]
    office.bundle(
        PLAN,
        PLAN | {"id": "sai-loai", "design": "quota", "groups": groups},
        PLAN | {"id": "sai-don-vi", "unit": "khong-co"},
    )
    for id, words in (("sai-loai", "“group” (2)"), ("sai-don-vi", "“khong-co”")):
        with pytest.raises(ProblemError, match="HL5021") as refused:
            office.command("plan", "progress", id, "--on", "05/03/2026")
        assert words in refused.value.problem.detail
    _, notes = office.command("plan", "figures", "sai-don-vi")
    assert "Cây đơn vị: không có đơn vị “khong-co”." in notes
    with pytest.raises(ProblemError, match="HL5022") as refused:
        office.command("plan", "progress", "ke-hoach", "--on", "2019-01-01")
    assert "từ 03/03/2026 đến 20/03/2026" in refused.value.problem.detail
    rows, notes = office.command("plan", "progress", "ke-hoach")
    assert [(row["Đơn vị"], row["Đã có"], row["Cần"]) for row in rows] == [("phuong-mot", "0", "")] * 2
    assert "không đặt chỉ tiêu" in notes


def test_progress_names_rechecks_the_next_report_and_the_timetable(office: Office) -> None:
    plan = PLAN | {
        "starts": date(2026, 1, 1),
        "ends": date(2999, 12, 31),
        "design": "quota",
        "groups": [PLAN["groups"][1] | {"total": 250}],
        "recheck_percent": 10,
        "report_day": 20,
        "report_to": "Phòng Nội vụ",
        "steps": [
            {
                "kind": "collect",
                "name": {"vi": "Phát phiếu"},
                "starts": date(2026, 1, 1),
                "ends": date(2026, 1, 31),
                "who": "Bộ phận Một cửa",
            },
            {"kind": "publish", "name": {"vi": "Thông báo"}},
        ],
    }
    office.bundle(plan)
    _, notes = office.command("plan", "progress", "ke-hoach")
    assert "Phúc tra: ít nhất 25 phiếu (10 %)." in notes
    assert ", gửi Phòng Nội vụ." in notes
    assert "Bước lấy phiếu: Phát phiếu (01/01/2026 – 31/01/2026, đã qua, Bộ phận Một cửa)." in notes
    assert "Bước công bố: Thông báo." in notes
    (row,) = office.command("plan", "list")[0]
    assert row["Phúc tra"] == "25"
    assert row["Kỳ báo cáo tới"].startswith("20/")
