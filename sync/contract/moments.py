"""Moments and durations in Viet Nam: the day of a moment, and how they are written for a person."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from sync.contract.plan import VIET_NAM

_DAY = 86_400_000  # milliseconds; Viet Nam has no summer time
_AHEAD = int(VIET_NAM.utcoffset(None).total_seconds()) * 1000
_EPOCH = date(1970, 1, 1).toordinal()


def day_at(milliseconds: int) -> str:
    """The day in Viet Nam of a moment in milliseconds since 1970, as YYYY-MM-DD."""
    return _written((milliseconds + _AHEAD) // _DAY)


@lru_cache(maxsize=1024)
def _written(number: int) -> str:
    """The day that is this many days after 1970-01-01: the responses of a batch share one or two."""
    return date.fromordinal(_EPOCH + number).isoformat()


def span_words(span: timedelta) -> str:
    """A duration: whole days from one day on, else hours and minutes."""
    if span.days > 0:
        return f"{span.days} ngày"
    hours, minutes = divmod(max(span, timedelta(0)).seconds // 60, 60)
    return f"{hours} giờ {minutes} phút" if hours else f"{minutes} phút"


def moment_words(moment: datetime) -> str:
    """A moment in Viet Nam's time."""
    return f"{moment.astimezone(VIET_NAM):%d/%m/%Y %H:%M}"
