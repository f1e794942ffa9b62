"""A page of criteria in a real window, touched by a real pointer, on a panel that tells its size."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.canonical import decode_response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger, Picture, Place
from tests.support.office import Office

pytestmark = pytest.mark.screen

SIZE = (1280, 800)
DPI = 150  # 10.1 inches
FIFTEEN_MM = 15 / 25.4 * DPI
BETWEEN_THE_BARS = (0, 80, SIZE[0], 620)
LABELS = ("Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng")


class Panel:
    """One office's terminal that asks nine criteria."""

    def __init__(self, folder: Path, display: Display) -> None:
        screen = {"width": SIZE[0], "height": SIZE[1], "dpi": DPI}
        survey = {"survey": "quang-binh-cong-dan", "plan": "quang-binh-so-tu-phap-2018"}
        self.office = Office(folder, {"screen": screen, **survey})
        self.display = display
        described = folder / "described.jsonl"
        self.office.start_kiosk(display.environment(), "--describe", str(described))
        self.finger = Finger(display, described)
        self.finger.until("IdleView")
        display.settle()

    def seen(self) -> Picture:
        picture = self.finger.seen()
        assert picture is not None
        return picture

    def rows(self) -> list[list[Place]]:
        """The cells of every row, from the top, without "không áp dụng"."""
        named = [place for place in self.seen().targets if place.name in LABELS]
        return [named[start : start + len(LABELS)] for start in range(0, len(named), len(LABELS))]

    def touch(self, row: int, column: int, times: int = 1) -> None:
        """Tap a cell once the page stands for longer than the guard."""
        self.display.settle(quiet=0.4)
        x, y, width, height = self.rows()[row][column].box
        for _ in range(times):
            self.display.tap(x + width / 2, y + height / 2, hold=0.02)

    def page_after(self, page: str) -> str:
        """The page that follows `page`."""
        self.display.until(lambda: self.seen().page != page, "the next page")
        return self.seen().page

    def answers(self) -> list[dict[str, object]]:
        """Of every response in the outbox."""
        reader = OutboxReader(self.office.folder / "terminal" / "outbox")
        stored = reader.after(0, limit=10, max_bytes=1_000_000)
        return [dict(decode_response(one.body).answers) for one in stored]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    with Display(SIZE) as display:
        made = Panel(tmp_path_factory.mktemp("office"), display)
        yield made
        assert made.office.stop("kiosk") == 0
        assert "Traceback" not in made.office.log("kiosk")


def test_nine_criteria_are_two_pages_of_cells_of_15_mm_and_ten_touches(panel: Panel) -> None:
    finger = panel.finger
    card = panel.office.card("procedure", "1.001193")
    finger.scan_until(card, lambda picture: picture.screen == "RatingView", "the visit")
    first = panel.seen().page
    assert [len(row) for row in panel.rows()] == [len(LABELS)] * 5
    assert min(min(place.box[2:]) for row in panel.rows() for place in row) >= FIFTEEN_MM - 1
    panel.touch(0, 1, times=2)  # a finger that bounces marks one row, and answers no other
    panel.touch(1, 0)
    panel.touch(1, 4)  # another touch changes it
    panel.touch(3, 2)
    panel.touch(2, 0)
    panel.touch(4, 3, times=2)  # and, where the page is full, nothing of the next one
    second = panel.page_after(first)
    assert [len(row) for row in panel.rows()] == [len(LABELS)] * 4
    assert sum(place.name == "Không áp dụng" for place in panel.seen().targets) == 3
    panel.display.settle(quiet=0.4)
    finger.press("Không áp dụng")  # of the first row
    for row in (1, 2, 3):
        panel.touch(row, 0)
    assert panel.page_after(second) == "GateView"
    finger.choose("Gửi", "ThanksView")
    panel.display.until(lambda: panel.answers(), "the response")
    assert panel.answers() == [
        {
            "attitude": 4,
            "facilities": 1,
            "openness": 5,
            "process": 3,
            "procedures": 2,
            "time": "na",
            "fees": 5,
            "quality": 5,
            "overall": 5,
        }
    ]
    finger.until("IdleView")


def test_a_page_gone_back_to_looks_as_it_did_before_anything_was_marked(panel: Panel) -> None:
    finger = panel.finger
    card = panel.office.card("procedure", "2.000815")
    finger.scan_until(card, lambda picture: picture.screen == "RatingView", "the visit")
    first = panel.seen().page
    for row in range(5):
        panel.touch(row, row)
    second = panel.page_after(first)
    panel.display.settle()
    unmarked = panel.display.pixels(BETWEEN_THE_BARS)
    for row in range(4):
        panel.touch(row, 0)
    assert panel.page_after(second) == "GateView"
    finger.choose("Quay lại", "RatingView")
    panel.display.until(lambda: panel.display.pixels(BETWEEN_THE_BARS) == unmarked, "no mark")
    finger.choose("Tiếp", "GateView")
    finger.choose("Gửi", "ThanksView")
