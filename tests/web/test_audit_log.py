"""The audit log as a page: who did what, by names, and whether its chain is intact."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from sync.central.office.audit import chain
from sync.central.office.audit.lines import read_lines
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import audit
from sync.central.web.audit_words import ACT_WORDS
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre
from tests.support.web_browser import PHONE
from tests.web.conftest import SignedIn


def numbers_on(html: str) -> list[int]:
    return [int(text.replace(".", "")) for text in re.findall(r'data-label="Dòng">([\d.]+)<', html)]


def test_an_administrator_of_the_centre_reads_everything_with_names(pages: PageCentre) -> None:
    page = pages.client("quan-tri").get("/nhat-ky")
    numbers = numbers_on(page.text)
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == min(100, numbers[0])
    words = words_of(page)
    assert "Quản trị dữ liệu mẫu" in words
    assert [words[max(0, at.start() - 200) : at.end() + 60] for at in re.finditer(r"account \d", words)] == []
    with reading(pages.engine) as connection:
        acts = set(connection.execute(select(audit.c.act).distinct()).scalars())
    assert acts <= set(ACT_WORDS), "every act has words"


def test_one_of_a_unit_reads_what_people_of_the_unit_did(pages: PageCentre) -> None:
    pages.client("xa-khac").get("/phieu")
    pages.client("phan-tich").get("/phieu")
    pages.client("tin-hoc").get("/phieu")
    words = words_of(pages.client("tin-hoc").get("/nhat-ky?viec=look"))
    assert f"Phân tích {pages.province.communes[0].name}" in words
    assert f"Quản trị {pages.province.communes[1].name}" not in words
    assert "Không có dòng nào như vậy." in words_of(pages.client("tin-hoc").get("/nhat-ky?ai=xa-khac"))
    everything = words_of(pages.client("quan-tri").get("/nhat-ky?ai=xa-khac&viec=look"))
    assert f"Quản trị {pages.province.communes[1].name}" in everything


def test_a_look_names_what_was_asked_for_and_a_response_by_its_digest(own_centre: PageCentre) -> None:
    id = "01890a5d-ac96-774b-bcce-b302099a8057"
    for asked in (id, "may-001"):
        assert own_centre.client("quan-tri").get(f"/phieu/{asked}").status_code == 404
    with reading(own_centre.engine) as connection:
        subjects = [line.subject for line in read_lines(connection, 2, acts=("look",))]
    assert subjects == ["may-001", digest_of(id)]


def test_nobody_else_reads_it(pages: PageCentre) -> None:
    for login in ("phan-tich", "chuyen-vien", "chu-tich", "nhap-phieu"):
        assert pages.client(login).get("/nhat-ky").status_code == 403


def test_a_day_is_the_one_in_viet_nam_whatever_the_clock_of_the_server(own_centre: PageCentre) -> None:
    at = datetime.fromisoformat("2026-01-31T17:30:00+00:00")
    with writing(own_centre.engine) as connection:
        chain.record(connection, now=at, who="máy chủ", act="backup", subject="đêm", detail="")
    browser = own_centre.client("quan-tri")
    assert "00:30 Chủ nhật, 01/02/2026" in words_of(
        browser.get("/nhat-ky?from=2026-02-01&to=2026-02-01")
    ).replace("\xa0", " ")
    assert "đêm" not in words_of(browser.get("/nhat-ky?from=2026-01-31&to=2026-01-31"))
    assert "đêm" in words_of(browser.get("/nhat-ky?from=01/02/2026&to=01/02/2026")), "as it is written here"


def test_pages_of_the_list_have_each_line_once(pages: PageCentre) -> None:
    with reading(pages.engine) as connection:
        lines = read_lines(connection, 5)
        before = read_lines(connection, 5, before=lines[1].number)
    assert before[:3] == lines[2:]


def test_a_changed_line_is_named_and_an_intact_chain_gives_its_last_digest(own_centre: PageCentre) -> None:
    browser = own_centre.client("quan-tri")
    assert "Chuỗi còn nguyên" not in words_of(browser.get("/nhat-ky")), "it was not checked"
    with reading(own_centre.engine) as connection:
        last = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert last is not None
    words = words_of(browser.get("/nhat-ky?kiem_tra=co"))
    assert "Chuỗi còn nguyên" in words
    assert f"{last.number}:{last.digest}" in words
    with writing(own_centre.engine) as connection:
        connection.execute(audit.update().where(audit.c.number == 2).values(who="ai đó"))
    assert "Chuỗi đã bị sửa từ dòng 2." in words_of(browser.get("/nhat-ky?kiem_tra=co"))


@pytest.mark.parametrize("query", ["from=hom-qua", "truoc=-1", "kiem_tra=x", "la=1"])
def test_a_wrong_filter_is_refused(pages: PageCentre, query: str) -> None:
    assert pages.client("quan-tri").get(f"/nhat-ky?{query}").status_code == 400


def test_nothing_scrolls_sideways_on_a_phone(signed_in: SignedIn) -> None:
    page = signed_in("quan-tri", "/nhat-ky?kiem_tra=co", PHONE)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("path", ["/nhat-ky", "/phieu", "/y-kien"])
def test_days_in_the_wrong_order_are_named_instead_of_an_empty_list(pages: PageCentre, path: str) -> None:
    answer = pages.client("quan-tri").get(f"{path}?from=2026-11-20&to=2026-11-01")
    assert answer.status_code == 422
    assert "HL5023" in answer.text
