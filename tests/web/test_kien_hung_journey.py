"""Kiến Hưng, July to December, in a browser: from the plan to what the last report still asks for.

A plan from its template and its tasks; then November: alert → remedy → closure → report → approval →
publication → radio text → the open remedy in December.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.response import Response
from tests.support.moved_centre import MovedCentre, Windows, at
from tests.support.remarks import written
from tests.support.surveyed import UNITS
from tests.support.web_browser import PHONE, WebBrowser
from tests.support.wire import store_unasked, visit
from tests.web.plan_steps import (
    approve,
    begin_plan,
    fill,
    finish_tasks,
    follow,
    issue,
    press,
    publish,
    read_aloud,
    reads,
    say_in_report,
    send_report,
)

UNIT, PLAN = "phuong-kien-hung", "kien-hung-2026"
WORDS = "Chờ lâu quá"
MEASURE = "Mở thêm một quầy vào buổi sáng"
CAUSE = "Buổi sáng đầu tuần chỉ mở một quầy."
TASKS = {
    "Tham mưu UBND phường": "Đã trình ký kế hoạch và mẫu phiếu",
    "Tuyên truyền, vận động": "Đã dán áp phích ở mười nhà văn hóa",
}


def visits(first: date, count: int, start: int) -> list[Response]:
    """One a day, of a counter of the ward."""
    found = []
    for number in range(start, start + count):
        begun = at(first + timedelta(days=number - start), 9)
        made = visit(number, result=5 if number % 3 else 4)
        assert made.tag
        tag = replace(made.tag, unit=UNIT, scanned_at=begun)
        found.append(replace(made, seq=number, plan=PLAN, tag=tag, started_at=begun, finished_at=begun))
    return found


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[MovedCentre]:
    """On Thursday 2 July, with its district and no plan."""
    ward = MovedCentre(tmp_path, date(2026, 7, 2))
    with writing(ward.central.engine) as connection:
        put_bundled_units(connection, UNITS[:2], ward.now)
    with ward.served():
        yield ward


Open = Callable[[str], Page]


@pytest.fixture
def signed_in(ward: MovedCentre, web_browser: WebBrowser) -> Iterator[Open]:
    people = ward.people(
        UNIT,
        {"can-bo": "admin", "chu-tich": "viewer"},
        approver="chu-tich",
    )
    with ExitStack() as held:
        windows = Windows(ward, web_browser, held)
        yield lambda login: windows.of(people[login])


def planned(office: Page) -> None:
    """The plan of the ward from the template, and its first tasks done."""
    plan = begin_plan(office, "kien-hung-2020", PLAN)
    issue(office, plan, "125/KH-UBND", "2026-07-02")
    reads(office, "Đang lấy phiếu", "Cách lấy: ai muốn thì trả lời.", "0 / 6 việc đã xong")
    finish_tasks(office, plan, TASKS)
    office.goto(plan)
    reads(office, "2 / 6 việc đã xong", "Đã dán áp phích ở mười nhà văn hóa")


def somebody_is_unhappy(ward: MovedCentre) -> None:
    """On Wednesday 18 November, after a month of content people; the morning after, it is found."""
    *content, unhappy = visits(date(2026, 10, 21), 29, 1)
    unhappy = replace(unhappy, answers={"result": 2, "service": 2})
    ward.today(date(2026, 11, 18), 17)
    stored = [*content, written(ward.central, unhappy, {"unsatisfied": WORDS})]
    assert set(store_unasked(ward.central, stored)) == {"stored"}
    ward.today(date(2026, 11, 19))
    ward.tick()


def alert_becomes_a_remedy(office: Page) -> None:
    """The alert is taken, leads to a remedy, and is closed."""
    follow(office, "Cảnh báo")
    # The other one is that the report is due tomorrow.
    expect(office.get_by_text("2 cảnh báo đang mở.")).to_be_visible()
    follow(office, "Một lượt chọn mức thấp và có viết")
    assert WORDS not in office.content()
    alert = office.url
    press(office, "Nhận xử lý")
    follow(office, "Lập việc khắc phục")
    fill(office, {"Số liệu cho thấy vấn đề": "96,6% (n = 29)", "Biện pháp": MEASURE})
    fill(office, {"Cơ quan hoặc chức danh": "Bộ phận Một cửa", "Hạn": "2026-12-31"})
    press(office, "Lập việc khắc phục")
    expect(office.get_by_text("Đã lập việc khắc phục.")).to_be_visible()
    office.goto(alert)
    office.get_by_label("Đã khắc phục").check()
    press(office, "Đóng cảnh báo")
    expect(office.get_by_text(MEASURE)).to_be_visible()
    follow(office, "Cảnh báo")
    expect(office.get_by_text("1 cảnh báo đang mở.")).to_be_visible()


def drafted(office: Page) -> str:
    """The report of the 20th is begun; its address."""
    follow(office, "Báo cáo")
    press(office, "Lập báo cáo ngày 20")
    expect(office.get_by_text("Đã lập báo cáo.")).to_be_visible()
    expect(office.locator("tr", has_text=MEASURE).get_by_text("Đang thực hiện")).to_be_visible()
    return office.url


def approved(office: Page, leader: Page, report: str) -> None:
    """The office writes, the leader approves what the office may not."""
    say_in_report(office, {"nguyen-nhan": CAUSE})
    leader.goto(report)
    expect(leader.get_by_text(CAUSE)).to_be_visible()
    assert leader.locator("textarea[name^='loi.']").count() == 0
    approve(office, leader, report)
    expect(leader.get_by_text("Trong cơ quan: đã xem 0/")).to_be_visible()


def published(office: Page, report: str) -> str:
    """The signed paper is taken along and registered, its figures are published and read out."""
    assert MEASURE in send_report(office, report, "125/BC-UBND").splitlines()
    public = publish(office, f"{MEASURE}.")
    spoken = read_aloud(office, "loa khu phố 3, hai lượt")
    assert MEASURE.lower() in spoken.lower()
    assert "Từ ngày hai mươi mốt tháng mười" in spoken
    return public


def read_by_everybody(web_browser: WebBrowser, address: str, public: str) -> None:
    """On a telephone, without a script, and short."""
    with web_browser.window(address, PHONE) as window:
        page = window.new_page()
        page.goto(public)
        expect(page.get_by_text(f"{MEASURE}.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert page.locator("script").count() == 0
        assert WORDS not in page.content()
    answer = httpx.get(f"{address}{public}")
    assert len(answer.content) <= 20 * 1024
    unchanged = httpx.get(f"{address}{public}", headers={"If-None-Match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_a_plan_of_july_leads_to_an_alert_of_november_that_december_still_asks_for(
    ward: MovedCentre, signed_in: Open, web_browser: WebBrowser
) -> None:
    planned(signed_in("can-bo"))
    somebody_is_unhappy(ward)
    alert_becomes_a_remedy(signed_in("can-bo"))

    # On Monday the days up to the 20th are over.
    ward.today(date(2026, 11, 23))
    office, leader = signed_in("can-bo"), signed_in("chu-tich")
    report = drafted(office)
    approved(office, leader, report)
    read_by_everybody(web_browser, ward.address, published(office, report))

    ward.today(date(2026, 12, 21))
    assert set(store_unasked(ward.central, visits(date(2026, 11, 21), 30, 101))) == {"stored"}
    office = signed_in("can-bo")
    assert drafted(office) != report
    expect(office.get_by_text("tháng 12 năm 2026").first).to_be_visible()
