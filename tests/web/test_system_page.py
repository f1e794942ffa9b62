"""The state of the centre as a page: judged in words; who looks after one unit sees nothing of the others."""

import re
from datetime import timedelta

from sync import __version__
from sync.central.office.attention import by_need
from sync.central.office.audit.acts import By, acting
from sync.central.office.condition import read_log
from sync.central.office.devices import list_devices
from sync.central.office.jobs import note_failure, worked
from sync.central.office.machine import Machine, no_machine
from sync.central.store.database import reading
from sync.host.clock import local_now
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre

DIGEST = re.compile(r"\b\d+:[0-9a-f]{64}\b")


def test_each_thing_is_judged_in_words(pages: PageCentre) -> None:
    page = pages.client("quan-tri").get("/he-thong")
    assert page.status_code == 200, words_of(page)
    words = words_of(page)
    assert "Chưa sao lưu lần nào." in words
    with reading(pages.engine) as connection:
        attended = by_need(list_devices(connection, now=local_now()), local_now(), __version__)
    wrong = sum(each.wrong for each in attended)
    assert f"{wrong} máy cần người xem." in words
    assert f"{wrong} trong 9 máy đang dùng cần người xem" in words
    rows = dict(re.findall(r"<th>([^<]+)</th>(?:(?!</tr>).)*class=\"tag (call|good)\"", page.text, re.DOTALL))
    assert rows["Sao lưu"] == rows["Máy"] == "call"
    assert rows["Nhật ký quản trị"] == rows["Độ trễ của số liệu"] == "good"
    assert "ký trả lời và cấu hình (đang ký)" in words


def test_the_last_line_of_the_audit_log_is_there_to_be_printed(own_centre: PageCentre) -> None:
    browser = own_centre.client("quan-tri")
    page = browser.get("/he-thong?nhat_ky=toan-bo")
    with reading(own_centre.engine) as connection:
        log = read_log(connection, own_centre.centre.keys.trusted())
    assert DIGEST.findall(page.text) == [f"{log.lines}:{log.digest}"]
    assert "đã kiểm tra cả" in words_of(page)
    with acting(own_centre.engine, By("test", own_centre.centre.now())) as act:
        act.note("backup", "central-20260301")
        act.connection.exec_driver_sql("UPDATE audit SET detail = 'khác' WHERE number = 2")
    changed = words_of(browser.get("/he-thong?nhat_ky=toan-bo"))
    assert "Nhật ký quản trị không còn nguyên (HL5008)." in changed
    assert "sai từ dòng 2" in changed.lower()
    assert "central-20260301" in changed


def test_a_job_that_failed_is_on_the_morning_page_of_who_looks_after_the_server(
    own_centre: PageCentre,
) -> None:
    note_failure(own_centre.engine, "backup", own_centre.centre.now())
    sentence = "Sao lưu hằng đêm không chạy được"
    admin = own_centre.client("quan-tri")
    assert sentence in words_of(admin.get("/"))
    assert sentence in words_of(admin.get("/he-thong"))
    worked(own_centre.engine, "backup")
    assert sentence not in words_of(admin.get("/"))


def test_the_machine_is_on_the_page_where_set_up_installed_the_centre(own_centre: PageCentre) -> None:
    machine = Machine(
        synchronized=True,
        offset=timedelta(hours=7),
        certificate=own_centre.centre.now() + timedelta(days=3),
        exposed=(),
        foreign=("/data/central.db",),
    )
    own_centre.centre.web.machine = lambda _, __: machine
    words = words_of(own_centre.client("quan-tri").get("/he-thong"))
    assert "Chứng thư HTTPS sắp hết hạn" in words
    assert "Dịch vụ không dùng được tệp của người dùng khác: /data/central.db." in words
    assert "heo giờ mạng" in words
    own_centre.centre.web.machine = no_machine


def test_who_looks_after_one_unit_sees_nothing_of_the_others(pages: PageCentre) -> None:
    words = words_of(pages.client("tin-hoc").get("/he-thong"))
    assert "trong 3 máy đang dùng cần người xem" in words
    assert "Phiếu để riêng" not in words
    assert "Yêu cầu xóa" not in words
    assert "Chưa sao lưu lần nào." in words


def test_it_is_for_administrators_alone(pages: PageCentre) -> None:
    assert pages.client("chuyen-vien").get("/he-thong").status_code == 403
