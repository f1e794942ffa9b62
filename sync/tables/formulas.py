"""Adds an apostrophe to texts in CSV that a spreadsheet would run as a formula (OWASP, CSV injection).

Promise: no part of a text becomes a formula, also in a spreadsheet that splits the file at other separators
than the file's own: at ";", as Excel does in Viet Nam, at "," or a tab, and at the end of a line.

Quotes keep a cell whole only for a reader with the writer's separator. For another reader the quote is in
the middle of a cell and has no meaning, so that a new cell begins within the text.
"""

import re

SEPARATORS = ",;\t"
# With the full-width signs: some input methods write them, and some spreadsheets accept them.
_SIGNS = r"=+\-@＝＋－＠"
_START = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
# Characters that may precede the first sign of a cell, separators included. The sign is optional so that
# every character is examined once.
_BETWEEN = re.compile(rf'([\s",;]+)([{_SIGNS}])?')
_RISKY = re.compile(rf"\A[\t\r\n]|[{_SIGNS}]")


def guard(text: str, separator: str = ",") -> str:
    """`text` with an apostrophe before everything that a spreadsheet would run; separator: the file's own."""
    if not _RISKY.search(text):
        return text
    # The file's own separator splits a text only for a reader that ends the row at a line's end in the text.
    lines = "\n" in text or "\r" in text
    begins = frozenset(f"{SEPARATORS}\r\n" if lines else SEPARATORS.replace(separator, ""))

    def held(found: re.Match[str]) -> str:
        between, sign = found.groups()
        return f"{between}'{sign}" if sign and not begins.isdisjoint(between) else found.group()

    inside = _BETWEEN.sub(held, text)
    return f"'{inside}" if _START.match(text) else inside
