"""Nha Trang, 2023, in a browser: lists, a draw, interviewers on phones, re-checks, the closing, ranks.

Four units instead of sixty, and 22 forms instead of 3,270; what refuses the closing is named here as there.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.whose_turn import Assigned
from sync.central.office.people.accounts import find_account
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.contract.response import SurveyRef
from tests.support.made_samples import list_text
from tests.support.moved_centre import MovedCentre, Windows
from tests.support.people import PASSWORD
from tests.support.plan_bulk import interviews_done, list_taken
from tests.support.plan_visits import all_at
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.surveyed import UNITS
from tests.support.web_browser import PHONE, WebBrowser
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
    press,
    publish,
    reads,
    release_form,
    say_in_report,
    send_list,
    send_report,
    write,
)

UNIT, PLAN = "thanh-pho-nha-trang", "nha-trang-2023"
TITLE = shipped_plans()[PLAN].title["vi"]
WARDS, STATIONS, SCHOOLS = shipped_plans()[PLAN].groups
FIRST, SECOND, STATION, SCHOOL = "commune-1", "commune-2", "health-station-1", "school-1"
NUMBERS = {"groups:0:units": "2", "groups:0:per_unit": "6"}
NUMBERS |= {"groups:1:units": "1", "groups:1:per_unit": "5", "groups:2:units": "1", "groups:2:per_unit": "5"}
COSTS = {"budget.costs:0:name": "Chi cho điều tra viên", "budget.costs:0:count": "22"}
COSTS |= {"budget.costs:0:price": "50.000"}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[MovedCentre]:
    """The city on Monday 12 June, in whose catalogue a ward is missing."""
    centre = MovedCentre(tmp_path, date(2023, 6, 12))
    there = [each for each in UNITS if each.code in (UNIT, FIRST, STATION, SCHOOL)]
    with writing(centre.central.engine) as connection:
        put_bundled_units(connection, there, centre.now)
    with centre.served():
        yield centre


def planned(office: Page) -> str:
    """Numbers for each kind of unit, and what it costs; issued."""
    plan = begin_plan(office, PLAN, PLAN)
    write(office, plan, "Nhóm, số phiếu", NUMBERS)
    write(office, plan, "Nơi nhận, người ký, kinh phí", COSTS)
    for group in (WARDS, STATIONS, SCHOOLS):
        release_form(office, group.survey, "Sở Nội vụ chuyển giao")
    issue(office, plan, "1521/KH-UBND", "2023-06-13")
    reads(office, "0 / 22", "“trước ngày 01/07/2023”", "cần 2 đơn vị loại “commune”, danh mục có 1.")
    return plan


def lists_brought(office: Page, school: Page, plan: str) -> None:
    """The ward's from the one-stop software, the school's by itself through a link that works once."""
    office.goto(plan)
    follow(office, "Danh sách")
    for _ in range(3):
        press(office, "Công bố mã hạt giống")
    reads(office, "Còn 2 đơn vị chưa có danh sách.", "Cung cấp danh sách khách hàng")
    follow(office, "Xã Số 1")
    send_list(office, list_text(40).encode("utf-16"), "mot-cua.tsv", "Một cửa điện tử")
    office.goto(f"{plan}/danh-sach")
    follow(office, "Trường Số 1")
    press(office, "Lấy liên kết một lần")
    link = office.get_by_label("Gửi cho người phụ trách danh sách của đơn vị").input_value()
    school.goto(link)
    send_list(school, list_text(30, ("Lớp 1A", "Lớp 1B")).encode(), "lop.csv", "")
    reads(school, "30 người. Liên kết này đã dùng xong")
    office.goto(f"{plan}/danh-sach")
    reads(office, "đơn vị gửi qua liên kết")


def drawn(office: Page) -> None:
    """By field, with a reserve, once every unit has a list."""
    follow(office, "Cỡ mẫu và rút mẫu")
    for count in (12, 5, 5):
        press(office, "Rút mẫu")
        reads(office, f"Đã rút mẫu: {count} người.")
    follow(office, "Xã Số 1")
    reads(office, "Phân bổ theo lĩnh vực", "Đất đai", "Dự phòng", "Tải tệp mã (CSV)")


def hired(office: Page, person: Page, name: str, login: str) -> None:
    """An account until the last day of the window, which its person opens with an own password."""
    follow(office, "Tài khoản")
    follow(office, "Thêm người")
    fill(office, {"Họ tên": name, "Tên đăng nhập": login, "Đến hết ngày": "2023-10-25"})
    office.select_option("#o-vai_tro", "interviewer")
    office.select_option("#o-don_vi", UNIT)
    press(office, "Lập tài khoản và lấy liên kết")
    person.goto(office.get_by_label("Liên kết một lần").input_value())
    person.click("main form button")
    fill(person, {"Mật khẩu mới": PASSWORD, "Nhập lại mật khẩu mới": PASSWORD})
    press(person, "Lưu mật khẩu")


def assigned(office: Page, plan: str, whom: dict[str, str]) -> None:
    """Each unit is given to an interviewer."""
    office.goto(plan)
    follow(office, "Điều tra viên")
    for unit, name in whom.items():
        row = office.locator("table[aria-labelledby=giao] tr", has_text=unit).first
        row.locator("select").select_option(label=name)
        press(row, "Giao")
        expect(office.locator("table[aria-labelledby=giao] tr", has_text=unit).first).to_contain_text(name)


def asked_one(phone: Page, form: str) -> None:
    """On the phone: confidentiality first, then one person at a time; one refuses and is replaced."""
    phone.goto("/di-hoi")
    press(phone, "Tôi cam kết")
    reads(phone, "còn 12 người")
    press(phone, "Mở người này")
    reads(phone, "Người Ví Dụ", "Không hỏi được người này")
    for question in all_at(4, form):
        phone.check(f"input[name='c.{question}'][value='4']")
    press(phone, "Lưu phiếu")
    reads(phone, "Còn câu chưa có câu trả lời.")
    phone.get_by_label("Cho bản thân, gia đình").check()
    press(phone, "Lưu phiếu")
    reads(phone, "Đã lưu phiếu.")
    press(phone, "Mở người này")
    phone.click("summary:has-text('Không hỏi được')")
    press(phone, "Từ chối")
    reads(phone, "còn 11 người")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def said(chosen: Assigned) -> Interview:
    """What somebody says, as the interviewer's form has it."""
    form = chosen.group.survey
    level = 3 + (chosen.number + (chosen.place.unit == SECOND)) % 3
    return Interview(
        survey=SurveyRef(form, shipped_surveys()[form].version),
        plan=PLAN,
        respondent="citizen",
        answers=all_at(level, form),
        words={},
    )


