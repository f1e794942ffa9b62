"""How everything looks: colours, sizes and type for one window, one text size and one contrast. Pure.

A public office that respects people: calm, warm, exact. Warm off-white ground, white surfaces with a
hairline, dark ink; the office sets two colours. Sizes are drawn for 1280×800 and scale with the window;
distances are multiples of 8, type never falls below 18 pixels. High contrast is black on white with strong
borders and no greys.
"""

from math import ceil

from msgspec import Struct

from sync.contract import office
from sync.contract.colours import GROUND, HAIRLINE, INK, LEVELS, LOTUS, QUIET_INK, SURFACE, TEAL
from sync.contract.face import TINT
from sync.contract.problem import ProblemError

Colour = tuple[float, float, float, float]
Box = tuple[int, int, int, int]
"""x, y, width, height in window pixels, y from the bottom."""

TEXT_STEPS = (1.0, 1.18, 1.36)
"""How much larger each of the three text sizes is."""

SMALLEST_TYPE = 18
LINE_HEIGHT = 1.3
"""Distance of two lines in em: Vietnamese letters carry up to two marks above and one below."""


def colour(hexadecimal: str, alpha: float = 1.0) -> Colour:
    """`#RRGGBB` as four numbers from 0 to 1."""
    red, green, blue = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


def check_office_colours(primary: str, accent: str, where: str = "office.") -> None:
    """Refuse office colours that white text could not be read on, or that vanish on the ground.

    Args:
        primary: one of the office's two colours.
        accent: the other.
        where: they are set; before the key.

    Raises:
        ProblemError: a colour has less than 4.5:1 against white, or less than 3:1 against the ground.
    """
    for problem in office.colour_problems(primary, accent):
        raise ProblemError(problem.kind(where=f"{where}{problem.where}", detail=problem.detail))


class Theme(Struct, frozen=True, kw_only=True):
    """The look of one window.

    width, height: of the window in pixels. text_step: 0, 1 or 2, the citizen's choice.
    left_hand: controls that are usually right are left.
    dpi: of the panel; 0 where nobody knows.
    """

    width: int
    height: int
    text_step: int = 0
    high_contrast: bool = False
    left_hand: bool = False
    primary_colour: str = TEAL
    accent_colour: str = LOTUS
    dpi: int = 0

    # Sizes

    @property
    def portrait(self) -> bool:
        """Whether the window is higher than wide."""
        return self.height > self.width

    @property
    def scale(self) -> float:
        """1 at 1280×800."""
        long, short = max(self.width, self.height), min(self.width, self.height)
        return min(long / 1280, short / 800)

    def dp(self, length: float) -> int:
        """A length drawn for 1280×800, in pixels of this window."""
        return max(1, round(length * self.scale))

    def type(self, size: float) -> int:
        """A type size drawn for 1280×800, in pixels of this window, in the chosen text size."""
        return max(SMALLEST_TYPE, round(size * max(self.scale, 0.7) * TEXT_STEPS[self.text_step]))

    @property
    def margin(self) -> int:
        """Between the window's edge and everything in it."""
        return self.dp(48)

    @property
    def gap(self) -> int:
        """Between two neighbours of the same kind."""
        return self.dp(16)

    @property
    def radius(self) -> int:
        """Of rounded corners."""
        return self.dp(16)

    @property
    def border(self) -> float:
        """Width of the line around a surface."""
        return max(3.0, self.dp(3)) if self.high_contrast else max(1.0, 1.5 * self.scale)

    def millimetres(self, length: float) -> int:
        """A length on the glass in pixels; 0 where nobody knows the panel's size."""
        return ceil(length * self.dpi / 25.4 - 0.001)

    @property
    def target(self) -> int:
        """The least side of anything to be touched: 64 of 800, and 9 mm where the panel reports its size."""
        return max(self.dp(64), 44, self.millimetres(9))

    @property
    def answer(self) -> int:
        """The least side of an answer: as `target`, and 15 mm where the panel's size is known."""
        return max(self.target, self.millimetres(15))

    # Type sizes

    @property
    def question(self) -> int:
        """The question: the largest text of its screen."""
        return self.type(44)

    def measure_of(self, size: float) -> float:
        """The longest line of a question in this type size, in pixels: about 38 characters."""
        return size * 20

    @property
    def title(self) -> int:
        """Headings of screens without a question."""
        return self.type(52)

    @property
    def label(self) -> int:
        """On tiles and buttons."""
        return self.type(24)

    @property
    def body(self) -> int:
        """Sentences that explain."""
        return self.type(26)

    @property
    def help(self) -> int:
        """Quiet words: bars, hints."""
        return self.type(20)

    # Colours

    @property
    def ground(self) -> Colour:
        """Behind everything."""
        return colour(SURFACE if self.high_contrast else GROUND)

    @property
    def surface(self) -> Colour:
        """Of tiles and buttons."""
        return colour(SURFACE)

    @property
    def hairline(self) -> Colour:
        """Around surfaces."""
        return colour("#000000" if self.high_contrast else HAIRLINE)

    @property
    def ink(self) -> Colour:
        """Of text."""
        return colour("#000000" if self.high_contrast else INK)

    @property
    def quiet_ink(self) -> Colour:
        """Of text in the background."""
        return colour("#000000" if self.high_contrast else QUIET_INK)

    @property
    def primary(self) -> Colour:
        """Of the one button that leads on."""
        return colour("#000000" if self.high_contrast else self.primary_colour)

    @property
    def accent(self) -> Colour:
        """Of the few marks that may catch the eye."""
        return colour("#000000" if self.high_contrast else self.accent_colour)

    @property
    def pressed(self) -> Colour:
        """Fill of what is being touched, the same for every answer."""
        return colour("#E4E4E4" if self.high_contrast else "#ECEBE4")

    def mood(self, mood: int) -> Colour:
        """Of a face's ring."""
        return colour("#000000" if self.high_contrast else LEVELS[mood])

    def mood_tint(self, mood: int) -> Colour:
        """Of a face's disc."""
        return colour(SURFACE) if self.high_contrast else mix(colour(LEVELS[mood]), colour(SURFACE), TINT)


def boxes(theme: Theme) -> tuple[Box, Box, Box]:
    """Top bar, bottom bar, and the room between them, for one window."""
    width, height, margin = theme.width, theme.height, theme.margin
    inner = width - 2 * margin
    top = theme.dp(72)
    bottom = max(theme.dp(96), theme.target + theme.dp(16))
    gap = theme.dp(16)
    body = height - top - bottom - 2 * gap
    return (
        (margin, height - top, inner, top),
        (margin, 0, inner, bottom),
        (margin, bottom + gap, inner, body),
    )


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of one colour and the rest of another."""
    red, green, blue, alpha = (a * share + b * (1 - share) for a, b in zip(one, other, strict=True))
    return red, green, blue, alpha
