"""The citizen's own words: the question above, the words large and always in sight, the keyboard below.

On a small panel the question is at the very top, where else the office's name is.

The text being composed is a value of `kiosk.typing_vi`; each key makes the next one, and the session hears
the words as they would be if nothing more were written.
"""

from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import Focused, KeyTouched, Writing
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.typing_vi import Composition
from kiosk.view import TextView
from kiosk.widgets.heading import Heading, heading_height
from kiosk.widgets.key_layout import keyboard_height, least_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Rect
from kiosk.widgets.theme import Theme
from kiosk.widgets.written_text import WrittenText, sheet_height
from sync.contract.masking import mask_digits

HINT = "Chạm vào các phím để viết"
LINES = 3
"""Lines of one's own words that shall be in sight above the keys; one may say why digits are masked."""
MASKED = "Số điện thoại, số giấy tờ được che đi và không lưu lại."


class TextScreen(Screen):
    """See `TextView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.written = WrittenText()
        self.keyboard = Keyboard(self._key, self._turned, self._said)
        self._question = ""
        self._composition = Composition()
        parts: tuple[Widget, ...] = (self.heading, self.written, self.keyboard)
        for part in parts:
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Question, words, keyboard from top to bottom."""
        assert isinstance(view, TextView)
        self._take_up(view)
        above = "" if _is_short(view, theme, box) else view.text
        x, y, width, height = self.heading.show(above, view.help if above else "", theme, box, theme.type(32))
        keys = keyboard_height(height, sheet_height(LINES, theme), width, theme)
        sheet = height - theme.gap - keys
        self.keyboard.place((x, y, width, keys), theme, words, ear=view.ear)
        self.written.place(
            self._composition.text,
            (x, y + keys + theme.gap, width, sheet),
            theme,
            hint=words(HINT),
            note=words(MASKED) if above else "",
            mask=True,
        )

    def headline(self, view: Any, words: Translate, theme: Theme, box: Rect) -> str:
        """The question, or why digits are masked, where the words would else have no room."""
        if not _is_short(view, theme, box):
            return ""
        return str(view.text) if mask_digits(view.written) == view.written else words(MASKED)

    def leave(self) -> None:
        """Forget what was written."""
        self._question, self._composition = "", Composition()
        self.written.forget()
        self.keyboard.reset()

    def _take_up(self, view: TextView) -> None:
        """Go on with the text of the visit where it is not the one being composed."""
        if view.question == self._question and view.written == self._composition.finished().text:
            return
        self._question = view.question
        self._composition = Composition(
            text=view.written, method=view.typing, style=view.tone_style, limit=view.maximum
        )
        self.keyboard.reset()
        self.keyboard.capital(self._composition.begins_sentence)

    def _key(self, key: str) -> None:
        self._composition = self._composition.press(key)
        self.keyboard.capital(self._composition.begins_sentence)
        self.report(Writing(self._question, self._composition.finished().text))

    def _turned(self) -> None:
        self.report(KeyTouched())

    def _said(self, name: str) -> None:
        self.report(Focused(name))


def _is_short(view: TextView, theme: Theme, box: Rect) -> bool:
    """Whether question, words and keys don't fit below one another with enough lines in sight."""
    keys = least_height(box[2], theme) + theme.gap
    above = heading_height(view.text, view.help, theme, box, theme.type(32)) + theme.dp(24)
    return above + sheet_height(LINES, theme) + keys > box[3]
