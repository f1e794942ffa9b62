"""A finger and a scanner for a terminal in another process: real pointer and key events, by name.

The terminal, started with `--describe FILE`, writes one line for every picture it shows: the kind of screen,
and the name and place of everything that can be touched.
"""

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, json

from tests.support.display import Display

# On the screen's keyboard a letter with a tone is the plain letter, then the tone's key.
_TONES = {"\u0301": "sắc", "\u0300": "huyền", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}


class Place(Struct):
    """One target: its name, and x, y, width, height in pixels from the top left."""

    name: str
    box: tuple[float, float, float, float]


class Picture(Struct):
    """One picture: the kind of its view, such as "RatingView", the page, its targets, a short message.

    told: the sign for the officer, "" none.
    """

    screen: str
    page: str
    targets: tuple[Place, ...]
    notice: str = ""
    told: str = ""


class Finger:
    """Touches the terminal on `display` that describes itself in the file `described`.

    guard: seconds for which a new screen ignores touches.
    """

    def __init__(self, display: Display, described: Path, guard: float = 0.35) -> None:
        self.display = display
        self._described = described
        self._guard = guard

    def pictures(self) -> list[Picture]:
        """Every picture shown so far."""
        if not self._described.exists():
            return []
        lines = self._described.read_bytes().split(b"\n")[:-1]
        return [json.decode(line, type=Picture) for line in lines]

    def seen(self) -> Picture | None:
        """The picture that is shown, None before the first."""
        pictures = self.pictures()
        return pictures[-1] if pictures else None

    def until(self, screen: str, seconds: float = 30.0) -> Picture:
        """Wait for this kind of screen; raises TimeoutError."""
        return self._until(lambda picture: picture.screen == screen, screen, seconds)

    def until_offered(self, name: str, seconds: float = 10.0) -> Picture:
        """Wait for the target `name`; raises TimeoutError if it doesn't appear."""
        return self._until(lambda picture: name in _names(picture), f"target '{name}'", seconds)

    def press(self, name: str, seconds: float = 10.0) -> None:
        """Touch the target `name` as soon as it appears; raises TimeoutError if it doesn't."""
        picture = self.until_offered(name, seconds)
        time.sleep(self._guard)
        x, y, width, height = next(place.box for place in picture.targets if place.name == name)
        self.display.tap(x + width / 2, y + height / 2)

    def choose(self, name: str, then: str) -> None:
        """Touch `name`, and wait until another page (of the kind `then`) is shown."""
        before = self._until(lambda picture: name in _names(picture), f"target '{name}'", 10.0).page
        self.press(name)
        self._until(lambda picture: picture.page != before, f"nothing after '{name}'", 30.0)
        self.until(then)

    def key(self, name: str) -> None:
        """Press a key by its X name, once the new screen accepts keys."""
        time.sleep(self._guard)
        self.display.key(name)

    def write(self, text: str) -> None:
        """Write Vietnamese on the screen's keyboard, one key after the other."""
        for letter in text:
            for key in keys_of(letter):
                self.press(key)

    def scan(self, code: str) -> None:
        """Read a code with a scanner that types."""
        self.display.scan(code)

    def scan_until(self, code: str, holds: Callable[[Picture], bool], what: str) -> None:
        """Read a code once, and wait for its effect: a busy machine may be late, but loses no scan."""
        self.display.scan(code)
        self._until(holds, what, 25.0)

    def _until(self, holds: Callable[[Picture], bool], what: str, seconds: float) -> Picture:
        end = time.monotonic() + seconds
        while True:
            picture = self.seen()
            if picture and holds(picture):
                return picture
            if time.monotonic() > end:
                shown = f"{picture.screen}: {sorted(_names(picture))}" if picture else "nothing"
                raise TimeoutError(f"{what} not within {seconds:g} s; shown is {shown}")
            time.sleep(0.02)


def _names(picture: Picture) -> set[str]:
    return {place.name for place in picture.targets}


def keys_of(letter: str) -> tuple[str, ...]:
    """The keys of the screen's keyboard that write a letter: it without its tone, then the tone."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next((name for mark, name in _TONES.items() if mark in marks), "")
    plain = "".join(mark for mark in marks if mark not in _TONES)
    return (unicodedata.normalize("NFC", plain), *([tone] if tone else []))
