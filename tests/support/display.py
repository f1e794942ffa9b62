"""A private screen for a program under test: real pixels out, real pointer and key events in.

Each display is an Xvfb of its own, of exactly the wanted size, without a window manager. The program finds it
through `environment()`. Presses go through XTest, so they take the same way through X and SDL as a finger
or a scanner; the program can't detect the difference.
"""

import mmap
import os
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image
from Xlib import XK, X, display
from Xlib.ext import xtest

# Names of the keys whose characters are not names themselves.
_KEYSYM = {
    " ": "space",
    "!": "exclam",
    '"': "quotedbl",
    "#": "numbersign",
    "$": "dollar",
    "%": "percent",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "parenleft",
    ")": "parenright",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "period",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less",
    "=": "equal",
    ">": "greater",
    "?": "question",
    "@": "at",
    "[": "bracketleft",
    "\\": "backslash",
    "]": "bracketright",
    "_": "underscore",
    "`": "grave",
    "{": "braceleft",
    "|": "bar",
    "}": "braceright",
    "~": "asciitilde",
    "\n": "Return",
    "\t": "Tab",
}


def _mapped(file: Path) -> memoryview:
    """The pixels of a picture in the X window dump format, as they are at any moment."""
    with file.open("rb") as dump:
        whole = memoryview(mmap.mmap(dump.fileno(), 0, prot=mmap.PROT_READ))
    header, colours = struct.unpack_from(">I", whole)[0], struct.unpack_from(">I", whole, 19 * 4)[0]
    return whole[header + 12 * colours :]


