"""Numbers as an office writes them: 1.234 and 65,1 % in Vietnamese, 1,234 and 65.1 % in English.

- A percentage is written digit by digit as figures/ has rounded it: it comes as decimal text.
- No line is broken within a number, nor between a number and its unit or its n.
- What is not known is a dash, never 0; a share of nothing is a dash, never 0 %.
"""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from sync.central.presenting.language import NBSP, UNKNOWN, Language

_MINUS = "−"
# Thousands and fraction.
_SEPARATORS: dict[Language, tuple[str, str]] = {"vi": (".", ","), "en": (",", ".")}
_POINTS: dict[Language, str] = {"vi": f"điểm{NBSP}%", "en": "pp"}


def whole(number: int | None, language: Language = "vi") -> str:
    """A count, its thousands grouped: 1.234."""
    if number is None:
        return UNKNOWN
    return decimal(Decimal(number), language)


def decimal(number: str | Decimal | None, language: Language = "vi") -> str:
    """A number with exactly the decimals that it has: "1234.50" is 1.234,50."""
    if number is None:
        return UNKNOWN
    group, point = _SEPARATORS[language]
    integer, dot, fraction = f"{abs(Decimal(number)):,f}".partition(".")
    sign = _MINUS if Decimal(number) < 0 else ""
    return sign + integer.replace(",", group) + (point + fraction if dot else "")


def two_decimals(number: float) -> Decimal:
    """A mean or a correlation as pages, documents and files say it: halves away from zero, 4.125 as 4.13."""
    return Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(level: float | None, language: Language = "vi") -> str:
    """A mean of levels with two decimals: 4,27."""
    return UNKNOWN if level is None else decimal(two_decimals(level), language)


def percent(number: str | Decimal | None, language: Language = "vi") -> str:
    """A percentage that was rounded before, such as "65.1": 65,1 %."""
    return UNKNOWN if number is None else with_unit(decimal(number, language), "%")


def with_n(number: str | Decimal | None, n: int, language: Language = "vi") -> str:
    """A percentage with the n that it has to be shown with: 65,1 % (n = 63)."""
    return f"{percent(number, language)} ({n_words(n, language)})"


def n_words(n: int, language: Language = "vi") -> str:
    """n = 63."""
    return f"n{NBSP}={NBSP}{whole(n, language)}"


def out_of(count: int | None, total: int | None, language: Language = "vi") -> str:
    """41 / 63."""
    return f"{whole(count, language)}{NBSP}/{NBSP}{whole(total, language)}"


def points(difference: str | Decimal | None, language: Language = "vi") -> str:
    """A difference of two percentages, always with its sign: +2,3 điểm %."""
    if difference is None:
        return UNKNOWN
    sign = "+" if Decimal(difference) > 0 else ""
    return with_unit(sign + decimal(difference, language), _POINTS[language])


def with_unit(number: int | str, unit: str, language: Language = "vi") -> str:
    """A count, or a number already written, and its unit on one line: 12 phiếu."""
    written = whole(number, language) if isinstance(number, int) else number
    return written + NBSP + unit.replace(" ", NBSP)


def size(octets: int | None, language: Language = "vi") -> str:
    """A size in its largest unit: 1,2 GB, 850 MB, 12 kB."""
    if octets is None:
        return UNKNOWN
    for unit, factor in (("TB", 10**12), ("GB", 10**9)):
        if octets >= factor:
            return with_unit(decimal(f"{octets / factor:.1f}", language), unit)
    unit, factor = ("MB", 10**6) if octets >= 10**6 else ("kB", 10**3)
    return with_unit(whole(octets // factor, language), unit)


class Aligned(Struct, frozen=True):
    """A written number cut where a column is aligned: after the last digit before the decimal mark.

    A cell shows `integer` flush right in front of `rest`, which is flush left: 1.234|, 86|,4 %, –|.
    """

    integer: str
    rest: str


def align(written: str, language: Language = "vi") -> Aligned:
    """Cut a number that one of these functions has written."""
    _, point = _SEPARATORS[language]
    ends = [at for mark in (point, NBSP) if (at := written.find(mark)) >= 0]
    end = min(ends, default=len(written))
    return Aligned(written[:end], written[end:])
