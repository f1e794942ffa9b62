"""Moments and durations, written for a person in Viet Nam."""

from datetime import datetime, timedelta

from sync.contract.plan import VIET_NAM


def span_words(span: timedelta) -> str:
    """A duration: whole days from one day on, else hours and minutes."""
    if span.days > 0:
        return f"{span.days} ngày"
    hours, minutes = divmod(max(span, timedelta(0)).seconds // 60, 60)
    return f"{hours} giờ {minutes} phút" if hours else f"{minutes} phút"


def moment_words(moment: datetime) -> str:
    """A moment in Viet Nam's time."""
    return f"{moment.astimezone(VIET_NAM):%d/%m/%Y %H:%M}"
