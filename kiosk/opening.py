"""Opening hours. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from kiosk.settings import Opening, Weekday

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


def is_open(opening: Sequence[Opening], now: datetime) -> bool:
    """Whether `now`, in the terminal's local time, is within one of the spans; without any, always."""
    today = WEEKDAYS[now.weekday()]
    return not opening or any(
        today in span.days and span.start <= now.time().replace(tzinfo=None) < span.end for span in opening
    )
