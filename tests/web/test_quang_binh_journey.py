"""Quảng Bình, 2018, in a browser: citizens at the counter, organisations by post, reports in two steps."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from playwright.sync_api import Page, expect

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.response import Response, SurveyRef, Tag
from tests.support.moved_centre import MovedCentre, Windows, at
from tests.support.plan_visits import all_at
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.post import list_file
from tests.support.surveyed import UNITS
from tests.support.web_browser import PHONE, WebBrowser
from tests.support.wire import store_unasked, visit
from tests.web.plan_steps import (
    approve,
    begin_plan,
    close_plan,
    confirm_package,
    draft_report,
    fill,
    finish_tasks,
    follow,
    issue,
    key_form,
    official,
    press,
    publish,
    reads,
    release_form,
    say_in_report,
    send_report,
)

UNIT, PLAN = "so-tu-phap-quang-binh", "quang-binh-so-tu-phap-2018"
CITIZENS, BODIES = shipped_plans()[PLAN].groups
TITLE = shipped_plans()[PLAN].title["vi"]
SITE = "HTTPS://KHAO-SAT.VI-DU.VN"
DAYS = ("2018-04-01", "2018-08-31")


def at_counter(number: int) -> Response:
    """A citizen who applied, without a result in hand yet."""
    made, begun = visit(number), at(date(2018, 4, 2) + timedelta(days=number % 140), 9)
    return replace(
        made,
        seq=number,
        survey=SurveyRef(CITIZENS.survey, shipped_surveys()[CITIZENS.survey].version),
        plan=PLAN,
        tag=Tag(unit=UNIT, counter="1", procedure=None, officer=None, scanned_at=begun),
        answers=all_at(5 if number % 4 else 3, CITIZENS.survey),
        timing={},
        started_at=begun,
        finished_at=begun + timedelta(seconds=40),
    )


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[MovedCentre]:
    """The department on Friday 5 January 2018, whose letters lead to an address of its own."""
    centre = MovedCentre(tmp_path, date(2018, 1, 5))
    with writing(centre.central.engine) as connection:
        there = [each for each in UNITS if each.code in (UNIT, "quang-binh")]
        put_bundled_units(connection, there, centre.now)
    with acting(centre.central.engine, By("test", centre.now)) as act:
        change_office(act, UNIT, {"public_url": SITE.lower()}, "gửi công văn")
    with centre.served():
        yield centre


def letters_sent(office: Page, plan: str) -> list[str]:
    """Four letters with a number, a form and a link each; the paths of the links."""
    office.goto(plan)
    follow(office, "Công văn")
    follow(office, BODIES.name["vi"])
    follow(office, "Thêm nơi nhận")
    send_bodies(office)
    reads(office, "Tất cả: 4")
    fill(office, {"Số văn thư cấp": "45/STP-VP"})
    office.get_by_label("Mỗi công văn một số, tăng dần từ số này").check()
    press(office, "Ghi số và ngày")
    reads(office, "Đã ghi số của 4 công văn.", "48/STP-VP")
    file = printed(office, "Làm tệp in")
    assert "Sở Ví Dụ 1" in official(file)
    back_to_letters(office, plan)
    fill(office, {"Mã bưu gửi 000001": "EB000000001VN"})
    press(office, "Ghi đã gửi")
    reads(office, "Đã ghi 4 công văn đã gửi.", "EB000000001VN")
    return links_in(file)


def back_to_letters(office: Page, plan: str) -> None:
    """The page of this group's letters."""
    office.goto(plan)
    follow(office, "Công văn")
    follow(office, BODIES.name["vi"])


def send_bodies(office: Page) -> None:
    """The list of organisations, which becomes letters."""
    office.set_input_files(
        "#o-tep", files={"name": "so-nganh.csv", "mimeType": "text/csv", "buffer": list_file(4)}
    )
    press(office, "Xem thử")
    if office.get_by_role("button", name="Lập 4 công văn").count() == 0:
        press(office, "Xem thử")
    press(office, "Lập 4 công văn")


