"""A numeric keypad for those who can't touch: what each key does. Pure.

    1 … 9  the answer in this place       + −  Tab, arrows  from one thing to the next
    Enter  what the keypad is on, else "Tiếp", "Bỏ qua" or "Gửi"       *  reading aloud, on or off

Promise: keys drive the screen from the one keypad that kiosk.toml names, read by its own event device, and
from nowhere else. A scanner that poses as a keyboard types what a sticker says, so what it types answers
nothing. A scanner that kiosk.toml calls a keypad by mistake does not either: only a single key gets
here (see `burst`). A key that is held counts once: a person who can't see the glass presses long, and must
not rush through a survey.
"""

from typing import Literal

Wish = Literal["next", "previous", "choose", "choose_or_go_on", "read_aloud"]

_WISHES: dict[str, Wish] = {
    "tab": "next",
    "kp +": "next",
    "right": "next",
    "down": "next",
    "kp -": "previous",
    "left": "previous",
    "up": "previous",
    "enter": "choose",
    "kp enter": "choose_or_go_on",
    "kp *": "read_aloud",
}
_ANSWERS = {f"kp {place}": place for place in range(1, 10)}


def wish(key: str) -> Wish | int | None:
    """What the key of this name asks for: a wish, or the place of an answer from 1 on; None: nothing."""
    return _ANSWERS.get(key) or _WISHES.get(key)
