"""Contact details: first whether at all, and only after a yes the fields. Nothing is filled in."""

from functools import partial
from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import ContactWanted, Focused, KeyTouched, Writing
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.typing_vi import Composition
from kiosk.view import ContactField, ContactView
from kiosk.widgets.field import Field, field_height
from kiosk.widgets.heading import Heading, heading_height
from kiosk.widgets.key_layout import DONE, keyboard_height, least_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Rect
from kiosk.widgets.option import Option, grid
from kiosk.widgets.theme import Theme

TITLES = {"name": "Họ và tên", "phone": "Số điện thoại", "address": "Địa chỉ"}
LONGEST = {"name": 60, "phone": 20, "address": 120}
"""Characters that a field takes."""


class ContactScreen(Screen):
    """See `ContactView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.yes, self.no = Option(), Option()
        self.keyboard = Keyboard(self._key, self._turned, self._said)
        self.fields: dict[str, Field] = {}
        self._active = ""
        self._question = ""
        self._compositions: dict[str, Composition] = {}
        self._redraw: Any = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question whether, or the fields."""
        assert isinstance(view, ContactView)
        self._question = view.question
        if not view.open:
            self._ask(view, words, theme, box)
            return
        for field in view.fields:
            self._take_up(field, view)
        if self._active not in self._compositions:
            self._turn_to(view.fields[0].name)
        self._redraw = lambda: self._form(view, words, theme, box)
        self._redraw()

    def headline(self, view: Any, words: Translate, theme: Theme, box: Rect) -> str:
        """The question, where it has no room above the fields."""
        return str(view.text) if view.open and _is_short(view, theme, box) else ""

    def leave(self) -> None:
        """Forget what was written."""
        self._active, self._question, self._redraw = "", "", None
        self._compositions.clear()
        for field in self.fields.values():
            field.hide()
        self.keyboard.reset()

    def _ask(self, view: ContactView, words: Translate, theme: Theme, box: Rect) -> None:
        self._hold(self.heading, self.yes, self.no)
        rest = self.heading.show(view.text, view.help, theme, box)
        boxes = grid(2, rest, 1 if theme.portrait else 2, theme.gap, theme.dp(160))
        self.yes.act = lambda: self.report(ContactWanted(view.question, wanted=True))
        self.no.act = lambda: self.report(ContactWanted(view.question, wanted=False))
        self.yes.show(words("Có, tôi để lại liên hệ"), boxes[0], theme, theme.type(30))
        self.no.show(words("Không để lại"), boxes[1], theme, theme.type(30))

    def _form(self, view: ContactView, words: Translate, theme: Theme, box: Rect) -> None:
        names = [field.name for field in view.fields]
        for name in names:
            if name not in self.fields:
                self.fields[name] = Field(partial(self._choose, name))
        self._hold(self.heading, *(self.fields[name] for name in names), self.keyboard)
        question = "" if _is_short(view, theme, box) else view.text
        x, y, width, height = self.heading.show(question, "", theme, box, theme.type(32))
        each = field_height(theme)
        columns = 1 if theme.portrait else len(names)
        above = _fields_height(view, theme)
        keys = keyboard_height(height, above, width, theme)
        done = words("Ô tiếp") if len(names) > 1 else ""
        self.keyboard.place((x, y, width, keys), theme, words, done, ear=view.ear)
        top = y + keys + theme.gap
        for name, place in zip(
            names, grid(len(names), (x, top, width, above), columns, theme.gap, each), strict=True
        ):
            title, text = words(TITLES.get(name, name)), self._compositions[name].text
            self.fields[name].show(title, text, place, theme, name == self._active)

    def _hold(self, *parts: Widget) -> None:
        if set(self.children) != set(parts):
            self.clear_widgets()
            for part in parts:
                self.add_widget(part)

    def _take_up(self, field: ContactField, view: ContactView) -> None:
        known = self._compositions.get(field.name)
        if known is None or known.finished().text != field.written:
            self._compositions[field.name] = Composition(
                text=field.written,
                method="none" if field.name == "phone" else view.typing,
                style=view.tone_style,
                limit=LONGEST.get(field.name, LONGEST["address"]),
            )

    def _choose(self, name: str) -> None:
        self._turn_to(name)
        self._redraw()

    def _turn_to(self, name: str) -> None:
        self._active = name
        self.keyboard.turn_to("phone" if name == "phone" else "letters")
        self._capital()

    def _capital(self) -> None:
        text = self._compositions[self._active].text
        self.keyboard.capital(not text or (self._active == "name" and text.endswith(" ")))

    def _key(self, key: str) -> None:
        if key == DONE:
            names = list(self._compositions)
            self._choose(names[(names.index(self._active) + 1) % len(names)])
            self._turned()
            return
        composition = self._compositions[self._active].press(key)
        self._compositions[self._active] = composition
        self._capital()
        self.report(Writing(self._question, composition.finished().text, self._active))

    def _turned(self) -> None:
        self.report(KeyTouched())

    def _said(self, name: str) -> None:
        self.report(Focused(name))


def _fields_height(view: ContactView, theme: Theme) -> float:
    """The fields side by side; in portrait one below the other."""
    lines = len(view.fields) if theme.portrait else 1
    return lines * field_height(theme) + (lines - 1) * theme.gap


def _is_short(view: ContactView, theme: Theme, box: Rect) -> bool:
    """Whether question, fields and keys don't fit below one another."""
    above = heading_height(view.text, "", theme, box, theme.type(32)) + theme.dp(24)
    return above + _fields_height(view, theme) + 2 * theme.gap + least_height(box[2], theme) > box[3]
