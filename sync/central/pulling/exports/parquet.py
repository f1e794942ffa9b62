"""Responses as Parquet, for programs that compute with them. Made in slices, like a workbook (xlsx.py)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Layout
from sync.central.pulling.exports.xlsx import pieces
from sync.central.store.scratch import Scratch, check_room
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import CENTRE_LACKS_PARQUET
from sync.tables.parquet import check_installed, open_parquet

MEDIA_TYPE = "application/vnd.apache.parquet"


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout, scratch: Scratch) -> Iterator[bytes]:
    """The file, one row group a chunk; raises ProblemError HL4034 without pyarrow, HL4025 for a full disk."""
    try:
        check_installed()
    except ImportError as error:
        raise ProblemError(CENTRE_LACKS_PARQUET(where="format")) from error
    with scratch.folder() as folder:
        path = folder / "responses.parquet"
        with open_parquet(path, layout.columns) as add:
            for rows in chunks:
                add(list(map(layout.values, rows)))
                check_room(folder)
                yield b""
        yield from pieces(path)
