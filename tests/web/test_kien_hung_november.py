"""Kiến Hưng, November, in a browser: from an alert to what the next month's report still asks for.

A real process whose clock is moved, an office with an administrator and a leader, and everything by their
pages: alert → remedy → closure → report → approval → publication → radio text → the open remedy in December.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import docx
import httpx
import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.people.accounts import mark_approver
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response
from sync.host.clock import local_now
from tests.support.people import link_of, make_person
from tests.support.plans import shipped_plans
from tests.support.processes import free_port, running, wait_until
from tests.support.remarks import written
from tests.support.surveyed import UNITS
from tests.support.web_browser import DESK, PHONE, WebBrowser
from tests.support.wire import NOW, ROOT, CentreUnderTest, store_unasked, visit

pytestmark = pytest.mark.timeout(120)
UNIT = "phuong-kien-hung"
WORDS = "Chờ lâu quá"
MEASURE = "Mở thêm một quầy vào buổi sáng"


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIET_NAM)


def visits(first: date, count: int, start: int) -> list[Response]:
    """One a day, of a counter of the ward."""
    found = []
    for number in range(start, start + count):
        begun = at(first + timedelta(days=number - start), 9)
        made = visit(number, result=5 if number % 3 else 4)
        assert made.tag
        tag = replace(made.tag, unit=UNIT, scanned_at=begun)
        found.append(replace(made, seq=number, tag=tag, started_at=begun, finished_at=begun))
    return found


class Ward:
    """The centre as it is on a day, served by a process; `today` moves its clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder / "clock"
        self.now = NOW
        self.central = CentreUnderTest(folder / "centre", now=lambda: self.now)
        self.address = f"http://127.0.0.1:{free_port()}"
        self._folder = folder / "centre"
        self._set_up()

    def _set_up(self) -> None:
        shipped = shipped_plans()["kien-hung-2020"]
        plan = replace(shipped, issued=date(2026, 7, 2), starts=date(2026, 7, 2), ends=date(2026, 12, 31))
        with writing(self.central.engine) as connection:
            put_bundled_units(connection, UNITS[:2], NOW)
            put_plan(connection, replace(plan, tasks=(), steps=()), NOW)
        self.people = {
            login: make_person(self.central, login, (role, UNIT), password=None)
            for login, role in (("can-bo", "admin"), ("chu-tich", "viewer"))
        }
        with acting(self.central.engine, By("test", NOW)) as act:
            mark_approver(act, self.people["chu-tich"], True)

    def today(self, day: date) -> None:
        """Let it be the morning of a day."""
        self.now = at(day)
        self.clock.write_text(str((self.now - local_now()).total_seconds()))

    def command(self, *arguments: str) -> list[str]:
        moved = [sys.executable, "-m", "tests.support.moved_clock"]
        return [*moved, *arguments, "--data", str(self._folder)]

    @contextmanager
    def served(self) -> Iterator[None]:
        """While the process runs."""
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TZ": "UTC"}
        environment["MOVED_CLOCK"] = str(self.clock)
        with ExitStack() as held:
            log = held.enter_context((self._folder / "log").open("wb"))
            serve = self.command("serve", "--port", self.address.rpartition(":")[2])
            held.enter_context(running(serve, environment, log=log))
            # What is due is found by the timer's own command, meanwhile.
            done = held.enter_context(running(self.command("tick"), environment, log=log))
            assert done.wait(60) == 0, (self._folder / "log").read_text()
            wait_until(self._answers)
            yield
        self.central.close()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health").is_success
        except httpx.TransportError:
            return False


Open = Callable[[str], Page]


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """On Thursday 19 November, the morning after somebody was unhappy and wrote why."""
    ward = Ward(tmp_path)
    *content, unhappy = visits(date(2026, 10, 21), 29, 1)
    unhappy = replace(unhappy, answers={"result": 2, "service": 2})
    ward.now = at(date(2026, 11, 18), 17)
    stored = [*content, written(ward.central, unhappy, {"unsatisfied": WORDS})]
    assert set(store_unasked(ward.central, stored)) == {"stored"}
    ward.today(date(2026, 11, 19))
    with ward.served():
        yield ward


