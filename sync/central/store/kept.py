"""A table of counts: key columns, then the count. Changes are added in few statements; zeros are deleted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, Table

_AT_ONCE = 20_000
_ARRAYS: dict[type, str] = {BigInteger: "int8[]", Integer: "int4[]", SmallInteger: "int2[]"}


class Kept:
    """The counts of one table, whose last column is `n` and whose others are its key.

    at_once: counts that one statement changes. PostgreSQL refuses a message of a gigabyte, and counting two
    months of a province again changes millions.
    """

    def __init__(self, table: Table, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        name, columns = table.name, tuple(table.c.keys())
        self.key = columns[:-1]
        self.insert = f"INSERT INTO {name} ({', '.join(columns)})"
        self.add = f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET n = {name}.n + excluded.n"
        arrays = [f"%s::{_ARRAYS.get(type(column.type), 'text[]')}" for column in table.c]
        same = " AND ".join(f"{name}.{column} = away.{column}" for column in self.key)
        self._sqlite_change = f"{self.insert} VALUES ({', '.join('?' * len(columns))}) {self.add}"
        self._sqlite_clear = (
            f"DELETE FROM {name} WHERE n = 0 AND {' AND '.join(f'{column} = ?' for column in self.key)}"
        )
        # Another transaction that changes the same counts waits for this commit.
        self._postgres_change = f"{self.insert} SELECT * FROM unnest({', '.join(arrays)}) {self.add}"
        self._postgres_clear = (
            f"DELETE FROM {name} USING unnest({', '.join(arrays[:-1])}) AS away ({', '.join(self.key)}) "
            f"WHERE {name}.n = 0 AND {same}"
        )

    def change(self, connection: Connection, counts: Counter[Any]) -> None:
        """Add these to the stored counts; the keys are tuples of the table's columns without the last."""
        if not counts:
            return
        # Sorted: two batches that change the same counts must not deadlock.
        rows = [(*key, n) for key, n in sorted(counts.items())]
        # An addition can also bring a count to zero, when a voided response is taken back.
        lowered = [row[:-1] for row in rows] if min(counts.values()) < 0 else []
        if connection.dialect.name == "postgresql":
            for some in self._parts(rows):
                connection.exec_driver_sql(self._postgres_change, _by_column(some))
            for some in self._parts(lowered):
                connection.exec_driver_sql(self._postgres_clear, _by_column(some))
        else:
            connection.exec_driver_sql(self._sqlite_change, rows)
            if lowered:
                connection.exec_driver_sql(self._sqlite_clear, lowered)

    def _parts(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
        return (rows[start : start + self._at_once] for start in range(0, len(rows), self._at_once))


def _by_column(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))
