"""Responses as Parquet, for programs that compute with them."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.central.pulling.exports.xlsx import pieces
from sync.tables.parquet import write_parquet

MEDIA_TYPE = "application/vnd.apache.parquet"


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout) -> Iterator[bytes]:
    """The file, one row group a chunk; raises ProblemError HL4034 where pyarrow is not installed."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as folder:
        path = Path(folder) / "responses.parquet"
        write_parquet(path, layout.columns, (list(map(layout.values, rows)) for rows in chunks))
        yield from pieces(path)
