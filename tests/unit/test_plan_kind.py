"""The document of a plan says everything that the plan says, and nothing of a person."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from sync.central.office.letterheads import usual_letterhead
from sync.central.presenting.answering import CHANNELS, RESPONDENTS
from sync.central.presenting.numbers import whole
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.survey_plan import PLAN, PlanFigures, form_of
from sync.central.reports.model import Document, for_outside
from sync.contract.official import written_day
from sync.contract.plan import Plan
from tests.support.document_text import text_of
from tests.support.plans import shipped_plans, shipped_surveys

PLANS = sorted(shipped_plans())
# What a plan holds for programs alone, and what is said in other words; each is checked below.
CODES = {
    "id",
    "unit",
    "survey",
    "kind",
    "design",
    "unit_kind",
    "overall",
    "opening",
    "channels",
    "respondents",
}
ELSEWHERE = {
    "mandatory",
    "hours",
    "sample",
    "stated_share",
    "number",
    "purpose",
    "electronic",
    "copies",
    "days",
}


def figures_of(plan: Plan) -> PlanFigures:
    forms = [shipped_surveys()[id] for id in sorted({group.survey for group in plan.groups})]
    day = plan.issued or date(2021, 11, 16)
    return PlanFigures(
        asked=Asked(kind="ke-hoach", unit=plan.unit, first=day, last=day, plan=plan.id),
        office=usual_letterhead(plan.authority),
        plan=plan,
        forms=tuple(map(form_of, forms)),
    )


def document_of(id: str) -> Document:
    return PLAN.build(figures_of(shipped_plans()[id]), {})


def told(value: Any, key: str = "") -> Iterator[str]:
    """What a reader of the plan has to find in its document."""
    if key in CODES | ELSEWHERE:
        return
    if isinstance(value, dict):
        if set(value) <= {"vi", "en"}:
            yield value["vi"]
            return
        for name, each in value.items():
            yield from told(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from told(each, key)
    elif isinstance(value, date):
        yield written_day(value)
    elif isinstance(value, str):
        yield value.rstrip(".")
    elif isinstance(value, int) and not isinstance(value, bool) and value > 1:
        yield whole(value)


@pytest.mark.parametrize("id", PLANS)
def test_everything_that_a_plan_holds_is_in_its_document(id: str) -> None:
    plan = shipped_plans()[id]
    text = text_of(document_of(id))
    builtins = msgspec.to_builtins(plan, builtin_types=(date,))
    assert [words for words in told(builtins) if words not in text] == []


@pytest.mark.parametrize("id", PLANS)
def test_what_is_said_in_other_words_is_there(id: str) -> None:
    plan = shipped_plans()[id]
    document = document_of(id)
    text = text_of(document)
    for group in plan.groups:
        for question in group.mandatory:
            wording = shipped_surveys()[group.survey].question(question).text["vi"]
            assert wording.rstrip(" ?.:;") in text
        assert all(CHANNELS[each] in text for each in group.channels)
        assert all(RESPONDENTS[each] in text for each in group.respondents)
    assert [line for line in (each.line() for each in plan.recipients) if line not in text] == []
    for basis in plan.basis:
        assert basis.line() in text
        assert (basis.line() in document.basis) == (basis.opening == "Căn cứ")
    if plan.signer:
        assert document.signatures[0].lines == plan.signer.lines()


def test_a_sample_says_its_formula_and_the_shares_of_its_lists() -> None:
    text = text_of(document_of("thach-ha-2021"))
    assert "p = 90% (kết quả khảo sát năm trước); d là sai số ước lượng, d = 0,05; Z = 1,96" in text
    assert "n = 138,3, lấy 138 phiếu" in text.replace("138,30", "138,3")
    assert "35,12%" in text
    assert "biểu mẫu BM.VP.07.02" in text
    assert "T4-T7 07:00-11:30; T4-T7 13:30-17:00" in text


def test_a_quota_adds_up_to_the_forms_of_all_units() -> None:
    document = document_of("nha-trang-2023")
    text = text_of(document)
    assert "Tổng số | 60 | 3.270" in text.replace("Tổng số |  |", "Tổng số |")
    assert "Phúc tra tối thiểu 10% số phiếu (327 phiếu)" in text
    assert "Trước ngày 01/7/2023" in text


def test_a_window_that_began_before_the_plan_says_so() -> None:
    assert "từ ngày 01/9/2023, trước ngày ban hành Kế hoạch này" in text_of(document_of("van-thang-2023"))


@pytest.mark.parametrize("id", PLANS)
def test_what_is_left_open_stays_in_the_office(id: str) -> None:
    plan = shipped_plans()[id]
    outside = text_of(for_outside(document_of(id)))
    assert [line for line in plan.undecided if line in outside] == []


@pytest.mark.parametrize("id", PLANS)
def test_a_plan_that_was_frozen_is_made_again_from_its_figures(id: str) -> None:
    figures = figures_of(shipped_plans()[id])
    again = PLAN.thawed(PLAN.frozen(figures))
    assert PLAN.build(again, {}) == PLAN.build(figures, {})


def test_the_opening_sentence_can_be_rewritten() -> None:
    figures = figures_of(shipped_plans()["kien-hung-2020"])
    assert "Lời khác." in text_of(PLAN.build(figures, {"mo-dau": "Lời khác."}))