def printed(office: Page, button: str) -> bytes:
    """The Word file that a button of the printing page makes."""
    follow(office, "In công văn")
    form = office.locator("form", has=office.get_by_role("button", name=button, exact=True))
    form.locator("input[value=docx]").check()
    with office.expect_download() as download:
        press(form, button)
    return download.value.path().read_bytes()


def links_in(file: bytes) -> list[str]:
    """The paths of the addresses in the codes of a Word file."""
    with ZipFile(BytesIO(file)) as package:
        pictures = [package.read(name) for name in package.namelist() if "media" in name]
    images: list[Any] = [Image.open(BytesIO(each)).convert("L") for each in pictures]
    texts = [zxingcpp.read_barcodes(image)[0].text for image in images]
    return [text.removeprefix(SITE).replace("/T/", "/t/") for text in texts if text.startswith(SITE)]


def answered_by_link(phone: Page, link: str) -> None:
    """An organisation answers on a phone, without an account."""
    phone.goto(link)
    for _ in BODIES.mandatory:
        for asked in phone.locator("fieldset").all():
            asked.locator("input[type=radio]").first.check()
        if phone.locator("button[value=gui]").count():
            break
        phone.click("button[value=tiep]")
    phone.click("button[value=gui]")
    expect(phone.get_by_text("cảm ơn").first).to_be_visible()


def answered_by_post(office: Page, plan: str) -> None:
    """A form comes back by post, and is keyed where its letter leads to."""
    back_to_letters(office, plan)
    fill(office, {"Quét mã trên phiếu, hoặc gõ số phiếu": "2"})
    press(office, "Đến chỗ nhập")
    reads(office, "Phiếu số 2 đã về.")
    office.select_option("#o-phieu", f"{PLAN}/{BODIES.id}")
    office.select_option("#o-kenh", "post")
    office.select_option("#o-cach_ve", "handed")
    fill(office, {"Người thứ nhất": "Người Thứ Nhất", "Người thứ hai": "Người Thứ Hai"})
    fill(office, {"Số phiếu đếm được": "1", "Số nhỏ nhất trên phiếu": "2", "Số lớn nhất": "2"})
    press(office, "Ghi lô phiếu")
    levels = dict.fromkeys(BODIES.mandatory, "4")
    key_form(office, 2, "2018-07-20", levels)


def came_to_nothing(office: Page, plan: str) -> None:
    """One comes back, and who has not answered is reminded."""
    back_to_letters(office, plan)
    fill(office, {"Số phiếu kèm công văn, gõ hoặc quét": "3"})
    office.locator("form[action$='/ve']").get_by_role("button", name="Ghi", exact=True).click()
    reads(office, "Đã ghi công văn kèm phiếu số 3.", "Chưa trả lời: 1")
    assert official(printed(office, "Làm công văn nhắc")).count("Kính gửi") == 1
    back_to_letters(office, plan)
    reads(office, "Trả lời qua đường dẫn: 1", "Phiếu đã về: 1", "Bị trả về: 1", "Đã nhắc: 1")


def reported(office: Page, leader: Page, group: str, number: str) -> str:
    """An office's report to the secretariat: written by the office, approved by its head, sent; its words."""
    report = draft_report(office, "Báo cáo của phòng gửi Tổ Thư ký", DAYS, f"{TITLE}: {group}")
    say_in_report(office, {"cai-tien": "Rút ngắn thời gian trả lời."})
    approve(office, leader, report)
    return send_report(office, report, number)


def directed(leader: Page, office: Page, report: str) -> None:
    """What the leaders direct becomes work with a person and a day."""
    office.goto(report)
    follow(office, "Lập việc khắc phục")
    fill(office, {"Vấn đề": "Thời gian giải quyết", "Biện pháp": "Trả kết quả trong ngày"})
    fill(office, {"Cơ quan hoặc chức danh": "Văn phòng Sở", "Hạn": "2018-12-28"})
    press(office, "Lập việc khắc phục")
    leader.goto("/khac-phuc")
    reads(leader, "Trả kết quả trong ngày", "Văn phòng Sở")


