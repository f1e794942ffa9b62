"""Lines of similar length for texts that don't change: as few as possible, as even as possible. Pure."""

import re
from collections.abc import Callable, Sequence
from functools import cache

_BREAKS = re.compile("[ \u200b]?[^ \u200b]+|[ \u200b]")
"""Words, each with the space before it."""


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break `text` into as few lines as fit `width`, as even as can be.

    Args:
        text: words separated by spaces, or by zero-width spaces in scripts that write none; line ends stay;
            no-break spaces never break.
        width: of the box, in the unit of `measure`.
        measure: the width of a piece of one line.

    A single word that is wider than the box gets a line of its own.
    """
    measure = cache(measure)  # for this text alone: the same pieces are tried at several widths
    lines: list[str] = []
    for paragraph in text.split("\n"):
        words = _BREAKS.findall(paragraph) or [""]
        widest = _greedy(words, width, measure)
        if len(widest) > 1:
            # The narrowest box that needs no more lines than the widest one: that is the even text.
            low, high = 0.0, float(width)
            while high - low > max(1.0, width / 200):
                middle = (low + high) / 2
                tried = _greedy(words, middle, measure)
                if len(tried) <= len(widest) and max(map(measure, tried)) <= width:
                    high, widest = middle, tried
                else:
                    low = middle
        lines += widest
    return lines


def _greedy(words: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + word
        if measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word[1:])
    return lines
