"""What keys do: those of the window spell scans, those of the keypad drive. Nothing else ever sees a key.

The keypad is read on a thread of its own (`devices/event_keyboard`); its keys are handled on the screen's.
"""

from collections.abc import Callable
from typing import Protocol

from kiosk.devices import keypad
from kiosk.events import EarTouched, Event


class Driven(Protocol):
    """The screen as the keypad drives it; `screens.stage.Stage` in the product."""

    def move_focus(self, by: int | None) -> None:
        """Go to the next thing that can be touched, or back."""

    def press_focus(self) -> bool:
        """Touch what the keypad is on; False where it is on nothing."""

    def press_forward(self) -> bool:
        """Touch the button that leads on; False where there is none."""

    def press_answer(self, place: int) -> None:
        """Touch the answer in this place, from 1 on."""


class Keyed(Protocol):
    """What hears the window's keys; `devices.wedge.Wedge` in the product."""

    def pressed(self, scancode: int) -> None:
        """A key went down."""

    def released(self, scancode: int) -> None:
        """A key came up."""


class Keys:
    """The handlers of the window's keys and of the keypad's.

    wedge: the scanner that poses as a keyboard. send: takes an event of the citizen.
    """

    def __init__(self, wedge: Keyed, screen: Driven, send: Callable[[Event], None]) -> None:
        self._wedge = wedge
        self._screen = screen
        self._send = send

    def down(self, _: object, __: int, scancode: int, *___: object) -> bool:
        """The window's `on_key_down`: True, so that nothing else sees the key."""
        self._wedge.pressed(scancode)
        return True

    def up(self, _: object, __: int, scancode: int, *___: object) -> bool:
        """The window's `on_key_up`."""
        self._wedge.released(scancode)
        return True

    def drive(self, key: str) -> None:
        """Do what the keypad's key of this name means; on the screen's thread."""
        match keypad.wish(key):
            case "next":
                self._screen.move_focus(1)
            case "previous":
                self._screen.move_focus(-1)
            case "choose":
                self._screen.press_focus()
            case "choose_or_go_on":
                if not self._screen.press_focus():
                    self._screen.press_forward()
            case "read_aloud":
                self._send(EarTouched())
            case int(place):
                self._screen.press_answer(place)
