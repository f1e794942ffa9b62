"""A phone next to a terminal: three real processes and a real browser answer for the same handover."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page

from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now
from sync.host.phone_codes import SOCKET
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office, until
from tests.support.web_browser import WebBrowser

pytestmark = pytest.mark.screen

SITE = "HTTPS://DANHGIA.VIDU.GOV.VN"
SMALL = {"width": 800, "height": 480}
PHONE = (360, 800)
CANARY = "Vàng anh đậu quầy bảy"


class Desk:
    """An office that citizens' phones can reach, its glass, and a phone."""

    def __init__(self, folder: Path, display: Display) -> None:
        self.display = display
        self.office = Office(folder / "o", {"screen": SMALL, "volume": 0.0, "patience": {"thanks": 2}})
        self.finger = Finger(display, folder / "described.jsonl")
        bundle = self.office.folder / "bundle"
        (bundle / "office.toml").write_text(f'public_url = "{SITE.lower()}"\n', "utf-8")
        self.office.start_centre()
        self.office.start_agent()
        until((self.office.folder / "terminal" / "agent" / SOCKET).is_socket, "the agent listens")
        described = str(folder / "described.jsonl")
        self.office.start_kiosk(display.environment(), "--describe", described)
        self.finger.until("IdleView")

    def read(self) -> list[str]:
        """What a camera reads on the glass now."""
        return [found.text for found in zxingcpp.read_barcodes(self.display.picture().convert("L"))]

    def hand_over(self) -> str:
        """A card is scanned; the address that a phone reads on the glass, on the centre as it is here."""
        self.finger.scan(self.office.card("procedure", "1.001193"))
        self.finger.until("RatingView")
        until(lambda: len(self.read()) == 1, "a code on the glass", 10)
        (address,) = self.read()
        assert address == address.upper()
        return address.replace(SITE, self.office.address)

    def answer_on_glass(self) -> None:
        self.finger.choose("Hài lòng", "RatingView")
        self.finger.choose("Hài lòng", "GateView")
        self.finger.choose("Gửi", "ThanksView")
        self.finger.until("IdleView")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the centre's database holds."""
        database = sqlite3.connect(self.office.folder / "centre" / "central.db")
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def counted(self) -> list[tuple[object, ...]]:
        """Channel and first level of every answer that counts."""
        return self.rows(
            "SELECT channel, substr(cells, 1, 1) FROM responses WHERE outcome = 'complete' "
            "AND id NOT IN (SELECT id FROM voided) ORDER BY position"
        )

    def apart(self) -> int:
        ((count,),) = self.rows("SELECT count(*) FROM set_aside WHERE status = 'repeated'")
        assert isinstance(count, int)
        return count

    def holding(self, *words: str) -> list[str]:
        """The files of the centre, the agent and the terminal, logs too, with one of these in clear."""
        files = [path for path in self.office.folder.rglob("*") if path.is_file()]
        assert any(path.name == "central.db" for path in files)
        return [str(path) for path in files for word in words if word.encode() in path.read_bytes()]

    def arrived(self, number: int) -> bool:
        """Whether this many responses of the terminal are at the centre, whatever became of them."""
        ((here,),) = self.rows("SELECT count(*) FROM responses WHERE device = 'may-01'")
        ((aside,),) = self.rows("SELECT count(*) FROM set_aside WHERE device = 'may-01'")
        assert isinstance(here, int)
        assert isinstance(aside, int)
        return here + aside == number


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    # A short path: that of a socket may have about a hundred characters.
    with TemporaryDirectory() as folder, Display((800, 480)) as display:
        desk = Desk(Path(folder), display)
        with desk.office:
            yield desk


@pytest.fixture(scope="module")
def phone(desk: Desk) -> Iterator[BrowserContext]:
    with (
        WebBrowser() as browser,
        browser.window(desk.office.address, PHONE, java_script_enabled=False) as own,
    ):
        yield own


def fill_in(phone: BrowserContext, address: str, level: str = "Rất không hài lòng") -> Page:
    """The form, answered up to the button that sends it."""
    page = phone.new_page()
    page.goto(address)
    for _ in range(2):
        page.get_by_label(level, exact=True).check()
        page.get_by_role("button", name="Tiếp").click()
    return page


def with_words(page: Page) -> Page:
    """The same with a word and a name."""
    page.get_by_role("button", name="Góp ý").click()
    page.get_by_role("textbox").fill(CANARY)
    page.get_by_role("button", name="Tiếp").click()
    page.get_by_role("button", name="Tiếp").click()
    page.get_by_label("Họ và tên").fill(CANARY)
    return page


def send(page: Page) -> None:
    page.get_by_role("button", name="Gửi").click()
    page.get_by_role("heading", name="Xin chân thành cảm ơn ông/bà.").wait_for()
    page.close()


def test_the_first_answer_counts_on_the_phone_on_the_glass_and_when_both_race(
    desk: Desk, phone: BrowserContext
) -> None:
    # Nobody answers on the glass.
    address = desk.hand_over()
    send(with_words(fill_in(phone, address)))
    desk.finger.choose("Để sau", "IdleView")
    until(partial(desk.arrived, 1), "the first visit at the centre")
    assert (desk.counted(), desk.apart()) == ([("phone", "1")], 1)

    # The glass first: the page that was opened before is sent after it.
    late = fill_in(phone, desk.hand_over())
    desk.answer_on_glass()
    until(partial(desk.arrived, 2), "the second visit at the centre")
    send(late)
    assert (desk.counted()[1:], desk.apart()) == ([("kiosk", "4")], 2)

    # Both at once.
    racing = fill_in(phone, desk.hand_over())
    desk.finger.choose("Hài lòng", "RatingView")
    desk.finger.choose("Hài lòng", "GateView")
    desk.finger.press("Gửi")
    send(racing)
    until(partial(desk.arrived, 3), "the third visit at the centre")
    assert (len(desk.counted()), desk.apart()) == (3, 3)
    until(lambda: desk.finger.until("IdleView") is not None, "an idle glass")

    day = local_now().astimezone(VIET_NAM).date().isoformat()  # when it is the next one there already, too
    pulled = httpx.get(
        f"{desk.office.address}/v1/summary",
        params={"from": day, "to": day},
        headers={"Authorization": f"Bearer {desk.office.token}"},
    ).json()["handovers"]
    assert (pulled["tagged"], pulled["answered"]) == (3, 3)
    assert phone.cookies() == []
    assert desk.holding(CANARY, address.rpartition("/")[2]) == []
