"""Quảng Bình's letters in a browser: 30 organisations, 12 by link, 11 by form, 3 undelivered, 4 reminded."""

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from playwright.sync_api import Download, FilePayload, Page
from sqlalchemy import insert, select

from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up
from sync.central.office.configuration.office_settings import change_office
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.store.database import reading, writing
from sync.central.store.schema import responses, surveys
from sync.contract.canonical import decode_response
from sync.contract.form_code import form_code
from tests.support import post
from tests.support.paper import put_plan
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.province import Province
from tests.support.served_pages import ServedPages
from tests.support.web_browser import DESK, PHONE, WebBrowser

PLAN, GROUP, FORM = "quang-binh-so-tu-phap-2018", "phong-van-ban", "quang-binh-to-chuc"
LINK = "HTTPS://KHAO-SAT.VI-DU.VN/T/"
CRITERIA = 9
"""What the plan makes every form ask; five more are behind the gate."""


@pytest.fixture(scope="module")
def own_pages(untouched: Province, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPages]:
    """A process that serves a province whose first commune has the plan and the form of the department."""
    province = untouched.copy(tmp_path_factory.mktemp("letters") / "province")
    unit, today = province.communes[0].code, province.until.date()
    plan = shipped_plans()[PLAN]
    group = next(each for each in plan.groups if each.id == GROUP)
    first, last = today - timedelta(days=20), today + timedelta(days=30)
    asked = replace(group, starts=first, ends=last)
    survey = shipped_surveys()[FORM]
    with province.database() as engine:
        with writing(engine) as connection:
            row = {"id": survey.id, "version": survey.version, "body": msgspec.json.encode(survey).decode()}
            connection.execute(insert(surveys).values(row))
        put_plan(engine, replace(plan, unit=unit, starts=first, ends=last, groups=(asked,)))
        with acting(engine, By("test", province.until)) as act:
            change_office(act, unit, {"public_url": "https://khao-sat.vi-du.vn"}, "gửi công văn")
    with ServedPages(province) as pages:
        yield pages


def scans(page: Page, field: str, text: str) -> None:
    """What a scanner does: it types the text and presses Enter."""
    page.focus(field)
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def says(page: Page, text: str) -> bool:
    return text in " ".join(page.inner_text("main").split())


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def codes_in(file: bytes) -> list[str]:
    """The codes of the links in a Word file of letters, as a decoder reads their pictures."""
    with ZipFile(BytesIO(file)) as package:
        pictures = [package.read(name) for name in package.namelist() if "media" in name]
    images: list[Any] = [Image.open(BytesIO(each)).convert("L") for each in pictures]
    return [zxingcpp.read_barcodes(image)[0].text.removeprefix(LINK) for image in images]


def codes_on(pdf: Path, first: int, last: int) -> list[str]:
    """What is in the QR codes of these pages."""
    pages = pdf.parent / f"pages-{first}"
    pages.mkdir()
    option = ["-f", str(first), "-l", str(last), "-r", "110", "-gray", "-png"]
    subprocess.run(["pdftoppm", *option, str(pdf), str(pages / "p")], check=True)
    images: list[Any] = [Image.open(each) for each in sorted(pages.iterdir())]
    return [found.text for image in images for found in zxingcpp.read_barcodes(image)]


def number_of_pages(pdf: Path) -> int:
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", told)[1])  # type: ignore[index]


def answers(page: Page, code: str, level: int, *, by_keyboard: bool) -> None:
    """An organisation opens its link and answers every criterion with this level."""
    page.goto(f"/T/{code}")
    while not page.locator("h1:has-text('cảm ơn')").count():
        for asked in page.locator("fieldset").all():
            option = asked.locator(f"input[value='{level}']")
            if by_keyboard:
                option.focus()
                page.keyboard.press("Space")
            else:
                option.check()
        onwards = page.locator("button[value=gui], button[value=tiep]").first
        with page.expect_navigation():
            if by_keyboard:
                onwards.focus()
                page.keyboard.press("Enter")
            else:
                onwards.click()
        assert not says(page, "Còn câu chưa có câu trả lời")


