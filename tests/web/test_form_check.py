"""Any signed-in person checks a document's form; the file is read and nothing of it is kept."""

from collections.abc import Iterator

import pytest

from sync.central.reports.official_form.unpacked import MOST_BYTES
from tests.support.browsing import Browser, words_of
from tests.support.official_docx import find, report, saved
from tests.support.served_pages import PageCentre
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import province

PATH = "/kiem-tra-the-thuc"


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("form")) as made:
        yield made


@pytest.fixture(scope="module")
def keyer(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "nhap.phieu", ("keyer", "phuong-mot")) as person:
        yield person


def checked(person: Browser, content: bytes, name: str = "bao-cao.docx") -> str:
    answer = person.post(PATH, {}, files={"tep": (name, content)})
    assert answer.status_code == 200
    return words_of(answer)


def test_a_right_document_has_no_violation(keyer: Browser) -> None:
    assert "Không thấy lỗi thể thức" in checked(keyer, saved(report()))


def test_a_violation_says_what_is_there_where_and_what_is_right(keyer: Browser) -> None:
    document = report()
    find(document, "Độc lập").runs[0].text = "Độc lập-Tự do-Hạnh phúc"
    text = checked(keyer, saved(document), "<b>công văn</b>.docx")
    assert "Lỗi thể thức: 1" in text
    assert "Tiêu ngữ II.1b" in text
    assert "“Độc lập - Tự do - Hạnh phúc”" in text
    assert "bảng 1, hàng 1, ô 2: “Độc lập-Tự do-Hạnh phúc”" in text
    assert "<b>công văn</b>.docx" in text


def test_what_is_no_document_is_refused_with_its_number(keyer: Browser) -> None:
    assert "HL5151" in checked(keyer, b"%PDF-1.7", "quet.docx")
    assert "HL5152" in checked(keyer, b"PK" + bytes(MOST_BYTES), "lon.docx")
    assert "HL5137" in words_of(keyer.post(PATH, {}))


def test_nothing_of_the_file_is_kept(own_centre: PageCentre) -> None:
    before = own_centre.digest()
    browser, csrf = own_centre.client("nhap-phieu"), own_centre.csrf("nhap-phieu")
    answer = browser.post(
        PATH,
        data={"_csrf": csrf},
        files={"tep": ("a.docx", saved(report()))},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
    assert own_centre.digest() == before
