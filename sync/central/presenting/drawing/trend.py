"""One share month by month, a year or so, as one of several small pictures on the same scale.

A month without a share interrupts the line. Under the line, pale columns show of how many answers (n) each
month is made; a month of fewer than `FEW` is a hollow dot. The newest share is written out with its n.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from sync.central.presenting.days import short_month
from sync.central.presenting.drawing.dot_plot import FEW, share_words
from sync.central.presenting.drawing.markup import Svg, box, filled, number, picture, stroked, words
from sync.central.presenting.drawing.palette import RETURNED
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import percent
from sync.contract.colours import HAIRLINE, SURFACE, TEAL

_LEFT, _RIGHT = 42, 8
_TOP, _BOTTOM = 26, 82
"""The lines of 100 % and of the lowest percentage."""
_COLUMNS = 102
"""On what the columns are; none is higher than `_COLUMN`."""
_COLUMN = 14
_HEIGHT = 120


class TrendMonth(Struct, frozen=True):
    """A month by its first day. percent: as decimal text; None without answers.

    n: None if both must not be shown.
    """

    month: date
    percent: str | None
    n: int | None


def lowest(trends: Sequence[Sequence[TrendMonth]]) -> int:
    """The foot of a scale on which several trends can be compared: 50 %, or 0 % if a share is below that."""
    shares = [float(month.percent) for months in trends for month in months if month.percent is not None]
    return 50 if min(shares, default=0) >= 50 else 0


def trend(
    months: Sequence[TrendMonth],
    title: str,
    language: Language = "vi",
    *,
    foot: int | None = None,
    width: int = 240,
) -> Svg:
    """The line of successive months.

    Args:
        months: at least one.
        title: of what it is the share.
        language: of words and numbers.
        foot: the percentage at the foot of the scale, which no share is below; that of `lowest` if None. It
            is written next to the scale, and the top is 100.
        width: in pixels.
    """
    scale = _Scale(width, len(months), lowest([months]) if foot is None else foot)
    newest = months[-1]
    head = f"{short_month(newest.month, language)}: {share_words(newest.percent, newest.n, language)}"
    body = words(scale.right, 14, head, at="end", bold=True)
    body += scale.lines(language) + scale.columns(months)
    body += "".join(stroked(path, TEAL, 2) for path in scale.paths(months))
    body += "".join(scale.dot(at, month) for at, month in enumerate(months))
    body += words(_LEFT - 5, _HEIGHT - 4, short_month(months[0].month, language), quiet=True, size=11)
    if len(months) > 1:
        last = short_month(newest.month, language)
        body += words(scale.right, _HEIGHT - 4, last, at="end", quiet=True, size=11)
    details = "; ".join(
        f"{short_month(month.month, language)}: {share_words(month.percent, month.n, language)}"
        for month in months
    )
    return picture("trend", width, _HEIGHT, body, title=title, details=details)


class _Scale(Struct, frozen=True):
    """Where months and shares are."""

    width: int
    months: int
    foot: int

    @property
    def right(self) -> int:
        """Where text ends: at the right edge of the newest dot."""
        return self.width - _RIGHT + 5

    def x(self, at: int) -> float:
        """The middle of a month."""
        return _LEFT + (self.width - _LEFT - _RIGHT) * at / max(self.months - 1, 1)

    def y(self, share: str) -> float:
        """The height of a percentage."""
        return _BOTTOM - (_BOTTOM - _TOP) * (float(share) - self.foot) / (100 - self.foot)

    def lines(self, language: Language) -> str:
        """Top and foot of the scale with their percentages."""
        path = "".join(f"M{_LEFT} {y}H{self.width - _RIGHT}" for y in (_TOP, _BOTTOM))
        return (
            stroked(path, HAIRLINE)
            + words(_LEFT - 9, _TOP + 4, percent("100", language), at="end", quiet=True, size=11)
            + words(_LEFT - 9, _BOTTOM + 4, percent(str(self.foot), language), at="end", quiet=True, size=11)
        )

    def columns(self, months: Sequence[TrendMonth]) -> str:
        """How many answers each month has, in proportion to the month with most."""
        most = max((month.n or 0 for month in months), default=0)
        path = ""
        for at, month in enumerate(months):
            if month.n:
                tall = max(_COLUMN * month.n / most, 1)
                path += box(self.x(at) - 4, _COLUMNS - tall, 8, tall)
        return filled(path, RETURNED) + words(_LEFT - 9, _COLUMNS, "n", at="end", quiet=True, size=11)

    def paths(self, months: Sequence[TrendMonth]) -> Iterator[str]:
        """A line through each run of months that have a share."""
        points: list[str] = []
        for at, month in enumerate(months):
            if month.percent is not None:
                points.append(f"{number(self.x(at))} {number(self.y(month.percent))}")
            if month.percent is None or at == len(months) - 1:
                if len(points) > 1:
                    yield "M" + "L".join(points)
                points = []

    def dot(self, at: int, month: TrendMonth) -> str:
        """The dot of a month, greater for the newest; nothing without a share."""
        if month.percent is None or month.n is None:
            return ""
        radius = 4 if at == self.months - 1 else 2.5
        fill = SURFACE if month.n < FEW else TEAL
        x, y = number(self.x(at)), number(self.y(month.percent))
        return f'<circle cx="{x}" cy="{y}" r="{number(radius)}" fill="{fill}" stroke="{TEAL}"/>'
