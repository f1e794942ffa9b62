"""Shares of several units, counters or procedures on one scale from 0 to 100 %, in the order they come in.

Each has a line of its own with its name, its share and its n in words, and under it a dot on the scale. The
dot is hollow where n is below `FEW`. A tick shows the share of the period before, a thick line the interval
(only of a random sample), and a broken tick the share of the whole.
"""

from collections.abc import Sequence
from textwrap import wrap

from msgspec import Struct

from sync.central.presenting.drawing.markup import Svg, number, picture, stroked, words
from sync.central.presenting.drawing.palette import TAGGED
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import percent, with_n
from sync.contract.colours import HAIRLINE, QUIET_INK, SURFACE, TEAL

FEW = 30
"""Fewer answers than this make a hollow dot: one answer more would move it visibly."""

_LINE = 17
_TRACK = 24
_EDGE = 6
_LETTER = 6.9
"""The mean width of a letter of 13 pixels."""


class Dot(Struct, frozen=True, kw_only=True):
    """One share. percent: as decimal text; None without answers. n: None if both must not be shown.

    before: of the period before. low, high: the ends of its interval, both or neither, in percent.
    """

    label: str
    percent: str | None
    n: int | None
    before: str | None = None
    low: str | None = None
    high: str | None = None


class Whole(Struct, frozen=True):
    """The share of all together, such as of the unit of these counters."""

    label: str
    percent: str


def dot_plot(
    dots: Sequence[Dot],
    title: str,
    language: Language = "vi",
    *,
    whole: Whole | None = None,
    width: int = 344,
) -> Svg:
    """The plot of all dots; `title` says of what they are shares."""
    scale = _Scale(width, whole)
    parts, y = [], 0.0
    if whole is not None:
        parts.append(_broken("3", 8) + words(12, 12, _whole_words(whole, language), quiet=True, size=12))
        y += _LINE + 4
    for dot in dots:
        says = share_words(dot.percent, dot.n, language)
        room = " " * (len(says) + 2)  # the first line ends before the share
        lines = [line.strip() for line in wrap(dot.label, int(width / _LETTER), initial_indent=room)]
        known = dot.percent is not None
        parts.append(words(width, y + 13, says, at="end", bold=known, quiet=not known))
        parts += [words(0, y + 13 + _LINE * at, line) for at, line in enumerate(lines)]
        y += _LINE * max(1, len(lines))
        parts.append(scale.track(dot, y + 9))
        y += _TRACK
    parts.append(scale.numbers(y + 8, language))
    details = "; ".join(_details(dots, whole, language))
    return picture("dot-plot", width, y + 12, "".join(parts), title=title, details=details)


def share_words(share: str | None, n: int | None, language: Language) -> str:
    """A share with its n, or why there is none."""
    if n is None:
        return {"vi": "không hiển thị", "en": "not shown"}[language]
    if share is None:
        return {"vi": "chưa có lượt trả lời", "en": "no answers yet"}[language]
    return with_n(share, n, language)


class _Scale(Struct, frozen=True):
    """The scale that all dots of a plot share."""

    width: int
    whole: Whole | None

    def x(self, share: str) -> str:
        """Where a percentage is."""
        return number(_EDGE + (self.width - 2 * _EDGE) * float(share) / 100)

    def track(self, dot: Dot, y: float) -> str:
        """The scale of one dot at this height, and what is on it."""
        ticks = "".join(f"M{self.x(share)} {number(y - 3)}v6" for share in ("0", "50", "100"))
        drawn = stroked(f"M{_EDGE} {number(y)}h{self.width - 2 * _EDGE}{ticks}", HAIRLINE)
        if self.whole is not None:
            drawn += _broken(self.x(self.whole.percent), y)
        if dot.n is None or dot.percent is None:
            return drawn
        here = self.x(dot.percent)
        if dot.low is not None and dot.high is not None:
            drawn += stroked(f"M{self.x(dot.low)} {number(y)}H{self.x(dot.high)}", TAGGED, 4)
        if dot.before is not None:
            drawn += stroked(f"M{here} {number(y)}H{self.x(dot.before)}m0 -5v10", QUIET_INK, 1.5)
        fill = SURFACE if dot.n < FEW else TEAL
        return drawn + (
            f'<circle cx="{here}" cy="{number(y)}" r="5" fill="{fill}" stroke="{TEAL}" stroke-width="2"/>'
        )

    def numbers(self, y: float, language: Language) -> str:
        """The percentages under the plot."""
        return (
            words(0, y, percent("0", language), quiet=True, size=11)
            + words(self.width / 2, y, percent("50", language), at="middle", quiet=True, size=11)
            + words(self.width, y, percent("100", language), at="end", quiet=True, size=11)
        )


def _broken(x: str, y: float) -> str:
    """The tick of the whole."""
    return stroked(f"M{x} {number(y - 7)}v14", QUIET_INK, 1.5, dashes="2 2")


def _whole_words(whole: Whole, language: Language) -> str:
    return f"{whole.label}: {percent(whole.percent, language)}"


def _details(dots: Sequence[Dot], whole: Whole | None, language: Language) -> list[str]:
    """The plot line by line."""
    before = {"vi": "kỳ trước", "en": "before"}[language]
    interval = {"vi": "khoảng tin cậy", "en": "interval"}[language]
    lines = [] if whole is None else [_whole_words(whole, language)]
    for dot in dots:
        line = f"{dot.label}: {share_words(dot.percent, dot.n, language)}"
        if dot.n is not None and dot.percent is not None:
            if dot.low is not None and dot.high is not None:
                line += f", {interval} {percent(dot.low, language)}–{percent(dot.high, language)}"
            if dot.before is not None:
                line += f", {before} {percent(dot.before, language)}"
        lines.append(line)
    return lines
