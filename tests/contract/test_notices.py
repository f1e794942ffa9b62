"""Notices and the improvement plan over stored responses: few answers are hidden, remedies are named."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.guarded import hidden_parts
from sync.central.office.audit.acts import By, acting
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.handling import NewRemedy, handle_remedy, make_remedy, new_id
from sync.central.reports.announcing.outcome import outcome_of
from sync.central.reports.announcing.poster import result_poster
from sync.central.reports.announcing.radio import radio_text
from sync.central.reports.asked import Asked
from sync.central.reports.issuing.copies import with_revision
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.monthly import Cut, PeriodicFigures
from sync.central.reports.model import Document, for_outside
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.writing.docx import write_docx
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from tests.contract.test_monthly_report import TOMORROW, visits_of_two_months
from tests.support.document_text import text_of
from tests.support.people import make_person
from tests.support.wire import CentreUnderTest, store_unasked

OFFICER = "a01"


@pytest.fixture
def office(central: CentreUnderTest) -> CentreUnderTest:
    """A centre with two months of visits, all over, one remedy done and one open."""
    store_unasked(central, visits_of_two_months())
    with writing(central.engine) as connection:
        close_days(connection, TOMORROW.date())
    central.now = lambda: TOMORROW
    person = make_person(central, "nguoi", ("admin", "phuong-mot"))
    for measure, finished in (("Mở thêm một quầy chứng thực", True), ("Sửa máy lấy số", False)):
        id, by = new_id(), By("test", TOMORROW)
        with acting(central.engine, by) as act:
            new = NewRemedy(
                unit="phuong-mot",
                problem="Chờ lâu",
                measure=measure,
                due=date(2026, 3, 20),
                person="Bộ phận Một cửa",
            )
            make_remedy(act, new, id=id)
        if finished:
            with acting(central.engine, by) as act:
                handle_remedy(
                    act,
                    Reader(person, ("phuong-mot",)),
                    id,
                    "finish",
                    read=0,
                    note="Quầy mở từ ngày 01/3/2026",
                )
    return central


def figures_of(central: CentreUnderTest, kind: str) -> Any:
    asked = Asked(kind=kind, unit="phuong-mot", first=date(2026, 2, 1), last=date(2026, 3, 31))
    with reading(central.engine) as connection:
        return KINDS[kind].read(connection, asked, TOMORROW)


def built(figures: PeriodicFigures) -> Document:
    return KINDS[figures.asked.kind].build(figures, {})


@pytest.mark.parametrize("kind", ["thong-bao-noi-bo", "thong-bao-cong-bo", "ke-hoach-cai-tien"])
def test_it_has_the_figures_of_the_report_and_no_officer(office: CentreUnderTest, kind: str) -> None:
    figures = figures_of(office, kind)
    text = text_of(built(figures))
    rating = figures.forms[0].ratings[0]
    assert rating.n > 5
    assert f"{rating.percent}".replace(".", ",") in text
    assert OFFICER not in text
    assert "Mở thêm một quầy chứng thực" in text
    assert check_form(write_docx(for_outside(built(figures))), read_profile()) == ()


def test_an_improvement_plan_parts_what_is_open_from_what_is_done(office: CentreUnderTest) -> None:
    text = text_of(built(figures_of(office, "ke-hoach-cai-tien")))
    still, done = text.split("IV. VIỆC ĐÃ LÀM")
    assert "Sửa máy lấy số | Bộ phận Một cửa | 20/3/2026 | Đang thực hiện" in still
    assert "Quầy mở từ ngày 01/3/2026" in done


def test_the_public_reads_what_was_done_and_not_what_is_still_open(office: CentreUnderTest) -> None:
    text = text_of(built(figures_of(office, "thong-bao-cong-bo")))
    assert "- Mở thêm một quầy chứng thực: Quầy mở từ ngày 01/3/2026" in text
    assert "Sửa máy lấy số" not in text
    assert "Bộ phận Một cửa |" not in text


def test_units_of_few_answers_show_no_figure(office: CentreUnderTest) -> None:
    figures = figures_of(office, "thong-bao-cong-bo")
    units = tuple(
        Cut(code=code, name=f"Đơn vị {code}", n=n, answered=n, percent=percent)
        for code, n, percent in (("a", 40, "91.3"), ("b", 3, "33.3"), ("c", 0, None), ("d", 9, "77.8"))
    )
    text = text_of(built(replace(figures, units=units)))
    assert "Đơn vị a | 40 | 91,3% | " in text
    assert "Đơn vị b | – | – | Dưới 5 phiếu" in text
    assert "Đơn vị c | 0 | – | Chưa có phiếu" in text
    assert "Đơn vị d | – | – | Không nêu" in text
    assert "33,3" not in text
    assert "77,8" not in text


@given(st.lists(st.integers(0, 30), max_size=8))
def test_what_is_hidden_cannot_be_calculated_from_the_sum(sizes: list[int]) -> None:
    small = [at for at, n in enumerate(sizes) if 0 < n < 5]
    hidden = hidden_parts(dict(enumerate(sizes)), small)
    assert set(small) <= hidden
    left = [n for at, n in enumerate(sizes) if at not in hidden and n]
    if hidden and left:
        assert len(hidden) > 1
        assert sum(sizes[at] for at in hidden) >= 5
    if not small:
        assert not hidden


def test_a_few_answers_of_a_whole_office_are_not_published(office: CentreUnderTest) -> None:
    figures = figures_of(office, "thong-bao-cong-bo")
    form = figures.forms[0]
    few = replace(form, ratings=tuple(replace(each, n=3, percent="66.7") for each in form.ratings))
    channels = tuple(replace(each, answered=1, untagged=0) for each in figures.collected)
    text = text_of(built(replace(figures, forms=(few,), collected=channels, units=())))
    assert "66,7" not in text
    assert "Số phiếu đã trả lời: dưới 5." in text


def test_a_revision_says_its_number_and_why(office: CentreUnderTest) -> None:
    document = with_revision(built(figures_of(office, "thong-bao-cong-bo")), 2, "nhập thiếu một hòm phiếu.")
    first = next(line for line in text_of(document).splitlines() if "điều chỉnh" in line)
    assert first == "Bản điều chỉnh lần 2, thay cho bản đã công bố. Lý do: nhập thiếu một hòm phiếu."


def test_an_outcome_has_the_figures_that_were_published_and_what_was_done(office: CentreUnderTest) -> None:
    figures = figures_of(office, "thong-bao-cong-bo")
    outcome = outcome_of(figures)
    main = figures.forms[0].ratings[0]
    first = outcome.ratings[0]
    assert (first.text, first.n, first.percent) == (main.text, main.n, main.percent)
    assert first.satisfied == sum(times for level, times in main.counts if level in (4, 5))
    assert first.topic == "kết quả thực hiện thủ tục hành chính"
    assert outcome.answers == figures.valid
    assert outcome.done == ("Mở thêm một quầy chứng thực",)
    assert outcome_of(figures, ["Lời của cơ quan"]).done == ("Lời của cơ quan",)
    assert "mở thêm một quầy chứng thực" in radio_text(outcome).text
    # Of a period that is not over, people hear and read up to which day.
    assert outcome.last == date(2026, 3, 2) < figures.asked.last
    assert "mùng hai tháng ba" in radio_text(outcome).text
    assert "02/03/2026" in result_poster(outcome, "").lines[0]
