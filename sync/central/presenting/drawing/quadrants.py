"""Importance over level: each rating as a numbered dot, better to the right, more important to the top.

Two broken lines at the middle of all dots part them: what is upper left is important and not good. A dot is
hollow where n is below `FEW`; the numbers are those of a table next to the drawing.
"""

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from sync.central.presenting.drawing.dot_plot import FEW
from sync.central.presenting.drawing.markup import Svg, box, number, picture, stroked, words
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import decimal, percent
from sync.contract.colours import HAIRLINE, QUIET_INK, SURFACE, TEAL

_WIDTH, _HEIGHT = 480, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 16, 40
_APART = 13
"""Pixels between two numbers, at least."""
_SAYS: dict[Language, tuple[str, str, str]] = {
    "vi": ("Tỷ lệ hài lòng →", "Tương quan với hài lòng chung ↑", "quan trọng, chưa tốt"),
    "en": ("Share satisfied →", "Correlation with the overall rating ↑", "important, not good"),
}


class Mark(Struct, frozen=True, kw_only=True):
    """One rating. share: satisfied, in percent. correlation: −1 … 1. n: people who gave both ratings."""

    number: int
    label: str
    share: float
    correlation: float
    n: int


def quadrants(marks: Sequence[Mark], title: str, language: Language = "vi") -> Svg:
    """The plot of all marks, of which there is at least one."""
    across, up, corner = _SAYS[language]
    first = 10.0 * int(min(mark.share for mark in marks) // 10)
    first = min(first, 90.0)
    low = min(0.0, min(mark.correlation for mark in marks))
    plot = _Plot(first, low)
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [stroked(box(_LEFT, _TOP, right - _LEFT, bottom - _TOP), HAIRLINE)]
    middle_x = plot.x(median(mark.share for mark in marks))
    middle_y = plot.y(median(mark.correlation for mark in marks))
    parts.append(stroked(f"M{number(middle_x)} {_TOP}V{number(bottom)}", QUIET_INK, dashes="2 3"))
    parts.append(stroked(f"M{_LEFT} {number(middle_y)}H{number(right)}", QUIET_INK, dashes="2 3"))
    parts.append(words(_LEFT + 6, _TOP + 14, corner, quiet=True, size=11))
    parts.append(words(_LEFT, 11, up, quiet=True, size=11))
    parts.append(words(right, _HEIGHT - 6, across, at="end", quiet=True, size=11))
    for share in (first, (first + 100) / 2, 100.0):
        parts.append(
            words(
                plot.x(share),
                bottom + 16,
                percent(f"{share:.0f}", language),
                at="middle",
                quiet=True,
                size=11,
            )
        )
    for value in (low, (low + 1) / 2, 1.0):
        said = decimal(f"{value:.1f}", language)
        parts.append(words(_LEFT - 6, plot.y(value) + 4, said, at="end", quiet=True, size=11))
    parts += _dots(marks, plot)
    details = "; ".join(
        f"{mark.number}. {mark.label}: {percent(f'{mark.share:.1f}', language)}, "
        f"ρ = {decimal(f'{mark.correlation:.2f}', language)}, n = {mark.n}"
        for mark in marks
    )
    return picture("quadrants", _WIDTH, _HEIGHT, "".join(parts), title=title, details=details)


class _Plot(Struct, frozen=True):
    """The scales: shares from `first` to 100, correlations from `low` to 1."""

    first: float
    low: float

    def x(self, share: float) -> float:
        return _LEFT + 8 + (share - self.first) / (100 - self.first) * (_WIDTH - _LEFT - _RIGHT - 16)

    def y(self, correlation: float) -> float:
        height = _HEIGHT - _TOP - _BOTTOM - 16
        return _HEIGHT - _BOTTOM - 8 - (correlation - self.low) / (1 - self.low) * height


def _dots(marks: Sequence[Mark], plot: _Plot) -> list[str]:
    """The dots with their numbers; a number that would cover another one is moved down."""
    parts, taken = [], list[tuple[float, float]]()
    for mark in sorted(marks, key=lambda each: plot.y(each.correlation)):
        x, y = plot.x(mark.share), plot.y(mark.correlation)
        fill = SURFACE if mark.n < FEW else TEAL
        parts.append(
            f'<circle cx="{number(x)}" cy="{number(y)}" r="5" fill="{fill}" '
            f'stroke="{TEAL}" stroke-width="2"/>'
        )
        at = y + 4
        while any(abs(x - other) < 2 * _APART and abs(at - there) < _APART for other, there in taken):
            at += _APART
        taken.append((x, at))
        end = x > _WIDTH - _RIGHT - 30
        parts.append(
            words(x - 9 if end else x + 9, at, str(mark.number), at="end" if end else "start", bold=True)
        )
    return parts
