"""The keyboard under a real finger, in a window of another process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import xtest

from tests.support.display import Display
from tests.support.finger import Finger

pytestmark = pytest.mark.screen

SIZE = (800, 480)


class Writer:
    """The window, a finger in it, and what the session heard."""

    def __init__(self, display: Display, folder: Path) -> None:
        self.display = display
        self.finger = Finger(display, folder / "pictures", guard=0.01)
        self._told = folder / "told"

    def told(self) -> list[dict[str, Any]]:
        if not self._told.exists():
            return []
        return [json.loads(line) for line in self._told.read_text().split("\n")[:-1]]

    def heard(self) -> list[str]:
        return [line["heard"] for line in self.told() if line["heard"] is not None]

    def until_heard(self, text: str) -> None:
        self.display.until(lambda: self.heard()[-1:] == [text], f"'{text}' was not heard: {self.heard()}")

    def box(self, name: str) -> tuple[float, float, float, float]:
        picture = self.finger.seen()
        assert picture is not None
        return next(place.box for place in picture.targets if place.name == name)

    def middle(self, name: str) -> tuple[float, float]:
        x, y, width, height = self.box(name)
        return x + width / 2, y + height / 2

    def tap(self, *names: str) -> None:
        for name in names:
            self.finger.press(name)


@pytest.fixture
def writer(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Writer]:
    before: str = getattr(request, "param", "")
    with Display(SIZE) as display:
        command = [
            sys.executable,
            "-m",
            "tests.support.writing",
            "{}x{}".format(*SIZE),
            str(tmp_path),
            before,
        ]
        program = subprocess.Popen(command, env=display.environment())
        try:
            writer = Writer(display, tmp_path)
            writer.finger.until("TextView")
            display.settle(0.1)
            yield writer
        finally:
            program.kill()
            program.wait(10)


def test_a_sentence_is_written_with_tone_and_letter_keys(writer: Writer) -> None:
    writer.finger.write("Cảm ơn. Tốt")
    writer.until_heard("Cảm ơn. Tốt")


def test_telex_goes_through_the_same_keys(writer: Writer) -> None:
    writer.tap("D", *"dungs")
    writer.until_heard("Đúng")


def test_what_was_written_can_be_taken_back(writer: Writer) -> None:
    writer.tap("M", "o", "t", " ", "h", "a", "i", "Xóa")
    writer.until_heard("Mot ha")
    writer.tap("Xóa từ")
    writer.until_heard("Mot ")


def test_digits_signs_and_capitals_have_their_keys(writer: Writer) -> None:
    writer.tap("A", "123", "2", "/", "abc", "shift", "B", "b")
    writer.until_heard("A2/Bb")


def test_a_press_is_seen_at_once_and_changes_nothing_but_its_key(writer: Writer) -> None:
    display = writer.display
    before = display.settle(0.2)
    display.press(*writer.middle("G"))
    display.until_changed(before)
    pressed = display.settle(0.2)
    display.move(1, 1)  # off the keyboard: nothing is written
    display.release()
    after = display.settle(0.2)
    x, y, width, height = (round(number) for number in writer.box("G"))
    width_in_bytes = SIZE[0] * 4
    changed = [
        index for index in range(0, len(before), 4) if before[index : index + 4] != pressed[index : index + 4]
    ]
    assert changed
    for index in changed:
        row, column = divmod(index, width_in_bytes)
        assert y - 1 <= row < y + height + 1  # smoothed edges
        assert x - 1 <= column // 4 < x + width + 1
    assert after == before
    assert writer.heard() == []


def test_with_the_ear_on_a_first_touch_says_the_key_and_a_second_writes(writer: Writer) -> None:
    writer.tap("Nghe đọc", "G", "G", " ", "Xóa", "o", "o")

    def told() -> list[str]:
        lines = writer.told()
        return [str(line["heard"] or line["said"]) for line in lines if line["heard"] or line["said"]]

    wanted = ["g", "G", "Dấu cách", "Xóa", "o", "Go"]
    writer.display.until(lambda: told() == wanted, f"not {wanted}: {told()}")


def test_a_slip_is_put_right_by_sliding_to_the_next_key(writer: Writer) -> None:
    writer.display.press(*writer.middle("K"))
    writer.display.move(*writer.middle("L"))
    writer.display.release()
    writer.until_heard("L")


def test_a_touch_between_two_keys_counts_for_the_nearer_one(writer: Writer) -> None:
    x, y, width, height = writer.box("K")
    writer.display.tap(x + width + 2, y + height / 2)
    writer.until_heard("K")


def test_a_second_finger_does_nothing(writer: Writer) -> None:
    display: Any = writer.display._display
    writer.display.press(*writer.middle("A"))
    writer.display.move(*writer.middle("A"))
    for kind in (X.ButtonPress, X.ButtonRelease):
        xtest.fake_input(display, kind, 3)
    display.sync()
    writer.display.release()
    writer.until_heard("A")
    writer.tap("b")
    writer.until_heard("Ab")
    assert writer.heard() == ["A", "Ab"]


def test_a_telephone_number_is_masked_as_soon_as_it_is_one(writer: Writer) -> None:
    writer.tap("123", *"09000000")
    writer.until_heard("09000000")
    assert writer.told()[-1]["lines"] == ["09000000"]
    writer.tap("1")
    writer.until_heard("090000001")
    assert writer.told()[-1]["lines"] == ["•••••••••"]


@pytest.mark.parametrize("writer", ["Một hai ba bốn năm sáu bảy tám chín mười " * 8], indirect=True)
def test_the_end_of_a_long_text_stays_in_sight(writer: Writer) -> None:
    writer.tap("c")
    writer.until_heard("Một hai ba bốn năm sáu bảy tám chín mười " * 8 + "c")
    lines = writer.told()[-1]["lines"]
    assert len(lines) in (2, 3)
    assert lines[-1].endswith("tám chín mười c")


@pytest.mark.parametrize("writer", ["a" * 399], indirect=True)
def test_a_full_text_takes_no_more_letters(writer: Writer) -> None:
    writer.tap("b", "c", "d")
    writer.until_heard("a" * 399 + "b")


def test_a_name_and_a_telephone_number_are_written_into_a_form(writer: Writer) -> None:
    writer.tap("Làm lại")
    writer.finger.until("ContactView")
    writer.finger.write("An B")
    writer.until_heard("An B")
    writer.tap("Ô tiếp", *"0900", "Xóa", "1")
    writer.until_heard("0901")
    writer.tap("Họ và tên", "i")
    writer.until_heard("An Bi")


def test_nothing_of_what_was_written_is_left_when_the_screen_is(writer: Writer) -> None:
    writer.tap("B")
    writer.finger.write("í mật nhé")
    writer.until_heard("Bí mật nhé")
    assert writer.told()[-1]["found"] > 0  # the search can find it
    writer.tap("Quay lại")
    writer.finger.until("IdleView")
    writer.display.until(lambda: writer.told()[-1]["heard"] is None, "the visit did not end")
    assert writer.told()[-1]["found"] == 0
