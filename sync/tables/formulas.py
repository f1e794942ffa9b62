"""Texts that a spreadsheet would run as a formula get an apostrophe (OWASP, CSV injection)."""


def guard(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would run as a formula.

    The full-width signs are among them: some input methods write them, and some spreadsheets take them.
    """
    risky = text.lstrip()[:1] in _SIGNS if text.strip() else False
    return f"'{text}" if risky or text[:1] in ("\t", "\r", "\n") else text


_SIGNS = tuple("=+-@＝＋－＠")
