"""A QR code of an address, drawn in whole pixels."""

from collections.abc import Sequence

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.qr_modules import QUIET_ZONE, qr_modules
from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.theme import Theme


class QrCode(Widget):
    """A code on white with a caption below it."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.caption = Lettering(align="center", valign="top")
        self.add_widget(self.caption)
        self._drawn: tuple[object, ...] = ()

    def hide(self) -> None:
        """Draw nothing."""
        self.caption.forget()
        self.canvas.before.clear()
        self._drawn = ()

    def height_for(self, caption: str, width: float, theme: Theme) -> float:
        """The height of a code of `width` with its caption."""
        return width + theme.dp(12) + text_height(caption, self._wide(width, theme), theme.help)

    def show(self, address: str, caption: str, box: Rect, theme: Theme, wide: float = 0.0) -> None:
        """Draw `address` as a square at the top of `box`, and `caption` below it.

        wide: the most pixels of a line of the caption; 0: a little wider than the code.
        """
        x, y, width, whole = box
        height = width
        below = whole - height - theme.dp(12)
        wide = wide or self._wide(width, theme)
        place = (x - (wide - width) / 2, y, wide, below)
        self.caption.place(caption, place, theme.help, theme.quiet_ink)
        y += whole - height
        drawn = (address, box)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.pos, self.size = (x, y), (width, height)
        modules = qr_modules(address)
        count = len(modules) + 2 * QUIET_ZONE
        module = max(1, int(width // count))
        left = round(x + (width - module * len(modules)) / 2)
        top = round(y + (height + module * len(modules)) / 2)
        self.canvas.before.clear()
        with self.canvas.before:
            Color(1, 1, 1, 1)
            Rectangle(pos=(x, y), size=(width, height))
            Color(0, 0, 0, 1)
            for row, line in enumerate(modules):
                for start, length in _runs(line):
                    Rectangle(
                        pos=(left + start * module, top - (row + 1) * module), size=(length * module, module)
                    )

    def _wide(self, width: float, theme: Theme) -> float:
        """Width of the caption: a little wider than the code, and still within the window."""
        return width + 2 * theme.dp(40)


def _runs(line: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and length of every run of dark modules."""
    runs: list[tuple[int, int]] = []
    for index, dark in enumerate(line):
        if dark and runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((index, 1))
    return runs
