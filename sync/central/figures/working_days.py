"""The working day before a day off. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from sync.contract.opening import Opening, SpecialDay, is_working_day

# Longer than any run of days off, such as those of Tết.
_LONGEST = 31


def last_worked(day: date, opening: Sequence[Opening], special_days: Sequence[SpecialDay]) -> date | None:
    """`day`, or the last working day before it; None if there is none within a month."""
    days = (day - timedelta(days=back) for back in range(_LONGEST + 1))
    return next((each for each in days if is_working_day(opening, special_days, each)), None)
