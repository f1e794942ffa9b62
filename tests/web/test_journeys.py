"""What people do in a browser: the vice-chairman, the IT officer, the analyst, the province; and a plan."""

import csv
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from sync.contract.enrolment import read_invitation
from sync.host.clock import local_now
from tests.support.figures_shown import figures_shown
from tests.support.province import small_province
from tests.support.province.arriving import Tablet
from tests.support.province.places import DAILY
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import DESK, PHONE, WebBrowser

pytestmark = pytest.mark.timeout(240)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageCentre]:
    """A province of these journeys alone: they change it."""
    with PageCentre(small_province(tmp_path_factory.mktemp("journeys"))) as made:
        yield made


@pytest.fixture(scope="module")
def process(centre: PageCentre) -> Iterator[ServedPages]:
    with ServedPages(centre.province) as pages:
        yield pages


@pytest.fixture
def signed_in(process: ServedPages, web_browser: WebBrowser) -> Iterator[Open]:
    with ExitStack() as windows:

        def open_page(login: str, size: tuple[int, int] = DESK) -> Page:
            page = windows.enter_context(web_browser.window(process.address, size)).new_page()
            page.goto(process.link(login))
            page.click("main form button")
            return page

        yield open_page


def opened(page: Page, form: str) -> None:
    """Unfold what holds this form, if it is folded."""
    for summary in page.locator(f"details:not([open]):has({form}) > summary").all():
        summary.click()


def test_the_vice_chairman_sees_who_is_unhappy_and_closes_what_somebody_wrote(signed_in: Open) -> None:
    page = signed_in("tin-hoc")
    page.goto("/?ky=thang")
    expect(page.get_by_text("Có ai chưa hài lòng?")).to_be_visible()
    page.locator('main a[href^="/y-kien?"]').first.click()
    page.locator('main a[href^="/y-kien/"]').first.click()
    address = page.url
    page.get_by_role("button", name="Nhận xử lý").click()
    page.goto(address)
    page.locator("#ghi-chu-answer").fill("Đã gọi lại và xin lỗi.")
    page.get_by_role("button", name="Ghi câu trả lời").click()
    page.goto(address)
    opened(page, "input[name=ket_qua]")
    page.locator("input[name=ket_qua]").first.check()
    page.get_by_role("button", name="Đóng ý kiến").click()
    page.goto(address)
    expect(page.locator("main section ol > li")).to_have_count(3)
    expect(page.locator("main")).to_contain_text("Đã gọi lại và xin lỗi.")
    expect(page.get_by_role("button", name="Đóng ý kiến")).to_have_count(0)


def test_the_it_officer_enrols_a_device_at_the_counter_replaces_it_and_revokes_it(
    signed_in: Open, centre: PageCentre
) -> None:
    page = signed_in("tin-hoc", PHONE)
    page.goto("/may")
    page.locator('main a[href^="/may/moi"]').first.click()
    page.locator("#o-quay").select_option(index=1)
    page.get_by_role("button", name="Tạo mã ghi danh").click()
    expect(page.locator("main svg").first).to_be_visible()
    code = page.locator("p.code").inner_text()
    own = page.get_by_role("link", name="Xem máy đã nối chưa").get_attribute("href")
    assert own is not None
    id = own.removeprefix("/may/")
    Tablet(id, 1).enrol(centre.centre.devices, read_invitation(code).code.secret, local_now())
    expect(page.locator("[data-live]")).to_contain_text("Đã nối với trung tâm", timeout=20_000)
    page.goto(f"/may/{id}")
    expect(page.locator("h1")).to_contain_text(id)
    opened(page, f"form[action='/may/{id}/thay']")
    page.locator(f"form[action='/may/{id}/thay'] [name=ly_do]").fill("vỡ màn hình")
    page.locator(f"form[action='/may/{id}/thay'] button").click()
    assert page.locator("p.code").inner_text() != code
    page.goto(f"/may/{id}")
    expect(page.locator("main")).to_contain_text("vỡ màn hình")
    new = page.locator('dt:has-text("Đã thay bằng máy") + dd a').inner_text()
    assert new != id
    page.goto(f"/may/{new}")
    opened(page, f"form[action='/may/{new}/thu-hoi']")
    page.locator(f"form[action='/may/{new}/thu-hoi'] [name=ly_do]").fill("không dùng nữa")
    page.locator(f"form[action='/may/{new}/thu-hoi'] button").click()
    page.goto(f"/may/{new}")
    expect(page.locator("main")).to_contain_text("không dùng nữa")


