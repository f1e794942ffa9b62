"""A day on a page is a day in Viet Nam, wherever the server and the browser keep their clocks."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.store.database import writing
from sync.contract.canonical import canonical_bytes
from sync.contract.plan import VIET_NAM
from tests.support.browsing import words_of
from tests.support.people import make_person
from tests.support.province import Province
from tests.support.province.calendar import TET, TET_DAYS
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import WebBrowser
from tests.support.wire import CentreUnderTest, visit
from tests.web.people_steps import Window

ZONES = ("Asia/Ho_Chi_Minh", "America/Los_Angeles", "Pacific/Auckland")
PATHS = ("/?ky=thang", "/may", "/phieu", "/y-kien", "/danh-muc/ngay-nghi")
UNIT = "phuong-mot"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


# --- where the clocks are -----------------------------------------------------------------------------------


def test_browsers_in_three_zones_show_the_same_words(served: ServedPages, web_browser: WebBrowser) -> None:
    """The centre under test keeps UTC, as servers do."""
    offsets = set()
    with ExitStack() as windows:
        pages = []
        for zone in ZONES:
            window = windows.enter_context(web_browser.window(served.address, timezone_id=zone))
            page = window.new_page()
            page.goto(served.link("tin-hoc"))
            page.click("main form button")
            offsets.add(page.evaluate("new Date().getTimezoneOffset()"))
            pages.append(page)
        assert len(offsets) == len(ZONES)
        for path in PATHS:
            assert len(_shown_at_once(pages, path)) == 1, path


def _shown_at_once(pages: list[Page], path: str) -> set[str]:
    """The texts of a page in these windows, in a moment in which no device became silent."""
    while True:
        texts = []
        for page in (*pages, pages[0]):
            page.goto(path)
            texts.append(_without_minutes(page.locator("body").inner_text()))
        if texts[0] == texts[-1]:
            return set(texts)


def _without_minutes(text: str) -> str:
    """Minutes pass between one window and the next."""
    now = datetime.now(VIET_NAM)
    text = re.sub(r"Số liệu đến (\d\d):\d\d", r"Số liệu đến \1", text)
    near = {f"{now - timedelta(hours=hours):%H}" for hours in (0, 1)}
    assert any(f"Số liệu đến {hour}" in text for hour in near)
    return re.sub(r"Số liệu đến \d\d|\d\d:\d\d|\d+ (giờ|phút)", "", text)


# --- where a day begins and ends ----------------------------------------------------------------------------


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with visits at both ends of the last day of March, and one early on the first of April."""
    made = CentreUnderTest(tmp_path / "centre")
    batch = []
    for seq, moment in enumerate(("2026-03-31T00:30", "2026-03-31T23:30", "2026-04-01T00:30"), start=1):
        body = replace(visit(seq), seq=seq, started_at=at(moment), finished_at=at(moment))
        forms = made.centre.devices.forms
        batch.append(judge(canonical_bytes(body), device="kiosk-1", unit=UNIT, forms=forms, received_at=0))
    with writing(made.engine) as connection:
        receipts, _ = store(connection, "kiosk-1", batch, 0, revoked=False)
    assert {receipt.status for receipt in receipts} == {"stored"}
    yield made
    made.close()


def visits_of(window: Window, first: str, last: str) -> list[str]:
    """The moments of the visits that the list shows of these days."""
    page = window.get(f"/phieu?unit={UNIT}&from={first}&to={last}")
    assert page.status_code == 200
    return re.findall(r">(\d\d:\d\d)\b", page.text)


def figures_of(window: Window, tab: str) -> tuple[Any, str]:
    """The first and last day of the figures of the morning page, and its words."""
    page = window.get(f"/don-vi/{UNIT}?ky={tab}")
    assert page.status_code == 200
    first, last = re.search(r"from=([\d-]+)&amp;to=([\d-]+)", page.text).groups()  # type: ignore[union-attr]
    return (first, last), words_of(page)


def test_a_visit_is_on_its_day_in_viet_nam_at_half_past_midnight_and_before(central: CentreUnderTest) -> None:
    central.now = lambda: at("2026-04-01T00:45")
    window = Window(central, make_person(central, "quan-tri", ("admin", "")))
    assert sorted(visits_of(window, "2026-03-31", "2026-03-31")) == ["00:30", "23:30"]
    assert visits_of(window, "2026-04-01", "2026-04-01") == ["00:30"]
    assert visits_of(window, "2026-03-30", "2026-03-30") == []
    days, words = figures_of(window, "hom-nay")
    assert days == ("2026-04-01", "2026-04-01")
    assert "Cả 1 lượt đã trả lời." in words
    days, words = figures_of(window, "hom-qua")
    assert days == ("2026-03-31", "2026-03-31")
    assert "Cả 2 lượt đã trả lời." in words


def test_a_month_ends_at_midnight_in_viet_nam(central: CentreUnderTest) -> None:
    """At 23:45 in Viet Nam it is still March; an hour later figures are of April, although UTC has March."""
    person = make_person(central, "quan-tri", ("admin", ""))
    for now, today, month in (
        ("2026-03-31T23:45", "2026-03-31", ("2026-03-01", "2026-03-30")),
        ("2026-04-01T00:45", "2026-04-01", ("2026-03-01", "2026-03-31")),
        ("2026-04-02T00:15", "2026-04-02", ("2026-04-01", "2026-04-01")),
    ):
        central.now = lambda now=now: at(now)  # type: ignore[misc]
        window = Window(central, person)
        assert figures_of(window, "hom-nay")[0] == (today, today)
        assert figures_of(window, "thang")[0] == month


def test_at_tet_the_page_is_of_the_last_day_that_was_worked(province: Province) -> None:
    first = min(day for day in TET.values() if day > province.until.date())
    last_worked = first + timedelta(days=TET_DAYS[0] - 1)
    while last_worked.weekday() > 4:
        last_worked -= timedelta(days=1)
    now = datetime.combine(first + timedelta(days=2), datetime.min.time(), VIET_NAM) + timedelta(hours=8)
    with PageCentre(province, now=lambda: now) as centre:
        page = centre.client("tin-hoc").get("/?ky=hom-qua")
    day = last_worked.isoformat()
    assert f"from={day}&amp;to={day}" in page.text
    assert "là ngày nghỉ: số liệu của ngày làm việc trước đó" in words_of(page)
