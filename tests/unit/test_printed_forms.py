"""Printed forms: what is on them, their numbers, and a code that another program's decoder reads."""

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from sync.central.office.paper.asked import Asked
from sync.central.office.paper.runs import PrintRun
from sync.central.reports.model import Letterhead
from sync.central.reports.printing.content import Item, PrintedForm, RatingTable, items
from sync.central.reports.printing.sheet import CODE_SIDE, write_forms
from sync.contract.form_code import form_code, number_in
from sync.contract.survey import Contact, survey_texts
from sync.contract.text import pick
from tests.support.photographed import photographed
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind

ASKED = Asked(
    unit="phuong-kien-hung", plan="kien-hung-2020", group="nhan-ket-qua", survey="kien-hung", version=1
)
PLACE = (ASKED.unit, ASKED.plan, ASKED.group, ASKED.survey)


def run_of(first: int, last: int) -> PrintRun:
    return PrintRun(id="0" * 12, asked=ASKED, first=first, last=last, holder="", issued_on=date(2020, 7, 2))


def printed(survey_id: str = "kien-hung") -> PrintedForm:
    survey = shipped_surveys()[survey_id]
    return PrintedForm(
        asked=ASKED,
        letterhead=Letterhead(
            body=("ỦY BAN NHÂN DÂN", "PHƯỜNG KIẾN HƯNG"),
            type="BC",
            code="UBND",
            place="Kiến Hưng",
            year=2020,
            name="UBND phường Kiến Hưng",
        ),
        form_code="BM.VP.07.02",
        title=pick(survey.title, "vi"),
        head=("Họ và tên", "Số điện thoại", "Địa chỉ"),
        purpose=pick(survey.privacy.purpose, "vi"),
        rests_on="Kế hoạch số 125/KH-UBND ngày 02/7/2020 của UBND phường Kiến Hưng",
        items=tuple(items(survey)),
        thanks=pick(survey.thanks, "vi"),
        place="Kiến Hưng, ngày …… tháng …… năm 2020",
        signature=True,
    )


def pages(pdf: bytes, folder: Path, dpi: int) -> Iterator[Image.Image]:
    source = folder / "forms.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", source, folder / "page"], check=True)
    for path in sorted(folder.glob("page*.pgm")):
        with Image.open(path) as picture:
            yield picture.copy()


def decoded(picture: Image.Image) -> set[str]:
    image: Any = picture
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_a_number_is_read_whether_it_was_typed_or_scanned() -> None:
    assert number_in(" 0123 ", *PLACE) == 123
    code = form_code(*PLACE, 123)
    assert number_in(code, *PLACE) == number_in(code.lower(), *PLACE) == 123
    assert number_in(code, *PLACE[:3], "van-thang") is None
    assert number_in(code.replace("HL2", "HL1"), *PLACE) is None
    for other in ("", "x", "12345678", "١٢", code + "1", "HL2:"):
        assert number_in(other, *PLACE) is None


def test_nothing_of_the_code_is_changed_by_a_vietnamese_input_method() -> None:
    # Telex and VNI change a vowel, or what follows one; there is none.
    assert not set("AEIOUY") & set(form_code(*PLACE, 123))


@pytest.mark.programs
def test_another_programs_decoder_reads_the_code_of_every_copy_at_25_mm(tmp_path: Path) -> None:
    assert round(CODE_SIDE / 72 * 25.4, 3) == 25
    found = [decoded(page) for page in pages(write_forms(printed(), run_of(98, 101)), tmp_path, 150)]
    assert found == [{form_code(*PLACE, number)} for number in range(98, 102)]


@pytest.mark.programs
def test_another_programs_decoder_reads_the_code_from_a_picture_as_a_phone_takes_it(tmp_path: Path) -> None:
    (page,) = pages(write_forms(printed(), run_of(98, 98)), tmp_path, 150)
    assert decoded(photographed(page)) == {form_code(*PLACE, 98)}


@pytest.mark.programs
def test_the_page_has_the_offices_layout_in_its_own_words(tmp_path: Path) -> None:
    source = tmp_path / "form.pdf"
    source.write_bytes(write_forms(printed(), run_of(7, 7)))
    done = subprocess.run(["pdftotext", "-layout", source, "-"], capture_output=True, check=True)
    text = " ".join(done.stdout.decode().split())
    for words in (
        *("PHƯỜNG KIẾN HƯNG", "Độc lập - Tự do - Hạnh phúc", "Mã hiệu: BM.VP.07.02", "Số 000007"),
        *("PHIẾU KHẢO SÁT MỨC ĐỘ HÀI LÒNG", "Họ và tên:", "Số điện thoại:", "Địa chỉ:"),
        *("Tên thủ tục hành chính", "Rất hài lòng", "Rất không hài lòng", "Ý kiến đóng góp khác"),
        *("Xin chân thành cảm ơn", "ngày …… tháng …… năm 2020", "NGƯỜI CHO Ý KIẾN"),
    ):
        assert words in text


def test_the_same_run_gives_the_same_bytes_and_a_copy_adds_little() -> None:
    one, many = write_forms(printed(), run_of(1, 1)), write_forms(printed(), run_of(1, 101))
    assert write_forms(printed(), run_of(1, 1)) == one
    assert (len(many) - len(one)) / 100 < 3000


@pytest.mark.parametrize("survey_id", sorted(shipped_surveys()))
def test_every_question_of_every_shipped_form_is_printed(survey_id: str) -> None:
    survey = shipped_surveys()[survey_id]
    said: set[str] = set()
    for item in items(survey):
        if isinstance(item, RatingTable):
            said |= {text for _, text, _ in item.rows} | {box.label for box in item.boxes}
        else:
            said |= {item.text, item.note} | {box.label for box in item.boxes}
    heads = ("title", "thanks", "privacy")
    contact = {each.id for each in survey.questions if isinstance(each, Contact)}
    wanted = {
        pick(text, "vi")
        for where, text in survey_texts(survey)
        if not where.startswith(heads) and not any(f" {id}." in where for id in contact)
    }
    assert {text for text in wanted if not any(text in each for each in said)} == set()


def test_a_question_under_a_condition_says_when_it_is_answered() -> None:
    notes = [each.note for each in items(every_kind()) if isinstance(each, Item)]
    assert any(note.startswith("Chỉ trả lời nếu câu") for note in notes)
