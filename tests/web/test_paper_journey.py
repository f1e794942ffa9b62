"""Kiến Hưng's ballot box: two openings, 20 forms, keyed by the keyboard alone, in a browser and no script."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Page

from sync.central.office.backup import back_up
from sync.central.office.configuration.inherited import offered_procedures, places_of
from sync.central.office.configuration.row_queries import officers_of
from sync.central.office.paper.listing import list_lots
from sync.central.office.paper.matching import Entry, matches
from sync.central.store.database import reading
from sync.central.store.schema import responses
from sync.contract.canonical import decode_response
from sync.contract.text import pick, without_marks
from tests.support.made_paper import FORM
from tests.support.province import Province
from tests.support.served_pages import ServedPages
from tests.support.web_browser import DESK, WebBrowser

KEYS_OF_A_FORM = 12  # besides words
CANARY = "chim-hoang-yen-7301"


@pytest.fixture(scope="module")
def own_pages(untouched: Province, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPages]:
    """A process that serves a province of this file alone; each test has numbers of its own."""
    with ServedPages(untouched.copy(tmp_path_factory.mktemp("keyed") / "province")) as pages:
        yield pages


class Keyboard:
    """Types, and counts the keys."""

    def __init__(self, page: Page) -> None:
        self._page, self.count = page, 0

    def keys(self, *keys: str) -> None:
        """Press these one after the other; a text is its letters."""
        for key in keys:
            for one in [key] if key in ("Tab", "Enter") else key:
                self._page.keyboard.press(one)
                self.count += 1

    def words(self, text: str) -> None:
        """Words of a citizen: not counted."""
        self._page.keyboard.type(text)


def short_names(province: Province) -> tuple[str, str]:
    """What is typed for one procedure and one officer of the first commune: two or three letters each."""
    unit, today = province.communes[0].code, province.until.date()
    with province.database() as engine, reading(engine) as connection:
        offered = offered_procedures(connection, unit, today)
        procedures = [Entry(each.procedure.code, pick(each.procedure.name, "vi")) for each in offered]
        places = places_of(connection, unit, today)
        officers = [Entry(each.id, each.name) for each in officers_of(connection, places)]
    return shortest(procedures), shortest(officers)


def shortest(entries: Sequence[Entry]) -> str:
    for length in (2, 3):
        for entry in entries:
            words = without_marks(entry.name).split()
            initials = "".join(word[0] for word in words if word[0].isalnum())
            for typed in (initials[:length], initials[-length:], words[-1][:length]):
                if len(typed) == length and typed.isalnum() and len(matches(typed, entries)) == 1:
                    return typed
    raise AssertionError("no name is short")


def open_box(page: Page, *, counted: int, first: int, last: int) -> None:
    page.goto("/nhap-phieu/hom-phieu")
    page.select_option("#o-phieu", FORM)
    for name, text in {
        "nguoi_1": "Người Thứ Nhất",
        "nguoi_2": "Người Thứ Hai",
        "dem": str(counted),
        "so_tu": str(first),
        "so_den": str(last),
    }.items():
        page.fill(f"#o-{name}", text)
    page.click("main form button")


def test_twenty_forms_of_two_openings_are_keyed_by_the_keyboard_alone(
    own_pages: ServedPages, web_browser: WebBrowser
) -> None:
    province = own_pages.province
    procedure, officer = short_names(province)
    with web_browser.window(own_pages.address, DESK, java_script_enabled=False) as window:
        page = window.new_page()
        page.goto(own_pages.link("nhap-phieu"))
        page.click("main form button")
        for counted, first in ((12, 1), (8, 31)):
            open_box(page, counted=counted, first=first, last=first + 20)
            for number in range(first, first + counted):
                keyboard = Keyboard(page)
                page.wait_for_selector("#o-so:focus")
                if number == 5:
                    page.click("summary:has-text('Phiếu không hợp lệ')")
                    page.check("input[value=two-levels]")
                    page.click("button[value=hong]")
                    assert "Đã ghi một phiếu không hợp lệ" in page.inner_text("main")
                    continue
                keyboard.keys("Tab", procedure, "Tab", officer, "Tab", str(1 + number % 5), "Tab", "4")
                if number == 31:
                    page.keyboard.press("Tab")
                    keyboard.words(CANARY)
                    page.keyboard.press("Shift+Tab")
                with page.expect_navigation():
                    keyboard.keys("Enter")
                assert f"Đã lưu phiếu số {number}." in page.inner_text("main")
                assert keyboard.count <= KEYS_OF_A_FORM
            assert "Lô này đã nhập đủ" in page.inner_text("main")
            assert CANARY not in page.content()
        page.goto("/nhap-phieu")
        assert "Mọi phiếu đã về đều đã nhập" in page.inner_text("main")
    with province.database() as engine, reading(engine) as connection:
        rows = connection.execute(responses.select().where(responses.c.channel == "paper")).all()
        states = [each for each in list_lots(connection, None) if each.lot.first < 100]
    responses_made = [decode_response(bytes(row.body)) for row in rows]
    keyed = [each for each in responses_made if each.entered and int(each.entered.form_no) < 100]
    assert sorted(each.seq for each in responses_made) == list(range(1, 1 + len(responses_made)))
    assert len(keyed) == 19
    assert Counter(each.answers["result"] for each in keyed)[1] == 2
    assert {each.tag.procedure is not None for each in keyed if each.tag} == {True}
    assert {(each.valid, each.left) for each in states} == {(11, 0), (8, 0)}
    assert [each.invalid for each in states if each.invalid] == [{"two-levels": 1}]
    with province.database() as engine:
        back_up(engine, province.data / "backup.db")
    assert (province.data / "backup.db").stat().st_size > 0
    for file in province.data.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file


def test_a_script_leads_on_after_a_digit_and_keeps_a_form_that_could_not_be_sent(
    own_pages: ServedPages, web_browser: WebBrowser
) -> None:
    procedure, officer = short_names(own_pages.province)
    with web_browser.window(own_pages.address, DESK) as window:
        page = window.new_page()
        page.goto(own_pages.link("nhap-phieu"))
        page.click("main form button")
        open_box(page, counted=3, first=101, last=109)
        keyboard = Keyboard(page)
        page.wait_for_selector("#o-so:focus")
        keyboard.keys("107", "Tab", procedure, "Tab", officer, "Tab", "5", "4")
        keyboard.words(CANARY)
        window.set_offline(True)
        page.click("button[value=luu]")
        page.wait_for_selector("[data-lost]:not([hidden])")
        assert page.input_value("textarea") == CANARY
        window.set_offline(False)
        page.click("button[value=luu]")
        page.wait_for_selector("text=Đã lưu phiếu số 107. Còn 2 phiếu.")
        assert page.evaluate("document.activeElement.id") == "o-so"
        # What is refused is shown in the same way.
        page.keyboard.press("Tab")
        page.keyboard.type("zzz")
        page.keyboard.press("Enter")
        page.wait_for_selector("select#o-thu_tuc")
        assert re.search("“zzz”", page.inner_text("main"))
