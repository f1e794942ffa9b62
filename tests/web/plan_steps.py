"""What a person does for a plan in a browser, by the buttons of its pages."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Literal

import docx
from playwright.sync_api import FilePayload, Locator, Page, expect

from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form

Section = Literal["Chung", "Nhóm, số phiếu", "Tiến độ, phân công", "Nơi nhận, người ký, kinh phí"]


def press(at: Page | Locator, name: str) -> None:
    """Press the button with this name."""
    at.get_by_role("button", name=name, exact=True).first.click()


def follow(at: Page | Locator, name: str) -> None:
    """Follow the first link with this name."""
    at.get_by_role("link", name=name, exact=True).first.click()


def reads(page: Page, *texts: str) -> None:
    """The page says each of these, once it is there."""
    for text in texts:
        expect(page.locator("main")).to_contain_text(text)


def listed(page: Page, table: str, row: str, *cells: str) -> None:
    """The row of a table has these cells; table: the id that labels it."""
    found = page.locator(f"table[aria-labelledby='{table}'] tr", has_text=row).first
    for cell in cells:
        expect(found.get_by_text(cell, exact=True).first).to_be_visible()


def fill(at: Page | Locator, fields: Mapping[str, str]) -> None:
    """Type into fields by their labels; of several with one label, into the first."""
    for label, text in fields.items():
        at.get_by_label(label, exact=True).first.fill(text)


def downloaded(page: Page, link: str) -> bytes:
    """What the link with this name downloads."""
    with page.expect_download() as download:
        follow(page, link)
    return download.value.path().read_bytes()


def official(file: bytes) -> str:
    """The words of a Word file that has the form of the decree."""
    assert check_form(file, read_profile()) == ()
    paper = docx.Document(BytesIO(file))
    tables = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join((*(each.text for each in paper.paragraphs), *tables))


# --- the plan -----------------------------------------------------------------------------------------------


def begin_plan(page: Page, template: str, plan: str) -> str:
    """Begin a plan from a template under this code; its address."""
    page.goto("/ke-hoach")
    follow(page, "Lập kế hoạch")
    page.check(f"input[value='{template}']")
    fill(page, {"Mã kế hoạch": plan})
    press(page, "Lập bản nháp")
    reads(page, "Đã có bản nháp. Sửa từng phần rồi ban hành.")
    return f"/ke-hoach/{plan}"


def write(page: Page, plan: str, section: Section, fields: Mapping[str, str]) -> None:
    """Type into a section of the draft, by the names of the fields, and keep it."""
    page.goto(f"{plan}/soan")
    follow(page, section)
    for name, text in fields.items():
        page.fill(f"[name='{name}']", text)
    press(page, "Lưu bản nháp")
    reads(page, "Đã lưu bản nháp.")


def release_form(page: Page, form: str, why: str) -> None:
    """Release the form that came with the template."""
    follow(page, "Mẫu phiếu")
    follow(page.locator("tr", has_text=form), "Soạn tiếp")
    follow(page, "Phát hành…")
    fill(page, {"Lý do": why})
    page.get_by_role("button", name=re.compile("^Phát hành bản ")).click()
    expect(page.get_by_role("status")).to_be_visible()


def issue(page: Page, plan: str, number: str, day: str) -> None:
    """Put the draft in force with the number and the day of the signed paper."""
    page.goto(f"{plan}/soan")
    follow(page, "Ban hành…")
    fill(page, {"Số văn bản": number, "Ngày ban hành": day})
    press(page, "Ban hành kế hoạch")
    reads(page, "Đã ban hành.", number)


def finish_tasks(page: Page, plan: str, results: Mapping[str, str]) -> None:
    """Say of tasks, by the beginning of their names, that they are done, and what came of them."""
    for name, result in results.items():
        page.goto(plan)
        page.locator("#viec a", has_text=name).click()
        fill(page, {"Đã làm được gì": result})
        press(page, "Báo đã làm xong")
        reads(page, "đã xong", result)


def report_obstacle(page: Page, plan: str, words: str) -> None:
    """Say what keeps the plan from going on."""
    page.goto(plan)
    page.click("summary:has-text('Báo vướng mắc')")
    fill(page, {"Điều gì đang cản, cần ai làm gì": words})
    press(page, "Báo lãnh đạo")
    reads(page, "Đã báo; lãnh đạo thấy ở Việc của tôi.")


def answer_obstacle(leader: Page, words: str, answer: str) -> None:
    """The leader finds the obstacle among their own work, and answers it."""
    leader.goto("/viec")
    reads(leader, "Vướng mắc chờ tôi trả lời")
    leader.locator("main a", has_text=words).click()
    fill(leader, {"Trả lời": answer})
    press(leader, "Trả lời")
    reads(leader, "Đã trả lời; người báo đóng khi đã gỡ xong.")


def close_obstacle(page: Page, plan: str, answer: str) -> None:
    """Who reported the obstacle reads the answer, and says that it is gone."""
    page.goto(plan)
    reads(page, answer)
    press(page, "Đã gỡ xong")
    reads(page, "Đã đóng vướng mắc.")


# --- lists, and paper ---------------------------------------------------------------------------------------


def send_list(page: Page, content: bytes, name: str, software: str) -> None:
    """Send a list whose columns are guessed, look at what it would be, and have it taken in."""
    page.set_input_files("#o-tep", files=FilePayload(name=name, mimeType="text/csv", buffer=content))
    fill(page, {"Lấy từ phần mềm nào": software})
    press(page, "Xem thử")
    if page.get_by_role("heading", name="Cột nào là gì").is_visible():
        press(page, "Xem thử")
    press(page, "Nhận danh sách")


def print_forms(page: Page, form: str, count: int, holder: str, unit: str = "") -> None:
    """Number forms for who gives them out. unit: where there are several."""
    follow(page, "Nhập phiếu")
    follow(page, "In phiếu")
    choose_form(page, form, unit)
    fill(page, {"Số bản": str(count), "Ai phát": holder})
    press(page, "Đánh số phiếu")
    expect(page.locator("tbody tr", has_text=holder)).to_be_visible()


def choose_form(page: Page, form: str, unit: str = "") -> None:
    """Choose a form by what its name has, and the unit where there are several."""
    if unit:
        page.select_option("#o-don_vi", unit)
    option = page.locator("#o-phieu option", has_text=form).first.get_attribute("value")
    page.select_option("#o-phieu", option)


def count_forms(page: Page, holder: str, *, given_out: int, returned: int) -> None:
    """Note how many forms somebody has given out and how many came back."""
    follow(page, "Nhập phiếu")
    follow(page, "In phiếu")
    row = page.locator("tbody tr", has_text=holder)
    row.locator("input[name=phat]").fill(str(given_out))
    row.locator("input[name=thu]").fill(str(returned))
    press(row, "Ghi")
    expect(row.locator("input[name=thu]")).to_have_value(str(returned))


def open_box(page: Page, form: str, numbers: range, *, counted: int, unit: str = "") -> str:
    """Two people open the ballot box with forms of these numbers; the address at which they are keyed."""
    follow(page, "Nhập phiếu")
    follow(page, "Mở hòm phiếu, ghi phiếu đã về")
    choose_form(page, form, unit)
    people = {"Người thứ nhất": "Người Thứ Nhất", "Người thứ hai": "Người Thứ Hai"}
    fill(page, people | {"Số phiếu đếm được": str(counted), "Số nhỏ nhất trên phiếu": str(numbers[0])})
    fill(page, {"Số lớn nhất": str(numbers[-1])})
    press(page, "Ghi lô phiếu")
    reads(page, f"đếm được {counted}")
    return page.url


def key_form(page: Page, number: int, day: str, levels: Mapping[str, str]) -> None:
    """Key a form as who reads it from the paper; levels: by question."""
    fill(page, {"Số trên phiếu, hoặc quét mã": str(number), "Ngày trả lời": day})
    for question, level in levels.items():
        page.fill(f"#o-c\\.{question}", level)
    press(page, "Lưu phiếu")
    reads(page, f"Đã lưu phiếu số {number}.")


def key_invalid(page: Page, number: int, why: str) -> None:
    """Note that a form has no valid answer."""
    fill(page, {"Số trên phiếu, hoặc quét mã": str(number)})
    page.click("summary:has-text('Phiếu không hợp lệ')")
    page.get_by_label(why).check()
    press(page, "Ghi là không hợp lệ")
    reads(page, "Đã ghi một phiếu không hợp lệ")


# --- closing, and what is said of it ------------------------------------------------------------------------


def close_plan(page: Page, plan: str) -> str:
    """Close the plan; the code of its package."""
    page.goto(plan)
    page.locator(".card").get_by_role("link", name="Đóng kế hoạch").click()
    reads(page, "Không còn gì cản việc đóng")
    press(page, "Đóng kế hoạch")
    reads(page, "Đã đóng. Tải gói bàn giao và biên bản.")
    assert downloaded(page, "Tải gói bàn giao (ZIP)").startswith(b"PK")
    assert "BIÊN BẢN" in official(downloaded(page, "Biên bản bàn giao (Word)"))
    return page.locator("dd.code").first.inner_text().replace(" ", "")


def confirm_package(page: Page, plan: str, code: str, receiver: str) -> None:
    """The other side says that the package arrived as it was made."""
    page.goto(f"{plan}/dong")
    fill(page, {"Mã tính từ gói đã nhận": code[:16], "Bên nhận: cơ quan, người nhận": receiver})
    press(page, "Xác nhận khớp")
    reads(page, "Đã ghi: bên nhận xác nhận gói khớp mã.", receiver)


def draft_report(page: Page, kind: str, days: tuple[str, str], about: str) -> str:
    """Begin a report about a plan, or a group of it; its address."""
    follow(page, "Báo cáo")
    page.click("summary:has-text('Lập báo cáo khác')")
    page.select_option("#o-loai", label=kind)
    page.select_option("#o-ke_hoach", label=about)
    fill(page, {"Từ ngày": days[0], "Đến hết ngày": days[1]})
    press(page, "Lập bản nháp")
    reads(page, "Đã lập báo cáo.")
    return page.url


def say_in_report(page: Page, words: Mapping[str, str]) -> None:
    """Write what no figure says, and keep it."""
    for name, text in words.items():
        page.fill(f"textarea[name='loi.{name}']", text)
    press(page, "Lưu")
    reads(page, "Đã lưu.")


def approve(writer: Page, leader: Page, report: str) -> None:
    """Who wrote the report may not approve it; somebody else does."""
    expect(writer.get_by_role("button", name="Phê duyệt, chốt số liệu")).to_have_count(0)
    leader.goto(report)
    press(leader, "Phê duyệt, chốt số liệu")
    reads(leader, "số liệu của báo cáo không đổi nữa")


def send_report(page: Page, report: str, number: str) -> str:
    """Take the paper along and register it with its number; the words of the paper."""
    page.goto(report)
    words = official(downloaded(page, "DOCX"))
    fill(page, {"Số của văn bản đã ký": number})
    press(page, "Ghi là đã gửi")
    reads(page, f"Đã gửi: số {number}")
    return words


def publish(page: Page, done: str) -> str:
    """Publish what the report says; the address that everybody reads."""
    page.get_by_text("Công bố kết quả…", exact=True).click()
    fill(page, {"Đã làm gì theo ý kiến của người dân (hiện trên trang công khai)": done})
    press(page, "Công bố")
    reads(page, "Đã công bố.")
    public = page.get_by_role("link", name="Trang công khai", exact=True).get_attribute("href")
    assert public is not None
    return public


def read_aloud(page: Page, where: str) -> str:
    """Take the text for the loudspeakers along, and note that it was read; the text."""
    spoken = downloaded(page, "Bản tin truyền thanh").decode("utf-8")
    fill(page, {"Ở đâu, mấy lượt (nếu cần)": where})
    press(page, "Ghi là đã làm")
    reads(page, f"Loa truyền thanh: {where}")
    return spoken
