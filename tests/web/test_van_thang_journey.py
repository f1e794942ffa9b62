"""Vạn Thắng, September 2023, in a browser: everybody is asked, also of days before the plan."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.officers import add_officer
from sync.central.office.configuration.procedures import add_procedure
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.catalogue import Officer, Procedure
from sync.contract.response import Response, SurveyRef, Tag
from tests.support.moved_centre import MovedCentre, Windows, at
from tests.support.plans import shipped_surveys
from tests.support.surveyed import UNITS
from tests.support.web_browser import PHONE, WebBrowser
from tests.support.wire import store_unasked, visit
from tests.web.plan_steps import (
    answer_obstacle,
    approve,
    begin_plan,
    close_obstacle,
    close_plan,
    confirm_package,
    count_forms,
    draft_report,
    fill,
    finish_tasks,
    follow,
    issue,
    key_form,
    key_invalid,
    open_box,
    press,
    print_forms,
    publish,
    reads,
    release_form,
    report_obstacle,
    say_in_report,
    send_report,
    write,
)

UNIT, PLAN = "xa-van-thang", "van-thang-2023"
TITLE = "Tự khảo sát mức độ hài lòng của tổ chức, cá nhân đối với sự phục vụ của UBND xã năm 2023"
ONE, TWO = Officer("v01", "Cán bộ Một", UNIT), Officer("v02", "Cán bộ Hai", UNIT)
BIRTHS, COPIES = "1.001193", "2.000815"
OBSTACLE = "Danh sách từ ngày 01/9 thiếu số điện thoại, chưa gọi được."
DISTRIBUTOR = "Bộ phận một cửa"
TASKS = {
    "Tham mưu": "Đã trình ký kế hoạch và mẫu phiếu",
    "Cung cấp danh sách": "Đã chuyển 60 hồ sơ",
    "Hỗ trợ phát": "Phát 10, thu 7 phiếu giấy",
    "Báo cáo kịp thời": "Một vướng mắc, đã gỡ",
}
GOOD = {"officer": "5", "procedures": "4", "time": "4", "overall": "4"}


def scanned(day: date, number: int, officer: str) -> Response:
    """An answer at the counter on a day after the plan was issued."""
    made, begun = visit(number), at(day, 9)
    level = 5 if officer == ONE.id else 3
    tag = Tag(unit=UNIT, counter="1", procedure=BIRTHS if number % 3 else COPIES, officer=officer)
    return replace(
        made,
        seq=number,
        survey=SurveyRef("van-thang", shipped_surveys()["van-thang"].version),
        plan=PLAN,
        tag=replace(tag, scanned_at=begun),
        answers={"officer": level, "procedures": 4, "time": 4 - number % 2, "overall": level},
        timing={},
        started_at=begun,
        finished_at=begun + timedelta(seconds=20),
    )


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[MovedCentre]:
    """The commune on Thursday 14 September, with two officers, two procedures and no plan."""
    centre = MovedCentre(tmp_path, date(2023, 9, 14))
    with writing(centre.central.engine) as connection:
        put_bundled_units(connection, [each for each in UNITS if each.code == UNIT], centre.now)
    with acting(centre.central.engine, By("test", centre.now)) as act:
        for officer in (ONE, TWO):
            add_officer(act, officer, "danh mục")
        add_procedure(act, UNIT, Procedure(BIRTHS, {"vi": "Đăng ký khai sinh"}, "Hộ tịch"), "danh mục")
        add_procedure(act, UNIT, Procedure(COPIES, {"vi": "Chứng thực bản sao"}, "Chứng thực"), "danh mục")
    with centre.served():
        yield centre


def issued(office: Page) -> str:
    """The plan as the statistics officer writes it, two days before it is signed."""
    plan = begin_plan(office, PLAN, PLAN)
    write(office, plan, "Nơi nhận, người ký, kinh phí", {"signer.title": "CHỦ TỊCH"})
    release_form(office, "van-thang", "đi kèm kế hoạch")
    return plan


def keyed_of_earlier_days(office: Page) -> None:
    """Seven forms came back of those days; one can't be read."""
    open_box(office, "304/KH-UBND", range(1, 11), counted=7)
    for number in range(1, 7):
        key_form(office, number, f"2023-09-{3 + number:02}", GOOD)
    key_invalid(office, 7, "đánh dấu hai mức")
    reads(office, "Lô này đã nhập đủ")


def covered(office: Page, plan: str) -> None:
    """Who was answered for, of those whose result was returned; what came from before the issue."""
    office.goto(plan)
    follow(office, "Độ bao phủ")
    reads(
        office,
        "27 lượt trả lời / 60 kết quả đã trả",
        "45,0 %",
        "Trước ngày ban hành: 01/09–15/09/2023",
        "Phiếu giấy: 6",
    )


