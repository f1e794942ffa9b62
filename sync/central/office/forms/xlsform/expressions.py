"""Conditions and limits as XLSForm writes them: the few forms that a survey here can hold. Pure.

A function that reads returns None for an expression of any other form.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from sync.central.office.forms.xlsform.vocabulary import SCALE, name_of

_REFERENCE = r"\$\{\s*([^{}\s]+)\s*\}"
_VALUE = r"""(?:'([^']*)'|"([^"]*)"|(\d+))"""
_EQUALS = re.compile(rf"{_REFERENCE}\s*=\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_REFERENCE}\s*,\s*{_VALUE}\s*\)")
_ABOVE = re.compile(r"\.\s*(>=|>)\s*(-?\d+)")
_BELOW = re.compile(r"\.\s*(<=|<)\s*(-?\d+)")
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*(\d+)")
_FILTER = re.compile(
    rf"string\(\s*{SCALE}\s*\)\s*=\s*(?:''|\"\")\s+or\s+selected\(\s*{SCALE}\s*,\s*{_REFERENCE}\s*\)"
)
_PLAIN_QUOTES = str.maketrans("‘’“”", "''\"\"")
_PARAMETER = re.compile(r"(\w+)\s*=\s*(-?\d+)")


class Equality(Struct, frozen=True):
    """The named question was answered with one of these values."""

    question: str
    values: tuple[str, ...]


def read_condition(text: str) -> Equality | None:
    """`${way} = 'a' or ${way} = 'b'`, or `selected(${way}, 'a')`; all about one question."""
    pairs = []
    for term in re.split(r"\s+or\s+", _bare(text)):
        match = _EQUALS.fullmatch(_bare(term)) or _SELECTED.fullmatch(_bare(term))
        if match is None:
            return None
        question, *values = match.groups()
        pairs.append((question, next(value for value in values if value is not None)))
    questions = {question for question, _ in pairs}
    return Equality(pairs[0][0], tuple(value for _, value in pairs)) if len(questions) == 1 else None


def write_condition(question: str, values: Sequence[str]) -> str:
    """The condition in the form that `read_condition` reads."""
    name = name_of(question)
    return " or ".join(f"${{{name}}} = '{value}'" for value in values)


def read_limits(text: str) -> tuple[int | None, int | None] | None:
    """`. >= 0 and . <= 9`: the least and the most, None where nothing limits it."""
    least: int | None = None
    most: int | None = None
    for term in re.split(r"\s+and\s+", _bare(text)):
        if above := _ABOVE.fullmatch(_bare(term)):
            least = int(above[2]) + (above[1] == ">")
        elif below := _BELOW.fullmatch(_bare(term)):
            most = int(below[2]) - (below[1] == "<")
        else:
            return None
    return least, most


def write_limits(least: int, most: int) -> str:
    """The limits in the form that `read_limits` reads."""
    return f". >= {least} and . <= {most}"


def read_length(text: str) -> int | None:
    """`string-length(.) <= 500`: the most characters."""
    match = _LENGTH.fullmatch(_bare(text))
    return int(match[2]) - (match[1] == "<") if match else None


def write_length(most: int) -> str:
    """The length in the form that `read_length` reads."""
    return f"string-length(.) <= {most}"


def read_filter(text: str) -> str | None:
    """The name of the rating after whose levels options are offered, as `write_filter` writes it."""
    match = _FILTER.fullmatch(_bare(text))
    return match[1] if match else None


def write_filter(rating: str) -> str:
    """Options that name no level, and those that name the level given to this rating."""
    return f"string({SCALE}) = '' or selected({SCALE}, ${{{name_of(rating)}}})"


def read_range(text: str) -> tuple[int, int] | None:
    """`start=0 end=10 step=1`, the parameters of the type range; whole steps of 1 alone."""
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    pairs = [_PARAMETER.fullmatch(part) for part in parts]
    numbers = {pair[1]: int(pair[2]) for pair in pairs if pair}
    if None in pairs or not numbers.keys() <= {"start", "end", "step"} or numbers.get("step", 1) != 1:
        return None
    return numbers.get("start", 0), numbers.get("end", 10)


def _bare(text: str) -> str:
    """Without spaces and brackets around the whole; Excel's own quotation marks are made plain."""
    text = text.translate(_PLAIN_QUOTES).strip()
    while text.startswith("(") and text.endswith(")") and "(" not in text[1:-1]:
        text = text[1:-1].strip()
    return text
