"""One line of a form: what is wanted above, what was written below; a strong line where keys go to."""

from collections.abc import Callable

from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.target import Target
from kiosk.widgets.theme import LINE_HEIGHT, Theme
from kiosk.widgets.written_text import WrittenText, sheet_height


class Field(Target):
    """One field; a touch makes the keys go to it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(act)
        self.active = False
        self.title = Lettering(valign="bottom")
        self.written = WrittenText(bare=True)
        self.add_widget(self.title)
        self.add_widget(self.written)

    def show(self, title: str, text: str, box: Rect, theme: Theme, active: bool) -> None:
        """Fill `box` (`field_height` high) with what was written so far."""
        x, y, width, height = box
        self.name, self.active = title, active
        above = round(theme.help * LINE_HEIGHT)
        self.title.place(title, (x, y + height - above, width, above), theme.help, theme.quiet_ink)
        line = (x, y, width, height - above - theme.dp(6))
        self.place(line, theme)
        self.written.place(text, line, theme, caret=active)

    def hide(self) -> None:
        """Be gone until the next `show`, and forget."""
        super().hide()
        self.title.forget()
        self.written.forget()

    def paint(self) -> None:
        """Draw the surface; a strong line around the field that keys go to."""
        super().paint()
        if self._theme is not None and self.active and not (self.pressed or self.focused):
            theme, line = self._theme, max(self._theme.dp(3), 3)
            self.draw(self._box, theme.surface, theme.primary, line, theme.radius)


def field_height(theme: Theme) -> int:
    """The height in pixels of a field with its title."""
    return max(sheet_height(1, theme), theme.target) + theme.dp(6) + round(theme.help * LINE_HEIGHT)