def rated(office: Page) -> None:
    """Officers by name, with few answers marked, and what the table can't say."""
    follow(office, "Số liệu")
    follow(office, "Cán bộ")
    fill(office, {"Từ ngày": "2023-09-01", "Đến ngày": "2023-09-30"})
    press(office, "Xem")
    expect(office.locator("tr", has_text=ONE.name)).to_contain_text("21")
    reads(office, TWO.name)


def of_oneself(phone: Page) -> None:
    """An officer reads the own line, and nobody else's."""
    phone.goto("/cua-toi")
    month = phone.locator("section", has=phone.get_by_role("heading", name="Tháng 9/2023"))
    expect(month.locator("tr", has_text="cán bộ, công chức")).to_contain_text("21")
    # In August the other officer had four: seven of this one would say what those four are.
    month = phone.locator("section", has=phone.get_by_role("heading", name="Tháng 8/2023"))
    expect(month).to_contain_text("hoặc hiện ra thì lộ số của người khác")
    assert TWO.name not in phone.content()


def test_everybody_is_asked_from_before_the_plan_was_issued_until_all_can_read_the_result(
    centre: MovedCentre, web_browser: WebBrowser
) -> None:
    central = centre.central
    people = centre.people(
        UNIT,
        {
            "van-phong": "admin",
            "mot-cua": "viewer",
            "chu-tich": "viewer",
            "can-bo": "viewer",
            "ben-nhan": "analyst",
        },
        approver="chu-tich",
        officers={"can-bo": ONE.id},
    )
    with ExitStack() as held:
        windows = Windows(centre, web_browser, held)
        office = windows.of(people["van-phong"])
        plan = issued(office)

        # Saturday the 16th: the paper is signed, 15 days after people were asked first.
        centre.today(date(2023, 9, 16))
        office = windows.of(people["van-phong"])
        issue(office, plan, "304/KH-UBND", "2023-09-16")
        expect(office.get_by_text("đã qua khi ban hành")).to_be_visible()
        reads(office, "Cách lấy: toàn bộ danh sách.")
        # Who came before is asked on paper.
        print_forms(office, "304/KH-UBND", 10, DISTRIBUTOR)

        centre.today(date(2023, 9, 18))
        one_stop, leader = windows.of(people["mot-cua"]), windows.of(people["chu-tich"])
        report_obstacle(one_stop, plan, OBSTACLE)
        answer_obstacle(leader, OBSTACLE, "Văn phòng gọi lấy số từ hồ sơ giấy trong ngày.")
        close_obstacle(one_stop, plan, "Văn phòng gọi lấy số từ hồ sơ giấy trong ngày.")

        # All others answered after their handovers, and the month is over.
        centre.today(date(2023, 9, 30), 20)
        answers = [scanned(date(2023, 9, 16) + timedelta(days=n % 15), n, "v01") for n in range(1, 22)]
        answers += [scanned(date(2023, 9, 18) + timedelta(days=n % 9), n, "v02") for n in range(22, 28)]
        answers += [replace(scanned(date(2023, 8, 7), n, "v01"), plan=None) for n in range(28, 35)]
        answers += [replace(scanned(date(2023, 8, 8), n, "v02"), plan=None) for n in range(35, 39)]
        assert set(store_unasked(central, answers)) == {"stored"}
        with writing(central.engine) as connection:
            days = [str(date(2023, 9, 1) + timedelta(days=n)) for n in range(30)]
            results = {(day, procedure, ""): 1 for day in days for procedure in (BIRTHS, COPIES)}
            take_in(connection, UNIT, date(2023, 9, 1), date(2023, 9, 30), results)
        centre.today(date(2023, 10, 2))
        office = windows.of(people["van-phong"])
        keyed_of_earlier_days(office)
        count_forms(office, DISTRIBUTOR, given_out=10, returned=7)
        covered(office, plan)
        rated(office)
        of_oneself(windows.of(people["can-bo"], PHONE))
        finish_tasks(office, plan, TASKS)

        centre.today(date(2023, 10, 9))
        office, leader = windows.of(people["van-phong"]), windows.of(people["chu-tich"])
        code = close_plan(office, plan)
        confirm_package(windows.of(people["ben-nhan"]), plan, code, "Phòng Nội vụ huyện")
        report = draft_report(office, "Báo cáo kết quả đợt khảo sát", ("2023-09-01", "2023-09-30"), TITLE)
        say_in_report(office, {"nguyen-nhan": "Đầu tháng thiếu một công chức."})
        approve(office, leader, report)
        words = send_report(office, report, "87/BC-UBND")
        for said in ("01/9/2023", "16/9/2023", "hai mức", "Đầu tháng thiếu một công chức."):
            assert said in words, said
        assert ONE.name not in words
        public = publish(office, "Mở thêm một quầy vào sáng thứ Hai.")
        anybody = windows.stranger(PHONE)
        anybody.goto(public)
        expect(anybody.get_by_text("Mở thêm một quầy vào sáng thứ Hai.")).to_be_visible()
        assert ONE.name not in anybody.content()
