"""Every page × everybody: who may, may; who may not, may not, by the table of permissions alone.

What is expected comes from permissions.RULES and what a route says it needs, never from the pages. Changes
are asked for by those who may not; what those who may change is tested with each page.
"""

import pytest

from sync.central.office.people.permissions import RULES, may_anywhere
from sync.central.web.routes import Needs, needs_of
from sync.central.web.visit import SESSION
from tests.support.browsing import without_new_ids
from tests.support.made_interviews import INTERVIEWER
from tests.support.made_people import APPROVER
from tests.support.served_pages import FORM, PageCentre
from tests.support.web_examples import Example, Values, example_of
from tests.support.web_walk import fill, own, page_routes

# Each role at the first commune, at the second one next to it, and above both.
OWN = ("tin-hoc", "phan-tich", "can-bo", "nhap-phieu", INTERVIEWER, APPROVER)
SIBLING = ("xa-khac", "phan-tich-xa-khac", "xem-xa-khac", "nhap-phieu-xa-khac")
ABOVE = ("quan-tri", "chuyen-vien", "chu-tich", "nhap-phieu-tinh")
LOGINS = (*OWN, *SIBLING, *ABOVE)


NOWHERE = "khong-co-noi-nay"


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


def foreign_of(login: str, example: Example) -> Values | None:
    """What is not of this person's unit; None above both, or where there is nothing of another unit."""
    if example.foreign is None or example.foreign == example.own or login in ABOVE:
        return None
    return example.foreign if login in OWN else example.own


@pytest.mark.parametrize("login", LOGINS)
def test_foreign_and_missing_answer_the_same_bytes(pages: PageCentre, login: str) -> None:
    """A person of a commune learns nothing about another one, not even that something exists there."""
    browser = pages.client(login)
    for page in all_pages(pages):
        example = example_of(pages, page.path) if page.method == "GET" and "{" in page.path else None
        if example is None:
            continue
        nowhere = browser.get(fill(page.path, example.missing))
        assert nowhere.status_code in (303, 403, 404), page
        foreign = foreign_of(login, example)
        if foreign is not None:
            there = browser.get(fill(page.path, foreign))
            assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), page


@pytest.mark.parametrize("login", OWN + SIBLING)
def test_nothing_foreign_is_changed_and_trying_shows_nothing(pages: PageCentre, login: str) -> None:
    """Also by who may do the act at the own unit, and with the token of the session."""
    browser, csrf = pages.client(login), pages.csrf(login)
    before = pages.digest()
    for page in all_pages(pages):
        example = example_of(pages, page.path) if page.method == "POST" and "{" in page.path else None
        foreign = foreign_of(login, example) if example else None
        if page.needs is None or example is None or foreign is None:
            continue
        there, nowhere = (
            browser.post(fill(page.path, values), data={"_csrf": csrf}, headers=FORM)
            for values in (foreign, example.missing)
        )
        assert there.status_code == nowhere.status_code >= 400, page
        assert there.content == nowhere.content, page
    assert pages.digest() == before


@pytest.mark.parametrize("login", ["tin-hoc", "can-bo", "nhap-phieu", "xa-khac"])
def test_a_foreign_unit_as_a_filter_answers_as_none(pages: PageCentre, login: str) -> None:
    browser, (mine, other) = pages.client(login), (commune.code for commune in pages.province.communes[:2])
    foreign = mine if login in SIBLING else other
    for page in all_pages(pages):
        if page.needs is None or page.method != "GET":
            continue
        for name in ("unit", "don_vi"):
            there, nowhere = (
                browser.get(f"{own(pages, page.path)}?{name}={code}") for code in (foreign, NOWHERE)
            )
            # A page without such a filter repeats what it was asked for.
            shown, known = (
                without_new_ids(each.content).replace(foreign.encode(), NOWHERE.encode())
                for each in (there, nowhere)
            )
            assert (there.status_code, shown) == (nowhere.status_code, known), (page, name)


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
