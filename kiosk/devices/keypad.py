"""A numeric keypad, or Tab and Enter, for those who can't touch: what each key does. Pure.

    1 … 9  the answer in this place       + −  Tab, arrows  from one thing to the next
    Enter  what the keypad stands on, else "Tiếp", "Bỏ qua" or "Gửi"       *  reading aloud, on or off

A key that is held counts once: whoever can't see the glass presses long, and must not rush through a survey.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Wish = Literal["next", "previous", "choose", "read_aloud"]

# SDL's codes, as the window gives them.
DIGITS = range(256, 266)
TAB, ENTER, TIMES, MINUS, PLUS, KEYPAD_ENTER = 9, 13, 268, 269, 270, 271
UP, DOWN, RIGHT, LEFT = 273, 274, 275, 276
ENTERS = (ENTER, KEYPAD_ENTER)
SIGNS = (*DIGITS, TIMES, MINUS, PLUS)
"""Keys that also type a sign, which is no scanner's."""

_WISHES: dict[int, Wish] = {
    TAB: "next",
    PLUS: "next",
    RIGHT: "next",
    DOWN: "next",
    MINUS: "previous",
    LEFT: "previous",
    UP: "previous",
    ENTER: "choose",
    KEYPAD_ENTER: "choose",
    TIMES: "read_aloud",
}


class Keypad(Struct, frozen=True):
    """Which keys are down."""

    held: frozenset[int] = frozenset()

    def pressed(self, key: int) -> "Keypad":
        """This key went down, or is still down and repeats itself."""
        return replace(self, held=self.held | {key})

    def released(self, key: int) -> "Keypad":
        """It is up again."""
        return replace(self, held=self.held - {key})

    def wish(self, key: int) -> Wish | int | None:
        """What `key` asks for: a wish, or the place of an answer from 1 on; None: nothing, or it is held."""
        if key in self.held:
            return None
        return key - DIGITS.start if key in DIGITS else _WISHES.get(key)
