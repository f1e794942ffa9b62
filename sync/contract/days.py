"""Days as people write them: 01/11/2026 or 2026-11-01, with or without a time next to them."""

import re
from datetime import date
from typing import Literal

# Which of them comes first where the year comes last.
Order = Literal["day-first", "month-first"]

_TIME = r"(?:\d{1,2}[:h]\d{2}(?::\d{2})?[ ,]+)?"
_YEAR_FIRST = re.compile(_TIME + r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ,].*)?", re.ASCII)
_YEAR_LAST = re.compile(_TIME + r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ,].*)?", re.ASCII)


def read_day(text: str, order: Order = "day-first") -> date | None:
    """The day in `text`; None if there is none."""
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _YEAR_LAST.fullmatch(text):
        one, two, year = map(int, found.groups())
        day, month = (one, two) if order == "day-first" else (two, one)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def has_order(text: str) -> bool:
    """Whether `text` is a day with the year last, so that day and month could be confused."""
    return _YEAR_LAST.fullmatch(text.strip()) is not None
