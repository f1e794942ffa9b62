"""Long runs of digits in a citizen's own words are masked: they are telephone or identity numbers.

A run is nine digits or more, the shortest old identity number, also in groups: "0900 000 - 001".
A date (eight digits) or a sum of money below a billion stays readable.
"""

import re

_LONG_RUN = re.compile(r"\d(?:[\s.,\-–—/()_]{0,3}\d){8,}")
MASK = "•"


def mask_digits(text: str) -> str:
    """`text` with every digit of every long run replaced by `MASK`; its length stays the same."""
    return _LONG_RUN.sub(lambda run: re.sub(r"\d", MASK, run.group()), text)
