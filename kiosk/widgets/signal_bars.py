"""The strength of a Wi-Fi network: four bars, as many filled as it is strong."""

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.theme import Theme

COUNT = 4


class SignalBars(Widget):
    """Four bars in a square."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas:
            self._bars = [(Color(0, 0, 0, 0), Rectangle(size=(0, 0))) for _ in range(COUNT)]

    def place(self, strength: int, x: float, y: float, side: float, theme: Theme) -> None:
        """Show `strength` (0 to 4) with the lower left corner at (x, y)."""
        step = side / COUNT
        wide = max(3, round(step * 0.62))
        for number, (colour, bar) in enumerate(self._bars, start=1):
            full = number <= strength
            colour.rgba = theme.ink if full else theme.hairline
            # What is missing is drawn flat where there are no greys.
            high = side * number / COUNT if full or not theme.high_contrast else 3
            bar.pos = (round(x + (number - 1) * step), round(y))
            bar.size = (wide, round(high))
