"""A whole number: tiles where they are few, else less and more around a large figure."""

from functools import partial
from typing import Any

from kiosk.events import Answered
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import NumberView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import Option, arrange, grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme
from sync.contract.response import Answer
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
        self._options = [Option() for _ in range(MOST_TILES + 1)]
        self.add_widget(self.heading)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the figures below."""
        assert isinstance(view, NumberView)
        rest = self.heading.show(view.text, view.help, theme, box)
        for part in (self.figure, self.less, self.more, self.none, *self._options):
            self.remove_widget(part)
        few = view.maximum - view.minimum < MOST_TILES
        none = words("Không áp dụng") if view.not_applicable else ""
        below = self._above_none(none, rest, theme)
        count = view.maximum - view.minimum + 1
        if few and arrange(count, below, min(count, 5), theme) == (min(count, 5), count):
            self._not_applicable(view, none, rest, theme)
            self._tiles(view, "", below, theme, min(count, 5))
            return
        # One more tile next to the figures is better than all of them too low.
        columns, shown = arrange(count + bool(none), rest, 5, theme)
        if few and shown == count + bool(none):
            self._tiles(view, none, rest, theme, columns)
            return
        self._not_applicable(view, none, rest, theme)
        self._stepper(view, words, below, theme)

    def _above_none(self, none: str, box: Rect, theme: Theme) -> Rect:
        """What is left of `box` above the button "không áp dụng", if there is one."""
        x, y, width, height = box
        used = theme.answer + theme.gap if none else 0
        return (x, y + used, width, height - used)

    def _not_applicable(self, view: NumberView, none: str, box: Rect, theme: Theme) -> None:
        """The button "không áp dụng" at the foot of `box`."""
        if not none:
            return
        x, y, _, _ = box
        self.none.marked = view.none
        self.none.armed = view.armed == NOT_APPLICABLE
        self.none.answer = (view.question, NOT_APPLICABLE)
        self.none.act = partial(self.report, Answered(view.question, NOT_APPLICABLE))
        self.add_widget(self.none)
        wide = max(theme.answer, self.none.width_for(none, theme, theme.label))
        self.none.show(none, (x, y, wide, theme.answer), theme)

    def _tiles(self, view: NumberView, none: str, box: Rect, theme: Theme, columns: int) -> None:
        """A tile for each figure, and one for "không áp dụng" where it has no button."""
        tiles: list[tuple[Answer, str]] = [(n, str(n)) for n in range(view.minimum, view.maximum + 1)]
        if none:
            tiles.append((NOT_APPLICABLE, none))
        boxes = grid(len(tiles), box, columns, theme.gap, theme.dp(160))
        for option, (answer, label), place in zip(self._options, tiles, boxes, strict=False):
            option.marked = view.none if answer == NOT_APPLICABLE else view.marked == answer
            option.armed = view.armed is not None and view.armed == answer
            option.answer = (view.question, answer)
            option.act = partial(self.report, Answered(view.question, answer))
            self.add_widget(option)
            option.show(label, place, theme, theme.type(20 if answer == NOT_APPLICABLE else 44))

    def _stepper(self, view: NumberView, words: Translate, box: Rect, theme: Theme) -> None:
        x, y, width, height = box
        side = min(theme.dp(160), height)
        bottom = y + height - side
        figure = min(theme.dp(280), width - 2 * (side + theme.gap))
        now = view.marked
        lower = _within(view, view.minimum if now is None else now - 1)
        higher = _within(view, view.minimum + 1 if now is None else now + 1)
        for part, value in ((self.less, lower), (self.more, higher)):
            part.armed = view.armed == value
            part.answer = (view.question, value)
            part.act = partial(self.report, Answered(view.question, value))
            self.add_widget(part)
        self.add_widget(self.figure)
        self.less.show("", (x, bottom, side, side), theme, name=words("Bớt"))
        self.figure.place(
            "–" if now is None else str(now), (x + side, bottom, figure, side), theme.type(96), theme.ink
        )
        self.more.show("", (x + side + figure, bottom, side, side), theme, name=words("Thêm"))


def _within(view: NumberView, value: int) -> int:
    return min(max(value, view.minimum), view.maximum)