def test_the_analyst_cuts_filters_and_takes_along_what_the_page_shows(signed_in: Open) -> None:
    page = signed_in("phan-tich")
    page.goto("/so-lieu")
    page.locator("nav.tabs a", has_text="Thủ tục").click()
    page.locator("#o-cau").select_option(index=1)
    page.get_by_role("button", name="Xem", exact=True).click()
    counts = [each for each in figures_shown(page.content()) if each.path.endswith("/n")]
    assert counts
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải về CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    cells = {cell for line in csv.reader(lines) for cell in line}
    shown = [str(each.number) for each in counts if each.query == counts[0].query]
    assert set(shown) <= cells


def test_the_province_finds_the_unit_to_call_and_its_machine(signed_in: Open) -> None:
    page = signed_in("chuyen-vien")
    page.goto("/?ky=thang")
    line = page.locator("tr.call").first
    name = line.locator("a").inner_text()
    line.locator("a").click()
    assert page.locator("h1").inner_text().lower() == name.lower()
    page.locator('main a[href^="/may?unit="]').first.click()
    expect(page.locator(".tag.call").first).to_be_visible()
    machine = page.locator('main th a[href^="/may/"]').first
    id = machine.inner_text()
    machine.click()
    expect(page.locator("h1")).to_contain_text(id)


def test_an_office_begins_a_plan_issues_it_does_its_tasks_and_closes_it(signed_in: Open) -> None:
    page = signed_in("tin-hoc")
    today = local_now().date()
    page.goto("/ke-hoach/moi")
    page.locator("input[value=kien-hung-2020]").check()
    page.get_by_role("button", name="Lập bản nháp").click()
    plan = urlsplit(page.url).path.removesuffix("/soan")
    page.locator("[id='o-starts']").fill((today - timedelta(days=20)).isoformat())
    page.locator("[id='o-ends']").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Lưu bản nháp").click()
    plan_wants(page, plan, 9999)
    issue(page, plan)
    page.get_by_role("link", name="Đóng kế hoạch").click()
    expect(page.locator("main")).to_contain_text("/9999 phiếu")
    page.goto(plan)
    tasks = [each.get_attribute("href") for each in page.locator("#viec th a").all()]
    assert len(tasks) > 1
    for task in tasks:
        page.goto(str(task))
        page.locator("#o-ket_qua").fill("Đã làm xong")
        page.get_by_role("button", name="Báo đã làm xong").click()
    page.goto(plan)
    expect(page.locator("main")).to_contain_text(f"{len(tasks)} / {len(tasks)} việc đã xong")
    page.get_by_role("button", name="Sửa kế hoạch").click()
    plan_wants(page, plan, 1)
    issue(page, plan)
    page.goto(f"{plan}/dong")
    page.get_by_role("button", name="Đóng kế hoạch").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải gói bàn giao (ZIP)").click()
    with ZipFile(download.value.path()) as package:
        digest = hashlib.sha256(package.read("ban-ke.json")).hexdigest()
    receiver = signed_in("phan-tich", PHONE)
    receiver.goto(urlsplit(page.url).path)
    receiver.locator("#o-ma_goi").fill(digest[:12])
    receiver.locator("#o-ben_nhan").fill("Sở Nội vụ")
    receiver.get_by_role("button", name="Xác nhận khớp").click()
    expect(receiver.locator("main")).to_contain_text("Sở Nội vụ, ")


def plan_wants(page: Page, plan: str, forms: int) -> None:
    """Let the plan's only group ask the daily form, and want this number of forms."""
    page.goto(f"{plan}/soan?phan=nhom")
    page.locator("[id='o-groups:0:survey']").fill(DAILY)
    page.locator("[id='o-groups:0:total']").fill(str(forms))
    page.get_by_role("button", name="Lưu bản nháp").click()


def issue(page: Page, plan: str) -> None:
    """Issue the draft of the plan, with a number."""
    page.goto(f"{plan}/ban-hanh")
    page.locator("#o-so").fill("125/KH-UBND")
    page.get_by_role("button", name="Ban hành kế hoạch").click()
    expect(page.locator("main")).to_contain_text("Đã hết ngày lấy phiếu")
