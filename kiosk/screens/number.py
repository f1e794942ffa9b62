"""A whole number: tiles where they are few, else less and more around a large figure."""

from functools import partial
from typing import Any

from kiosk.events import Answered
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import NumberView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import Option, grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme
from sync.contract.survey import NOT_APPLICABLE

MOST_TILES = 10


class NumberScreen(Screen):
    """See `NumberView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.figure = Lettering(bold=True, align="center")
        self.less = PushButton(icon="minus")
        self.more = PushButton(icon="plus")
        self.none = PushButton()
        self._options = [Option() for _ in range(MOST_TILES)]
        self.add_widget(self.heading)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the figures below."""
        assert isinstance(view, NumberView)
        rest = self.heading.show(view.text, view.help, theme, box)
        for part in (self.figure, self.less, self.more, self.none, *self._options):
            self.remove_widget(part)
        if view.not_applicable:
            rest = self._not_applicable(view, words, rest, theme)
        if view.maximum - view.minimum < MOST_TILES:
            self._tiles(view, rest, theme)
        else:
            self._stepper(view, words, rest, theme)

    def _not_applicable(self, view: NumberView, words: Translate, box: Rect, theme: Theme) -> Rect:
        """The button "không áp dụng" at the foot of `box`, and what is left above it."""
        x, y, width, height = box
        text = words("Không áp dụng")
        self.none.marked = view.none
        self.none.act = partial(self.report, Answered(view.question, NOT_APPLICABLE))
        self.add_widget(self.none)
        self.none.show(text, (x, y, self.none.width_for(text, theme, theme.label), theme.answer), theme)
        used = theme.answer + theme.gap
        return (x, y + used, width, height - used)

    def _tiles(self, view: NumberView, box: Rect, theme: Theme) -> None:
        values = range(view.minimum, view.maximum + 1)
        columns = min(len(values), 5)
        boxes = grid(len(values), box, columns, theme.gap, theme.dp(160))
        for option, value, place in zip(self._options, values, boxes, strict=False):
            option.marked = view.marked == value
            option.act = partial(self.report, Answered(view.question, value))
            self.add_widget(option)
            option.show(str(value), place, theme, theme.type(44))

    def _stepper(self, view: NumberView, words: Translate, box: Rect, theme: Theme) -> None:
        x, y, width, height = box
        side = min(theme.dp(160), height)
        bottom = y + height - side
        figure = min(theme.dp(280), width - 2 * (side + theme.gap))
        now = view.marked
        for part in (self.figure, self.less, self.more):
            self.add_widget(part)
        self.less.act = lambda: self._set(view, view.minimum if now is None else now - 1)
        self.more.act = lambda: self._set(view, view.minimum + 1 if now is None else now + 1)
        self.less.show("", (x, bottom, side, side), theme, name=words("Bớt"))
        self.figure.place(
            "–" if now is None else str(now), (x + side, bottom, figure, side), theme.type(96), theme.ink
        )
        self.more.show("", (x + side + figure, bottom, side, side), theme, name=words("Thêm"))

    def _set(self, view: NumberView, value: int) -> None:
        self.report(Answered(view.question, min(max(value, view.minimum), view.maximum)))
