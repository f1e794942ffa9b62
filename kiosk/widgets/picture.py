"""A picture file, as large as its box allows, never distorted: the office's emblem, or one to look at."""

from kivy.core.image import Image
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Rect


class Picture(Widget):
    """One picture file; without one, nothing."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self._path = ""
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))

    def place(self, path: str, box: Rect) -> float:
        """Show the picture `path` at the left of `box`, and return the width it takes; 0 without a path."""
        if path != self._path:
            self._path = path
            self._picture.texture = Image(path, mipmap=True).texture if path else None
        # A rectangle without a picture of its own is white.
        x, y, width, height = box
        if not path:
            self.size = self._picture.size = (0, 0)
            return 0.0
        texture = self._picture.texture
        scale = min(width / texture.width, height / texture.height)
        wide, high = texture.width * scale, texture.height * scale
        self.pos = self._picture.pos = (x, y + (height - high) / 2)
        self.size = self._picture.size = (wide, high)
        return float(wide)
