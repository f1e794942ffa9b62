"""Every page × everybody: who may, may; who may not, may not, by the table of permissions alone.

What is expected comes from permissions.RULES and what a route says it needs, never from the pages. Changes
are asked for by those who may not; what those who may change is tested with each page.
"""

import pytest

from sync.central.office.people.permissions import RULES, may_anywhere
from sync.central.web.routes import Needs, needs_of
from sync.central.web.visit import SESSION
from tests.support.served_pages import FORM, PageCentre
from tests.support.web_examples import example_of
from tests.support.web_walk import fill, own, page_routes

LOGINS = (
    "quan-tri", "chuyen-vien", "chu-tich", "tin-hoc", "phan-tich", "can-bo", "nhap-phieu", "xa-khac",
)  # fmt: skip


class Page:
    """A page route: its address with places, and what it needs; None: strangers may open it."""

    def __init__(self, path: str, method: str, needs: Needs | None) -> None:
        self.path, self.method, self.needs = path, method, needs

    def __repr__(self) -> str:
        return f"{self.method} {self.path}"


def all_pages(centre: PageCentre) -> list[Page]:
    return [
        Page(path, method, needs_of(handler))
        for path, handler in page_routes(centre.application)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]


def test_every_page_with_places_has_examples(pages: PageCentre) -> None:
    """An address that the sweep can't fill would not be tested."""
    wanted = {page.path for page in all_pages(pages) if "{" in page.path and page.needs is not None}
    assert [path for path in sorted(wanted) if example_of(pages, path) is None] == []


def test_a_stranger_is_led_to_sign_in_from_every_page_and_changes_nothing(pages: PageCentre) -> None:
    browser = pages.stranger()
    before = pages.digest()
    for page in all_pages(pages):
        if page.needs is None:
            continue
        path = own(pages, page.path)
        answer = browser.request(page.method, path, headers=FORM)
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/dang-nhap"), page
    assert pages.digest() == before


@pytest.mark.parametrize("login", LOGINS)
def test_a_page_is_shown_to_those_whose_role_allows_it(pages: PageCentre, login: str) -> None:
    browser = pages.client(login)
    visitor = pages.centre.web.find(browser.cookies[SESSION])
    assert visitor is not None
    today = pages.centre.web.today()
    for page in all_pages(pages):
        if page.needs is None or page.method != "GET":
            continue
        act = page.needs.act
        allowed = act is None or bool(may_anywhere(visitor.person, act, today))
        status = browser.get(own(pages, page.path)).status_code
        if allowed:
            assert status in (200, 303, 404), (page, status)
        else:
            assert status == 403, (page, status)


@pytest.mark.parametrize("login", LOGINS)
def test_nothing_changes_for_those_whose_role_does_not_allow_it(pages: PageCentre, login: str) -> None:
    browser, csrf = pages.client(login), pages.csrf(login)
    visitor = pages.centre.web.find(browser.cookies[SESSION])
    assert visitor is not None
    before = pages.digest()
    for page in all_pages(pages):
        if page.needs is None or page.needs.act is None or page.method == "GET":
            continue
        if may_anywhere(visitor.person, page.needs.act, pages.centre.web.today()):
            continue
        answer = browser.post(own(pages, page.path), data={"_csrf": csrf}, headers=FORM)
        assert answer.status_code == 403, page
    assert pages.digest() == before


@pytest.mark.parametrize("login", LOGINS)
def test_foreign_and_missing_answer_the_same_bytes(pages: PageCentre, login: str) -> None:
    """A person of a commune learns nothing about another one, not even that something exists there."""
    browser = pages.client(login)
    within = login in ("tin-hoc", "phan-tich", "can-bo", "nhap-phieu")
    for page in all_pages(pages):
        example = example_of(pages, page.path) if page.method == "GET" and "{" in page.path else None
        if example is None:
            continue
        nowhere = browser.get(fill(page.path, example.missing))
        assert nowhere.status_code in (303, 403, 404), page
        if within and example.foreign is not None:
            there = browser.get(fill(page.path, example.foreign))
            assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), page


def test_a_change_without_the_token_of_the_session_is_refused(pages: PageCentre) -> None:
    browser, other = pages.client("tin-hoc"), pages.csrf("xa-khac")
    before = pages.digest()
    for page in all_pages(pages):
        if page.method == "GET":
            continue
        path = own(pages, page.path)
        cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert browser.post(path, data={"_csrf": pages.csrf("tin-hoc")}, headers=cross).status_code == 403
        if page.needs is not None:
            for data in ({}, {"_csrf": other}, {"_csrf": ""}):
                assert browser.post(path, data=data, headers=FORM).status_code == 403, page
            assert browser.post(path, data={"_csrf": pages.csrf("tin-hoc")}).status_code == 403, page
    assert pages.digest() == before


def test_every_rule_is_used_or_waits_for_its_pages(pages: PageCentre) -> None:
    used = {page.needs.act for page in all_pages(pages) if page.needs is not None} - {None}
    assert used <= set(RULES)
