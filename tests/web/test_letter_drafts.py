"""Organisations are asked about draft documents: a column of their list, a page of them, and the letter."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from httpx import Response

from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.catalogue import Unit
from tests.support import post
from tests.support.browsing import Browser, words_of
from tests.support.paper import put_plan
from tests.support.wire import NOW, CentreUnderTest

AT = f"/ke-hoach/{post.PLAN}/cong-van/{post.GROUP}/{post.ASKED.unit}"
TODAY = NOW.date()


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with a ward whose plan asks organisations by post."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, (Unit("phuong-mot", {"vi": "Phường Một"}),), NOW)
    put_plan(centre.engine, post.post_plan(starts=date(2026, 2, 1), ends=TODAY + timedelta(days=30)))
    yield centre
    centre.close()


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, words_of(page)
    return found[1]


def test_an_organisation_is_asked_about_the_drafts_of_its_list_and_the_letter_names_them(
    central: CentreUnderTest,
) -> None:
    first, second = "Nghị quyết về phí thẩm định", "Quyết định về thư viện"
    header, *rows = post.list_file(3).decode().splitlines()
    drafts = ("Dự thảo", f"{first}; {second}", first, "")
    content = "\n".join(f'{row};"{cell}"' for row, cell in zip((header, *rows), drafts, strict=True)).encode()
    columns = {"cot_ten": "tên cơ quan", "cot_dia_chi": "địa chỉ", "cot_dien_thoai": "điện thoại"}
    with Browser(central, "chief", ("admin", "phuong-mot")) as chief:
        read = chief.post(f"{AT}/noi-nhan", {}, files={"tep": ("danh-sach.csv", content)})
        assert "Dự thảo văn bản được hỏi ý kiến" in words_of(read)
        fields = {"bang": hidden(read, "bang"), **columns, "cot_du_thao": "dự thảo"}
        tried = chief.post(f"{AT}/noi-nhan/cot", fields, at=f"{AT}/noi-nhan")
        fields = {"bang": hidden(tried, "bang"), "ma": hidden(tried, "ma")}
        assert chief.post(f"{AT}/noi-nhan/nhan", fields, at=f"{AT}/noi-nhan").status_code == 303
        page = words_of(chief.get(AT))
        assert f"{first} 2 000001 , 000002" in page.replace("000001, 000002", "000001 , 000002")
        assert f"{second} 1 000001" in page
        letters = text_of(chief.post(f"{AT}/in", {"viec": "invite", "kieu": "docx"}).content)
        assert letters.count(f"{first};") == letters.count(f"{second}.") == letters.count(f"{first}.") == 1
        assert letters.count("hỏi ý kiến về việc thẩm định, góp ý dự thảo") == 2
        # The third organisation gets its draft by hand; the others keep theirs.
        third = "Quyết định về cây xanh"
        noted = {"quet": "3", "du_thao": f"{third}\n{third}\n\n"}
        assert chief.post(f"{AT}/du-thao", noted, at=AT).status_code == 303
        assert f"{third} 1 000003" in words_of(chief.get(AT))
        numbered = {"so_cv": "45/UBND-VP", "ngay_cv": TODAY.isoformat()}
        assert chief.post(f"{AT}/so", numbered, at=AT).status_code == 303
        assert third in text_of(chief.post(f"{AT}/in", {"viec": "invite", "kieu": "docx"}).content)
        assert chief.post(f"{AT}/du-thao", {"quet": "9", "du_thao": third}, at=AT).status_code == 404
        long = chief.post(f"{AT}/du-thao", {"quet": "3", "du_thao": "x" * 301}, at=AT)
        assert "HL4346" in words_of(long)
    with Browser(central, "viewer", ("viewer", "phuong-mot")) as viewer:
        assert third in words_of(viewer.get(AT))
        assert viewer.post(f"{AT}/du-thao", noted, at=AT).status_code == 403


def text_of(file: bytes) -> str:
    """The words of a Word file."""
    with ZipFile(BytesIO(file)) as package:
        return re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())
