"""What was written so far: large, wrapped, with a caret, and always its end in sight.

Not Kivy's TextInput: that one keeps lines, undo steps and selections in caches of its own, long after the
person has gone. Here a line is one picture; a key redraws the line that it changed, and `forget` leaves
nothing. A long run of digits is masked from the moment it gets long, and a note says why.
"""

from collections.abc import Callable
from typing import Any

from kivy.core.text import Label as Typesetter
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.surface import Surface
from kiosk.widgets.theme import LINE_HEIGHT, SMALLEST_TYPE, Theme
from kiosk.widgets.wrapping import wrap
from sync.contract.masking import mask_digits


class WrittenText(Widget):
    """A sheet with the text on it; `bare`: without the sheet, for a field that draws its own.

    lines: what is on the screen.
    """

    def __init__(self, bare: bool = False) -> None:
        super().__init__(size_hint=(None, None))
        self.lines: list[str] = []
        self._sheet = None if bare else Surface()
        self._hint = Lettering(valign="top")
        self._note = Lettering(valign="bottom")
        self._place: tuple[object, ...] = ()
        self._drawn: list[tuple[str, Any]] = []
        self._size = 0
        for part in (self._sheet, self._hint, self._note):
            if part is not None:
                self.add_widget(part)
        with self.canvas.after:
            self._ink = Color(0, 0, 0, 1)
            self._pictures = InstructionGroup()
            self._caret_ink = Color(0, 0, 0, 0)
            self._caret = Rectangle(size=(0, 0))
        self._rows: list[Any] = []

    def place(
        self,
        text: str,
        box: Rect,
        theme: Theme,
        hint: str = "",
        note: str = "",
        caret: bool = True,
        mask: bool = False,
    ) -> None:
        """Show the end of `text` in `box`.

        Args:
            text: in NFC.
            box: x, y, width, height in window pixels, y from the bottom.
            theme: colours and sizes.
            hint: quiet words that invite to write, while there is no text.
            note: what is said while a long run of digits is masked; "" it is said elsewhere.
            caret: keys go here.
            mask: long runs of digits are masked.
        """
        if (box, theme) != self._place:
            self.forget()
            self._place = (box, theme)
            self.pos, self.size = box[:2], box[2:]
            self._size = type_size(box[3], theme)
            if self._sheet is not None:
                self._sheet.draw(box, theme.surface, theme.quiet_ink, theme.border, theme.radius)
            self._ink.rgba = theme.ink
        self._caret_ink.rgba = theme.primary if caret else (0, 0, 0, 0)
        shown = mask_digits(text) if mask else text
        masked = shown != text and bool(note)
        x, y, width, height = _inside(box, theme)
        step = self._size * LINE_HEIGHT
        top = y + height - max(0.0, height - int(height / step + 0.1) * step) / 2
        size = min(theme.help, self._size)
        below = text_height(note, width, size) + theme.dp(2) if masked else 0
        self._note.place(note if masked else "", (x, y, width, below), size, theme.quiet_ink)
        self._draw(shown, (x, y + below, width, top - y - below), theme)
        indent = theme.dp(10)
        beside = (x + indent, y, width - indent, top - y)
        self._hint.place("" if text else hint, beside, self._size, theme.quiet_ink)

    def forget(self) -> None:
        """Drop the text and its pictures."""
        self.lines, self._drawn, self._place = [], [], ()
        self._hint.forget()
        self._note.forget()
        for row in self._rows:
            row.texture, row.size = None, (0, 0)
        self._caret.size = (0, 0)

    def _draw(self, text: str, room: Rect, theme: Theme) -> None:
        """Draw the last lines and the caret, from the top of `room` on."""
        x, y, width, height = room
        step = self._size * LINE_HEIGHT
        count = max(1, int(height / step + 0.1))
        measure = _measure(self._size)
        self.lines = seen = wrap(text, width, measure)[-count:]
        top = y + height
        while len(self._rows) < count:
            self._rows.append(Rectangle(size=(0, 0)))
            self._pictures.add(self._rows[-1])
        old, self._drawn = self._drawn, []
        for number, row in enumerate(self._rows):
            line = seen[number].rstrip(" ") if number < len(seen) else ""
            known = number < len(old) and old[number][0] == line
            picture = old[number][1] if known else _picture(line, self._size)
            self._drawn.append((line, picture))
            row.texture, row.size = picture, picture.size if line else (0, 0)
            row.pos = (x, round(top - number * step - (step + row.size[1]) / 2))
        last = seen[-1]
        high = round(self._size * 1.1)
        at = x + min(width, measure(last)) + (theme.dp(1) if last else 0)
        self._caret.pos = (round(at), round(top - (len(seen) - 0.5) * step - high / 2))
        self._caret.size = (max(2, theme.dp(3)), high)


def type_size(height: float, theme: Theme) -> int:
    """The type size in pixels on a sheet of `height` pixels: a little smaller if that makes another line."""
    wanted = theme.type(32)
    inside = _inside((0, 0, 0, height), theme)[3] / LINE_HEIGHT
    more = int(inside / wanted) + 1
    smaller = inside / more >= (0.75 if more == 2 else 0.9) * wanted
    return max(SMALLEST_TYPE, min(wanted, int(inside / more if smaller else inside)))


def sheet_height(lines: int, theme: Theme) -> int:
    """The height in pixels of a sheet that shows this many lines in the wanted type."""
    return round(lines * theme.type(32) * LINE_HEIGHT) + 2 * theme.dp(6) + 1


def _inside(box: Rect, theme: Theme) -> Rect:
    x, y, width, height = box
    aside, above = theme.dp(20), theme.dp(6)
    return (x + aside, y + above, width - 2 * aside, height - 2 * above)


def _measure(size: int) -> Callable[[str], float]:
    setter = Typesetter(font_size=size)
    return lambda piece: float(setter.get_extents(piece)[0])


def _picture(line: str, size: int) -> Any:
    """One line as a texture of its own."""
    if not line:
        return None
    setter = Typesetter(text=line, font_size=size, color=(1, 1, 1, 1))
    setter.refresh()
    return setter.texture