@pytest.fixture
def signed_in(ward: Ward, web_browser: WebBrowser) -> Iterator[Open]:
    with ExitStack() as windows:

        def open_page(login: str) -> Page:
            page = windows.enter_context(web_browser.window(ward.address, DESK)).new_page()
            page.goto(f"/bat-dau/{link_of(ward.central, ward.people[login], 'once')}")
            page.click("main form button")
            return page

        yield open_page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


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
    office.get_by_label("Số liệu cho thấy vấn đề").fill("96,6% (n = 29)")
    office.get_by_label("Biện pháp").fill(MEASURE)
    office.get_by_label("Cơ quan hoặc chức danh").fill("Bộ phận Một cửa")
    office.get_by_label("Hạn").fill("2026-12-31")
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


def approved(office: Page, leader: Page) -> None:
    """The office writes, the leader approves what the office may not."""
    office.locator("textarea[name='loi.nguyen-nhan']").fill("Buổi sáng đầu tuần chỉ mở một quầy.")
    press(office, "Lưu")
    expect(office.get_by_text("Đã lưu.")).to_be_visible()
    expect(office.get_by_role("button", name="Phê duyệt, chốt số liệu")).to_have_count(0)
    leader.goto(office.url)
    expect(leader.get_by_text("Buổi sáng đầu tuần chỉ mở một quầy.")).to_be_visible()
    assert leader.locator("textarea[name^='loi.']").count() == 0
    press(leader, "Phê duyệt, chốt số liệu")
    expect(leader.get_by_text("số liệu của báo cáo không đổi nữa")).to_be_visible()
    expect(leader.get_by_text("Trong cơ quan: đã xem 0/")).to_be_visible()


def published(office: Page, folder: Path) -> None:
    """The signed paper is taken along and registered, its figures are published and read out."""
    office.reload()
    with office.expect_download() as download:
        office.get_by_role("link", name="DOCX").click()
    download.value.save_as(folder / "report.docx")
    paper = docx.Document(BytesIO((folder / "report.docx").read_bytes()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert MEASURE in cells
    office.get_by_label("Số của văn bản đã ký").fill("125/BC-UBND")
    press(office, "Ghi là đã gửi")
    expect(office.get_by_text("Đã gửi: số 125/BC-UBND")).to_be_visible()
    office.get_by_text("Công bố kết quả…", exact=True).click()
    office.get_by_label("Đã làm gì theo ý kiến của người dân").fill(f"{MEASURE}.")
    press(office, "Công bố")
    expect(office.get_by_text("Đã công bố.")).to_be_visible()
    with office.expect_download() as download:
        follow(office, "Bản tin truyền thanh")
    download.value.save_as(folder / "radio.txt")
    spoken = (folder / "radio.txt").read_text("utf-8")
    assert MEASURE.lower() in spoken.lower()
    assert "Từ ngày hai mươi mốt tháng mười" in spoken
    office.get_by_label("Ở đâu, mấy lượt").fill("loa khu phố 3, hai lượt")
    press(office, "Ghi là đã làm")
    expect(office.get_by_text("Loa truyền thanh: loa khu phố 3, hai lượt")).to_be_visible()


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


def test_an_alert_of_november_is_what_december_still_asks_for(
    ward: Ward, signed_in: Open, web_browser: WebBrowser, tmp_path: Path
) -> None:
    alert_becomes_a_remedy(signed_in("can-bo"))

    # On Monday the days up to the 20th are over.
    ward.today(date(2026, 11, 23))
    office, leader = signed_in("can-bo"), signed_in("chu-tich")
    report = drafted(office)
    approved(office, leader)
    published(office, tmp_path)
    public = office.get_by_role("link", name="Trang công khai", exact=True).get_attribute("href")
    assert public is not None
    read_by_everybody(web_browser, ward.address, public)

    ward.today(date(2026, 12, 21))
    assert set(store_unasked(ward.central, visits(date(2026, 11, 21), 30, 101))) == {"stored"}
    office = signed_in("can-bo")
    assert drafted(office) != report
    expect(office.get_by_text("tháng 12 năm 2026").first).to_be_visible()
