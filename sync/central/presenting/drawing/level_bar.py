"""How often each level of a scale was chosen, as one bar: the best level left, as on the paper form.

The bar is read in black and white, too: its order is always the same, the levels above the middle are solid,
and each of the others is cut in a way of its own, lengthwise or, the worst, across. A level that was
chosen at all is at least two pixels wide. Without answers there is an outline only.
"""

from collections.abc import Mapping

from sync.central.presenting.drawing.markup import Svg, number, picture
from sync.central.presenting.language import Language, capital
from sync.central.presenting.numbers import n_words, whole
from sync.contract.colours import HAIRLINE, LEVELS

_RAILS = {0: (2, 2), -1: (3, 1.5)}
"""Into how many lines a level is cut lengthwise, by mood, and the pixels between them."""
_WORST = -2
_STRIPES = "2 1"
"""Pixels of colour and of paper of the worst mood."""
_NARROWEST = 2
_GAP = 1


def level_bar(
    counts: Mapping[int, int], language: Language = "vi", *, width: int = 160, height: int = 12
) -> Svg:
    """The bar of a scale from how often each level was chosen, zeros included: {1: 0, 2: 1, …, 5: 14}."""
    n = sum(counts.values())
    return picture("level-bar", width, height, _bar(counts, width, height), title=_says(counts, n, language))


def level_swatch(level: int, levels: int = 5, *, width: int = 14, height: int = 12) -> Svg:
    """How a level looks in the bar, for the legend next to its name."""
    return picture(
        "swatch", width, height, _thick(_segment(_mood(level - 1, levels), 0, width, height), height)
    )


def _bar(counts: Mapping[int, int], width: int, height: int) -> str:
    if not any(counts.values()):
        edge = f"M.5 .5h{width - 1}v{height - 1}h-{width - 1}z"
        return f'<path d="{edge}" fill="none" stroke="{HAIRLINE}"/>'
    chosen = {level: counts[level] for level in sorted(counts, reverse=True) if counts[level]}
    moods = {level: _mood(at, len(counts)) for at, level in enumerate(sorted(counts))}
    segments, x = [], 0
    for level, pixels in _widths(chosen, width - _GAP * (len(chosen) - 1)).items():
        segments.append(_segment(moods[level], x, pixels, height))
        x += pixels + _GAP
    return _thick("".join(segments), height)


def _widths(chosen: Mapping[int, int], room: int) -> dict[int, int]:
    """Whole pixels for each level, in proportion; the widest gives what the narrowest need."""
    n = sum(chosen.values())
    widths = {level: max(_NARROWEST, round(room * count / n)) for level, count in chosen.items()}
    widths[max(chosen, key=lambda level: chosen[level])] += room - sum(widths.values())
    return widths


def _segment(mood: int, x: int, width: int, height: int) -> str:
    """Lines along the bar: one as thick as the bar, or thinner ones, or one that is broken."""
    lines, gap = _RAILS.get(mood, (1, 0))
    thick = (height - gap * (lines - 1)) / lines
    path = f"M{x} {number(thick / 2)}h{width}" + f"m-{width} {number(thick + gap)}h{width}" * (lines - 1)
    kind = f' stroke-dasharray="{_STRIPES}"' if mood == _WORST else ""
    if lines > 1:
        kind = f' stroke-width="{number(thick)}"'
    return f'<path d="{path}" stroke="{LEVELS[mood]}"{kind}/>'


def _thick(segments: str, height: int) -> str:
    return f'<g stroke-width="{height}">{segments}</g>'


def _mood(at: int, levels: int) -> int:
    """The mood of a level by its place on the scale, from −2 for the first to +2 for the last."""
    return round(4 * at / (levels - 1)) - 2


def _says(counts: Mapping[int, int], n: int, language: Language) -> str:
    if not n:
        return {"vi": "Chưa có lượt trả lời", "en": "No answers yet"}[language]
    level = {"vi": "mức", "en": "level"}[language]
    each = [f"{level} {value}: {whole(counts[value], language)}" for value in sorted(counts, reverse=True)]
    return capital(f"{', '.join(each)} ({n_words(n, language)})")
