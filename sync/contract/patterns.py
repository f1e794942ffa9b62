"""Patterns that cover a whole text, in Python's dialect and in ECMA's, which OpenAPI documents are read in.

In Python `$` also matches before a line break at the end, so `^[a-z]+$` takes "abc\\n": a torn row in a
table, and a key that no database compares alike. `(?![\\s\\S])` is the very end in both dialects.
"""


def whole(pattern: str) -> str:
    """`pattern` for the text from its first to its last character, under `re.search` and in a JSON Schema."""
    return rf"^(?:{pattern})(?![\s\S])"
