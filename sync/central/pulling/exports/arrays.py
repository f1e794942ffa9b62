"""Responses as JSON arrays: a line of columns (name, kind, heading), then a row of typed values a line.

`hailong-pull` fetches this and makes every kind of table from it: values are typed, texts have no guard
against formulas.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout

MEDIA_TYPE = "application/x-ndjson"


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout) -> Iterator[bytes]:
    """The line of columns, then the rows."""
    encode = msgspec.json.Encoder().encode
    yield encode(layout.columns) + b"\n"
    for rows in chunks:
        yield b"".join([encode(layout.values(row)) + b"\n" for row in rows])
