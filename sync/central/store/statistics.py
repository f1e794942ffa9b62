"""What PostgreSQL's planner knows about how many rows there are, and how they are spread.

The server gathers it by itself, but only minutes after many rows were stored at once. Until then it chose
plans with which one page of a province took seven seconds, at a million responses. Who stores that many
has it gathered in the same transaction. SQLite's planner is led by the indexes alone.
"""

from sqlalchemy import Connection, Table, text


def gather(connection: Connection, *tables: Table) -> None:
    """Have it gathered for these tables with all their partitions, or for all that there are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE " + ", ".join(table.name for table in tables)))
