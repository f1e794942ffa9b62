"""A handover tagged by hand: type a few letters, without marks, and touch the procedure."""

from functools import partial
from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import Looked, PageWanted, ProcedureChosen
from kiosk.typing_vi import Composition
from kiosk.view import StaffTagView
from kiosk.widgets.field import Field, field_height
from kiosk.widgets.key_layout import keyboard_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Rect, fitting
from kiosk.widgets.option import Option, grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme


class StaffTagScreen(Screen):
    """See `StaffTagView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.field = Field(lambda: None)
        self.back = PushButton(lambda: report(PageWanted("home")), icon="back")
        self.unknown = PushButton(partial(report, ProcedureChosen(None)))
        self.keyboard = Keyboard(self._key)
        self._options: list[Option] = []
        self._composition = Composition(method="none")

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Field and ways out above, what was found below them, the keyboard at the bottom."""
        assert isinstance(view, StaffTagView)
        if view.wanted != self._composition.text:
            self._composition = Composition(text=view.wanted, method="none")
        x, y, width, height = box
        keys = keyboard_height(height, height * 0.54 - theme.gap, width, theme, marks=False)
        self.keyboard.place((x, y, width, keys), theme, words, marks=False)
        line = field_height(theme)
        back, unknown = words("Quay lại"), words("Thủ tục khác")
        back_wide = self.back.width_for(back, theme, theme.label)
        unknown_wide = self.unknown.width_for(unknown, theme, theme.label)
        top = y + height - (theme.target if theme.portrait else line)
        self.back.show(back, (x, top, back_wide, theme.target), theme)
        self.unknown.show(unknown, (x + width - unknown_wide, top, unknown_wide, theme.target), theme)
        left, across = x + back_wide + theme.gap, width - back_wide - unknown_wide - 2 * theme.gap
        if theme.portrait:
            left, across, top = x, width, top - theme.gap - line
        self.field.show(
            words("Tên hoặc mã thủ tục, không cần dấu"),
            self._composition.text,
            (left, top, across, line),
            theme,
            active=True,
        )
        room = (x, y + keys + theme.gap, width, top - y - keys - 2 * theme.gap)
        self._results(view, theme, room)

    def leave(self) -> None:
        """Forget what was looked for."""
        self._composition = Composition(method="none")
        self.field.hide()
        self.keyboard.reset()

    def _results(self, view: StaffTagView, theme: Theme, room: Rect) -> None:
        columns = 1 if theme.portrait else 2
        rows = max(1, int((room[3] + theme.gap) // (theme.target + theme.gap)))
        tiles = view.found[: rows * columns]
        self._options = [Option() for _ in tiles]
        self.clear_widgets()
        for part in (self.field, self.back, self.unknown, self.keyboard, *self._options):
            self.add_widget(part)
        if not tiles:
            return
        labels = [f"{tile.label} · {tile.id}" for tile in tiles]
        boxes = grid(rows * columns, room, columns, theme.gap, theme.dp(88))
        size, _ = fitting(labels, boxes[0][2] - theme.dp(48), 2, theme.type(22))
        for option, tile, label, place in zip(self._options, tiles, labels, boxes, strict=False):
            option.act = partial(self.report, ProcedureChosen(tile.id))
            option.show(label, place, theme, size)

    def _key(self, key: str) -> None:
        self._composition = self._composition.press(key)
        self.report(Looked(self._composition.text))
