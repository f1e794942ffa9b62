"""A QR code of an address, drawn in whole pixels."""

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
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
        texture = _texture(address)
        module = max(1, int(width // (texture.width + 2 * QUIET_ZONE)))
        side = module * texture.width
        left, bottom = round(x + (width - side) / 2), round(y + (height - side) / 2)
        self.canvas.before.clear()
        with self.canvas.before:
            Color(1, 1, 1, 1)
            Rectangle(pos=(x, y), size=(width, height))
            Rectangle(texture=texture, pos=(left, bottom), size=(side, side))

    def _wide(self, width: float, theme: Theme) -> float:
        """Width of the caption: a little wider than the code, and still within the window."""
        return width + 2 * theme.dp(40)


def _texture(address: str) -> Any:
    """One texel a module: a code is one rectangle then, and not a thousand."""
    rows = qr_modules(address)
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance")
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(
        bytes(0 if dark else 255 for row in reversed(rows) for dark in row), colorfmt="luminance"
    )
    return texture
