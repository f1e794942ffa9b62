"""A school's list becomes a sample, and an interviewer asks the first people: in a browser without script."""

from datetime import timedelta

from playwright.sync_api import FilePayload, Page

from sync.central.office.audit.acts import By, acting
from sync.central.office.people.roles import add_person
from sync.host.clock import local_now
from tests.support.made_samples import PARENTS, list_text, sampled_id
from tests.support.served_pages import ServedPages
from tests.support.web_browser import DESK, PHONE, WebBrowser


def sign_in(page: Page, served: ServedPages, login: str) -> None:
    page.goto(served.link(login))
    page.click("main form button")


def test_a_list_is_drawn_and_asked_without_script(served: ServedPages, web_browser: WebBrowser) -> None:
    unit = served.province.communes[1].code
    plan = f"/ke-hoach/{sampled_id(unit)}"
    with served.province.database() as engine, acting(engine, By("test", local_now())) as act:
        last = local_now().date() + timedelta(days=20)
        add_person(act, login="di-hoi", name="Người Đi Hỏi", role="interviewer", unit=unit, last=last)
    with (
        web_browser.window(served.address, DESK, java_script_enabled=False) as office,
        web_browser.window(served.address, PHONE, java_script_enabled=False) as field,
    ):
        page = office.new_page()
        sign_in(page, served, "xa-khac")
        page.goto(plan)
        page.click("text=Danh sách >> nth=0")
        page.click(f"a[href='{plan}/danh-sach/{PARENTS}/{unit}']")
        content = list_text(40, ("Lớp 1A", "Lớp 1B")).encode("utf-16")
        file = FilePayload(name="truong.tsv", mimeType="text/plain", buffer=content)
        page.set_input_files("#o-tep", files=file)
        page.fill("#o-phan_mem", "Sổ liên lạc")
        page.click("form[enctype] button")
        page.click("form[action$='/cot'] button")
        assert "40 người ở 41 dòng" in page.inner_text("main")
        page.click("form[action$='/nhan'] button")
        page.goto(f"{plan}/mau")
        page.click(f"form[action$='/mau/{PARENTS}'] button")
        assert "Đã rút mẫu: 12 người." in page.inner_text("main")
        page.goto(f"{plan}/phan-cong")
        row = page.locator("tr", has_text="Phụ huynh học sinh")
        row.locator("button").click()
        assert "Đã giao 12 người." in page.inner_text("main")

        phone = field.new_page()
        sign_in(phone, served, "di-hoi")
        assert phone.url.endswith("/di-hoi")
        phone.click("form[action='/di-hoi/cam-ket'] button")
        phone.click("form[action='/di-hoi/mo'] button")
        assert "Người Ví Dụ" in phone.inner_text("main")
        for name in ("result", "service"):
            phone.check(f"input[name='c.{name}'] >> nth=0")
        phone.click("form[action='/di-hoi/phieu'] > .buttons button")
        assert "Đã lưu phiếu." in phone.inner_text("main")
        phone.click("form[action='/di-hoi/mo'] button")
        phone.click("summary:has-text('Không hỏi được')")
        phone.click("button[value=refused]")
        assert "còn 11 người" in phone.inner_text("main")

        page.reload()
        days = page.locator("table[aria-labelledby=ngay] tbody").inner_text().split()
        assert days[:3] == ["Người", "Đi", "Hỏi"]
        assert days[4:8] == ["1", "1", "0", "0"]
