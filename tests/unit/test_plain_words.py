"""Docstrings and comments are in plain English, as CONTRIBUTING.md asks."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kiosk", "sync", "tests/support")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
INSTEAD = {
    r"whoever|whosoever": "anyone who, or the caller, the reader …",
    r"for ever": "without end, until it is stopped",
    r"in vain": "without effect",
    r"mend(s|ed|ing)?": "fix",
    r"besides?": "next to, alongside, in addition to",
    r"tell(s|ing)?": "report, show",
    r"stands?|stood": "is",
    r"so (many|much|few|long|often)": "the number itself, or: that many, that long",
    r"lest|hence|thereby|whence|anew": "so that … not, so, again",
}
"""Patterns of words, and what to write instead."""
QUOTED = re.compile(r"`[^`]*`|\"[^\"\n]*\"|“[^”]*”")


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Every comment and every docstring, also of fields, with the line that it begins in."""
    for piece in tokenize.generate_tokens(io.StringIO(source).readline):
        if piece.type == tokenize.COMMENT:
            yield piece.start[0], piece.string
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.lineno, node.value.value


def riddles(source: str) -> list[str]:
    """The words of `INSTEAD` in the prose of a program; names and quotations are left out."""
    return [
        f"{line}: “{word[0]}” → {instead}"
        for line, text in prose(source)
        for pattern, instead in INSTEAD.items()
        for word in re.finditer(rf"\b({pattern})\b", QUOTED.sub("…", text), re.IGNORECASE)
    ]


def test_a_word_that_came_back_is_found() -> None:
    assert len(riddles("# Whoever waits\nx = 1  # so many\n")) == 2
    assert len(riddles('def f():\n    """Mended.\n\n    It stands beside `x`.\n    """\n')) == 3
    assert len(riddles('x = 1\n"""Tells of a field."""\n')) == 1


def test_names_quotations_and_code_are_left_out() -> None:
    assert riddles('# `tell` is a name, "in vain" a quotation\ntold = "for ever"\nstand = told\n') == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_and_comments_are_in_plain_words(path: Path) -> None:
    assert riddles(path.read_text("utf-8")) == []
