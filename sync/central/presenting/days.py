"""Days, times and periods as people say them: thứ Hai, 23/11/2026 · 16:40 thứ Sáu · tuần 48 · quý IV/2026.

- Every day and time is that of Viet Nam, whatever zone a moment comes in.
- A number is not parted from its unit, nor a weekday from its number (thứ Hai), by the end of a line.
- A text begins with a small letter; `capital` makes it the beginning of a sentence.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sync.central.presenting.language import NBSP, Language
from sync.central.presenting.numbers import decimal
from sync.contract.plan import VIET_NAM

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "vi": (
        *(f"thứ{NBSP}{name}" for name in ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")),
        f"Chủ{NBSP}nhật",
    ),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ROMAN = ("I", "II", "III", "IV")
_A_WEEK = timedelta(days=7)


# --- days ---------------------------------------------------------------------------------------------


def day_words(day: date, language: Language = "vi") -> str:
    """23/11/2026; 23 Nov 2026."""
    if language == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1][:3]}{NBSP}{day.year}"


def short_day(day: date, language: Language = "vi") -> str:
    """23/11; 23 Nov: where the year goes without saying."""
    return f"{day:%d/%m}" if language == "vi" else f"{day.day}{NBSP}{_MONTHS[day.month - 1][:3]}"


def weekday(day: date, language: Language = "vi") -> str:
    """Thứ Hai … Chủ nhật, the former with a small letter."""
    return _WEEKDAYS[language][day.weekday()]


def full_day(day: date, language: Language = "vi") -> str:
    """Thứ Hai, 23/11/2026, with a small letter."""
    return f"{weekday(day, language)}, {day_words(day, language)}"


def near_day(day: date, today: date, language: Language = "vi") -> str:
    """A day within a sentence: hôm nay, hôm qua, ngày mai; else thứ Sáu 20/11, with the year if not this one.

    A weekday always comes with its number, so that last Friday and next Friday are not confused.
    """
    distance = (day - today).days
    near = {0: ("hôm nay", "today"), 1: ("ngày mai", "tomorrow"), -1: ("hôm qua", "yesterday")}.get(distance)
    if near is not None:
        return near[language == "en"].replace(" ", NBSP)
    written = short_day(day, language) if day.year == today.year else day_words(day, language)
    return f"{weekday(day, language)}{NBSP}{written}"


# --- times --------------------------------------------------------------------------------------------


def time_words(moment: datetime) -> str:
    """16:40."""
    return f"{moment.astimezone(VIET_NAM):%H:%M}"


def moment_on(moment: datetime, language: Language = "vi") -> str:
    """16:40 thứ Sáu, 20/11/2026: a moment by itself, such as a line of a history."""
    return f"{time_words(moment)} {full_day(moment.astimezone(VIET_NAM).date(), language)}"


def past_moment(moment: datetime, now: datetime, language: Language = "vi") -> str:
    """A moment not after `now` within a sentence, after “từ” or “lúc”: 16:40, 16:40 hôm qua, 16:40 thứ Sáu.

    Seven days and more ago: 16:40 ngày 12/11/2026, since the weekday alone would mean another day.
    """
    day, today = moment.astimezone(VIET_NAM).date(), now.astimezone(VIET_NAM).date()
    on = "" if language == "vi" else "on "
    if day == today:
        return time_words(moment)
    if day == today - timedelta(days=1):
        return f"{time_words(moment)} {near_day(day, today, language)}"
    if today - _A_WEEK < day < today:
        return f"{time_words(moment)} {on}{weekday(day, language)}"
    named = f"ngày{NBSP}" if language == "vi" else on
    return f"{time_words(moment)} {named}{day_words(day, language)}"


def span(duration: timedelta, language: Language = "vi") -> str:
    """A duration in its largest unit: 3 ngày, 5 giờ, 20 phút. What is left over is dropped."""
    minutes = max(duration, timedelta(0)) // timedelta(minutes=1)
    for size, vi, en in ((1440, "ngày", "day"), (60, "giờ", "hour"), (1, "phút", "minute")):
        if minutes >= size or size == 1:
            number = minutes // size
            unit = vi if language == "vi" else en + "s" * (number != 1)
            return f"{number}{NBSP}{unit}"
    raise AssertionError("a duration is at least 0 minutes")


def work_time(duration: timedelta, language: Language = "vi") -> str:
    """How long work takes: 45 phút; from two hours on 3,5 giờ, never days, which mean days of 24 hours."""
    minutes = max(0, round(duration.total_seconds() / 60))
    if minutes < 120:
        unit = "phút" if language == "vi" else "minute" + "s" * (minutes != 1)
        return f"{minutes}{NBSP}{unit}"
    hours = (Decimal(minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{decimal(hours, language)}{NBSP}{'giờ' if language == 'vi' else 'hours'}"


# --- periods ------------------------------------------------------------------------------------------


def week_words(day: date, language: Language = "vi") -> str:
    """The week that the day is in, as ISO 8601 numbers it: tuần 48."""
    return f"{'tuần' if language == 'vi' else 'week'}{NBSP}{day.isocalendar().week}"


def month_words(day: date, language: Language = "vi") -> str:
    """The month that the day is in: tháng 11/2026; November 2026."""
    if language == "vi":
        return f"tháng{NBSP}{day.month}/{day.year}"
    return f"{_MONTHS[day.month - 1]}{NBSP}{day.year}"


def short_month(day: date, language: Language = "vi") -> str:
    """11/2026; Nov 2026: under an axis."""
    return f"{day.month}/{day.year}" if language == "vi" else f"{_MONTHS[day.month - 1][:3]}{NBSP}{day.year}"


def days_words(first: date, last: date, language: Language = "vi") -> str:
    """20/10–20/11/2026: what the days have in common is written once."""
    if first == last:
        return day_words(first, language)
    begin = short_day(first, language) if first.year == last.year else day_words(first, language)
    return f"{begin}–{day_words(last, language)}"


def period_words(first: date, last: date, language: Language = "vi") -> str:
    """A period from its first to its last day, by its name if it has one.

    A day, a week (Monday to Sunday; with its days, since hardly anybody knows the number), a month, a
    quarter, half a year, a year; else its days.
    """
    if first == last:
        return full_day(first, language)
    if first.weekday() == 0 and last - first == timedelta(days=6):
        return f"{week_words(first, language)} ({days_words(first, last, language)})"
    if first.year == last.year and first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        name = _months_words(first, last.month, language)
        if name is not None:
            return name
    return days_words(first, last, language)


def roman_quarter(day: date) -> str:
    """The quarter of the calendar that the day is in: IV."""
    return _ROMAN[(day.month - 1) // 3]


def _months_words(first: date, last: int, language: Language) -> str | None:
    """The name of the whole months from that of `first` to month `last` of its year; None without one."""
    begin, year = first.month, first.year
    quarter = last // 3
    vi = language == "vi"
    if begin == last:
        return month_words(first, language)
    if last - begin == 2 and last % 3 == 0:
        return f"quý{NBSP}{roman_quarter(first)}/{year}" if vi else f"Q{quarter}{NBSP}{year}"
    if (begin, last) == (1, 12):
        return f"năm{NBSP}{year}" if vi else str(year)
    if last - begin == 5 and last in (6, 12):
        half = ("đầu", "cuối") if vi else ("first", "second")
        which = half[last == 12]
        return f"6{NBSP}tháng {which} năm{NBSP}{year}" if vi else f"{which} half of{NBSP}{year}"
    return None
