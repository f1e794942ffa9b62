"""Lists as files: the rows of all pages by the same filter, for whom the page is, safe in a spreadsheet."""

import csv
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.procedures import add_procedure
from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.central.web.table_files import checked_length
from sync.contract.catalogue import Procedure
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import TABLE_TOO_LONG
from sync.tables.formulas import guard
from tests.support.browsing import Browser
from tests.support.served_pages import PageCentre
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import DECISION, province

LINK = re.compile(r'<a href="([^"]+)" download>Tải về (Excel|CSV)</a>')
NEXT = re.compile(r'<a href="([^"]+)" rel="next">')
# A page, and what its rows have in its HTML that the file has in the same column of every row.
LISTS = (
    ("/may", r'<th><a href="/may/([^"]+)"', 0),
    ("/may?trang_thai=can-xem", r'<th><a href="/may/([^"]+)"', 0),
    ("/nhat-ky", r'data-label="Dòng">([\d.]+)<', 0),
    ("/nhat-ky?viec=look", r'data-label="Dòng">([\d.]+)<', 0),
    ("/danh-muc/thu-tuc", r'<th scope="row"><span class="code">([^<]+)<', 0),
    ("/danh-muc/can-bo", r'<th scope="row"><span class="code">([^<]+)<', 0),
    ("/danh-muc/quay", r'<th scope="row"><span class="code">([^<]+)<', 0),
    ("/danh-muc/ngay-nghi", r'<tr>\s*<th scope="row">([^<]+)<', 0),
    ("/y-kien?trang_thai=tat-ca", r'<th scope="row"><a href="/y-kien/[^"]+">([^<]+)<', 2),
    ("/y-kien?trang_thai=da-dong", r'<th scope="row"><a href="/y-kien/[^"]+">([^<]+)<', 2),
    ("/canh-bao", r'<th scope="row"><a href="/canh-bao/[^"]+">([^<]+)<', 2),
    ("/canh-bao?trang_thai=tat-ca", r'<th scope="row"><a href="/canh-bao/[^"]+">([^<]+)<', 2),
    ("/canh-bao?trang_thai=tat-ca&loai=den-han", r'<th scope="row"><a href="/canh-bao/[^"]+">([^<]+)<', 2),
    ("/khac-phuc", r'<th scope="row"><a href="/khac-phuc/[^"]+">([^<]+)<', 0),
    ("/khac-phuc?trang_thai=qua-han", r'<th scope="row"><a href="/khac-phuc/[^"]+">([^<]+)<', 0),
    ("/ke-hoach", r'<th scope="row"><a href="/ke-hoach/[^"]+">([^<]+)<', 0),
    ("/bao-cao?unit=phuong-hoa-sen", r'<th scope="row"><a href="/bao-cao/[^"]+"><span lang="vi">([^<]+)<', 0),
)


def files_of(html: str) -> dict[str, str]:
    return {kind: unescape(address) for address, kind in LINK.findall(html)}


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file, without its headings."""
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize(("address", "pattern", "column"), LISTS, ids=[address for address, _, _ in LISTS])
def test_a_file_has_the_rows_of_all_pages_of_its_list(
    pages: PageCentre, address: str, pattern: str, column: int
) -> None:
    browser = pages.client("quan-tri")
    html = browser.get(address).text
    files = files_of(html)
    shown = re.findall(pattern, html)
    while following := NEXT.search(html):
        html = browser.get(unescape(following[1])).text
        shown += re.findall(pattern, html)
    if not files:
        assert shown == []
        return
    answer = browser.get(files["CSV"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = rows_of(answer.content)
    # The log grows by the lines that its own reading leaves.
    assert [row[column] for row in rows][-len(shown) :] == [
        guard(unescape(text)).replace(".", "") if address.startswith("/nhat-ky") else guard(unescape(text))
        for text in shown
    ]
    sheet = load_workbook(BytesIO(browser.get(files["Excel"]).content)).worksheets[0]
    assert sheet.max_row - 1 >= len(rows)
    assert sheet.max_column == len(rows[0])


def test_most_lists_of_the_province_have_rows(pages: PageCentre) -> None:
    """The test above compares something."""
    browser = pages.client("quan-tri")
    assert sum(bool(files_of(browser.get(address).text)) for address, _, _ in LISTS) >= 12


def test_a_file_of_remarks_leaves_the_line_that_its_page_leaves(pages: PageCentre) -> None:
    browser = pages.client("quan-tri")

    def lines() -> int:
        with reading(pages.engine) as connection:
            return connection.execute(select(func.count()).select_from(audit)).scalar_one()

    before = lines()
    browser.get("/y-kien/tai-ve.csv?trang_thai=tat-ca")
    assert lines() == before + 1
    with reading(pages.engine) as connection:
        line = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert line is not None
    assert (line.act, line.subject, line.detail) == ("look", "/y-kien/tai-ve.csv", "trang_thai")
    browser.get("/may/tai-ve.csv")
    browser.get("/danh-muc/thu-tuc/tai-ve.xlsx")
    assert lines() == before + 1


def test_a_foreign_unit_has_no_file(pages: PageCentre) -> None:
    other = pages.province.communes[1].code
    for path in (
        "/may",
        "/danh-muc/thu-tuc",
        "/danh-muc/can-bo",
        "/y-kien",
        "/canh-bao",
        "/khac-phuc",
        "/bao-cao",
    ):
        answer = pages.client("tin-hoc").get(f"{path}/tai-ve.csv?unit={other}")
        assert answer.status_code == 404, path
        assert answer.headers["content-type"].startswith("text/html")


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    with province(tmp_path) as made:
        yield made


def test_a_text_stays_a_text_in_a_spreadsheet(central: CentreUnderTest) -> None:
    hostile = '=HYPERLINK("http://x.example";"Bấm")'
    with acting(central.engine, By("test", central.now())) as act:
        add_procedure(act, "phuong-mot", Procedure("1.000009", {"vi": hostile}, "Hộ tịch"), DECISION)
    with Browser(central, "quan.tri", ("admin", "phuong-mot")) as browser:
        text = browser.get("/danh-muc/thu-tuc/tai-ve.csv?unit=phuong-mot").content
        book = browser.get("/danh-muc/thu-tuc/tai-ve.xlsx?unit=phuong-mot").content
    names = {row[0]: row[1] for row in rows_of(text)}
    assert names["1.000009"] == guard(hostile) != hostile
    sheet = load_workbook(BytesIO(book)).worksheets[0]
    cell = next(row[1] for row in sheet.iter_rows() if row[0].value == "1.000009")
    assert (cell.value, cell.data_type) == (hostile, "s")
    assert [row[3] for row in rows_of(text) if row[0] == "1.000009"] == ["đơn vị này"]


def test_more_rows_than_a_file_has_are_refused_by_number() -> None:
    assert checked_length(iter([("a",), ("b",)]), 2) == (("a",), ("b",))
    with pytest.raises(ProblemError) as raised:
        checked_length(iter([("a",), ("b",), ("c",)]), 2)
    assert raised.value.problem == TABLE_TOO_LONG(detail="hơn 2 dòng")
