"""A button: a few words, a sign, or both. The one that leads on is filled, no other is."""

from collections.abc import Callable
from typing import Literal

from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect, text_width
from kiosk.widgets.target import Target
from kiosk.widgets.theme import Colour, Theme

NOTHING: Colour = (0.0, 0.0, 0.0, 0.0)

Weight = Literal["primary", "plain", "quiet"]


class PushButton(Target):
    """One thing to do.

    weight: "primary" for the one that leads on, "plain" for an alternative, "quiet" without a surface.
    icon: a name of `kiosk.widgets.icon`, before the words ("forward": behind them).
    """

    large = False

    def __init__(
        self,
        act: Callable[[], object] = lambda: None,
        weight: Weight = "plain",
        icon: str = "",
        bold: bool = False,
    ) -> None:
        super().__init__(act)
        self.weight = weight
        self.icon = Icon(icon) if icon else None
        self.label = Lettering(bold=bold, align="center")
        self.add_widget(self.label)
        if self.icon:
            self.add_widget(self.icon)

    def width_for(self, text: str, theme: Theme, size: float) -> int:
        """The width it needs to show `text` on one line."""
        words = text_width(text, size, self.label.bold) if text else 0
        sign = theme.dp(32) if self.icon else 0
        between = theme.dp(8) if self.icon and text else 0
        return max(theme.target, words + sign + between + 2 * theme.dp(20 if text else 12))

    def show(self, text: str, box: Rect, theme: Theme, size: float = 0.0, name: str = "") -> None:
        """Fill `box` with `text`; type size in pixels, the theme's label size by default.

        name: what it does, where it shows a sign only.
        """
        size = size or theme.label
        self.name = text or name
        self.place(box, theme)
        x, y, width, height = box
        sign = min(theme.dp(32), round(height * 0.6)) if self.icon else 0
        between = theme.dp(8) if sign and text else 0
        padding = theme.dp(8)
        room = width - sign - between - 2 * padding
        ink = self._ink(theme)
        if not text:
            self.label.forget()
            if self.icon:
                self.icon.place(x + (width - sign) / 2, y + (height - sign) / 2, sign, ink)
            return
        self.label.place(text, (x, y, room, height), size, ink)
        words = self.label.ink_box[2]
        left = x + (width - sign - between - words) / 2
        behind = self.icon is not None and self.icon.name == "forward"
        start = left if behind else left + sign + between
        self.label.place(text, (start - (room - words) / 2, y, room, height), size, ink)
        if self.icon:
            sign_x = left + words + between if behind else left
            self.icon.place(sign_x, y + (height - sign) / 2, sign, ink)

    def hide(self) -> None:
        """Be gone until the next `show`."""
        super().hide()
        self.label.forget()
        if self.icon:
            self.icon.hide()

    def colours(self, theme: Theme) -> tuple[Colour, Colour]:
        """Fill and edge at rest."""
        if self.weight == "primary":
            return theme.primary, theme.primary
        if self.weight == "quiet" and not theme.high_contrast:
            return NOTHING, NOTHING
        return theme.surface, theme.hairline

    def paint(self) -> None:
        """Draw the surface; words on the filled button turn dark while it is pressed."""
        super().paint()
        if self._theme is not None and self.shown:
            ink = self._ink(self._theme)
            self.label.tint(ink)
            if self.icon:
                self.icon.tint(ink)

    def _ink(self, theme: Theme) -> Colour:
        filled = self.weight == "primary" and not (self.pressed or self.marked)
        return theme.surface if filled else theme.ink
