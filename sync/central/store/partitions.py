"""The months of `responses` on PostgreSQL: a partition for each month of `id`, and one for all other ids.

    responses_2026_03      ids made in March 2026 (UTC), by the time that a UUIDv7 begins with
    responses_elsewhere    ids of all other months, e.g. made by a clock that is years off

Promises:
- an id belongs in one partition, whenever it arrives: its unique constraint holds over all of them;
- months are made before they begin: when the centre or one of its commands starts, every few hours while it
  runs, and by `hailong-central months`. Any number of processes may do so at once;
- a month that is made late takes its ids over from responses_elsewhere, in the same transaction and with
  their place in the order of arrival: no pull misses one or gets it twice. They can't stay: PostgreSQL
  refuses to make a month whose ids are in the default partition;
- making one waits for locks no longer than LOCK_WAIT, then gives up; the next attempt is soon enough;
- while it waits, batches of other months are stored, unless ids have to move: then all reads and writes wait
  until they have moved.

SQLite keeps one table: the functions here do nothing on it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

from msgspec import Struct
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from sync.central.store.locks import Lock, hold
from sync.contract.ids import lowest_uuid7

# Months around the present one: tablets send last month's ids, and no centre is switched off for longer.
BEHIND, AHEAD = 1, 3
LOCK_WAIT = "2s"
ELSEWHERE = "responses_elsewhere"
_NAME = re.compile(r"responses_(\d{4})_(\d{2})")

_THERE = text("""
    SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent = 'responses'::regclass""")


class Partition(Struct, frozen=True):
    """One partition; `month` is the month's first day, None for the partition of all other ids."""

    month: date | None
    responses: int


def tables_alone(connection: Connection) -> None:
    """Wait until no other process changes tables, and block them until the end of the transaction."""
    hold(connection, Lock.TABLES)


def around(now: datetime, *, behind: int = BEHIND, ahead: int = AHEAD) -> list[date]:
    """The months from `behind` before `now` to `ahead` after it, by their first days."""
    at = now.astimezone(UTC)
    return [_month(at.year * 12 + at.month - 1 + step) for step in range(-behind, ahead + 1)]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def bounds(month: date) -> tuple[str, str]:
    """The lowest id of a month, and of the month after it."""
    number = month.year * 12 + month.month - 1
    first, after = (datetime(each.year, each.month, 1, tzinfo=UTC) for each in (month, _month(number + 1)))
    return lowest_uuid7(first), lowest_uuid7(after)


def name_of(month: date) -> str:
    """The name of a month's table."""
    return f"responses_{month:%Y_%m}"


def there(connection: Connection) -> list[date]:
    """The months that have a partition, in their order."""
    if connection.dialect.name != "postgresql":
        return []
    matches = [_NAME.fullmatch(name) for name in connection.execute(_THERE).scalars()]
    return sorted(date(int(each[1]), int(each[2]), 1) for each in matches if each)


def ensure(connection: Connection, now: datetime | None = None, *, ahead: int = AHEAD) -> list[date]:
    """Make the months around `now` (else around the database's own clock) in the open write transaction.

    Returns those that were made. Raises sqlalchemy's OperationalError if another session held the tables for
    longer than LOCK_WAIT.
    """
    if connection.dialect.name != "postgresql":
        return []
    if now is None:
        now = connection.exec_driver_sql("SELECT now()").scalar_one()
    return make(connection, around(now, ahead=ahead))


def make(connection: Connection, months: Iterable[date]) -> list[date]:
    """Make those of `months` that have no partition; returns the months that were made."""
    wanted = set(months)
    if connection.dialect.name != "postgresql" or wanted <= set(there(connection)):
        return []
    tables_alone(connection)
    missing = sorted(wanted - set(there(connection)))
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    _keep_away(connection, missing)
    for month in missing:
        _make(connection, month)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{before}'")
    return missing


def _keep_away(connection: Connection, months: Sequence[date]) -> None:
    """Lock responses_elsewhere, and all partitions too if ids will leave it.

    A query that only waits for responses_elsewhere has already chosen its partitions: it would find the ids
    neither there nor in the new month. The parent table is always locked first, in the order of readers; so a
    transaction that began without that lock is given up if such ids arrived meanwhile.
    """
    elsewhere = f"LOCK TABLE {ELSEWHERE} IN ACCESS EXCLUSIVE MODE"
    # Only a vacuum, or another change of tables, conflicts with this lock.
    connection.exec_driver_sql("LOCK TABLE ONLY responses IN SHARE UPDATE EXCLUSIVE MODE")
    if not _late(connection, months):
        before = connection.begin_nested()
        connection.exec_driver_sql(elsewhere)
        if not _late(connection, months):
            before.commit()
            return
        before.rollback()
    connection.exec_driver_sql("LOCK TABLE ONLY responses IN ACCESS EXCLUSIVE MODE")
    connection.exec_driver_sql(elsewhere)


def _late(connection: Connection, months: Sequence[date]) -> bool:
    """Whether responses_elsewhere holds ids of one of these months."""
    found = text(f"SELECT EXISTS (SELECT FROM {ELSEWHERE} WHERE id >= :first AND id < :after)")
    return any(
        connection.execute(found, dict(zip(("first", "after"), bounds(month), strict=True))).scalar_one()
        for month in months
    )


def _make(connection: Connection, month: date) -> None:
    name, (first, after) = name_of(month), bounds(month)
    statements = (
        f"CREATE TABLE {name} (LIKE responses INCLUDING DEFAULTS)",
        f"WITH late AS (DELETE FROM {ELSEWHERE} WHERE id >= '{first}' AND id < '{after}' RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM late",
        # A constraint over all months would have to include the id, so this one is per month; see ingest.py.
        f"CREATE UNIQUE INDEX {name}_device_seq ON {name} (device, seq)",
        f"ALTER TABLE responses ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{after}')",
    )
    for statement in statements:
        connection.exec_driver_sql(statement)


@contextmanager
def unless_held() -> Iterator[None]:
    """Give up if another session, such as a backup, holds the tables for longer than LOCK_WAIT.

    The next months exist already, and the rest is done the next time.
    """
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise


def look(connection: Connection) -> None:
    """Update the statistics of the parent table: autovacuum analyses only the single partitions."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE responses")


def drop_empty(connection: Connection, now: datetime) -> list[date]:
    """Drop empty partitions of months before those around `now`; returns the months that were dropped."""
    first = around(now)[0]
    found = [
        month for month in there(connection) if month < first and not _count(connection, name_of(month), 1)
    ]
    if not found:
        return []
    tables_alone(connection)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    connection.exec_driver_sql("LOCK TABLE responses IN ACCESS EXCLUSIVE MODE")
    # Checked again under the lock: no other session can store anything or drop a month now.
    left = set(there(connection))
    gone = [month for month in found if month in left and not _count(connection, name_of(month), 1)]
    for month in gone:
        connection.exec_driver_sql(f"DROP TABLE {name_of(month)}")
    return gone


def partitions(connection: Connection) -> list[Partition]:
    """Every partition with how many responses it holds."""
    months = there(connection)
    found = [Partition(month, _count(connection, name_of(month))) for month in months]
    return [*found, Partition(None, _count(connection, ELSEWHERE if months else "responses"))]


def _count(connection: Connection, table: str, most: int | None = None) -> int:
    limit = "" if most is None else f"LIMIT {most}"
    query = f"SELECT count(*) FROM (SELECT 1 FROM {table} {limit}) AS found"
    return int(connection.exec_driver_sql(query).scalar_one())