def keys_form(page: Page, level: int) -> None:
    """Key a form whose number is there: every criterion, by the keyboard alone."""
    page.focus("#o-so")
    for _ in range(2):
        page.keyboard.press("Tab")  # neither procedure nor officer
    for _ in range(CRITERIA):
        page.keyboard.press("Tab")
        page.keyboard.type(str(level))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_thirty_organisations_are_asked_answer_come_back_and_are_reminded(
    own_pages: ServedPages, web_browser: WebBrowser, tmp_path: Path
) -> None:
    province = own_pages.province
    unit, today = province.communes[0].code, province.until.date().isoformat()
    here = f"/ke-hoach/{PLAN}/cong-van/{GROUP}/{unit}"
    with (
        web_browser.window(own_pages.address, DESK, java_script_enabled=False) as office,
        web_browser.window(own_pages.address, PHONE, java_script_enabled=False) as outside,
    ):
        page = office.new_page()
        page.goto(own_pages.link("tin-hoc"))
        page.click("main form button")
        # The list, first with a line that has no name.
        for text, said in (
            (post.list_file(3).replace("Sở Ví Dụ 1;".encode(), b";"), "HL"),
            (post.list_file(30), "30 nơi nhận ở 30 dòng"),
        ):
            page.goto(here)
            page.click("text=Thêm nơi nhận")
            file = FilePayload(name="danh-sach.csv", mimeType="text/csv", buffer=text)
            page.set_input_files("input[type=file]", file)
            page.click("form:has(input[type=file]) button")
            page.click("form[action$='/cot'] button")
            assert says(page, said)
        page.click("text=Lập 30 công văn")
        page.fill("#o-so_cv", "45/STP-VP")
        page.check("input[name=moi_cong_van]")
        page.click("text=Ghi số và ngày")
        # The letters, as a Word file and with their forms.
        files = []
        for kind in ("docx", "pdf"):
            page.goto(f"{here}/in")
            own = page.locator("form:has(input[value=invite])")
            own.locator(f"input[value={kind}]").check()
            with page.expect_download() as saved:
                own.locator("button").click()
            files.append(content(saved.value))
        assert check_form(files[0], read_profile()) == ()
        codes = codes_in(files[0])
        assert len(set(codes)) == 30
        pdf = tmp_path / "cong-van.pdf"
        pdf.write_bytes(files[1])
        each = number_of_pages(pdf) // 30
        letter, *on_form = codes_on(pdf, 12 * each + 1, 13 * each)
        assert letter == LINK + codes[12]
        assert on_form[0] == form_code(unit, PLAN, GROUP, FORM, 13)
        page.goto(here)
        page.fill("input[name=ma_7]", "EB7VN")
        page.click("text=Ghi đã gửi")
        assert says(page, "Đã ghi 30 công văn đã gửi")
        # Twelve by their link.
        phone = outside.new_page()
        for place, code in enumerate(codes[:12]):
            answers(phone, code, 1 + place % 5, by_keyboard=place < 3)
        # Eleven by their form: the first scanned before anybody has counted the post.
        scans(page, "#o-quet", on_form[0])
        assert page.url.endswith("/nhap-phieu/hom-phieu")
        page.select_option("#o-phieu", f"{PLAN}/{GROUP}")
        page.select_option("#o-cach_ve", "handed")
        page.select_option("#o-kenh", "post")
        counted = {"nguoi_1": "Người Một", "nguoi_2": "Người Hai", "dem": "11", "so_tu": "13"}
        for name, said in (*counted.items(), ("so_den", "23")):
            page.fill(f"#o-{name}", said)
        page.click("text=Ghi lô phiếu")
        for number in range(13, 24):
            if number < 16:
                page.goto(here)
                scans(page, "#o-quet", form_code(unit, PLAN, GROUP, FORM, number))
            assert page.input_value("#o-so") == str(number)
            keys_form(page, 1 + number % 5)
            assert says(page, f"Đã lưu phiếu số {number}.")
        assert says(page, "Lô này đã nhập đủ")
        # Three came back; one is looked up, to be called; four are reminded with one button.
        for number in (24, 25, 26):
            page.goto(here)
            page.select_option("#o-viec", "undelivered")
            scans(page, "#o-ve", str(number))
        page.click("button[aria-label='Mở nơi nhận của phiếu số 30']")
        assert all(says(page, canary) for canary in post.CANARIES)
        page.goto(here)
        with page.expect_download() as saved:
            page.click("text=Làm công văn nhắc")
        reminder = tmp_path / "nhac.pdf"
        reminder.write_bytes(content(saved.value))
        links = [code for code in codes_on(reminder, 1, number_of_pages(reminder)) if LINK in code]
        assert links == [LINK + code for code in codes[26:]]
        page.goto(here)
        for said in (
            *("Tất cả: 30", "Trả lời qua đường dẫn: 12", "Phiếu đã về: 11", "Bị trả về: 3", "Đã nhắc: 4"),
            *("Chưa trả lời: 4", "45/STP-VP", "74/STP-VP", "EB7VN"),
        ):
            assert says(page, said), said
        assert today in page.content()
    with province.database() as engine:
        with reading(engine) as connection:
            query = select(responses.c.body).where(responses.c.plan == PLAN)
            made = [decode_response(bytes(body)) for body in connection.execute(query).scalars()]
        back_up(engine, tmp_path / "backup")
    assert {(each.channel, each.respondent, each.outcome) for each in made} == {
        ("post", "organisation", "complete")
    }
    assert [sum(bool(each.entered) is keyed for each in made) for keyed in (False, True)] == [12, 11]
    assert own_pages.log(), "the log is among these files"
    secret = (*codes, *(code.lower() for code in codes))
    for path in (*province.data.rglob("*"), tmp_path / "backup"):
        assert post.without_canaries(path.read_bytes() if path.is_file() else b"", secret), path
