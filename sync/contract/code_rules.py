"""Patterns of foreign codes. Offices write them, so a bad one must not block a terminal.

Matching is limited to LIMIT seconds: a pattern that needs longer, such as `(\\d+)+X` on a row of digits,
doesn't match. When a configuration is loaded, each pattern is tried on long texts of the kinds that are
scanned, and one that exceeds the limit is refused by name. Only a pattern that exceeds it TRIES times in a
row is too slow: the machine itself may halt for that long once, and a good configuration must not be refused
for it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import regex
from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID

LIMIT = 0.1
"""Seconds per pattern and text: a hundred times what the patterns here need for the longest scan."""
TRIES = 3
"""How often a text is tried before its pattern is called too slow."""
LONGEST = 512
"""Characters of the longest scan that is matched."""
Found = TypeVar("Found")
_PROBES = ("0", "A", "0.", "A0", "000.00.", "0-", "A.0-")


class CodeRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Patterns of foreign codes, from `[codes]` in the bundle's settings; these are the defaults.

    dossier: whole-match patterns; a group named `date` must be a real YYMMDD.
    procedure: whole-match patterns of a procedure's national code.
    """

    dossier: tuple[str, ...] = (
        r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-(?P<date>\d{6})-(\d{4}|\d{6,7})",
        r"\d{2}\.\d{2}\.[A-Z]\d{2}-(?P<date>\d{6})-(\d{4}|\d{6,7})",
        r"[A-Z]\d{2}(\.\d{1,3}){0,4}-(?P<date>\d{6})-(\d{4}|\d{6,7})",
    )
    procedure: tuple[str, ...] = (r"\d\.\d{6}",)


def matched(pattern: str, text: str) -> "regex.Match[str] | None":
    """The match of a pattern with the whole of `text`; None if there is none within LIMIT."""
    try:
        return tried(lambda: regex.fullmatch(pattern, text, regex.ASCII, timeout=LIMIT))
    except TimeoutError:
        return None


def tried(match: Callable[[], Found]) -> Found:
    """What `match` returns. While it raises TimeoutError it is called again, TRIES times in all."""
    for _ in range(TRIES - 1):
        try:
            return match()
        except TimeoutError:
            continue
    return match()


def rule_problems(rules: CodeRules) -> Iterator[Problem]:
    """Each pattern that is invalid or needs longer than LIMIT; `where` is its key."""
    for name in CodeRules.__struct_fields__:
        for number, pattern in enumerate(getattr(rules, name)):
            place = f"codes.{name}[{number}]"
            try:
                compiled = regex.compile(pattern, regex.ASCII)
                for text in _long_texts(pattern):
                    tried(partial(compiled.fullmatch, text, timeout=LIMIT))
            except regex.error as error:
                yield ENTRY_INVALID(where=place, detail=f"mẫu sai: {error}")
            except TimeoutError:
                detail = "mẫu này có thể chạy mãi với một mã dài; bỏ các phần lặp lồng nhau như (…+)+"
                yield ENTRY_INVALID(where=place, detail=detail)


def _long_texts(pattern: str) -> Iterator[str]:
    """The longest scans of each kind: with an end that the pattern may match, and one character more."""
    ends = sorted({sign for sign in pattern if sign.isprintable()})
    for probe in _PROBES:
        row = (probe * LONGEST)[: LONGEST - 2]
        yield row
        for end in ends:
            yield f"{row}{end}!"
