"""Opening hours as people write them: "T2-T6 07:30-11:30", "T7, CN 8:00-11:00". Pure."""

import re
from datetime import time

from sync.contract.opening import NOT_AFTER_START, WEEKDAYS, Hours, Opening, Weekday

EXAMPLE = "T2-T6 07:30-11:30"
_SHORT = {"t2": "mon", "t3": "tue", "t4": "wed", "t5": "thu", "t6": "fri", "t7": "sat", "cn": "sun"}
_SPAN = re.compile(r"(\d{1,2})[:hg](\d{2})?\s*[-–]\s*(\d{1,2})[:hg](\d{2})?")


class SpanError(ValueError):
    """Hours that can't be read; `reason` is Vietnamese."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_opening(text: str) -> Opening:
    """Days and one span of hours. Raises SpanError."""
    days, _, hours = text.strip().rpartition(" ")
    if not days:
        raise SpanError(f"ghi như “{EXAMPLE}”")
    span = _span(hours)
    return Opening(_days(days), span.start, span.end)


def read_hours(text: str) -> tuple[Hours, ...]:
    """Spans of hours within a day, separated by commas; none for an empty text. Raises SpanError."""
    return tuple(_span(part) for part in re.split(r"[,;]", text) if part.strip())


def opening_words(opening: Opening) -> str:
    """The days and the span, as `read_opening` reads them."""
    short = {english: vietnamese.upper() for vietnamese, english in _SHORT.items()}
    runs: list[list[int]] = []
    for index in sorted(WEEKDAYS.index(day) for day in opening.days):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    days = [
        short[WEEKDAYS[run[0]]] + (f"-{short[WEEKDAYS[run[-1]]]}" if len(run) > 1 else "") for run in runs
    ]
    return f"{','.join(days)} {opening.start:%H:%M}-{opening.end:%H:%M}"


def _days(text: str) -> tuple[Weekday, ...]:
    days: list[Weekday] = []
    joined = re.sub(r"\s*[-–]\s*", "-", text.strip())
    for part in re.split(r"[,;]\s*|\s+", joined):
        first, _, last = part.partition("-")
        begin, end = _day(first), _day(last or first)
        if begin > end:
            raise SpanError(f"“{part}” đi ngược thứ tự trong tuần")
        days += WEEKDAYS[begin : end + 1]
    return tuple(day for day in WEEKDAYS if day in days)


def _day(text: str) -> int:
    name = text.casefold()
    for index, day in enumerate(WEEKDAYS):
        if day == _SHORT.get(name, name):
            return index
    raise SpanError(f"“{text}” không phải thứ trong tuần: viết T2 … T7, CN")


def _span(text: str) -> Hours:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise SpanError(f"“{text.strip()}” không phải giờ: viết 07:30-11:30")
    try:
        start = time(int(match[1]), int(match[2] or 0))
        end = time(int(match[3]), int(match[4] or 0))
    except ValueError as error:
        raise SpanError(f"“{text.strip()}” không phải giờ: viết 07:30-11:30") from error
    if start >= end:
        raise SpanError(NOT_AFTER_START)
    return Hours(start, end)
