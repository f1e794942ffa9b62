"""A table of counts: key columns, then the count. Changes are added in one statement; zeros are deleted."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, Table

_ARRAYS: dict[type, str] = {BigInteger: "int8[]", Integer: "int4[]", SmallInteger: "int2[]"}


class Kept:
    """The counts of one table, whose last column is `n` and whose others are its key."""

    def __init__(self, table: Table) -> None:
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
        # One statement for all: another transaction that changes the same counts waits for this commit.
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
            connection.exec_driver_sql(self._postgres_change, _by_column(rows))
            if lowered:
                connection.exec_driver_sql(self._postgres_clear, _by_column(lowered))
        else:
            connection.exec_driver_sql(self._sqlite_change, rows)
            if lowered:
                connection.exec_driver_sql(self._sqlite_clear, lowered)


def _by_column(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))