def test_two_offices_report_to_the_secretariat_and_that_to_the_leaders(
    centre: MovedCentre, web_browser: WebBrowser
) -> None:
    central = centre.central
    people = centre.people(
        UNIT,
        {"van-phong-so": "admin", "to-thu-ky": "analyst", "giam-doc": "viewer", "ben-nhan": "analyst"},
        approver="giam-doc",
    )
    with ExitStack() as held:
        windows = Windows(centre, web_browser, held)
        office = windows.of(people["van-phong-so"])
        plan = begin_plan(office, PLAN, PLAN)
        for group in (CITIZENS, BODIES):
            release_form(office, group.survey, "đi kèm kế hoạch")
        issue(office, plan, "30/KH-STP", "2018-01-05")
        reads(
            office,
            "01/04–31/08/2018",
            "01/07–31/08/2018",
            "Văn phòng Sở",
            "Phòng Xây dựng và Kiểm tra văn bản QPPL",
        )

        centre.today(date(2018, 7, 2))
        office = windows.of(people["van-phong-so"])
        links = letters_sent(office, plan)
        assert len(links) == 4
        answered_by_link(windows.stranger(PHONE), links[0])

        centre.today(date(2018, 7, 20))
        office = windows.of(people["van-phong-so"])
        answered_by_post(office, plan)
        came_to_nothing(office, plan)

        centre.today(date(2018, 8, 31), 20)
        assert set(store_unasked(central, [at_counter(n) for n in range(1, 31)])) == {"stored"}

        centre.today(date(2018, 9, 3))
        office, leader = windows.of(people["van-phong-so"]), windows.of(people["giam-doc"])
        first = reported(office, leader, CITIZENS.name["vi"], "11/BC-VP")
        assert "VĂN PHÒNG SỞ" in first
        assert "Tổ Thư ký" in first
        second = reported(office, leader, BODIES.name["vi"], "12/BC-XDKT")
        assert "PHÒNG XÂY DỰNG VÀ KIỂM TRA VĂN BẢN QPPL" in second

        centre.today(date(2018, 9, 20))
        secretariat, leader = windows.of(people["to-thu-ky"]), windows.of(people["giam-doc"])
        report = draft_report(secretariat, "Báo cáo của Tổ Thư ký gửi lãnh đạo", DAYS, TITLE)
        say_in_report(secretariat, {"cai-tien": "Rút ngắn thời gian trả lời ở cả hai phòng."})
        approve(secretariat, leader, report)
        office = windows.of(people["van-phong-so"])
        words = send_report(office, report, "40/BC-TTK")
        for part in ("Lãnh đạo Sở và QMR", "Văn phòng Sở", "Rút ngắn thời gian trả lời ở cả hai phòng."):
            assert part in words, part
        directed(leader, office, report)
        finish_tasks(
            office,
            plan,
            {
                "Thiết kế lại mẫu phiếu": "Giữ chín tiêu chí",
                "Phân tích, đánh giá": "Đã gửi kế hoạch cải tiến",
            },
        )
        code = close_plan(office, plan)
        confirm_package(windows.of(people["ben-nhan"]), plan, code, "Tổ Thư ký")
        # What the secretariat tells the leaders is for them; the public reads the report about the survey.
        report = draft_report(office, "Báo cáo kết quả đợt khảo sát", DAYS, TITLE)
        approve(office, leader, report)
        office.goto(report)
        public = publish(office, "Trả kết quả trong ngày từ tháng 10.")
        anybody = windows.stranger(PHONE)
        anybody.goto(public)
        reads(anybody, "Trả kết quả trong ngày từ tháng 10.")
