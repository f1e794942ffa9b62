"""Text in a box: lines of even length, marks that don't collide, never outside its box.

Kivy's own label breaks lines greedily and knows nothing of its neighbours. This one breaks so that the
lines are of similar length, keeps a number with its unit (a no-break space), and takes the largest type up
to the wanted size that fits the box.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal

from kivy.core.text import Label as Typesetter
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.even_lines import break_lines
from kiosk.widgets.theme import LINE_HEIGHT, SMALLEST_TYPE, Colour
from kiosk.widgets.typefaces import Run, runs, shaped_width

Side = Literal["left", "center", "right"]
Height = Literal["top", "middle", "bottom"]
Rect = tuple[float, float, float, float]
Piece = tuple[int, int, Any]
"""What one font draws: how far right and up of the text's corner, and the rectangle."""

_NATURAL_LINE = 1.172
"""Height of a line of Roboto in em; what is missing to LINE_HEIGHT is put between the lines."""


OVERHANG = 0.4
"""Of the type size: so far a letter of another script may leave its line, as Khmer subscripts do."""


class Lettering(Widget):
    """One text. `place` gives it its words and its box; nothing else moves it."""

    def __init__(self, bold: bool = False, align: Side = "left", valign: Height = "middle") -> None:
        super().__init__(size_hint=(None, None))
        self.bold = bold
        self.align = align
        self.valign = valign
        self.text = ""
        self.type_size = 0
        self.lines: list[str] = []
        self._made: tuple[object, ...] = ()
        self._ink: Rect = (0, 0, 0, 0)
        self._pieces: list[Piece] = []
        with self.canvas:
            self._color = Color(0, 0, 0, 1)
            self._glyphs = InstructionGroup()

    def place(
        self, text: str, box: Rect, size: float, color: Colour, *, smallest: float = SMALLEST_TYPE
    ) -> None:
        """Show `text` inside `box`.

        Args:
            text: in NFC.
            box: x, y, width, height in window pixels, y from the bottom.
            size: wanted type size in pixels; smaller is taken where the text would not fit.
            color: of the ink.
            smallest: where shrinking ends.
        """
        x, y, width, height = box
        self.pos, self.size = (x, y), (width, height)
        self._color.rgba = color
        made = (text, width, height, size, self.bold, self.align, smallest)
        if made != self._made:
            self._made = made
            self.text = text
            self._set(text, width, height, size, smallest)
        w, h = self._ink[2:]
        left = {"left": x, "center": x + (width - w) / 2, "right": x + width - w}[self.align]
        bottom = {"top": y + height - h, "middle": y + (height - h) / 2, "bottom": y}[self.valign]
        self._ink = (round(left), round(bottom), w, h)
        for across, up, rectangle in self._pieces:
            rectangle.pos = (self._ink[0] + across, self._ink[1] + up)

    def tint(self, color: Colour) -> None:
        """Change the ink alone."""
        self._color.rgba = color

    @property
    def ink_box(self) -> Rect:
        """Where the text really is: x, y, width, height in window pixels."""
        return self._ink

    def forget(self) -> None:
        """Drop the text and its picture."""
        self.place("", (*self.pos, *self.size), SMALLEST_TYPE, (0, 0, 0, 0))

    def _set(self, text: str, width: float, height: float, size: float, smallest: float) -> None:
        self._glyphs.clear()
        self._pieces, self._ink = [], (0, 0, 0, 0)
        if not text:
            self.lines = []
            return
        wanted = round(size)
        while True:
            measure = _measure(wanted, self.bold)
            self.lines = break_lines(text, width, measure)
            fits = max(map(measure, self.lines)) <= width
            if wanted <= smallest or (fits and len(self.lines) * LINE_HEIGHT * wanted <= height + 1):
                break
            wanted = max(round(smallest), wanted - max(1, wanted // 16))
        self.type_size = wanted
        self._pieces, (wide, high) = _set_lines(self.lines, wanted, self.bold, self.align)
        self._ink = (0, 0, wide, high)
        for _, _, rectangle in self._pieces:
            self._glyphs.add(rectangle)


def _set_lines(
    lines: Sequence[str], size: int, bold: bool, align: Side
) -> tuple[list[Piece], tuple[float, float]]:
    """The pieces of some lines, and the width and height of all of them."""
    if all(run.font == "" for line in lines for run in runs(line, bold)):
        setter = _typesetter(size, bold, align)
        setter.text = "\n".join(lines)
        setter.refresh()
        texture = setter.texture
        return [(0, 0, Rectangle(texture=texture, size=texture.size))], texture.size
    measure = _measure(size, bold)
    wide, step = max(map(measure, lines)), LINE_HEIGHT * size
    high = round(step * len(lines))
    roboto = _typesetter(size, bold, align)
    # From the top of a line to its baseline, with Roboto in its middle.
    deep = (step + roboto.get_ascent() + roboto.get_descent()) / 2
    pieces: list[Piece] = []
    for place, line in enumerate(lines):
        spare = wide - measure(line)
        across = {"left": 0.0, "center": spare / 2, "right": spare}[align]
        baseline = high - place * step - deep
        for run in runs(line, bold):
            setter = _run_setter(run, size, bold)
            setter.text = run.text
            setter.refresh()
            width = _width(run, size, bold)
            # Kivy makes room for the letters one by one, which is more than they need once shaped.
            texture = setter.texture.get_region(0, 0, min(width, setter.texture.width), setter.texture.height)
            up = baseline + setter.get_ascent() + setter.options["padding"][1] - texture.height
            pieces.append((round(across), round(up), Rectangle(texture=texture, size=texture.size)))
            across += width
    return pieces, (wide, high)


def _typesetter(size: int, bold: bool, align: Side) -> Any:
    return Typesetter(
        font_size=size, bold=bold, halign=align, line_height=LINE_HEIGHT / _NATURAL_LINE, color=(1, 1, 1, 1)
    )


def _run_setter(run: Run, size: int, bold: bool) -> Any:
    if not run.font:
        return Typesetter(font_size=size, bold=bold, color=(1, 1, 1, 1))
    # Kivy makes a picture as high as a line; what reaches lower or higher in other scripts needs more.
    room = round(size * OVERHANG)
    return Typesetter(
        font_name=run.font,
        font_size=size,
        font_script_name=run.script or "Latn",
        color=(1, 1, 1, 1),
        padding=(0, room, 0, room),
    )


def _width(run: Run, size: int, bold: bool) -> float:
    if run.font:
        return shaped_width(run, size)
    return float(_typesetter(size, bold, "left").get_extents(run.text)[0])


def _measure(size: int, bold: bool) -> Callable[[str], float]:
    """The width of a piece of one line, in pixels."""
    setter = _typesetter(size, bold, "left")

    def width(piece: str) -> float:
        cut = runs(piece, bold)
        if len(cut) == 1 and not cut[0].font:
            return float(setter.get_extents(piece)[0])
        return sum(_width(run, size, bold) for run in cut)

    return width


def fitting(
    texts: Sequence[str], width: float, lines: int, size: float, bold: bool = False
) -> tuple[int, int]:
    """One type size for several texts side by side, and how many lines the longest then takes.

    Args:
        texts: each in a box of its own.
        width: of every box.
        lines: allowed for each.
        size: wanted; the result is between the smallest type and this.
        bold: the heavier weight.
    """
    wanted = round(size)
    while True:
        measure = _measure(wanted, bold)
        broken = [break_lines(text, width, measure) for text in texts]
        widest = max(measure(line) for block in broken for line in block)
        needed = max(len(block) for block in broken)
        if wanted <= SMALLEST_TYPE or (needed <= lines and widest <= width):
            return wanted, needed
        wanted -= 1


def text_height(text: str, width: float, size: float, bold: bool = False) -> int:
    """Height in pixels that `text` takes in a box of `width`."""
    if not text:
        return 0
    lines = break_lines(text, width, _measure(round(size), bold))
    return round(len(lines) * LINE_HEIGHT * round(size)) + 2


@lru_cache(256)  # of the interface's words alone: what citizens write is measured elsewhere
def text_width(text: str, size: float, bold: bool = False) -> int:
    """Width in pixels of one line of text."""
    return int(_measure(round(size), bold)(text))
