"""The advisory locks on PostgreSQL: every number, and what each is for. SQLite needs none: it has one writer.

A transaction that takes several of these locks, or locks rows, does so in this order, which prevents
deadlocks: ALONE; LINE; rows of devices, ascending if there are several; first answers; counts. TABLES is
combined with none of them: a transaction that changes tables does nothing else.
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
    """Wait for this lock, and keep it until the transaction ends. shared: together with others."""
    if connection.dialect.name == "postgresql":
        kind = "_shared" if shared else ""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({lock.value})")
