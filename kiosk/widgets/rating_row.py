"""One question of the scale: five tiles of equal size and weight, a face and its label on each.

Side by side where there is width, one above the other in portrait; the same order as the levels come
in.
"""

from collections.abc import Callable
from functools import partial

from kivy.uix.widget import Widget

from kiosk.view import RatingRow as Row
from kiosk.widgets.face import Face
from kiosk.widgets.lettering import Lettering, Rect, fitting
from kiosk.widgets.option import numbered
from kiosk.widgets.target import SHOWN, Target
from kiosk.widgets.theme import LINE_HEIGHT, Theme
from sync.contract.response import Answer

PADDING = 16
"""Between a tile's edge and its label."""


class Tile(Target):
    """One level: its face, and its label under it or next to it."""

    def __init__(self, mood: int) -> None:
        super().__init__(shown_for=SHOWN)
        self.face = Face(mood)
        self.label = Lettering(align="center", valign="top")
        self.add_widget(self.face)
        self.add_widget(self.label)

    def show_above(self, text: str, box: Rect, theme: Theme, size: float, lines: int) -> None:
        """Face above label; `lines`: how many the longest label of the row takes."""
        self.place(box, theme)
        x, y, width, height = box
        padding = theme.dp(PADDING)
        words = round(lines * size * LINE_HEIGHT)
        roomy = height > width
        between = theme.dp(24 if roomy else 6)
        face = min(width * 0.62, height - words - between - 2 * theme.dp(16 if roomy else 8))
        bottom = y + (height - face - between - words) / 2
        self.face.place(round(x + (width - face) / 2), round(bottom + words + between), round(face), theme)
        self.label.align, self.label.valign = "center", "top"
        self.label.place(text, (x + padding, bottom, width - 2 * padding, words), size, theme.ink)

    def show_alongside(self, text: str, box: Rect, theme: Theme, size: float) -> None:
        """Face left of the label."""
        self.place(box, theme)
        x, y, width, height = box
        face = min(height * 0.7, width * 0.3)
        inset = (height - face) / 2
        self.face.place(round(x + inset), round(y + inset), round(face), theme)
        left = x + inset + face + theme.dp(24)
        self.label.align, self.label.valign = "left", "middle"
        self.label.place(text, (left, y, x + width - theme.dp(12) - left, height), size, theme.ink)


class RatingRow(Widget):
    """The tiles of one question. `report` gets the level's value, or "na"."""

    def __init__(self, report: Callable[[Answer], object]) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self._tiles: list[Tile] = []

    def show(self, row: Row, box: Rect, theme: Theme, *, in_numbers: bool = False) -> None:
        """Fill `box` with the levels of `row`; in_numbers: they show the numbers that they are offered by."""
        self.pos, self.size = box[:2], box[2:]
        if [tile.face.mood for tile in self._tiles] != [level.mood for level in row.levels]:
            self.clear_widgets()
            self._tiles = [Tile(level.mood) for level in row.levels]
            for tile in self._tiles:
                self.add_widget(tile)
        for tile, level in zip(self._tiles, row.levels, strict=True):
            tile.act = partial(self._report, level.value)
            tile.name = level.label
            tile.marked = row.marked == level.value
            tile.answer = (row.question, level.value)
            tile.armed = row.armed == level.value
        labels = []
        for number, (tile, level) in enumerate(zip(self._tiles, row.levels, strict=True), start=1):
            tile.number = number if in_numbers else 0
            labels.append(numbered(level.label, tile.number))
        if box[3] > box[2] * 0.8:
            self._alongside(labels, box, theme)
        else:
            self._above(labels, box, theme)

    def _above(self, labels: list[str], box: Rect, theme: Theme) -> None:
        x, y, width, height = box
        gap = theme.gap
        each = (width - gap * (len(labels) - 1)) / len(labels)
        room = each - 2 * theme.dp(PADDING)
        two = height > each * 0.7
        size, lines = fitting(labels, room, 2 if two else 1, theme.type(26))
        for place, (tile, label) in enumerate(zip(self._tiles, labels, strict=True)):
            left = round(x + place * (each + gap))
            tile.show_above(label, (left, y, round(each), height), theme, size, lines)

    def _alongside(self, labels: list[str], box: Rect, theme: Theme) -> None:
        x, y, width, height = box
        gap = theme.gap
        each = (height - gap * (len(labels) - 1)) / len(labels)
        for place, (tile, label) in enumerate(zip(self._tiles, labels, strict=True)):
            top = y + height - place * (each + gap)
            tile.show_alongside(label, (x, round(top - each), width, round(each)), theme, theme.type(32))
