"""Letters to organisations as files: the form of the decree, a code that another program's decoder reads."""

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from sync.central.office.post.addressed import AddressedLetter, ClosedLetter
from sync.central.office.post.letters import Letter
from sync.central.reports.kinds.frame import Frame
from sync.central.reports.model import Letterhead
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.printing.letter_files import LetterFile, write_letters
from sync.central.reports.printing.letters import LetterKind, LetterWords, letter_document
from sync.central.reports.writing.docx import write_docx
from sync.contract.form_code import number_in
from sync.contract.problem import ProblemError
from sync.contract.sealing import Words, seal_words
from tests.support.codes import CASE_PRIVATE, CASE_PUBLIC
from tests.unit.test_printed_forms import ASKED, PLACE, pages, printed

HEAD = Letterhead(
    above="UBND TỈNH VÍ DỤ",
    body=("SỞ TƯ PHÁP",),
    type="CV",
    code="STP-VP",
    place="Ví Dụ",
    year=2026,
    name="Sở Tư pháp",
)
FRAME = Frame(
    letterhead=HEAD,
    name="Sở Tư pháp",
    plan="Kế hoạch số 30/KH-STP ngày 05/01/2026 của Sở Tư pháp",
    title="Khảo sát đánh giá sự hài lòng của khách hàng năm 2026",
    signer=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    recipients=("Lưu: VT, VP",),
)
WORDS = LetterWords(
    kind="invite",
    frame=FRAME,
    site="https://khaosat.so-tu-phap.vi-du.vn",
    forms={"r": printed()},
    last=date(2026, 8, 31),
    today=date(2026, 8, 10),
)
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXY"


def letter(form: int, **values: object) -> Letter:
    return Letter(asked=ASKED, form=form, run="r", **values)  # type: ignore[arg-type]


def addressed(form: int, **values: object) -> AddressedLetter:
    return AddressedLetter(
        letter=letter(form, **values),
        name="Sở Nông nghiệp và Phát triển nông thôn tỉnh Ví Dụ",
        address="Số 7 đường Mẫu, phường Một, tỉnh Ví Dụ",
        phone="",
        code=f"{CODE}{form}",
    )


def closed(form: int) -> ClosedLetter:
    said: Words = {"organisation": {"name": f"Sở Ví Dụ {form}", "address": "Số 7"}, "link": f"{CODE}{form}"}
    sealed = seal_words(said, "key", CASE_PUBLIC)
    assert sealed is not None
    return ClosedLetter(letter(form, number="45/STP-VP", signed_on=date(2026, 7, 1)), sealed)


def written(kind: LetterFile) -> bytes:
    return write_letters(WORDS, [closed(2), closed(3)], {"key": bytes(CASE_PRIVATE)}, kind)


def decoded(picture: Image.Image) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(picture.convert("L"))}


@pytest.mark.parametrize("kind", ["invite", "remind"])
@pytest.mark.parametrize("site", ["", WORDS.site])
@pytest.mark.parametrize("number", ["", "45/STP-VP"])
def test_a_letter_has_the_form_of_the_decree(kind: LetterKind, site: str, number: str) -> None:
    signed = date(2026, 7, 1) if number else None
    words = replace(WORDS, kind=kind, site=site, number=number, signed=signed)
    document = letter_document(words, addressed(1, number=number, signed_on=signed))
    assert check_form(write_docx(document), read_profile()) == ()


def test_all_letters_in_one_file_have_the_form_of_the_decree_and_each_its_own_code() -> None:
    content = written("docx")
    assert check_form(content, read_profile()) == ()
    assert content == written("docx")
    with ZipFile(BytesIO(content)) as package:
        pictures = [Image.open(BytesIO(package.read(name))) for name in package.namelist() if "media" in name]
        text = package.read("word/document.xml").decode()
    found = set[str]().union(*map(decoded, pictures))
    assert found == {f"HTTPS://KHAOSAT.SO-TU-PHAP.VI-DU.VN/T/{CODE}{form}" for form in (2, 3)}
    assert all(f"vi-du.vn/t/{CODE.lower()}{form}" in text for form in (2, 3))
    assert "Kính gửi: Sở Ví Dụ 3" in text


@pytest.mark.programs
def test_the_pdf_has_the_form_behind_each_letter_and_both_codes_are_read(tmp_path: Path) -> None:
    drawn = list(pages(written("pdf"), tmp_path, 150))
    codes = [sorted(decoded(page)) for page in drawn]
    letters = [at for at, found in enumerate(codes) if any(text.startswith("HTTPS") for text in found)]
    assert codes[letters[0]] == [f"HTTPS://KHAOSAT.SO-TU-PHAP.VI-DU.VN/T/{CODE}2"]
    numbers = [number_in(codes[at + 1][0], *PLACE) for at in letters]
    assert numbers == [2, 3]
    assert letters == [0, len(drawn) // 2]


def test_a_letter_whose_key_is_elsewhere_is_not_written() -> None:
    with pytest.raises(ProblemError, match="HL4347"):
        write_letters(WORDS, [closed(2)], {}, "pdf")
