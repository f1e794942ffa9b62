"""One option, or several, as large tiles."""

from functools import partial
from typing import Any

from kiosk.events import Answered, Toggled, Touched
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import SEVERAL
from kiosk.view import ChoiceView, Tile
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect, fitting
from kiosk.widgets.option import Option, arrange, grid, numbered
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import LINE_HEIGHT, SMALLEST_TYPE, Theme
from sync.contract.survey import NOT_APPLICABLE


class ChoiceScreen(Screen):
    """See `ChoiceView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.others = PushButton(self._turn, icon="forward")
        self.add_widget(self.heading)
        # Kept: a widget that is thrown away stays in Kivy's books.
        self._options: list[Option] = []
        self._question = ""
        self._page = 0

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the tiles below; on a small panel some of them, and the way to the others."""
        assert isinstance(view, ChoiceView)
        if view.question != self._question:
            self._question, self._page = view.question, 0
        hint = view.help or (words(SEVERAL) if view.several else "")
        rest = self.heading.show(view.text, hint, theme, box)
        tiles = list(view.tiles)
        if view.not_applicable:
            tiles.append(Tile(NOT_APPLICABLE, words("Không áp dụng")))
        numbers = range(1, len(tiles) + 1) if view.numbered else [0] * len(tiles)
        labels = [numbered(tile.label, number) for tile, number in zip(tiles, numbers, strict=True)]
        wanted = 1 if theme.portrait or len(tiles) <= 3 else 2 if len(tiles) <= 8 else 3
        highest = theme.dp(144)
        columns, each = arrange(
            len(tiles), rest, wanted, theme, lambda wide, high: _fits(labels, wide, min(high, highest), theme)
        )
        pages = -(-len(tiles) // each)
        self._page %= pages
        shown = slice(self._page * each, (self._page + 1) * each)
        here = tiles[shown]
        for part in (*self._options, self.others):
            self.remove_widget(part)
        while len(self._options) < len(here):
            self._options.append(Option())
        places = each + 1 if pages > 1 else len(tiles)
        boxes = grid(places, rest, columns, theme.gap, highest)
        lines = max(2, _lines(boxes[0][3], theme.type(26), theme))
        size, _ = fitting(labels, boxes[0][2] - theme.dp(96), lines, theme.type(26))
        for option, tile, number, place in zip(self._options, here, numbers[shown], boxes, strict=False):
            option.several = view.several
            option.marked = tile.id in view.marked
            option.armed = tile.id == view.armed
            option.answer = (view.question, tile.id)
            option.act = partial(self._touched, view, tile)
            self.add_widget(option)
            option.show(tile.label, place, theme, size, number)
        if pages > 1:
            self.add_widget(self.others)
            self.others.show(words("Lựa chọn khác"), boxes[-1], theme, size)

    def leave(self) -> None:
        """Forget a press that has not acted, and which tiles were seen."""
        self._question = ""
        for option in self._options:
            option.quit()

    def _turn(self) -> None:
        """The tiles that have not been seen yet; which those are is nobody's business but the glass's."""
        self._page += 1
        self.report(Touched())

    def _touched(self, view: ChoiceView, tile: Tile) -> None:
        if view.several and tile.id != NOT_APPLICABLE:
            self.report(Toggled(view.question, tile.id))
        else:
            self.report(Answered(view.question, tile.id))


def _lines(high: float, size: float, theme: Theme) -> int:
    """How many lines of this type go into a tile."""
    return int((high - theme.dp(16)) / (size * LINE_HEIGHT))


def _fits(labels: list[str], wide: float, high: float, theme: Theme) -> bool:
    """Whether the words go into such tiles in a type not much smaller than the wanted one."""
    least = max(SMALLEST_TYPE, 0.8 * theme.type(26))
    size, lines = fitting(labels, wide - theme.dp(96), _lines(high, least, theme), theme.type(26))
    return size >= least and lines <= _lines(high, size, theme)
