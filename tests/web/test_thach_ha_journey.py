"""Thạch Hà, November 2021, in a browser: 138 drawn at random, asked on paper by distributors in four days.

The forms are keyed on Saturday, and on Sunday the report is written, approved and published.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sync.central.office.paper.asked import Asked
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.response import Answer
from tests.support.made_samples import list_text
from tests.support.moved_centre import MovedCentre, Windows
from tests.support.plan_bulk import forms_keyed, list_taken
from tests.support.plan_visits import all_at
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.surveyed import UNITS
from tests.support.web_browser import PHONE, WebBrowser
from tests.web.plan_steps import (
    approve,
    begin_plan,
    close_plan,
    confirm_package,
    count_forms,
    draft_report,
    finish_tasks,
    follow,
    issue,
    key_form,
    open_box,
    press,
    print_forms,
    publish,
    reads,
    release_form,
    say_in_report,
    send_list,
    send_report,
    write,
)

UNIT, PLAN = "huyen-thach-ha", "thach-ha-2021"
TITLE = "Khảo sát sự hài lòng của khách hàng đối với sự phục vụ của Ủy ban nhân dân huyện năm 2021"
STAFF, OUTSIDE = shipped_plans()[PLAN].groups
NUMBER = "90/KH-UBND"
# 35.12 % of the staff, and 30 % of the customers, were wanted.
LISTED = {63: 179, 5: 14, 10: 29, 20: 57, 40: 133}
SATURDAY, SUNDAY = date(2021, 11, 20), date(2021, 11, 21)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[MovedCentre]:
    """The district on Monday 8 November, with the offices of its parts and no plan."""
    centre = MovedCentre(tmp_path, date(2021, 11, 8))
    district = [each for each in UNITS if UNIT in (each.code, each.parent)]
    with writing(centre.central.engine) as connection:
        put_bundled_units(connection, district, centre.now)
    with centre.served():
        yield centre


def sized(office: Page, plan: str) -> None:
    """The size by the formula, and the margin that each group really has."""
    office.goto(plan)
    follow(office, "Chọn mẫu")
    reads(office, "138,2976", "±5,01", "±4,99", "Kế hoạch ghi n = 138.")
    expect(office.locator("tr", has_text=STAFF.name["vi"]).first).to_contain_text("±4,79")
    expect(office.locator("tr", has_text=OUTSIDE.name["vi"]).first).to_contain_text("±9,30")


def drawn(office: Page, centre: MovedCentre, plan: str) -> None:
    """The seeds are published before any list is there; 98 and 40 are drawn."""
    follow(office, "Danh sách người được hỏi")
    press(office, "Công bố mã hạt giống")
    press(office, "Công bố mã hạt giống")
    expect(office.get_by_text("Mã hạt giống công bố lúc")).to_have_count(2)
    part, *others = STAFF.parts
    for each in others:
        list_taken(centre.central, Place(Stratum(PLAN, STAFF.id), each.id), list_text(LISTED[each.forms]))
    for named in (part, OUTSIDE.parts[0]):
        follow(office, named.name["vi"])
        send_list(office, list_text(LISTED[named.forms]).encode("utf-16"), "danh-sach.tsv", "Sổ cán bộ")
        office.goto(f"{plan}/danh-sach")
    follow(office, "Cỡ mẫu và rút mẫu")
    for said, count in (("279 người, cần 98 phiếu", 98), ("133 người, cần 40 phiếu", 40)):
        reads(office, said)
        press(office, "Rút mẫu")
        reads(office, f"Đã rút mẫu: {count} người.")


def handed_out(office: Page) -> None:
    """Each part has a distributor, who gets its forms."""
    for group in (STAFF, OUTSIDE):
        for part in group.parts:
            print_forms(office, named(group.id), part.forms + 2, part.who, part.id)


def named(group: str) -> str:
    """How a group's form is named where forms are counted."""
    return f"{NUMBER} · {STAFF.name['vi'] if group == STAFF.id else OUTSIDE.name['vi']}"


