"""A Parquet file with types. pyarrow (the extra `parquet`) is imported when a file is first written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sync.tables.column import Column, Kind, Value

_READ: dict[Kind, Callable[[str], object]] = {"day": date.fromisoformat, "moment": datetime.fromisoformat}


def write_parquet(path: Path, columns: Sequence[Column], groups: Iterable[Sequence[Sequence[Value]]]) -> None:
    """Write the file, with one row group per group of rows; raises ImportError without pyarrow."""
    with open_parquet(path, columns) as add:
        for rows in groups:
            add(rows)


@contextmanager
def open_parquet(
    path: Path, columns: Sequence[Column]
) -> Iterator[Callable[[Sequence[Sequence[Value]]], None]]:
    """A file that is written one row group at a time; raises ImportError without pyarrow."""
    import pyarrow as arrow
    from pyarrow.parquet import ParquetWriter

    types: dict[Kind, Any] = {
        "text": arrow.string(),
        "whole": arrow.int64(),
        "decimal": arrow.float64(),
        "truth": arrow.bool_(),
        "day": arrow.date32(),
        "moment": arrow.timestamp("us", tz="+07:00"),
    }
    schema = arrow.schema([(column.name, types[column.kind]) for column in columns])

    def add(rows: Sequence[Sequence[Value]]) -> None:
        arrays = [
            arrow.array(_typed(values, column.kind), types[column.kind])
            for column, values in zip(columns, zip(*rows, strict=True), strict=True)
        ]
        file.write_table(arrow.Table.from_arrays(arrays, schema=schema))

    with ParquetWriter(path, schema, compression="zstd") as file:
        yield add


def _typed(values: Sequence[Value], kind: Kind) -> Sequence[object]:
    read = _READ.get(kind)
    return values if read is None else [read(value) if isinstance(value, str) else None for value in values]


def check_installed() -> None:
    """Return if this machine can write Parquet; raises ImportError without pyarrow."""
    import pyarrow.parquet  # noqa: F401
