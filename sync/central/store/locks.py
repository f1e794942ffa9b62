"""The advisory locks on PostgreSQL: every number, and what each is for. SQLite needs none: it has one writer.

A transaction that takes several of these or rows takes them in this order, or two could wait for each other
for ever: ALONE; LINE; rows of devices, ascending where there are several; counts. TABLES goes with none of
them: who changes tables does nothing else in that transaction.
"""

from enum import IntEnum, unique

from sqlalchemy import Connection


@unique
class Lock(IntEnum):
    """ALONE: `database.one_at_a_time`. LINE: `rollups.line_up`, `days_over.close_days`. TABLES:
    `partitions.tables_alone`.
    """

    ALONE = 0x4861694C6F6E67  # "HaiLong"
    TABLES = 0x4861694C6F6E68
    LINE = 0x4861694C6F6E69


def hold(connection: Connection, lock: Lock, *, shared: bool = False) -> None:
    """Wait for this lock, and keep it until the transaction ends. shared: beside others that share it."""
    if connection.dialect.name == "postgresql":
        kind = "_shared" if shared else ""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({lock.value})")
