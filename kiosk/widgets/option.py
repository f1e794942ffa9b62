"""A large tile with words: one option of a choice. A check shows that it is taken."""

from collections.abc import Callable

from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.target import SHOWN, Target
from kiosk.widgets.theme import Theme


class Option(Target):
    """One option; `several`: it can be taken with others, and shows a check."""

    def __init__(self) -> None:
        super().__init__(shown_for=SHOWN)
        self.several = False
        self.label = Lettering()
        self.check = Icon("check")
        for part in (self.label, self.check):
            self.add_widget(part)

    def show(self, text: str, box: Rect, theme: Theme, size: float, number: int = 0) -> None:
        """Fill `box` with `text`; number: by which it is offered, 0 none."""
        self.name, self.number = text, number
        self.place(box, theme)
        x, y, width, height = box
        inset = theme.dp(24)
        mark = theme.dp(36) if self.several else 0
        if self.several and self.marked:
            self.check.place(x + inset, y + (height - mark) / 2, mark, theme.ink)
        else:
            self.check.hide()
        left = inset + mark + (theme.dp(16) if mark else 0)
        self.label.align = "left" if self.several else "center"
        if not self.several:
            left = theme.dp(16)
        right = theme.dp(16)
        room = (x + left, y, width - left - right, height)
        self.label.place(numbered(text, number), room, size, theme.ink)


def numbered(text: str, number: int) -> str:
    """The words on an answer that is offered by this number; 0: by none."""
    return f"{number}. {text}" if number else text


def arrange(
    count: int, box: Rect, columns: int, theme: Theme, fits: Callable[[float, float], bool] | None = None
) -> tuple[int, int]:
    """How many tiles are side by side, and how many on one page, so that each keeps the size of an answer.

    Args:
        count: of tiles.
        box: for all of them.
        columns: wanted. One more is taken where tiles would be too low; where those would be too narrow, too,
            the tiles share several pages.
        theme: with the size of an answer.
        fits: whether the words go into a tile of this width and height; None: they do.

    Returns:
        Columns, and tiles a page; fewer than `count` leave one place for the way to the next page.
    """
    _, _, width, height = box
    suitable = [columns]
    for tried in (columns, columns + 1):
        rows = -(-count // tried)
        wide = (width - theme.gap * (tried - 1)) / tried
        high = (height - theme.gap * (rows - 1)) / rows
        if wide < theme.answer or (tried > columns and fits and not fits(wide, max(high, theme.answer))):
            continue
        if high >= theme.answer:
            return tried, count
        suitable.append(tried)
    rows = max(1, int((height + theme.gap) // (theme.answer + theme.gap)))
    return suitable[-1], max(1, rows * suitable[-1] - 1)


def grid(count: int, box: Rect, columns: int, gap: float, highest: float) -> list[Rect]:
    """Boxes for `count` tiles in rows of `columns`, from the top left, at most `highest` pixels high."""
    x, y, width, height = box
    rows = -(-count // columns)
    wide = (width - gap * (columns - 1)) / columns
    high = min((height - gap * (rows - 1)) / rows, highest)
    boxes: list[Rect] = []
    for index in range(count):
        row, column = divmod(index, columns)
        left = round(x + column * (wide + gap))
        top = y + height - row * (high + gap)
        boxes.append((left, round(top - high), round(wide), round(high)))
    return boxes
