"""Quảng Bình's letters on pages: 30 organisations, 12 by link, 11 by form, 3 undelivered, 4 reminded."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import zxingcpp
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.paper import entering, lots
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.store.database import writing
from sync.contract.catalogue import Unit
from sync.contract.form_code import form_code
from tests.support import post
from tests.support.browsing import Browser, words_of
from tests.support.paper import form, lot_of, put_plan
from tests.support.phone import Phone
from tests.support.wire import NOW, CentreUnderTest

AT = f"/ke-hoach/{post.PLAN}/cong-van/{post.GROUP}/{post.ASKED.unit}"
TODAY = NOW.date()
LINK = "HTTPS://KHAO-SAT.VI-DU.VN/T/"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with a ward whose plan asks organisations by post."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, (Unit("phuong-mot", {"vi": "Phường Một"}),), NOW)
    put_plan(centre.engine, post.post_plan(starts=date(2026, 2, 1), ends=TODAY + timedelta(days=30)))
    with acting(centre.engine, By("test", NOW)) as act:
        change_office(act, "phuong-mot", {"public_url": "https://khao-sat.vi-du.vn"}, "gửi công văn")
    yield centre
    centre.close()


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, words_of(page)
    return found[1]


def upload(chief: Browser) -> None:
    """Try a list with an error, then the right one, and make letters of it."""
    wrong = post.list_file(3).replace("Số 1 đường Mẫu;".encode(), b";x")
    columns = {"cot_ten": "tên cơ quan", "cot_dia_chi": "địa chỉ", "cot_dien_thoai": "điện thoại"}
    for content, said in ((wrong, "HL1003"), (post.list_file(30), "30 nơi nhận ở 30 dòng")):
        read = chief.post(f"{AT}/noi-nhan", {}, files={"tep": ("danh-sach.csv", content)})
        fields = {"bang": hidden(read, "bang"), **columns}
        tried = chief.post(f"{AT}/noi-nhan/cot", fields, at=f"{AT}/noi-nhan")
        assert said in words_of(tried)
    fields = {"bang": hidden(tried, "bang"), "ma": hidden(tried, "ma")}
    for _ in range(2):
        assert chief.post(f"{AT}/noi-nhan/nhan", fields, at=f"{AT}/noi-nhan").status_code == 303


def codes_in(file: bytes) -> list[str]:
    with ZipFile(BytesIO(file)) as package:
        pictures = [package.read(name) for name in package.namelist() if "media" in name]
    images: list[Any] = [Image.open(BytesIO(each)).convert("L") for each in pictures]
    return [zxingcpp.read_barcodes(image)[0].text.removeprefix(LINK) for image in images]


def test_thirty_organisations_are_asked_answer_come_back_and_are_reminded(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    with Browser(central, "chief", ("admin", "phuong-mot")) as chief:
        upload(chief)
        numbered = {"so_cv": "45/UBND-VP", "ngay_cv": TODAY.isoformat(), "moi_cong_van": "1"}
        assert chief.post(f"{AT}/so", numbered, at=AT).status_code == 303
        file = chief.post(f"{AT}/in", {"viec": "invite", "kieu": "docx"})
        assert check_form(file.content, read_profile()) == ()
        codes = codes_in(file.content)
        assert len(set(codes)) == 30
        sent = {"ngay_gui": TODAY.isoformat(), **{f"gui_{n}": "1" for n in range(1, 31)}, "ma_7": "EB7VN"}
        assert chief.post(f"{AT}/gui", sent, at=AT).status_code == 303
        with TestClient(central.app) as client:
            for code in codes[:12]:
                page = Phone(client, code)
                page.address = f"/t/{code}"
                page.open().rate(result="4", service="5").send("gui")
                assert "cảm ơn" in page.text()
        scanned = form_code("phuong-mot", post.PLAN, post.GROUP, "kien-hung", 13)
        to_open = chief.post(f"{AT}/quet", {"quet": scanned}, at=AT)
        assert to_open.headers["location"] == "/nhap-phieu/hom-phieu"
        with acting(central.engine, By("account 1", NOW)) as act:
            box = lot_of(post.ASKED, channel="post", way="handed", day=TODAY, counted=12, last=30)
            lot = lots.open_lot(act, box).id
        to_key = chief.post(f"{AT}/quet", {"quet": scanned}, at=AT)
        assert to_key.headers["location"] == f"/nhap-phieu/{lot}?so=13"
        for number in range(13, 24):
            with acting(central.engine, By("account 1", NOW)) as act:
                entering.key_form(act, lot, form(number, respondent="organisation"), account=1)
        for number in (24, 25, 26):
            back = {"quet": str(number), "viec": "undelivered", "ngay": TODAY.isoformat()}
            assert chief.post(f"{AT}/ve", back, at=AT).status_code == 303
        fields = {"viec": "remind", "kieu": "docx", "so_cv": "99/UBND-VP", "ngay_cv": TODAY.isoformat()}
        reminder = chief.post(f"{AT}/in", fields)
        assert check_form(reminder.content, read_profile()) == ()
        assert codes_in(reminder.content) == codes[26:]
        words = words_of(chief.get(AT))
    for said in (
        *("Tất cả: 30", "Trả lời qua đường dẫn: 12", "Phiếu đã về: 11", "Bị trả về: 3", "Đã nhắc: 4"),
        *("Chưa trả lời: 4", "45/UBND-VP", "74/UBND-VP", "EB7VN"),
    ):
        assert said in words
    back_up(central.engine, tmp_path / "backup")
    for path in (*central.folder.rglob("*"), tmp_path / "backup"):
        assert post.without_canaries(path.read_bytes() if path.is_file() else b"", codes), path
