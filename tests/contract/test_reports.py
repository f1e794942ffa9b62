"""The reports of the five shipped plans, from invented answers that were really stored.

Their content is compared with the files in `golden/`, see tests/support/golden.py.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.figures.drivers import drivers
from sync.central.figures.periods import Period
from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import put_plan
from sync.central.presenting.numbers import decimal, whole
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.awaited import awaited_reports
from sync.central.reports.issuing.public import how_chosen
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.final import FINAL
from sync.central.reports.kinds.levels import ENOUGH, Rated
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.kinds.survey_figures import SurveyFigures
from sync.central.reports.model import Block, Column, Document, Paragraph, Table, for_outside, words_of
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.records.stored import Report, read_report
from sync.central.reports.writing.docx import write_docx
from sync.central.store.database import reading, writing
from sync.contract.problem import ProblemError
from tests.support import libreoffice
from tests.support.golden import check_golden
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.printed_words import opened_by_libreoffice, words_laid_out
from tests.support.surveyed import TOMORROW, every_answer, surveyed
from tests.support.wire import CentreUnderTest

REPORTS = [
    ("bao-cao-thang", "kien-hung-2020", ""),
    ("bao-cao-quy", "kien-hung-2020", ""),
    ("bao-cao-dot-khao-sat", "van-thang-2023", ""),
    ("bao-cao-dot-khao-sat", "nha-trang-2023", ""),
    ("bao-cao-yeu-to", "thach-ha-2021", ""),
    ("bao-cao-phong", "quang-binh-so-tu-phap-2018", "van-phong-so"),
    ("bao-cao-to-thu-ky", "quang-binh-so-tu-phap-2018", ""),
]
AUGUST = date(2020, 8, 20)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    found = surveyed(tmp_path_factory.mktemp("surveyed"))
    yield found
    found.close()


def asked(kind: str, plan: str, group: str = "", today: date = AUGUST) -> Asked:
    period = KINDS[kind].period(shipped_plans()[plan], today)
    unit = shipped_plans()[plan].unit
    return Asked(kind=kind, unit=unit, first=period.first, last=period.last, plan=plan, group=group)


def read(centre: CentreUnderTest, wanted: Asked) -> Any:
    with reading(centre.engine) as connection:
        return KINDS[wanted.kind].read(connection, wanted, TOMORROW)


def document(centre: CentreUnderTest, wanted: Asked) -> Document:
    return KINDS[wanted.kind].build(read(centre, wanted), {})


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_a_report_says_what_its_golden_file_says(
    kind: str, plan: str, group: str, centre: CentreUnderTest
) -> None:
    check_golden(document(centre, asked(kind, plan, group)), f"{kind}-{plan}")


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_a_report_is_made_again_from_its_frozen_figures(
    kind: str, plan: str, group: str, centre: CentreUnderTest
) -> None:
    figures = read(centre, asked(kind, plan, group))
    frozen = KINDS[kind].frozen(figures)
    thawed = KINDS[kind].thawed(frozen)
    assert thawed == figures
    assert KINDS[kind].frozen(thawed) == frozen
    assert KINDS[kind].build(thawed, {}) == KINDS[kind].build(figures, {})


def test_the_period_is_the_one_that_the_plan_has(centre: CentreUnderTest) -> None:
    monthly = asked("bao-cao-thang", "kien-hung-2020")
    assert Period(monthly.first, monthly.last) == Period(date(2020, 7, 21), date(2020, 8, 20))


@pytest.fixture(scope="module")
def printed(centre: CentreUnderTest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    """The words of each report, as poppler finds them in the PDF that LibreOffice makes of the Word file."""
    if not libreoffice.installed():
        pytest.skip("LibreOffice is not installed")
    documents = {
        f"{kind}-{plan}": document(centre, asked(kind, plan, group)) for kind, plan, group in REPORTS
    }
    return opened_by_libreoffice(documents, tmp_path_factory.mktemp("printed"))


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_every_word_of_a_report_is_on_the_pages_that_another_program_makes(
    kind: str, plan: str, group: str, centre: CentreUnderTest, printed: dict[str, Counter[str]]
) -> None:
    made = document(centre, asked(kind, plan, group))
    assert not words_laid_out(made) - printed[f"{kind}-{plan}"]


def levels(row: dict[str, Any]) -> tuple[int, ...]:
    """How often each level was chosen, in their order."""
    return tuple(n for _, n in sorted((int(level), n) for level, n in row["counts"].items()))


def counted(rated: Rated) -> tuple[tuple[int, ...], int]:
    """The same of a report, and how many found that the question does not apply."""
    return tuple(n for _, n in rated.counts), rated.not_applicable


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_every_figure_of_the_plans_summary_is_that_of_the_report_and_on_its_printed_pages(
    kind: str, plan: str, group: str, centre: CentreUnderTest, printed: dict[str, Counter[str]]
) -> None:
    wanted = asked(kind, plan, group)
    headers = {"Authorization": f"Bearer {centre.token(role='analyst')}"}
    days = {
        "from": wanted.first.isoformat(),
        "to": wanted.last.isoformat(),
        "unit": wanted.unit,
        "plan": plan,
    }
    with TestClient(centre.app) as client:
        reply = client.get("/v1/summary", params=days, headers=headers).json()
    expected = {
        (form["survey"], row["question"]): (row["n"], row["percent"], levels(row), row["not_applicable"])
        for form in reply["surveys"]
        for row in form["rows"]
    }
    figures = read(centre, wanted)
    if isinstance(figures, SurveyFigures):
        found = {
            (result.group.survey, each.question): (each.n, each.percent, *counted(each))
            for result in figures.groups
            for each in result.ratings
        }
        expected = {key: row for key, row in expected.items() if key in found}
    else:
        found = {
            (form.survey, each.question): (each.n, each.percent, *counted(each))
            for form in figures.forms
            for each in form.ratings
        }
    assert found
    assert found == expected
    words = Counter(whole(n) for n, *_ in expected.values())
    words += Counter(f"{decimal(percent)}%" for _, percent, *_ in expected.values() if percent is not None)
    words += Counter(whole(n) for *_, by_level, apart in expected.values() for n in (*by_level, apart))
    if isinstance(figures, PeriodicFigures):
        handovers = reply["handovers"]
        assert figures.valid == handovers["answered"] + handovers["untagged"]
        words += Counter(whole(n) for n in (figures.valid, handovers["voided"], handovers["returned"]))
    assert not words - printed[f"{kind}-{plan}"]


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_no_report_claims_a_precision_that_it_does_not_have(
    kind: str, plan: str, group: str, centre: CentreUnderTest
) -> None:
    made = document(centre, asked(kind, plan, group))
    text = msgspec.json.encode(made).decode()
    assert "sipas" not in text.lower()
    # Nobody was drawn: all of these plans let people choose themselves, or fill quotas.
    assert "±" not in text
    assert "Khoảng tin cậy" not in text


@pytest.mark.parametrize(
    ("kind", "plan", "said"),
    [
        ("bao-cao-thang", "kien-hung-2020", "Người trả lời tự chọn trả lời, không phải mẫu ngẫu nhiên."),
        ("bao-cao-dot-khao-sat", "van-thang-2023", "Người được hỏi: toàn bộ người trong danh sách"),
        ("bao-cao-yeu-to", "thach-ha-2021", "Người được hỏi: chọn ngẫu nhiên từ danh sách"),
    ],
)
def test_everybody_reads_how_those_who_answered_were_chosen(
    kind: str, plan: str, said: str, centre: CentreUnderTest
) -> None:
    figures = read(centre, asked(kind, plan))
    assert how_chosen(figures).startswith(said)
    at_machines = plan != "kien-hung-2020" and any(group.chosen for group in figures.groups)
    assert how_chosen(figures).endswith("; người trả lời tại máy tự chọn trả lời.") == at_machines


def test_days_before_the_plan_was_issued_are_named_with_their_number(centre: CentreUnderTest) -> None:
    figures = read(centre, asked("bao-cao-dot-khao-sat", "van-thang-2023"))
    assert figures.backdated == Period(date(2023, 9, 1), date(2023, 9, 15))
    texts = [block.text for block in FINAL.build(figures, {}).body if isinstance(block, Paragraph)]
    assert (
        "Phần hồi cứu: từ ngày 01/9/2023 đến ngày 15/9/2023, trước ngày ban hành kế hoạch, có "
        f"{figures.backdated_forms} phiếu được tính."
    ) in texts
    assert 0 < figures.backdated_forms < figures.forms


def test_units_are_ranked_only_among_those_with_enough_answers(centre: CentreUnderTest) -> None:
    figures = read(centre, asked("bao-cao-dot-khao-sat", "nha-trang-2023"))
    for result in figures.groups:
        ranks = [(each.rank, each.n >= ENOUGH) for each in result.ranked]
        assert [rank for rank, enough in ranks if enough] in ([1, 2], [1, 1])
        assert [rank for rank, enough in ranks if not enough] == [None]


def test_equal_shares_share_a_rank_and_each_kind_of_unit_is_ranked_by_itself(tmp_path: Path) -> None:
    answers = [each for each in every_answer() if each.plan == "nha-trang-2023"]
    overall = {group.survey: group.overall for group in shipped_plans()["nha-trang-2023"].groups}
    alike = [
        replace(each, answers={**each.answers, overall[each.survey.id]: 5})
        for each in answers
        if overall[each.survey.id]
    ]
    central = surveyed(tmp_path, alike)
    figures = read(central, asked("bao-cao-dot-khao-sat", "nha-trang-2023"))
    central.close()
    assert [[each.rank for each in group.ranked] for group in figures.groups] == [[1, 1, None]] * 3
    kinds = [{each.unit.rpartition("-")[0] for each in group.ranked} for group in figures.groups]
    assert kinds == [{"commune"}, {"health-station"}, {"school"}]


def test_a_final_report_is_addressed_and_sent_to_whom_its_plan_names(tmp_path: Path) -> None:
    central = surveyed(tmp_path, ())
    wanted = asked("bao-cao-dot-khao-sat", "nha-trang-2023")
    assert document(central, wanted).addressed_to == ("Sở Nội vụ",)
    with acting(central.engine, By("account 1", TOMORROW)) as act:
        id = acts.draft(act, KINDS, wanted)
    with acting(central.engine, By("account 2", TOMORROW)) as act:
        acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
        now = read_report(act.connection, id).read
        acts.record_sent(act, id, read=now, number="310/BC-UBND", day=TOMORROW.date())
        report = read_report(act.connection, id)
    central.close()
    assert (report.sent_number, report.sent_day) == ("310/BC-UBND", TOMORROW.date())


def test_a_report_about_some_days_of_a_plan_has_figures_of_these_alone(centre: CentreUnderTest) -> None:
    whole = asked("bao-cao-dot-khao-sat", "van-thang-2023")
    parts = [
        replace(whole, last=date(2023, 9, 15)),
        replace(whole, first=date(2023, 9, 16)),
    ]
    everything, early, late = (read(centre, each) for each in (whole, *parts))
    assert early.forms > 0
    assert late.forms > 0
    assert early.forms + late.forms == everything.forms
    for figures in (early, late):
        assert figures.forms == sum(figures.channels.values())
        for group in figures.groups:
            assert group.forms == sum(each.forms for each in group.reached)
    for groups in zip(everything.groups, early.groups, late.groups, strict=True):
        overall, *others = ({each.question: each.n for each in group.ratings} for group in groups)
        assert overall == {key: sum(each.get(key, 0) for each in others) for key in overall}
        assert {group.first for group in groups} == {groups[0].first}


def test_factors_are_those_of_the_responses_themselves(centre: CentreUnderTest) -> None:
    plan = shipped_plans()["thach-ha-2021"]
    figures = read(centre, asked("bao-cao-yeu-to", "thach-ha-2021"))
    made = list(every_answer())
    for result, group in zip(figures.groups, plan.groups, strict=True):
        survey = shipped_surveys()[group.survey]
        expected = drivers(survey, group.overall, made)
        assert [each.n for each in result.factors] == [each.n for each in expected]
        assert [float(each.correlation) for each in result.factors] == pytest.approx(
            [each.correlation for each in expected], abs=0.005
        )
        assert [each.priority for each in result.factors if each.priority] != []
    document = KINDS["bao-cao-yeu-to"].build(figures, {})
    assert document.letterhead.form_code == "Mã hiệu: BM.VP.07.02, BM.VP.07.03"


def test_of_a_part_of_the_staff_a_report_says_how_many_answered_and_never_what(
    centre: CentreUnderTest,
) -> None:
    figures = read(centre, asked("bao-cao-yeu-to", "thach-ha-2021"))
    parts = {part.name["vi"] for part in shipped_plans()["thach-ha-2021"].group("noi-bo").parts}
    tables = [
        block
        for block in KINDS["bao-cao-yeu-to"].build(figures, {}).body
        if isinstance(block, Table) and parts & {str(row.cells[0]) for row in block.rows}
    ]
    assert [table.id for table in tables] == ["bang-1"]
    assert [column.title for column in tables[0].columns] == ["Đơn vị", "Chỉ tiêu", "Hợp lệ", "Đạt"]


def test_a_report_about_a_survey_needs_the_plan_of_its_own_unit(centre: CentreUnderTest) -> None:
    wanted = asked("bao-cao-dot-khao-sat", "van-thang-2023")
    with pytest.raises(ProblemError, match="HL5190"):
        read(centre, replace(wanted, plan=""))
    with pytest.raises(ProblemError, match="HL5190"):
        read(centre, replace(wanted, kind="ke-hoach", plan=""))
    with pytest.raises(ProblemError, match="HL5191"):
        read(centre, replace(wanted, unit="phuong-kien-hung"))


def test_one_office_reports_to_the_secretariat_and_that_to_the_leaders(centre: CentreUnderTest) -> None:
    plan = "quang-binh-so-tu-phap-2018"
    first = document(centre, asked("bao-cao-phong", plan, "van-phong-so"))
    assert (first.letterhead.body, first.addressed_to) == (("VĂN PHÒNG SỞ",), ("Tổ Thư ký",))
    second = document(centre, asked("bao-cao-to-thu-ky", plan))
    assert (second.letterhead.body, second.addressed_to) == (("TỔ THƯ KÝ",), ("Lãnh đạo Sở và QMR",))
    (side_by_side,) = [block for block in second.body if isinstance(block, Table) and block.id == "bang-3"]
    offices = [column.group for column in side_by_side.columns if column.group]
    assert offices[::2] == ["Văn phòng Sở", "Phòng Xây dựng và Kiểm tra văn bản QPPL"]


def test_the_secretariat_sees_who_has_not_reported_and_takes_over_what_the_others_wrote(
    tmp_path: Path,
) -> None:
    central = surveyed(tmp_path, ())
    plan = shipped_plans()["quang-binh-so-tu-phap-2018"]
    offices = ["Văn phòng Sở", "Phòng Xây dựng và Kiểm tra văn bản QPPL"]

    def missing(day: date = date(2018, 9, 10)) -> list[list[str]]:
        with reading(central.engine) as connection:
            found = awaited_reports(connection, plan.unit, day)
        return [[each.office for each in awaited.offices if not each.approved] for awaited in found]

    def approved(wanted: Asked, words: dict[str, str]) -> int:
        with acting(central.engine, By("account 1", TOMORROW)) as act:
            id = acts.draft(act, KINDS, wanted)
            acts.write_words(act, KINDS, id, words, read=read_report(act.connection, id).read)
        with acting(central.engine, By("account 2", TOMORROW)) as act:
            acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
        return id

    joined = asked("bao-cao-to-thu-ky", plan.id)
    assert {block.text for block in words_of(document(central, joined)) if block.id == "cac-phong"} == {""}
    assert (missing(date(2018, 8, 31)), missing(date(2019, 9, 10))) == ([], [])
    assert missing() == [offices]
    approved(asked("bao-cao-phong", plan.id, "van-phong-so"), {"nguyen-nhan": "Sáng thứ Hai đông người."})
    assert missing() == [offices[1:]]
    taken = {block.id: block.text for block in words_of(document(central, joined))}
    assert taken["cac-phong"] == f"Đã có báo cáo của: {offices[0]}. Chưa có báo cáo của: {offices[1]}."
    assert taken["nguyen-nhan"].endswith(". Sáng thứ Hai đông người.")
    id = approved(joined, {})
    with acting(central.engine, By("account 2", TOMORROW)) as act:
        now = read_report(act.connection, id).read
        acts.record_sent(act, id, read=now, number="1/BC-TTK", day=TOMORROW.date())
    assert missing() == []
    central.close()


@pytest.mark.parametrize(("kind", "group"), [("bao-cao-phong", "van-phong-so"), ("bao-cao-to-thu-ky", "")])
def test_each_objective_with_a_share_is_reached_or_not(
    centre: CentreUnderTest, kind: str, group: str
) -> None:
    figures = read(centre, asked(kind, "quang-binh-so-tu-phap-2018", group))
    (objective,) = figures.plan.objectives
    rated = [
        (Decimal(each.percent), each.n)
        for result in figures.groups
        for each in result.ratings
        if each.question == "overall"
    ]
    for goal in (1, int(rated[0][0]), int(rated[0][0]) + 1, 100):
        plan = replace(figures.plan, objectives=(replace(objective, percent=goal),))
        made = KINDS[kind].build(replace(figures, plan=plan), {})
        texts = [block.text for block in made.body if isinstance(block, Paragraph)]
        said = [text for text in texts if text.startswith("Mục tiêu chất lượng")]
        assert len(said) == len(rated)
        for text, (percent, n) in zip(said, rated, strict=True):
            assert f": {goal}%; kết quả" in text
            assert text.endswith(f"{n}): đạt." if percent >= goal else f"{n}): chưa đạt.")


@pytest.mark.parametrize(("kind", "plan", "group"), REPORTS)
def test_a_report_keeps_every_rule_of_the_official_form(
    kind: str, plan: str, group: str, centre: CentreUnderTest
) -> None:
    made = document(centre, asked(kind, plan, group))
    for copy in (made, for_outside(made)):
        assert check_form(write_docx(copy), read_profile()) == ()


def test_a_sample_that_was_drawn_has_its_margin_and_intervals(tmp_path: Path) -> None:
    plan = shipped_plans()["thach-ha-2021"]
    on_paper = [
        replace(each, channel="paper") for each in every_answer() if each.survey.id == "thach-ha-noi-bo"
    ]
    centre = surveyed(tmp_path, on_paper)
    figures = read(centre, asked("bao-cao-yeu-to", plan.id))
    centre.close()
    (drawn, nobody) = figures.groups
    assert (drawn.chosen, nobody.forms) == (0, 0)
    # 1,96 · √(0,9 · 0,1 / 48) · √((279 − 48) / 278)
    assert drawn.margin == "7.7"
    made = KINDS["bao-cao-yeu-to"].build(figures, {})
    texts = [block.text for block in made.body if isinstance(block, Paragraph)]
    assert "Khách hàng nội bộ: sai số chọn mẫu ±7,7 điểm % với 48 phiếu." in texts
    table = next(block for block in made.body if isinstance(block, Table) and block.id == "bang-2-1")
    assert [column.title for column in table.columns if column.group == "Khoảng tin cậy"] == ["từ", "đến"]
    assert check_form(write_docx(made), read_profile()) == ()


def test_a_survey_without_any_answer_is_a_whole_document(tmp_path: Path) -> None:
    centre = surveyed(tmp_path, ())
    for kind, plan, group in REPORTS:
        made = document(centre, asked(kind, plan, group))
        assert check_form(write_docx(made), read_profile()) == ()
    centre.close()


def test_the_year_before_is_as_it_was_issued_and_stays_so_in_what_is_approved(tmp_path: Path) -> None:
    plan = shipped_plans()["van-thang-2023"]
    answers = [each for each in every_answer() if each.tag and each.tag.unit == plan.unit]
    year = timedelta(days=365)
    before = [
        replace(
            each,
            id=f"{each.id[:-4]}{number:04x}",
            plan=None,
            entered=replace(each.entered, form_no=f"truoc-{number}"),
            started_at=each.started_at - year,
            finished_at=each.finished_at - year,
        )
        for number, each in enumerate(answers)
        if each.entered
    ]
    central = surveyed(tmp_path, [*answers, *before])
    starts, ends = date(2022, 9, 1), date(2022, 9, 30)
    earlier = replace(plan, id="van-thang-2022", starts=starts, ends=ends, issued=None, tasks=(), steps=())
    with writing(central.engine) as connection:
        put_plan(connection, earlier, TOMORROW)
    wanted = asked("bao-cao-dot-khao-sat", plan.id)
    last_year = replace(wanted, plan=earlier.id, first=starts, last=ends)

    def approved(asked: Asked) -> Report:
        with acting(central.engine, By("account 1", TOMORROW)) as act:
            id = acts.draft(act, KINDS, asked)
        with acting(central.engine, By("account 2", TOMORROW)) as act:
            acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
            return read_report(act.connection, id)

    live = read(central, wanted).groups[0].ratings
    assert [each.then_n for each in live] == [each.n for each in live]
    issued = approved(last_year)
    with acting(central.engine, By("account 2", TOMORROW)) as act:
        acts.record_sent(act, issued.id, read=issued.read, number="9/BC-UBND", day=TOMORROW.date())
        removal.forget(act, id=before[0].id)
    report = approved(wanted)
    figures = FINAL.thawed(report.figures)
    assert figures.groups[0].ratings == live
    columns = {column.group for block in FINAL.build(figures, {}).body for column in _columns(block)}
    assert "Năm trước" in columns
    # What was approved doesn't follow what becomes of the other report.
    with acting(central.engine, By("account 2", TOMORROW)) as act:
        acts.withdraw(act, issued.id, read=read_report(act.connection, issued.id).read, why="nhầm")
        assert FINAL.thawed(read_report(act.connection, report.id).figures) == figures
    assert read(central, wanted).groups[0].ratings != live
    central.close()


def _columns(block: Block) -> tuple[Column, ...]:
    return block.columns if isinstance(block, Table) else ()
