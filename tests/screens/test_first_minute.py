"""What `make run` shows: the first page of a whole province, and one's own tap on it."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from sync.central.office.devices import DeviceStatus, list_devices
from sync.central.store.database import reading
from sync.host.clock import local_now
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import until
from tests.support.province import small_province
from tests.support.province.living import SIZE, Living
from tests.support.province.places import Trouble
from tests.support.web_browser import WebBrowser

pytestmark = pytest.mark.screen
TAP = 5.0  # seconds
# A tap is an answer without a scanned receipt.
UNTAGGED = ".cards [data-v='#/handovers/untagged']"


def untagged(page: Page) -> int:
    """How many answered without a scan, as the page says it now."""
    return sum(int(text.replace(".", "")) for text in page.locator(UNTAGGED).all_inner_texts())


def heard_since(device: DeviceStatus, moment: datetime) -> bool:
    return bool(device.seen_at) and datetime.fromisoformat(device.seen_at) >= moment


def test_a_tap_on_the_terminal_is_on_the_page_within_seconds(tmp_path: Path) -> None:
    province = small_province(tmp_path / "province", local_now())
    with (
        Display(SIZE) as display,
        WebBrowser() as browser,
        Living(province, tmp_path / "run") as living,
    ):
        living.start_centre()
        started = local_now()
        living.beat()
        with province.database() as engine, reading(engine) as connection:
            heard = {each.id for each in list_devices(connection) if heard_since(each, started)}
        others = {each.id for each in province.terminals[1:] if each.trouble is not Trouble.SILENT}
        assert heard == others, "the others go on reporting"
        described = tmp_path / "described.jsonl"
        living.start_agent()
        living.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView", 60)
        with browser.window(living.address) as window:
            page = window.new_page()
            page.goto(living.sign_in_address())
            page.click("main form button")
            page.get_by_role("link", name="Hôm nay", exact=True).last.click()
            page.wait_for_url("**/*ky=hom-nay")
            assert "DỮ LIỆU MẪU" in page.inner_text("body"), "nobody takes it for real"
            painted = "performance.getEntriesByName('first-contentful-paint').length"
            until(lambda: page.evaluate(painted), "the page is painted")
            page.evaluate("document.body.dataset.kept = 'yes'")
            before = untagged(page)
            finger.press("Bắt đầu")
            finger.choose("Rất hài lòng", "RatingView")
            finger.choose("Hài lòng", "GateView")
            finger.press("Gửi")
            finger.until("ThanksView")
            until(lambda: untagged(page) == before + 1, "the tap is on the page", TAP)
            assert page.get_attribute("body", "data-kept") == "yes", "the page was not loaded again"
