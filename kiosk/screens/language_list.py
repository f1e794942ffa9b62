"""The languages to choose from, each in its own words."""

from functools import partial
from typing import Any

from kiosk.events import LanguageChosen
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import CHOOSE_LANGUAGE
from kiosk.view import LanguageListView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect, fitting
from kiosk.widgets.option import Option, arrange, grid
from kiosk.widgets.theme import Theme


class LanguageListScreen(Screen):
    """See `LanguageListView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.add_widget(self.heading)
        self._options: list[Option] = []

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """A tile a language, the one that is shown now marked."""
        assert isinstance(view, LanguageListView)
        rest = self.heading.show(words(CHOOSE_LANGUAGE), "", theme, box)
        while len(self._options) < len(view.tiles):
            self._options.append(Option())
        for option in self._options:
            self.remove_widget(option)
        wanted = 1 if theme.portrait or len(view.tiles) <= 3 else 2
        columns, _ = arrange(len(view.tiles), rest, wanted, theme)
        boxes = grid(len(view.tiles), rest, columns, theme.gap, theme.dp(144))
        size, _ = fitting([tile.label for tile in view.tiles], boxes[0][2] - theme.dp(96), 1, theme.type(26))
        for option, tile, place in zip(self._options, view.tiles, boxes, strict=False):
            option.marked = tile.id == view.language
            option.act = partial(self.report, LanguageChosen(tile.id))
            self.add_widget(option)
            option.show(tile.label, place, theme, size)

    def leave(self) -> None:
        """Forget a press that has not acted."""
        for option in self._options:
            option.quit()
