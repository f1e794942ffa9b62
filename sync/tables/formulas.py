"""Texts in CSV get an apostrophe wherever a spreadsheet would run them as a formula (OWASP, CSV injection).

Promise: no part of a text becomes a formula, also in a spreadsheet that splits the file at other signs than
those it was written with: at ";", as Excel does in Viet Nam, at "," or a tab, and at a line's end.

A quoted cell is whole only for a reader that splits where the writer did. For any other reader the quote is
in the middle of a cell and means nothing, so that a new cell begins within the text.
"""

import re

SEPARATORS = ",;\t"
# The full-width signs are among them: some input methods write them, and some spreadsheets take them.
_SIGNS = r"=+\-@＝＋－＠"
_START = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
# What may stand between the beginning of a cell and its first sign, separators included. The sign is optional
# so that every character is looked at once.
_BETWEEN = re.compile(rf'([\s",;]+)([{_SIGNS}])?')
_RISKY = re.compile(rf"\A[\t\r\n]|[{_SIGNS}]")


def guard(text: str, separator: str = ",") -> str:
    """`text` with an apostrophe before whatever a spreadsheet would run; separator: the file's own."""
    if not _RISKY.search(text):
        return text
    # The file's own sign splits a text only for a reader that took its line's end for the end of the row.
    lines = "\n" in text or "\r" in text
    begins = frozenset(f"{SEPARATORS}\r\n" if lines else SEPARATORS.replace(separator, ""))

    def held(found: re.Match[str]) -> str:
        between, sign = found.groups()
        return f"{between}'{sign}" if sign and not begins.isdisjoint(between) else found.group()

    inside = _BETWEEN.sub(held, text)
    return f"'{inside}" if _START.match(text) else inside
