"""The citizen's own words: the question above, the words large and always in sight, the keyboard below.

The text being composed is a value of `kiosk.typing_vi`; each key makes the next one, and the session hears
the words as they would stand if nothing more were written.
"""

from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import Writing
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.typing_vi import Composition
from kiosk.view import TextView
from kiosk.widgets.heading import Heading
from kiosk.widgets.key_layout import keyboard_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Rect
from kiosk.widgets.theme import Theme
from kiosk.widgets.written_text import WrittenText, sheet_height

HINT = "Chạm vào các phím để viết"
MASKED = "Số điện thoại, số giấy tờ được che đi và không lưu lại."


class TextScreen(Screen):
    """See `TextView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.written = WrittenText()
        self.keyboard = Keyboard(self._key)
        self._question = ""
        self._composition = Composition()
        parts: tuple[Widget, ...] = (self.heading, self.written, self.keyboard)
        for part in parts:
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Question, words, keyboard from top to bottom."""
        assert isinstance(view, TextView)
        self._take_up(view)
        x, y, width, height = self.heading.show(view.text, view.help, theme, box, theme.type(32))
        keys = keyboard_height(height, sheet_height(2, theme), width, theme)
        sheet = height - theme.gap - keys
        self.keyboard.place((x, y, width, keys), theme, words)
        self.written.place(
            self._composition.text,
            (x, y + keys + theme.gap, width, sheet),
            theme,
            hint=words(HINT),
            note=words(MASKED),
        )

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
            view.written, method=view.typing, style=view.tone_style, limit=view.maximum
        )
        self.keyboard.reset()
        self.keyboard.capital(self._composition.begins_sentence)

    def _key(self, key: str) -> None:
        self._composition = self._composition.press(key)
        self.keyboard.capital(self._composition.begins_sentence)
        self.report(Writing(self._question, self._composition.finished().text))
