"""Patterns that match a whole text, in Python's dialect and in ECMA's, which OpenAPI uses.

In Python `$` also matches before a line break at the end, so `^[a-z]+$` accepts "abc\\n", which breaks a row
of a table and compares differently as a key. `(?![\\s\\S])` is the real end in both dialects.
"""


def whole(pattern: str) -> str:
    """`pattern` for the text from its first to its last character, under `re.search` and in a JSON Schema."""
    return rf"^(?:{pattern})(?![\s\S])"
