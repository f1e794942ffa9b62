"""What keys do, without a window."""

import pytest

from kiosk.devices.wedge import Wedge
from kiosk.events import EarTouched, Event
from kiosk.keys import Keys


class Screen:
    """What the keypad drove; `on`: it is on something, so that Enter touches that."""

    def __init__(self, on: bool = False) -> None:
        self.on = on
        self.driven: list[str] = []

    def move_focus(self, by: int | None) -> None:
        self.driven.append(f"move {by}")

    def press_focus(self) -> bool:
        self.driven.append("focus")
        return self.on

    def press_forward(self) -> bool:
        self.driven.append("forward")
        return True

    def press_answer(self, place: int) -> None:
        self.driven.append(f"answer {place}")


def keys_on(screen: Screen, sent: list[Event]) -> Keys:
    return Keys(Wedge(lambda: 0, lambda: 0, lambda _, __: lambda: None), screen, sent.append)


@pytest.mark.parametrize(
    ("key", "on", "driven"),
    [
        ("kp +", False, ["move 1"]),
        ("up", False, ["move -1"]),
        ("kp 3", False, ["answer 3"]),
        ("enter", False, ["focus"]),
        ("kp enter", True, ["focus"]),
        ("kp enter", False, ["focus", "forward"]),
        ("escape", False, []),
    ],
)
def test_what_a_key_of_the_keypad_touches(key: str, on: bool, driven: list[str]) -> None:
    screen, sent = Screen(on), list[Event]()
    keys_on(screen, sent).drive(key)
    assert (screen.driven, sent) == (driven, [])


def test_the_star_turns_reading_aloud_on_or_off() -> None:
    screen, sent = Screen(), list[Event]()
    keys_on(screen, sent).drive("kp *")
    assert (screen.driven, sent) == ([], [EarTouched()])


def test_a_key_of_the_window_drives_nothing_and_nothing_else_sees_it() -> None:
    screen, sent = Screen(), list[Event]()
    keys = keys_on(screen, sent)
    for scancode in (40, 43, 88, 93):  # Enter, Tab, keypad Enter, keypad 5
        assert keys.down(None, 0, scancode)
        assert keys.up(None, 0, scancode)
    assert (screen.driven, sent) == ([], [])