class Display:
    """One virtual screen, from the first event to the last picture.

    Args:
        size: width and height in pixels.
        folder: an existing folder for the picture as a file, so that reading it doesn't load the server.
            None: the server is asked.

    Raises:
        RuntimeError: Xvfb did not come up.
    """

    def __init__(self, size: tuple[int, int] = (1280, 800), folder: Path | None = None) -> None:
        self.size = size
        readable, writable = os.pipe()
        self._xvfb = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(writable), "-screen", "0", f"{size[0]}x{size[1]}x24"),
                *("-nolisten", "tcp", "-noreset"),
                *(() if folder is None else ("-fbdir", str(folder))),
            ],
            pass_fds=[writable],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends what is shown on it first
        )
        os.close(writable)
        with os.fdopen(readable) as number:
            name = number.readline().strip()
        if not name:
            raise RuntimeError("Xvfb did not start: is the package xvfb installed?")
        self.name = f":{name}"
        self._display: Any = display.Display(self.name)
        self._root: Any = self._display.screen().root
        self._file = None if folder is None else _mapped(folder / "Xvfb_screen0")
        self.move(size[0] // 2, size[1] - 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the screen; programs that still show something on it lose it."""
        self._display.close()
        self._xvfb.terminate()
        self._xvfb.wait(10)

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Within the block the screen answers nobody."""
        self._xvfb.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._xvfb.send_signal(signal.SIGCONT)

    def environment(self) -> dict[str, str]:
        """The environment of a program that is to appear here."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("KIVY_", "KCFG_"))}
        return {**kept, "DISPLAY": self.name, "SDL_VIDEODRIVER": "x11", "LIBGL_ALWAYS_SOFTWARE": "1"}

    # Out: pixels

    def pixels(self, rectangle: tuple[int, int, int, int] | None = None) -> bytes:
        """The raw picture (4 bytes a pixel) of `rectangle` (x, y, width, height), or of the whole screen."""
        x, y, width, height = rectangle or (0, 0, *self.size)
        if self._file is not None:
            rows = ((row * self.size[0] + x) * 4 for row in range(y, y + height))
            return b"".join(self._file[start : start + width * 4] for start in rows)
        return bytes(self._root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF).data)

    def picture(self) -> Image.Image:
        """The screen as a picture."""
        return Image.frombytes("RGB", self.size, self.pixels(), "raw", "BGRX")

    def screenshot(self, path: Path) -> Path:
        """Write the screen to `path` as PNG, and return the path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.picture().save(path)
        return path

    def settle(self, quiet: float = 0.3, timeout: float = 15.0) -> bytes:
        """Wait until the picture has not changed for `quiet` seconds, and return it.

        Raises:
            TimeoutError: it still moves after `timeout` seconds.
        """
        end = time.monotonic() + timeout
        last, since = self.pixels(), time.monotonic()
        while time.monotonic() - since < quiet:
            if time.monotonic() > end:
                raise TimeoutError(f"the picture did not settle within {timeout:g} s")
            time.sleep(0.02)
            now = self.pixels()
            if now != last:
                last, since = now, time.monotonic()
        return last

    def until_changed(self, before: bytes, timeout: float = 15.0) -> None:
        """Wait until the picture is another one than `before`.

        Raises:
            TimeoutError: it is still the same after `timeout` seconds.
        """
        self.until(lambda: self.pixels() != before, "the picture did not change", timeout)

    @staticmethod
    def until(holds: Callable[[], object], otherwise: str, timeout: float = 15.0) -> None:
        """Wait until `holds()` is true.

        Raises:
            TimeoutError: with the text `otherwise`, after `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"{otherwise} within {timeout:g} s")
            time.sleep(0.01)

    def resize(self, width: int, height: int) -> None:
        """Give every window this size, as a window manager would."""
        for window in self._root.query_tree().children:
            window.configure(width=width, height=height)
        self._display.sync()

    # In: pointer and keys

    def move(self, x: float, y: float) -> None:
        """Put the pointer at (`x`, `y`) pixels from the top left."""
        xtest.fake_input(self._display, X.MotionNotify, x=round(x), y=round(y))
        self._display.sync()

    def press(self, x: float, y: float, button: int = 1) -> None:
        """Put a finger down."""
        self.move(x, y)
        xtest.fake_input(self._display, X.ButtonPress, button)
        self._display.sync()

    def release(self, button: int = 1) -> None:
        """Take the finger off."""
        xtest.fake_input(self._display, X.ButtonRelease, button)
        self._display.sync()

    def tap(self, x: float, y: float, hold: float = 0.06) -> None:
        """Touch a point for `hold` seconds."""
        self.press(x, y)
        time.sleep(hold)
        self.release()

    def drag(self, *places: tuple[float, float]) -> None:
        """Press at the first place, slide over the others and let go at the last, all in the same moment."""
        for number, (x, y) in enumerate(places):
            xtest.fake_input(self._display, X.MotionNotify, x=round(x), y=round(y))
            if number == 0:
                xtest.fake_input(self._display, X.ButtonPress, 1)
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def type(self, text: str, gap: float = 0.0) -> None:
        """Press the keys of `text` (ASCII), `gap` seconds apart.

        The server waits between them, not this process: on a busy machine it would pause within a scan, as no
        scanner does.

        Raises:
            ValueError: a character has no key on a US keyboard.
        """
        for character in text:
            keysym = XK.string_to_keysym(_KEYSYM.get(character, character))
            keycode = self._display.keysym_to_keycode(keysym)
            if not keysym or not keycode:
                raise ValueError(f"no key for {character!r}")
            shifted = self._display.keycode_to_keysym(keycode, 0) != keysym
            self._key(keycode, shifted, gap)
        self._display.sync()

    def key(self, name: str) -> None:
        """Press a key by its X name: Tab, Return, Escape, F1, KP_5 …"""
        self._key(self._display.keysym_to_keycode(XK.string_to_keysym(name)), shifted=False)
        self._display.sync()

    def scan(self, code: str, gap: float = 0.004) -> None:
        """Read a code the way a keyboard-wedge scanner does: a burst of keys, then Enter."""
        self.type(code + "\n", gap)

    def _key(self, keycode: int, shifted: bool, after: float = 0.0) -> None:
        """Press and let go of a key, `after` seconds later than what came before."""
        shift = self._display.keysym_to_keycode(XK.XK_Shift_L)
        if shifted:
            xtest.fake_input(self._display, X.KeyPress, shift)
        xtest.fake_input(self._display, X.KeyPress, keycode, time=round(1000 * after))
        xtest.fake_input(self._display, X.KeyRelease, keycode)
        if shifted:
            xtest.fake_input(self._display, X.KeyRelease, shift)
