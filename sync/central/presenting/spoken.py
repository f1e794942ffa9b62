"""Numbers, shares and days in words, as they are read aloud in Vietnamese. Pure.

- Every number has one reading, from which it can be read back.
- A share is said of ten people, and never as more than it is: “hơn” or “gần” where it is not a full tenth.
"""

from datetime import date
from decimal import Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = (("tỷ", 10**9), ("triệu", 10**6), ("nghìn", 10**3), ("", 1))
# A share that is this near to a tenth is said without “hơn” or “gần”.
_NEAR = Decimal(1)
# Of fewer people the share is said of themselves, not of ten.
_TEN = 10


def number_words(number: int) -> str:
    """688: sáu trăm tám mươi tám; 1.005: một nghìn không trăm linh năm. From 0 to below 10^12."""
    if not 0 <= number < 10**12:
        raise ValueError(number)
    if number == 0:
        return _DIGITS[0]
    words: list[str] = []
    for name, size in _GROUPS:
        group = number // size % 1000
        if group:
            words += _group_words(group, whole=not words)
            if name:
                words.append(name)
    return " ".join(words)


def _group_words(group: int, *, whole: bool) -> list[str]:
    """Three digits. whole: nothing is said before them, so that leading zeros are silent."""
    hundreds, rest = divmod(group, 100)
    words = [] if whole and not hundreds else [_DIGITS[hundreds], "trăm"]
    if 0 < rest < 10 and words:
        words.append("linh")
    return words + _two_digits(rest)


def _two_digits(number: int) -> list[str]:
    tens, ones = divmod(number, 10)
    if not tens:
        return [_DIGITS[ones]] if ones else []
    if tens == 1:
        return ["mười"] + ([{5: "lăm"}.get(ones, _DIGITS[ones])] if ones else [])
    said = {1: "mốt", 4: "tư", 5: "lăm"}.get(ones, _DIGITS[ones])
    return [_DIGITS[tens], "mươi"] + ([said] if ones else [])


def share_words(satisfied: int, n: int) -> str:
    """How many of those who answered: “cứ mười người trả lời thì có hơn sáu người”; "" if nobody answered.

    What they are follows: “hài lòng hoặc rất hài lòng”.
    """
    if not 0 <= satisfied <= n:
        raise ValueError(satisfied, n)
    if n == 0:
        return ""
    if satisfied == n:
        return f"tất cả {number_words(n)} người trả lời đều"
    if satisfied == 0:
        return f"trong {number_words(n)} người trả lời chưa có người nào"
    if n < _TEN:
        return f"trong {number_words(n)} người trả lời có {number_words(satisfied)} người"
    tenths, nearer = _tenths(Decimal(satisfied * 100) / n)
    if tenths == 0:
        return "cứ mười người trả lời thì có chưa đến một người"
    if tenths == _TEN:
        return "cứ mười người trả lời thì có hơn chín người"
    return f"cứ mười người trả lời thì có {nearer}{number_words(tenths)} người"


def _tenths(percent: Decimal) -> tuple[int, str]:
    """The nearest full tenth, and the word that says on which side of it the percentage is."""
    tenths = int((percent + 5) // 10)
    beyond = percent - 10 * tenths
    if abs(beyond) <= _NEAR:
        return tenths, ""
    return tenths, "hơn " if beyond > 0 else "gần "


def day_in_words(day: date, *, year: bool = False) -> str:
    """20/11: ngày hai mươi tháng mười một; the first ten days are “mùng”."""
    number = f"mùng {number_words(day.day)}" if day.day <= _TEN else number_words(day.day)
    words = f"ngày {number} {month_in_words(day)}"
    return f"{words} năm {number_words(day.year)}" if year else words


def month_in_words(day: date) -> str:
    """Tháng mười một, with a small letter; the fourth is “tháng tư”."""
    return "tháng tư" if day.month == 4 else f"tháng {number_words(day.month)}"


def days_in_words(first: date, last: date) -> str:
    """Từ ngày … đến ngày …, with a small letter; with the years only where they differ."""
    if first == last:
        return day_in_words(first)
    years = first.year != last.year
    return f"từ {day_in_words(first, year=years)} đến {day_in_words(last, year=years)}"
