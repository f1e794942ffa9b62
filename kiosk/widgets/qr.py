"""A QR code of an address, drawn in whole pixels."""

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.theme import Theme

QUIET_ZONE = 4
"""Modules of white around a code (ISO/IEC 18004)."""


class QrCode(Widget):
    """A code on white with a caption below it."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.caption = Lettering(align="center", valign="top")
        self.add_widget(self.caption)
        self._drawn: tuple[object, ...] = ()

    def show(self, address: str, caption: str, box: Rect, theme: Theme) -> None:
        """Draw `address` into `box`, and `caption` under it."""
        x, y, width, height = box
        high = theme.dp(72)
        around = theme.dp(40)
        self.caption.place(
            caption,
            (x - around, y - high, width + 2 * around, high - theme.dp(8)),
            theme.help,
            theme.quiet_ink,
        )
        drawn = (address, box)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.pos, self.size = (x, y), (width, height)
        modules = _modules(address)
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


def _modules(address: str) -> list[list[bool]]:
    import qrcode  # late: most terminals never show one

    code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _runs(line: list[bool]) -> list[tuple[int, int]]:
    """Start and length of every run of dark modules."""
    runs: list[tuple[int, int]] = []
    for index, dark in enumerate(line):
        if dark and runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((index, 1))
    return runs