def keyed(office: Page, centre: MovedCentre, account: int) -> None:
    """The five of the culture centre one by one, the others as a table of many."""
    for group in (STAFF, OUTSIDE):
        for part in group.parts:
            if part.forms == 5:
                open_box(office, named(group.id), range(1, 6), counted=5, unit=part.id)
                for number in range(1, 6):
                    levels = dict.fromkeys(all_at(4, group.survey), "4")
                    key_form(office, number, "2021-11-19", levels)
                reads(office, "Lô này đã nhập đủ")
                continue
            forms_keyed(
                centre.central,
                Asked(
                    unit=part.id,
                    plan=PLAN,
                    group=group.id,
                    survey=group.survey,
                    version=shipped_surveys()[group.survey].version,
                ),
                range(1, part.forms + 1),
                partial(leaning, group.survey),
                day=SATURDAY,
                respondent=group.respondents[0],
                account=account,
            )
            count_forms(office, part.who, given_out=part.forms + 2, returned=part.forms)


def leaning(form: str, number: int) -> dict[str, Answer]:
    """Levels that go with the overall one, more or less."""
    return {
        question: max(1, min(5, 3 + number % 3 - (place * number) % 2))
        for place, question in enumerate(all_at(5, form))
    }


def progressed(office: Page, plan: str) -> None:
    """Each part has its number, and who gave its forms out."""
    office.goto(plan)
    reads(office, "Mọi đơn vị đã đủ số phiếu.")
    follow(office, "Tiến độ từng đơn vị")
    for group in (STAFF, OUTSIDE):
        for part in group.parts:
            row = office.locator("tbody tr", has_text=part.name["vi"]).first
            expect(row).to_contain_text(part.who)
            expect(row.locator("td").nth(2)).to_have_text(str(part.forms))
    reads(office, "Thừa của một phần không bù cho phần khác.")


def related(office: Page, plan: str) -> None:
    """What goes with being satisfied, as a chart and a table, and that it is no cause."""
    office.goto(plan)
    follow(office, "Các yếu tố liên quan")
    reads(office, "98 phiếu", "40 phiếu", "Tương quan không phải nguyên nhân")
    expect(office.locator("svg.quadrants")).to_have_count(2)


def test_138_are_drawn_and_asked_on_paper_and_on_sunday_everybody_reads_the_result(
    centre: MovedCentre, web_browser: WebBrowser
) -> None:
    people = centre.people(
        UNIT,
        {"thu-ky-iso": "admin", "chu-tich": "viewer", "ben-nhan": "analyst"},
        approver="chu-tich",
    )
    with ExitStack() as held:
        windows = Windows(centre, web_browser, held)
        office = windows.of(people["thu-ky-iso"])
        plan = begin_plan(office, PLAN, PLAN)
        write(office, plan, "Nơi nhận, người ký, kinh phí", {"signer.title": "CHỦ TỊCH"})
        for form in ("thach-ha-noi-bo", "thach-ha-ben-ngoai"):
            release_form(office, form, "BM.VP.07")
        issue(office, plan, NUMBER, "2021-11-08")
        reads(office, "Cách lấy: chọn mẫu ngẫu nhiên.", "0 / 138", "“trước ngày 22/11/2021”")
        sized(office, plan)
        drawn(office, centre, plan)

        centre.today(date(2021, 11, 17))
        office = windows.of(people["thu-ky-iso"])
        handed_out(office)

        centre.today(SATURDAY, 14)
        office = windows.of(people["thu-ky-iso"])
        keyed(office, centre, people["thu-ky-iso"])
        progressed(office, plan)

        centre.today(SUNDAY)
        office, leader = windows.of(people["thu-ky-iso"]), windows.of(people["chu-tich"])
        related(office, plan)
        finish_tasks(office, plan, {"Phối hợp với Văn phòng": "Đủ 138 phiếu ở năm nơi"})
        code = close_plan(office, plan)
        confirm_package(windows.of(people["ben-nhan"]), plan, code, "Văn phòng HĐND-UBND huyện")
        report = draft_report(office, "Báo cáo kết quả đợt khảo sát", ("2021-11-17", "2021-11-20"), TITLE)
        say_in_report(office, {"nguyen-nhan": "Thiết bị ở trung tâm y tế đã cũ."})
        approve(office, leader, report)
        words = send_report(office, report, "412/BC-UBND")
        for said in ("BM.VP.07.02", "BM.VP.07.03", "±4,8", "±9,3", "Thiết bị ở trung tâm y tế đã cũ."):
            assert said in words, said
        public = publish(office, "Thay máy ở trung tâm y tế.")
        anybody = windows.stranger(PHONE)
        anybody.goto(public)
        reads(anybody, "Thay máy ở trung tâm y tế.")
