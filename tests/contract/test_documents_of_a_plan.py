"""Every document that needs few figures, for the five shipped plans, with no response at all."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sync.central.reports.asked import Asked
from sync.central.reports.issuing.public import how_chosen
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.introductions import introduction, read_introduction
from sync.central.reports.model import Document, Table, blocks_of, for_outside, words_of
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.writing.docx import write_docx
from sync.central.store.database import reading
from tests.support import libreoffice
from tests.support.document_text import text_of
from tests.support.golden import check_golden
from tests.support.plans import shipped_plans
from tests.support.printed_words import opened_by_libreoffice, words_laid_out
from tests.support.seed_offices import seed_offices
from tests.support.wire import CentreUnderTest

PLANS = sorted(shipped_plans())
FEW = (
    "ke-hoach",
    "ke-hoach-cai-tien",
    "thong-bao-noi-bo",
    "thong-bao-cong-bo",
    "cong-van-gui-phieu",
    "cong-van-don-doc",
    "bien-ban-mo-hom-phieu",
    "bien-ban-chon-mau",
    "bien-ban-phuc-tra",
    "bien-ban-ban-giao",
)
# What each of the five texts asks for.
ASKED_FOR = (
    *(("ke-hoach", id) for id in PLANS),
    ("ke-hoach-cai-tien", "quang-binh-so-tu-phap-2018"),
    ("thong-bao-noi-bo", "kien-hung-2020"),
    ("thong-bao-cong-bo", "nha-trang-2023"),
    ("cong-van-gui-phieu", "quang-binh-so-tu-phap-2018"),
    ("cong-van-don-doc", "nha-trang-2023"),
    ("bien-ban-mo-hom-phieu", "kien-hung-2020"),
    ("bien-ban-chon-mau", "thach-ha-2021"),
    ("bien-ban-phuc-tra", "nha-trang-2023"),
    ("bien-ban-ban-giao", "nha-trang-2023"),
)
# Those who signed the five texts; a document names titles alone.
PEOPLE = ("Đặng Trần Đức", "Nguyễn Sỹ Khánh", "Nguyễn Thị Lài", "Phạm Huệ")


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    made = seed_offices(tmp_path_factory.mktemp("seeds"))
    yield made
    made.close()


def figures_of(central: CentreUnderTest, kind: str, id: str = "") -> Any:
    """The figures of this kind for a plan, or without one."""
    plan = shipped_plans().get(id)
    today = central.now().date()
    period = KINDS[kind].period(plan, today)
    unit = plan.unit if plan else "phuong-kien-hung"
    asked = Asked(kind=kind, unit=unit, first=period.first, last=period.last, plan=id)
    with reading(central.engine) as connection:
        return KINDS[kind].read(connection, asked, central.now())


def document_of(central: CentreUnderTest, kind: str, id: str = "") -> Document:
    return KINDS[kind].build(figures_of(central, kind, id), {})


@pytest.mark.parametrize("id", PLANS)
@pytest.mark.parametrize("kind", FEW)
def test_a_document_without_data_is_whole_and_in_the_form_of_the_decree(
    central: CentreUnderTest, kind: str, id: str
) -> None:
    document = document_of(central, kind, id)
    text = text_of(document)
    assert document.kind == kind
    assert document.ending.endswith("./.")
    assert document.signatures
    assert document.recipients[-1].startswith("Lưu: ") or not shipped_plans()[id].recipients
    assert "SIPAS" not in text.upper()
    assert "None" not in text
    prose = "\n".join(line for line in text.splitlines() if " | " not in line)
    assert re.findall(r".* {2}.*|.*[,;:]\..*|.*\.\..*", prose) == []
    assert [name for name in PEOPLE if name.casefold() in text.casefold()] == []
    ids = [each.id for each in words_of(document)]
    assert len(ids) == len(set(ids))
    tables = [each for each in blocks_of(document) if isinstance(each, Table)]
    assert all(len(row.cells) == len(each.columns) for each in tables for row in each.rows)
    assert check_form(write_docx(for_outside(document)), read_profile()) == ()


@pytest.mark.parametrize(("kind", "id"), ASKED_FOR)
def test_a_document_says_what_its_golden_file_says(central: CentreUnderTest, kind: str, id: str) -> None:
    check_golden(document_of(central, kind, id), f"{kind}-{id}")


def test_every_word_of_each_document_is_on_the_pages_that_another_program_makes(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    if not libreoffice.installed():
        pytest.skip("LibreOffice is not installed")
    documents = {f"{kind}-{id}": document_of(central, kind, id) for kind, id in ASKED_FOR}
    printed = opened_by_libreoffice(documents, tmp_path)
    missing = {name: words_laid_out(made) - printed[name] for name, made in documents.items()}
    assert {name: words for name, words in missing.items() if words} == {}


@pytest.mark.parametrize("id", PLANS)
@pytest.mark.parametrize("kind", FEW)
def test_a_document_is_made_again_from_its_frozen_figures(
    central: CentreUnderTest, kind: str, id: str
) -> None:
    figures = figures_of(central, kind, id)
    described = KINDS[kind]
    again = described.thawed(described.frozen(figures))
    assert described.build(again, {}) == described.build(figures, {})


@pytest.mark.parametrize("kind", FEW[1:])
def test_an_office_without_a_plan_has_these_documents_too(central: CentreUnderTest, kind: str) -> None:
    document = document_of(central, kind)
    assert document.letterhead.body == ("ỦY BAN NHÂN DÂN", "PHƯỜNG KIẾN HƯNG")
    assert "UBND phường Kiến Hưng" in text_of(document)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("kien-hung-2020", "Người trả lời tự chọn trả lời nên không có sai số chọn mẫu."),
        ("nha-trang-2023", "Người được hỏi: chọn theo hạn ngạch của từng đơn vị."),
    ],
)
def test_a_notice_says_how_those_who_answered_were_chosen(
    central: CentreUnderTest, id: str, said: str
) -> None:
    figures = figures_of(central, "thong-bao-cong-bo", id)
    assert said in text_of(KINDS["thong-bao-cong-bo"].build(figures, {}))
    assert how_chosen(figures).startswith(said[:15])


def test_a_department_writes_under_the_committee_above_it(central: CentreUnderTest) -> None:
    head = document_of(central, "ke-hoach", "quang-binh-so-tu-phap-2018").letterhead
    assert (head.above, head.body, head.number) == ("UBND TỈNH QUẢNG BÌNH", ("SỞ TƯ PHÁP",), "30/KH-STP")
    assert head.place == "Quảng Bình"


def test_a_letter_urges_those_whose_tasks_are_due(central: CentreUnderTest) -> None:
    document = document_of(central, "cong-van-don-doc", "nha-trang-2023")
    text = text_of(document)
    assert "Phòng Nội vụ" in document.addressed_to
    assert "UBND các xã, phường | 1.620 | 0 | 25/10/2023" in text
    assert "Cung cấp danh sách khách hàng" in text
    assert document.subject.startswith("V/v đôn đốc")
    # What was due before the plan was issued is due as well.
    early = text_of(document_of(central, "cong-van-don-doc", "van-thang-2023"))
    assert "Xây dựng kế hoạch, hoàn thiện mẫu phiếu điều tra, khảo sát" in early


def test_a_letter_asks_those_whom_the_plan_names_until_its_last_day(central: CentreUnderTest) -> None:
    document = document_of(central, "cong-van-gui-phieu", "quang-binh-so-tu-phap-2018")
    assert len(document.addressed_to) == 2
    assert "trả lời bằng bưu điện, trước hết ngày 31/8/2018" in text_of(document)


@pytest.mark.parametrize("id", PLANS)
def test_an_interviewer_is_introduced_in_the_form_of_the_decree(central: CentreUnderTest, id: str) -> None:
    plan, last = shipped_plans()[id], date(2023, 9, 30)
    with reading(central.engine) as connection:
        said = read_introduction(
            connection, plan, interviewer="Điều tra viên Một", unit="Phường Một", last=last, today=last
        )
    document = introduction(said)
    assert check_form(write_docx(document), read_profile()) == ()
    assert document.ending == "Giấy này có giá trị đến hết ngày 30/9/2023./."
    assert "Ông (bà): Điều tra viên Một" in text_of(document)
    blank = introduction(replace(said, interviewer="", last=None))
    assert check_form(write_docx(blank), read_profile()) == ()


def test_minutes_of_a_recheck_name_how_many_forms(central: CentreUnderTest) -> None:
    text = text_of(document_of(central, "bien-ban-phuc-tra", "nha-trang-2023"))
    assert "tối thiểu 10% số phiếu" in text
    assert "UBND các xã, phường | 1.620 | 0 | 162" in text


def test_minutes_are_signed_by_two_and_name_nobody(central: CentreUnderTest) -> None:
    document = document_of(central, "bien-ban-ban-giao", "kien-hung-2020")
    assert [each.lines for each in document.signatures] == [("BÊN GIAO",), ("BÊN NHẬN",)]
    assert document.recipients == ("Lưu: VT",)
