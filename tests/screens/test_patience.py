"""A citizen who hesitates, needs help or touches clumsily, on a live terminal."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import xtest

from kiosk.session import ONCE_MORE
from sync.contract.canonical import decode_response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger, Picture
from tests.support.keypad import NAMED, Keypad
from tests.support.office import Office

pytestmark = pytest.mark.screen

SIZE = (800, 480)


class Terminal:
    """One office's terminal with the least patience that is allowed, on a fine panel."""

    def __init__(self, folder: Path, display: Display) -> None:
        settings: dict[str, object] = {
            "screen": {"width": SIZE[0], "height": SIZE[1], "dpi": 200},
            "survey": "van-thang",
            "plan": "van-thang-2023",
            "start_by_touch": True,
            "keypad": NAMED,
            "patience": {"question": 15, "thanks": 30},
        }
        self.office = Office(folder, settings)
        self.display = display
        described = folder / "described.jsonl"
        self.keypad = Keypad(folder / "keypad")
        self.office.start_kiosk(display.environment(), "--describe", str(described), keypad=self.keypad.path)
        self.finger = Finger(display, described)
        self.finger.until("IdleView")
        display.settle()

    def names(self) -> set[str]:
        return names(self.finger.pictures()[-1])

    def until_other(self, what: Callable[[Picture], object], than: object) -> Picture:
        """Wait until `what` of the picture is another."""
        self.display.until(lambda: what(self.finger.pictures()[-1]) != than, "another picture")
        return self.finger.pictures()[-1]


def names(picture: Picture) -> set[str]:
    return {place.name for place in picture.targets}


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    with Display(SIZE) as display:
        made = Terminal(tmp_path_factory.mktemp("office"), display)
        yield made
        assert made.office.stop("kiosk") == 0
        made.keypad.close()
        assert "Traceback" not in made.office.log("kiosk")


def test_who_says_that_they_are_still_there_goes_on_where_they_were(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.choose("Bắt đầu", "RatingView")
    finger.choose("Hài lòng", "RatingView")
    asked = finger.seen()
    assert asked is not None
    finger.until("StillThereView", 60)
    display.until_changed(display.settle())  # the seconds are counted
    finger.choose("Tôi vẫn ở đây", "RatingView")
    seen = finger.seen()
    assert seen is not None
    assert seen.page == asked.page, "the same question"
    for _ in range(3):
        before = seen.page
        finger.press("Hài lòng")
        seen = terminal.until_other(lambda picture: picture.page, before)
    assert seen.screen == "GateView"
    finger.choose("Góp ý", "ChoiceView")


def test_answers_that_are_too_many_for_a_small_panel_share_pages(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.until("ChoiceView")
    assert "Điều khác" not in terminal.names()
    for wanted in ("Điều khác", "Thời gian giải quyết"):
        while wanted not in terminal.names():
            shown = terminal.names()
            finger.press("Lựa chọn khác")
            terminal.until_other(names, shown)
        finger.press(wanted)
        display.until(lambda: "Tiếp" in terminal.names(), "the mark")
    finger.choose("Tiếp", "TextView")


def test_staff_can_be_called_and_type_made_larger_while_the_thanks_stand(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.choose("Gửi", "ThanksView")
    for tool in ("Aa", "Độ tương phản", "Gọi cán bộ"):
        before = display.settle()
        finger.press(tool)
        display.until_changed(before)
    seen = finger.seen()
    assert seen is not None
    assert seen.screen == "ThanksView"
    display.tap(SIZE[0] / 2, SIZE[1] / 2)
    finger.until("IdleView")
    stored = OutboxReader(terminal.office.folder / "terminal" / "outbox").after(
        0, limit=9, max_bytes=1_000_000
    )
    answers = decode_response(stored[0].body).answers
    assert answers["reasons"] == ("time", "other")
    assert list(answers.values()).count(4) == 4


def test_a_message_that_comes_while_a_finger_is_down_takes_no_touch_away(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.choose("Bắt đầu", "RatingView")
    display.settle(quiet=0.35)  # it stands for longer than the guard
    before = finger.pictures()[-1]
    x, y, width, height = next(place.box for place in before.targets if place.name == "Hài lòng")
    display.press(x + width / 2, y + height / 2)
    display.scan("000000000000")
    terminal.until_other(lambda picture: picture.told, "")
    assert finger.pictures()[-1].page == before.page
    display.release()
    terminal.until_other(lambda picture: picture.page, before.page)
    finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_a_second_button_that_slides_off_does_not_end_all_touching(terminal: Terminal) -> None:
    finger, display = terminal.finger, terminal.display
    finger.until("IdleView")
    pointer: Any = display._display
    for (x, y), (kind, button) in zip(
        itertools.cycle(((100, 300), (600, 120))),
        ((X.ButtonPress, 1), (X.ButtonPress, 3), (X.ButtonRelease, 3), (X.ButtonRelease, 1)),
        strict=False,
    ):
        display.move(x, y)
        xtest.fake_input(pointer, kind, button)
        pointer.sync()
        display.settle()
    finger.choose("Bắt đầu", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_a_keypad_alone_leads_through_a_visit_from_the_idle_screen_to_the_thanks(terminal: Terminal) -> None:
    finger, keypad = terminal.finger, terminal.keypad
    finger.until("IdleView")
    keypad.press("kp 1")
    finger.until("RatingView")
    for _ in range(4):
        page = finger.pictures()[-1].page
        keypad.press("kp 2")
        terminal.until_other(lambda picture: picture.page, page)
    finger.until("GateView")
    keypad.press("kp 2")
    finger.until("ChoiceView")
    keypad.press("kp 1")
    terminal.display.until(lambda: "Tiếp" in terminal.names(), "the mark")
    keypad.press("kp enter")
    finger.until("TextView")
    keypad.press("kp enter")
    finger.until("ThanksView")
    terminal.display.tap(SIZE[0] / 2, SIZE[1] / 2)
    finger.until("IdleView")


def test_aloud_a_keypad_chooses_by_number_what_it_was_offered(terminal: Terminal) -> None:
    finger, keypad = terminal.finger, terminal.keypad
    finger.choose("Bắt đầu", "RatingView")
    keypad.press("kp *")
    terminal.display.settle()
    page = finger.pictures()[-1].page
    keypad.press("kp 2")
    terminal.display.until(lambda: finger.pictures()[-1].notice == ONCE_MORE, "asked once more")
    assert finger.pictures()[-1].page == page
    keypad.press("kp 2")
    terminal.until_other(lambda picture: picture.page, page)
    finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")
    response = decode_response(
        OutboxReader(terminal.office.folder / "terminal" / "outbox")
        .after(0, limit=99, max_bytes=10**6)[-1]
        .body
    )
    assert list(response.answers.values()) == [4]


def test_with_headphones_a_keypad_chooses_what_it_has_heard(terminal: Terminal) -> None:
    finger, keypad = terminal.finger, terminal.keypad
    finger.choose("Bắt đầu", "RatingView")
    keypad.press("kp *")
    keypad.press("kp *")
    page = finger.pictures()[-1].page
    keypad.press("kp +")
    keypad.press("kp enter")
    terminal.until_other(lambda picture: picture.page, page)
    finger.until("RatingView")
    finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")
