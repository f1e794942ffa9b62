"""One option, or several, as large tiles."""

from functools import partial
from typing import Any

from kiosk.events import Answered, Toggled
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import ChoiceView, Tile
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect, fitting
from kiosk.widgets.option import Option, grid
from kiosk.widgets.theme import Theme
from sync.contract.survey import NOT_APPLICABLE


class ChoiceScreen(Screen):
    """See `ChoiceView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.add_widget(self.heading)
        # Kept: a widget that is thrown away stays in Kivy's books.
        self._options: list[Option] = []

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the tiles below."""
        assert isinstance(view, ChoiceView)
        hint = view.help or (words("Có thể chọn nhiều ô") if view.several else "")
        rest = self.heading.show(view.text, hint, theme, box)
        tiles = list(view.tiles)
        if view.not_applicable:
            tiles.append(Tile(NOT_APPLICABLE, words("Không áp dụng")))
        while len(self._options) < len(tiles):
            self._options.append(Option())
        for option in self._options:
            self.remove_widget(option)
        columns = 1 if theme.portrait or len(tiles) <= 3 else 2 if len(tiles) <= 8 else 3
        boxes = grid(len(tiles), rest, columns, theme.gap, theme.dp(144))
        room = boxes[0][2] - theme.dp(96)
        size, _ = fitting([tile.label for tile in tiles], room, 2, theme.type(26))
        for option, tile, place in zip(self._options, tiles, boxes, strict=False):
            option.several = view.several and tile.id != NOT_APPLICABLE
            option.marked = tile.id in view.marked
            option.act = partial(self._touched, view, tile)
            self.add_widget(option)
            option.show(tile.label, place, theme, size)

    def leave(self) -> None:
        """Forget a press that has not acted."""
        for option in self._options:
            option.quit()

    def _touched(self, view: ChoiceView, tile: Tile) -> None:
        if view.several and tile.id != NOT_APPLICABLE:
            self.report(Toggled(view.question, tile.id))
        else:
            self.report(Answered(view.question, tile.id))
