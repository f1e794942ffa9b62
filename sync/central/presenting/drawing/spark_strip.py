"""Results returned, handovers tagged and visits answered, day by day, as a strip for the row of a counter.

Each day is one place: a wide pale column (returned), in it a narrower one (tagged), in it a narrow dark one
(answered), so that all three are seen whichever is the highest. What is not known is left out; a known 0 is a
line on the ground; a closed day is a dot under it, unless something happened all the same.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from sync.central.presenting.days import days_words, short_day
from sync.central.presenting.drawing.markup import Svg, box, filled, number, picture, stroked
from sync.central.presenting.drawing.palette import ANSWERED, RETURNED, TAGGED
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import whole, with_unit
from sync.contract.colours import HAIRLINE, QUIET_INK

_SERIES = (("returned", RETURNED, 11), ("tagged", TAGGED, 7), ("answered", ANSWERED, 3))
_PITCH = 13
_GROUND = 6
"""Pixels under the columns, for the dots."""
_WORDS = {
    "vi": {"returned": "đã trả", "tagged": "đã quét", "answered": "trả lời"},
    "en": {"returned": "returned", "tagged": "scanned", "answered": "answered"},
}


class StripDay(Struct, frozen=True, kw_only=True):
    """The counts of a day; None where it is not known. closed: no work was due by the opening hours."""

    day: date
    returned: int | None = None
    tagged: int | None = None
    answered: int | None = None
    closed: bool = False


def highest(strips: Sequence[Sequence[StripDay]]) -> int:
    """The greatest count of several strips, so that they can be drawn on one scale and be compared."""
    return max((count for days in strips for day in days for count in _counts(day).values()), default=0)


def spark_strip(
    days: Sequence[StripDay], language: Language = "vi", *, scale: int | None = None, height: int = 36
) -> Svg:
    """The strip of successive days, the newest right.

    Args:
        days: at least one.
        language: of the text alternative.
        scale: the count that is as high as the strip; the greatest of `days` if None. See `highest`.
        height: in pixels, with the ground.
    """
    room = height - _GROUND
    top = max(highest([days]) if scale is None else scale, 1)
    width = _PITCH * len(days)
    dots = "".join(
        f"M{number(at * _PITCH + _PITCH / 2)} {number(height - 2.5)}h0"
        for at, day in enumerate(days)
        if _is_closed(day)
    )
    body = stroked(f"M0 {number(room + 0.5)}h{width}", HAIRLINE)
    body += "".join(_columns(days, name, wide, room, top, fill) for name, fill, wide in _SERIES)
    body += stroked(dots, QUIET_INK, 2, round_ends=True)
    return picture(
        "spark-strip", width, height, body, title=_title(days, language), details=_details(days, language)
    )


def series_swatch(series: str) -> Svg:
    """How a series (returned, tagged, answered) looks in the strip, for the legend next to its name."""
    _, fill, wide = next(kind for kind in _SERIES if kind[0] == series)
    return picture("swatch", 11, 12, filled(box((11 - wide) / 2, 0, wide, 12), fill))


def _columns(days: Sequence[StripDay], name: str, wide: int, room: int, top: int, fill: str) -> str:
    """The columns of one series, as one path."""
    path = ""
    for at, day in enumerate(days):
        count = _counts(day).get(name)
        if count is None or _is_closed(day):
            continue
        tall = max(room * min(count, top) / top, 1)
        path += box(at * _PITCH + (_PITCH - wide) / 2, room - tall, wide, tall)
    return filled(path, fill)


def _counts(day: StripDay) -> dict[str, int]:
    """What is known of the day."""
    known = {"returned": day.returned, "tagged": day.tagged, "answered": day.answered}
    return {name: count for name, count in known.items() if count is not None}


def _is_closed(day: StripDay) -> bool:
    return day.closed and not any(_counts(day).values())


def _title(days: Sequence[StripDay], language: Language) -> str:
    """The sum of each series, and of how many open days nothing is known of it."""
    unknown = {"vi": "chưa biết", "en": "not known"}[language]
    days_of = {"vi": "ngày", "en": "days"}[language]
    parts = []
    for name, words in _WORDS[language].items():
        known = [counts[name] for day in days if name in (counts := _counts(day))]
        missing = sum(name not in _counts(day) and not day.closed for day in days)
        gaps = f" ({with_unit(missing, days_of)} {unknown})" if missing else ""
        parts.append(f"{words} {whole(sum(known), language)}{gaps}" if known else f"{words} {unknown}")
    return f"{days_words(days[0].day, days[-1].day, language)}: {', '.join(parts)}"


def _details(days: Sequence[StripDay], language: Language) -> str:
    """Day by day: returned / tagged / answered, or closed."""
    closed = {"vi": "nghỉ", "en": "closed"}[language]
    unknown = {"vi": "chưa biết", "en": "not known"}[language]
    lines = []
    for day in days:
        counts = _counts(day)
        each = [whole(counts[name], language) if name in counts else unknown for name, *_ in _SERIES]
        says = closed if _is_closed(day) else " / ".join(each)
        lines.append(f"{short_day(day.day, language)}: {says}")
    return "; ".join(lines)
