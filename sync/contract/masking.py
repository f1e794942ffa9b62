"""Masks long runs of digits in a citizen's own words: they are telephone or identity numbers.

A run has nine digits or more (the length of the shortest old identity number), also in groups:
"0900 000 - 001" and "0900:000:001".

Promises:
- a date with a four-digit year stays readable, and so does a time (8:30, 8h30, 8 giờ 30) or a sum of money
  below a billion, also if several follow each other;
- in a run that contains other digits too, those are masked; its times are masked as well if it is still a run
  without its dates and times, because they may be a part of the number;
- the length stays the same, and text that is already masked is left as it is;
- the time is linear in the length of the text: no text takes minutes.
"""

import re

_BETWEEN = r"[\s.,:\-–—/()_]{0,6}"
_LONG_RUN = re.compile(rf"\d(?:{_BETWEEN}\d){{8,}}")
LONG = 9
MASK = "•"

_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
# The same separator throughout, and no further group after it: 09.12.2026.01 is not a date.
_DATE = re.compile(
    "|".join(
        rf"(?<!\d)(?<!\d{sign}){_DAY}{sign}{_MONTH}{sign}{_YEAR}(?!{sign}?\d)" for sign in ("/", "-", r"\.")
    )
)
_HOUR, _MINUTE = "(?:[01]?[0-9]|2[0-3])", "[0-5][0-9]"
_TIME = re.compile(
    rf"(?<![\d:]){_HOUR}(?::{_MINUTE}|[hg](?![^\W\d_])(?:{_MINUTE})?|\s?giờ(?:\s?{_MINUTE})?)(?![\d:])",
    re.IGNORECASE,
)


def mask_digits(text: str) -> str:
    """`text` with the digits of every long run replaced by `MASK`, except for dates and times."""
    if not _LONG_RUN.search(text):
        return text
    dates = {at for found in _DATE.finditer(text) for at in range(*found.span())}
    times = {at for found in _TIME.finditer(text) for at in range(*found.span())}
    readable = dates | times
    masked = list(text)
    for run in _LONG_RUN.finditer(text):
        digits = [at for at in range(*run.span()) if text[at].isdecimal()]
        others = [at for at in digits if at not in readable]
        if len(others) >= LONG:
            others = [at for at in digits if at not in dates]
        for at in others:
            masked[at] = MASK
    return "".join(masked)
