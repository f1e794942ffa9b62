"""No page keeps anybody out: axe finds nothing serious, nothing scrolls sideways, the keyboard is enough."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.support.made_interviews import INTERVIEWER
from tests.support.open_pages import open_pages
from tests.support.province.empty import empty_province
from tests.support.province.people import ADMIN
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import DESK, PHONE, WebBrowser
from tests.support.web_walk import pages_of
from tests.web.conftest import SignedIn

AXE = Axe()
SERIOUS = ("serious", "critical")
TWICE = (683, 384)  # what 200 % leaves of a monitor of 1366 by 768


def complaints(page: Page) -> list[str]:
    """What axe finds serious, with the first places of each; it describes nothing else."""
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def size_of(size: tuple[int, int]) -> ViewportSize:
    return {"width": size[0], "height": size[1]}


def too_wide(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    width: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return width


@pytest.mark.timeout(600)
def test_no_page_keeps_anybody_out(pages: PageCentre, signed_in: SignedIn) -> None:
    page = signed_in("quan-tri", "/dang-nhap", DESK)
    assert wrong_on(page, pages_of(pages, "quan-tri"), looked_at=(DESK, PHONE)) == {}


def test_no_page_that_strangers_open_keeps_anybody_out(served: ServedPages, web_browser: WebBrowser) -> None:
    """Signing in, what is published, and the forms of citizens, letters and schools."""
    with web_browser.window(served.address) as window:
        assert wrong_on(window.new_page(), open_pages(served.province), looked_at=(DESK, PHONE)) == {}


def test_an_interviewers_page_keeps_nobody_out(signed_in: SignedIn) -> None:
    page = signed_in(INTERVIEWER, "/di-hoi", PHONE)
    assert wrong_on(page, ["/di-hoi/tai-cho", "/di-hoi"], looked_at=(DESK, PHONE)) == {}
    page.set_viewport_size(size_of(PHONE))
    page.click("form[action='/di-hoi/mo'] button")
    assert page.locator("input[type=radio]").count() >= 10
    assert complaints(page) == []
    for size in (DESK, PHONE, TWICE):
        page.set_viewport_size(size_of(size))
        assert not too_wide(page)


@pytest.mark.timeout(600)
def test_no_page_of_a_new_centre_keeps_anybody_out(tmp_path: Path, web_browser: WebBrowser) -> None:
    """Where there is nothing yet, other sentences are shown, and other links."""
    empty = empty_province(tmp_path)
    with PageCentre(empty) as centre:
        paths = pages_of(centre, ADMIN)
    with ServedPages(empty) as served, web_browser.window(served.address, PHONE) as window:
        page = window.new_page()
        page.goto(served.link(ADMIN))
        page.click("main form button")
        assert wrong_on(page, paths, looked_at=(PHONE,)) == {}


def wrong_on(
    page: Page, paths: Iterable[str], *, looked_at: Iterable[tuple[int, int]]
) -> dict[str, list[str]]:
    """What keeps somebody out of these pages, by their address; axe looks at them in some of the sizes."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        page.set_viewport_size(size_of(DESK))
        page.goto(path)
        headings = page.locator("h1").count()
        # A form on a phone begins with its question, and what is published may be a part of another page.
        framed = page.locator("header").count() > 0
        found = [f"{headings} main headings"] if headings > 1 or (framed and not headings) else []
        for size in looked_at:
            page.set_viewport_size(size_of(size))
            found += complaints(page)
        for size in (DESK, PHONE, TWICE):
            page.set_viewport_size(size_of(size))
            if too_wide(page):
                found.append(f"scrolls sideways at {size}")
        if found:
            wrong[path] = found
    return wrong


def test_a_problem_and_a_refused_form_keep_nobody_out(served: ServedPages, web_browser: WebBrowser) -> None:
    with web_browser.window(served.address, PHONE) as window:
        page = window.new_page()
        page.goto("/dang-nhap")
        page.fill("#o-ten", "khong-co-ai")
        page.fill("#o-mat_khau", "một câu không đúng")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        assert complaints(page) == []
        page.goto("/khong-co-trang-nay")
        assert complaints(page) == []


def test_the_keyboard_alone_signs_in_and_opens_a_page(served: ServedPages, web_browser: WebBrowser) -> None:
    with web_browser.window(served.address) as window:
        page = window.new_page()
        page.goto("/dang-nhap")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Đến nội dung"
        page.goto(served.link("tin-hoc"))
        page.locator("main form button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('href')") == "/mau-phieu":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/mau-phieu")
        assert page.locator("[aria-current=page]").first.inner_text() == "Mẫu phiếu"
