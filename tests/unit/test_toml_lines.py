"""Every key of a TOML text is found on its line, however it is written."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.toml_lines import line_of, lines_of

ROOT = Path(__file__).parents[2]
TEXT = '''# a comment = 1
title = "x # no comment"   # one
"odd key".b = 2
site.name.vi = """
several
  [[officers]] lines "" here"""
'literal' = 'a = "b"'

[table]   # of its own
list = [
  1,  # one
  # none
  [2, 3],
  { a = "}", b = [4,
    5] },
]
empty = []
flat = {}
when = 2026-07-01T08:00:00+07:00

[[officers]]
id = "a"
[[officers]]
id = "b"
name = { vi = "Cán bộ", "en" = 'Officer' }
[officers.more]
deep = true
[[officers.posts]]
at = 1
[[officers.posts]]
at = 2
[[officers]]
id = "c"
[[officers.posts]]
at = 3
'''
PLACES = {
    ("title",): 2,
    ("odd key",): 3,
    ("odd key", "b"): 3,
    ("site", "name", "vi"): 4,
    ("literal",): 7,
    ("table",): 9,
    ("table", "list"): 10,
    ("table", "list", 0): 11,
    ("table", "list", 1): 13,
    ("table", "list", 1, 1): 13,
    ("table", "list", 2): 14,
    ("table", "list", 2, "b", 1): 15,
    ("table", "empty"): 17,
    ("table", "when"): 19,
    ("officers",): 21,
    ("officers", 0): 21,
    ("officers", 1): 23,
    ("officers", 1, "name", "en"): 25,
    ("officers", 1, "more", "deep"): 27,
    ("officers", 1, "posts", 1, "at"): 31,
    ("officers", 2, "id"): 33,
    ("officers", 2, "posts", 0, "at"): 35,
}


@pytest.mark.parametrize("path", PLACES)
def test_each_way_of_writing_a_key(path: tuple[str | int, ...]) -> None:
    assert line_of(TEXT, path) == PLACES[path]


def test_what_is_not_there_is_on_the_line_of_what_would_hold_it() -> None:
    assert line_of(TEXT, ("officers", 1, "unit")) == 23
    assert line_of(TEXT, ("nothing", 3)) == 1
    assert line_of("", ("nothing",)) == 1


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from paths(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        *(
            path.read_text("utf-8")
            for folder in ("assets", "deploy")
            for path in sorted((ROOT / folder).rglob("*.toml"))
        ),
    ],
)
def test_every_key_of_every_file_here_is_found_and_no_other(text: str) -> None:
    assert set(lines_of(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_line_ends_of_both_kinds(ends: str) -> None:
    text = TEXT.replace("\n", ends)
    assert line_of(text, ("officers", 2, "posts", 0, "at")) == 35
