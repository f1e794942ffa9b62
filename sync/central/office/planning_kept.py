"""The work on plans over a restore: drafts, tasks, obstacles and closings."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, insert, select

from sync.central.store.plan_tables import plan_closings, plan_drafts, plan_obstacles, plan_tasks

Rows = Sequence[Any]  # of the driver
_TABLES = (plan_drafts, plan_tasks, plan_obstacles, plan_closings)
_ACCOUNTS = ("account", "said_by", "answered_by", "closed_by", "received_account")


class PlanningKept(Struct, frozen=True):
    """Rows of each table."""

    rows: tuple[Rows, ...]


def read_planning(connection: Connection) -> PlanningKept:
    """All of this database."""
    return PlanningKept(tuple(connection.execute(select(table)).all() for table in _TABLES))


def carry_planning(connection: Connection, kept: PlanningKept, numbers: Mapping[int, int]) -> int:
    """Add what is missing here, and what was changed later there; how many rows that were.

    numbers: of each account there, its number here.
    """
    count = 0
    for table, rows in zip(_TABLES, kept.rows, strict=True):
        key = tuple(column.name for column in table.primary_key)
        known = {_key(row, key): row.changed_at for row in connection.execute(select(table))}
        for row in rows:
            if known.get(_key(row, key), "") >= row.changed_at:
                continue
            values = dict(row._mapping)
            values |= {
                name: numbers.get(values[name], values[name]) for name in _ACCOUNTS if values.get(name)
            }
            same = (table.c[name] == value for name, value in zip(key, _key(row, key), strict=True))
            connection.execute(delete(table).where(and_(*same)))
            connection.execute(insert(table).values(values))
            count += 1
    return count


def _key(row: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
