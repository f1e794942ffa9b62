"""Clumsy hands on a real window: a finger that stays, two at once, drags and long presses never answer twice.

The pointer is the X server's; several fingers at once come as SDL gives them, see `tests/support/witness.py`.
"""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from sync.contract.canonical import decode_response
from sync.contract.response import Response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office
from tests.support.witness import Fingers

pytestmark = pytest.mark.screen

SIZE = (1280, 800)
BEST, WORST, MIDDLE = "Rất hài lòng", "Rất không hài lòng", "Bình thường"
LONG = 1.2
"""Seconds of a long press: several times as long as anything on the glass waits for."""


class Glass:
    """A terminal, and all that can lie on its glass."""

    def __init__(self, folder: Path, display: Display) -> None:
        screen: dict[str, object] = {"screen": {"width": SIZE[0], "height": SIZE[1]}, "volume": 0.0}
        self.office = Office(folder / "office", {**screen, "patience": {"thanks": 2}})
        self.display = display
        self.fingers = Fingers(folder / "fingers")
        described = folder / "described.jsonl"
        witness = ("tests.support.witness", str(folder / "ledger"), str(self.fingers.path))
        self.office.start_kiosk(display.environment(), "--describe", str(described), module=witness)
        self.finger = Finger(display, described)
        self.finger.until("IdleView")
        display.settle()
        self._cards = cycle(("2.000815", "1.000894", "1.000656"))

    def welcomed(self) -> str:
        """Hand over; the first page."""
        card, before = self.office.card("procedure", next(self._cards)), self.page
        self.finger.scan_until(card, lambda picture: picture.page != before, "the visit")
        self.display.settle(quiet=0.4)  # it is shown for longer than the guard
        return self.page

    def first_question(self) -> str:
        """Hand over, and come to the first question; its page."""
        self.welcomed()
        if self.at("Bắt đầu"):
            self.finger.choose("Bắt đầu", "RatingView")
            self.display.settle(quiet=0.4)
        return self.page

    @property
    def page(self) -> str:
        """The page that is shown."""
        seen = self.finger.seen()
        return seen.page if seen else ""

    def names(self) -> list[str]:
        """What can be touched now."""
        seen = self.finger.seen()
        return [place.name for place in seen.targets] if seen else []

    def at(self, name: str) -> tuple[float, float] | None:
        """The middle of what is called so, None where nothing is."""
        seen = self.finger.seen()
        boxes = [place.box for place in seen.targets if place.name == name] if seen else []
        return next(((x + width / 2, y + height / 2) for x, y, width, height in boxes), None)

    def middle(self, name: str) -> tuple[float, float]:
        """The same, of something that is there."""
        found = self.at(name)
        assert found is not None, name
        return found

    def part(self, name: str) -> tuple[float, float]:
        """The same as parts of the window."""
        x, y = self.middle(name)
        return x / SIZE[0], y / SIZE[1]

    def answered_once(self, before: str) -> bool:
        """Whether the question after `before` comes and stays; the one behind it would be no rating."""
        self._turned(before, "the next question")
        second = self.page
        self.display.settle(quiet=0.6)
        return self.page == second and second.startswith("RatingView")

    def _turned(self, before: str, what: str) -> None:
        self.display.until(lambda: self.page != before, what)

    def sent(self) -> Response:
        """Answer what is left with the middle, send it, and wait for the idle screen; what was stored."""
        while not self.at("Gửi"):
            before = self.page
            self.finger.press(MIDDLE)
            self._turned(before, "another page")
        self.finger.choose("Gửi", "ThanksView")
        self.finger.until("IdleView")
        outbox = OutboxReader(self.office.folder / "terminal" / "outbox")
        return decode_response(outbox.after(0, limit=1000, max_bytes=1_000_000)[-1].body)


@pytest.fixture(scope="module")
def glass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glass]:
    with Display(SIZE) as display:
        made = Glass(tmp_path_factory.mktemp("glass"), display)
        yield made
        assert made.office.stop("kiosk") == 0
        assert "Traceback" not in made.office.log("kiosk")


def unchanged(glass: Glass, page: str) -> bool:
    """Whether this page stays."""
    glass.display.settle(quiet=0.6)
    return glass.page == page


def test_a_finger_that_never_leaves_answers_nothing_and_takes_the_answer_of_none(glass: Glass) -> None:
    page = glass.first_question()
    glass.fingers.down(1, *glass.part(BEST))
    assert unchanged(glass, page)
    glass.fingers.down(2, *glass.part(WORST))
    glass.fingers.up(2, *glass.part(WORST))
    assert unchanged(glass, page), "a second finger means nothing"
    glass.fingers.move(1, 0.5, 0.02)
    glass.fingers.up(1, 0.5, 0.02)
    assert unchanged(glass, page), "taken off elsewhere, the first one takes its press back"
    glass.fingers.down(2, *glass.part(BEST))
    glass.fingers.up(2, *glass.part(BEST))
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 5, "service": 3}


def test_a_pointer_that_is_stuck_answers_once_when_it_is_let_go(glass: Glass) -> None:
    page = glass.first_question()
    glass.display.press(*glass.middle(WORST))
    assert unchanged(glass, page)
    glass.display.release()
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 1, "service": 3}


@pytest.mark.parametrize("first_up", [1, 2])
def test_two_fingers_at_once_give_one_answer(glass: Glass, first_up: int) -> None:
    page = glass.first_question()
    places = {1: glass.part(BEST), 2: glass.part(WORST)}
    for finger, place in places.items():
        glass.fingers.down(finger, *place)
    for finger in (first_up, 3 - first_up):
        glass.fingers.up(finger, *places[finger])
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 5, "service": 3}, "the one that came first"


def test_a_drag_across_answers_chooses_none(glass: Glass) -> None:
    page = glass.first_question()
    glass.display.press(*glass.middle(BEST))
    for name in ("Hài lòng", MIDDLE, "Không hài lòng", WORST):
        glass.display.move(*glass.middle(name))
    glass.display.release()
    assert unchanged(glass, page)
    assert glass.sent().answers == {"result": 3, "service": 3}


def test_a_drag_that_is_over_before_it_is_looked_at_chooses_none(glass: Glass) -> None:
    page = glass.first_question()
    glass.display.drag(glass.middle(BEST), glass.middle(MIDDLE), glass.middle(WORST))
    assert unchanged(glass, page)
    glass.display.drag(glass.middle(BEST), glass.middle(WORST), glass.middle(BEST))
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 5, "service": 3}, "it came back to where it began"


def test_a_long_press_answers_once(glass: Glass) -> None:
    page = glass.first_question()
    glass.display.tap(*glass.middle(BEST), hold=LONG)
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 5, "service": 3}


def test_another_button_of_a_pointer_answers_nothing(glass: Glass) -> None:
    page = glass.first_question()
    glass.display.press(*glass.middle(BEST), button=3)
    glass.display.release(button=3)
    assert unchanged(glass, page)
    glass.display.press(*glass.middle(WORST))
    glass.display.press(*glass.middle(WORST), button=3)
    glass.display.release(button=3)
    glass.display.release()
    assert glass.answered_once(page)
    assert glass.sent().answers == {"result": 1, "service": 3}


def test_a_finger_that_lies_on_the_glass_while_the_screen_turns_answers_nothing_there(glass: Glass) -> None:
    glass.fingers.down(7, 0.15, 0.5)
    page = glass.welcomed()
    for name in glass.names():
        glass.fingers.move(7, *glass.part(name))
    glass.fingers.up(7, 0.15, 0.5)
    assert unchanged(glass, page)