def refused(office: Page, plan: str, *reasons: str) -> None:
    """What keeps the plan open, by name."""
    office.goto(f"{plan}/dong")
    reads(office, "Chưa đóng được vì", *reasons)
    expect(office.get_by_role("button", name="Đóng kế hoạch", exact=True)).to_have_count(0)


def checked(office: Page, plan: str, times: int, level: str) -> None:
    """Somebody else asks some of them again; what was said the first time is not shown."""
    for _ in range(times):
        office.goto(plan)
        follow(office, "Phúc tra")
        office.locator("table[aria-labelledby=phieu]").get_by_role("button").first.click()
        reads(office, "Người Ví Dụ", "Không thấy câu trả lời lần trước.")
        for asked in office.locator("fieldset").all():
            asked.locator(f"input[value='{level}']").check()
        press(office, "So sánh và ghi")
        reads(office, "Theo từng điều tra viên")


def test_people_are_drawn_asked_and_checked_again_and_units_are_ranked(
    centre: MovedCentre, web_browser: WebBrowser
) -> None:
    central = centre.central
    people = centre.people(
        UNIT,
        {"phong-noi-vu": "admin", "chu-tich": "viewer", "so-noi-vu": "analyst"},
        approver="chu-tich",
    )
    with ExitStack() as held:
        windows = Windows(centre, web_browser, held)
        centre.today(date(2023, 6, 13))
        office = windows.of(people["phong-noi-vu"])
        plan = planned(office)
        with writing(central.engine) as connection:
            put_bundled_units(connection, [each for each in UNITS if each.code == SECOND], centre.now)

        centre.today(date(2023, 6, 26))
        office = windows.of(people["phong-noi-vu"])
        lists_brought(office, windows.stranger(), plan)
        for group, unit in ((WARDS, SECOND), (STATIONS, STATION)):
            list_taken(central, Place(Stratum(PLAN, group.id), unit), list_text(40))
        office.reload()
        drawn(office)

        centre.today(date(2023, 7, 3))
        office = windows.of(people["phong-noi-vu"])
        phones = {name: windows.stranger(PHONE) for name in ("Hỏi Một", "Hỏi Hai")}
        for name, login in (("Hỏi Một", "hoi.mot"), ("Hỏi Hai", "hoi.hai")):
            hired(office, phones[name], name, login)
        assigned(
            office,
            plan,
            {
                "Xã Số 1": "Hỏi Một",
                "Xã Số 2": "Hỏi Một",
                "Trạm Y tế Số 1": "Hỏi Hai",
                "Trường Số 1": "Hỏi Hai",
            },
        )
        with reading(central.engine) as connection:
            one, two = (find_account(connection, login) for login in ("hoi.mot", "hoi.hai"))

        centre.today(date(2023, 7, 10))
        asked_one(windows.of(one, PHONE), WARDS.survey)
        second = windows.of(two, PHONE)
        second.goto("/di-hoi")
        press(second, "Tôi cam kết")
        assert interviews_done(central, one, said, leave=1) == 10
        assert interviews_done(central, two, said) == 10
        office = windows.of(people["phong-noi-vu"])
        office.goto(plan)
        follow(office, "Điều tra viên")
        days = office.locator("table[aria-labelledby=ngay] tbody")
        expect(days.locator("tr", has_text="Hỏi Một")).to_contain_text("11")
        refused(office, plan, "đến hết ngày 25/10/2023", "Xã Số 2: 5/6 phiếu")
        assert interviews_done(central, one, said) == 1

        centre.today(date(2023, 10, 26))
        office = windows.of(people["phong-noi-vu"])
        office.goto(plan)
        follow(office, "Phúc tra")
        press(office, "Rút phiếu phúc tra còn thiếu")
        press(office, "Tôi cam kết")
        checked(office, plan, 2, "4")
        refused(office, plan, "Phúc tra 2/3 phiếu.", "Việc chưa xong:")
        checked(office, plan, 1, "4")
        finish_tasks(office, plan, {task.name: "Đã làm" for task in shipped_plans()[PLAN].tasks})

        code = close_plan(office, plan)
        confirm_package(windows.of(people["so-noi-vu"]), plan, code, "Sở Nội vụ tỉnh Khánh Hòa")
        leader = windows.of(people["chu-tich"])
        report = draft_report(office, "Báo cáo kết quả đợt khảo sát", ("2023-07-10", "2023-10-25"), TITLE)
        say_in_report(office, {"nguyen-nhan": "Trụ sở của một xã đang sửa."})
        approve(office, leader, report)
        words = send_report(office, report, "301/BC-UBND")
        for part in (
            "Thứ bậc các đơn vị",
            "Xã Số 1",
            "Xã Số 2",
            "Đã phúc tra 3 trong 22 phiếu phỏng vấn",
            "Sở Nội vụ",
        ):
            assert part in words, part
        public = publish(office, "Sửa xong trụ sở trong tháng 12.")
        anybody = windows.stranger(PHONE)
        anybody.goto(public)
        reads(anybody, "Sửa xong trụ sở trong tháng 12.", "Xã Số 1")
