"""A session that ends under an open page: the page keeps none open, and nobody loses their place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sync.central.office.people.sessions import IDLE, STEP_UP
from sync.host.clock import local_now
from tests.support.province import Province
from tests.support.served_pages import FORM, PageCentre

POLL = {"X-Hailong-Poll": "1"}
SITE = "https://centre.example"


class Clock:
    """The time of a centre, put forward by hand."""

    def __init__(self) -> None:
        self.now = local_now()

    def pass_by(self, seconds: float) -> None:
        """Put it forward."""
        self.now += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        """The time now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(province: Province, clock: Clock) -> Iterator[PageCentre]:
    """The province that every test reads, with a clock of this test."""
    with PageCentre(province, now=clock) as centre:
        yield centre


def test_a_page_that_asks_by_itself_keeps_no_session_open(timed: PageCentre, clock: Clock) -> None:
    browser = timed.client("tin-hoc")
    clock.pass_by(IDLE / 2)
    assert browser.get("/", headers=POLL).status_code == 200
    clock.pass_by(IDLE / 2)
    assert browser.get("/", headers=POLL).status_code == 303


def test_a_page_that_its_person_opens_keeps_the_session_open(timed: PageCentre, clock: Clock) -> None:
    browser = timed.client("tin-hoc")
    clock.pass_by(IDLE / 2)
    assert browser.get("/").status_code == 200
    clock.pass_by(IDLE / 2)
    assert browser.get("/", headers=POLL).status_code == 200


@pytest.mark.parametrize(
    ("path", "came_from", "back"),
    [
        ("/danh-muc/quay/q/bo", "/danh-muc/quay/q?unit=xa", "%2Fdanh-muc%2Fquay%2Fq%3Funit%3Dxa"),
        ("/danh-muc/quay/q", None, "%2Fdanh-muc%2Fquay%2Fq"),
        ("/may/moi", "/may/may-001/ma", "%2Fmay%2Fmoi"),
        ("/danh-muc/quay/q?unit=xa", "https://evil.example/may", "%2Fdanh-muc%2Fquay%2Fq%3Funit%3Dxa"),
        ("/danh-muc/quay/q?unit=xa", SITE + "//evil.example/", "%2Fdanh-muc%2Fquay%2Fq%3Funit%3Dxa"),
        ("/danh-muc/quay/q/bo", None, ""),
    ],
)
def test_after_a_form_comes_the_page_that_it_is_on(
    timed: PageCentre, clock: Clock, path: str, came_from: str | None, back: str
) -> None:
    browser, token = timed.client("quan-tri"), timed.csrf("quan-tri")
    clock.pass_by(IDLE)
    referer = {} if came_from is None else {"Referer": came_from if "//" in came_from else SITE + came_from}
    answer = browser.post(path, data={"_csrf": token}, headers={**FORM, **referer})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap" + (f"?tiep={back}" if back else "")


def test_after_showing_again_who_one_is_comes_the_page_that_the_form_is_on(
    timed: PageCentre, clock: Clock
) -> None:
    browser, token = timed.client("quan-tri"), timed.csrf("quan-tri")
    clock.pass_by(STEP_UP)
    form = {**FORM, "Referer": f"{SITE}/tai-khoan/moi"}
    answer = browser.post("/tai-khoan/moi", data={"_csrf": token}, headers=form)
    assert answer.headers["location"] == "/xac-nhan?tiep=%2Ftai-khoan%2Fmoi"
