"""How far it is: one dot a page, and the same in figures."""

from kivy.graphics import Color, SmoothEllipse
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Lettering, Rect, text_width
from kiosk.widgets.theme import Theme

MOST_DOTS = 12


class Progress(Widget):
    """Dots and "2/4", set against the right edge of their box."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.label = Lettering(align="right")
        self.add_widget(self.label)
        self._drawn: tuple[object, ...] = ()

    def width_for(self, pages: int, theme: Theme) -> int:
        """The width that this many pages take, with some room before them; 0 where there are none."""
        if not pages:
            return 0
        dots = pages * (theme.dp(12) + theme.dp(10)) + theme.dp(16) if pages <= MOST_DOTS else 0
        return dots + text_width(f"{pages}/{pages}", theme.help) + theme.gap

    def show(self, page: int, pages: int, box: Rect, theme: Theme) -> None:
        """Draw page `page` of `pages`; nothing where there are none."""
        drawn = (page, pages, box, theme)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.canvas.before.clear()
        x, y, width, height = box
        text = f"{page}/{pages}" if pages else ""
        self.label.place(text, box, theme.help, theme.quiet_ink)
        if not pages or pages > MOST_DOTS:
            return
        dot, gap = theme.dp(12), theme.dp(10)
        right = x + width - text_width(f"{pages}/{pages}", theme.help) - theme.dp(16)
        left = right - pages * dot - (pages - 1) * gap
        if left < x:
            return
        with self.canvas.before:
            for index in range(pages):
                Color(*(theme.primary if index < page else theme.hairline))
                SmoothEllipse(pos=(left + index * (dot + gap), y + (height - dot) / 2), size=(dot, dot))
                if theme.high_contrast and index >= page:
                    Color(*theme.ground)
                    line = dot / 5
                    rest = dot - 2 * line
                    inset = left + index * (dot + gap) + line
                    SmoothEllipse(pos=(inset, y + (height - rest) / 2), size=(rest, rest))
