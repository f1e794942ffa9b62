"""The languages of the administrators' pages, and how a text keeps a number and its unit on one line."""

from typing import Literal

Language = Literal["vi", "en"]

NBSP = "\u00a0"
"""A space at which no line is broken."""

UNKNOWN = "–"
"""Is written where a figure is not known or does not exist. Never 0: 0 is a figure."""


def capital(text: str) -> str:
    """`text` with its first letter as a capital, for the beginning of a sentence; the rest is left alone."""
    return text[:1].upper() + text[1:]
