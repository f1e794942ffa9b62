"""Responses as Parquet, for whoever computes with them. Needs pyarrow; without it HL4034 says so."""

import importlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from sync.central.pulling.exports.table import Kind, Layout
from sync.central.pulling.exports.xlsx import pieces
from sync.contract.problem import ProblemError, problem

MEDIA_TYPE = "application/vnd.apache.parquet"


def write(chunks: Iterable[Sequence[Row[Any]]], layout: Layout) -> Iterator[bytes]:
    """The file, one row group a chunk; raises ProblemError HL4034 where pyarrow is not installed."""
    arrow, writer = _library()
    types: dict[Kind, Any] = {"text": arrow.string(), "whole": arrow.int64(), "truth": arrow.bool_()}
    schema = arrow.schema([(column.name, types[column.kind]) for column in layout.columns])
    with tempfile.TemporaryDirectory(prefix="hailong-") as folder:
        path = Path(folder) / "responses.parquet"
        with writer.ParquetWriter(path, schema, compression="zstd") as file:
            for rows in chunks:
                columns = zip(*map(layout.values, rows), strict=True)
                arrays = [
                    arrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)
                ]
                file.write_table(arrow.Table.from_arrays(arrays, schema=schema))
        yield from pieces(path)


def _library() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ProblemError(problem("HL4034", where="format")) from error
