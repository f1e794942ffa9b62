"""The order of arrival: where a pull stopped, and which rows may be returned after that.

A cursor is `<epoch>-<position>`, or `<epoch>-<xid>-<position>` on PostgreSQL. Promise: a pull that continues
after the last row it got will get every row there will ever be, each once.

    SQLite       has one writer at a time: positions become visible in their order.
    PostgreSQL   commits out of order: a row can become visible after others with higher positions. So rows
                 are ordered by the transaction that wrote them (`xid`, 64 bits), and a row is only returned
                 if its transaction is older than every one that still runs: no row can appear before it any
                 more. Transactions of other databases of the same server share the counter, but can't write
                 here: they are left out, because an idle one there would delay every pull.

A cursor of another epoch (the centre was restored since) is HL4014 with a safe place to restart.
"""

import re
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, literal_column, tuple_

from sync.central.store.schema import responses
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import CURSOR_STALE, PARAMETER_INVALID

# The pattern of a cursor, for the documentation of parameters.
CURSOR_PATTERN = whole("([0-9]{1,9}(-[0-9]{1,18}){1,2})?")
_CURSOR = re.compile(CURSOR_PATTERN, re.ASCII)

# The oldest transaction that runs in this database, or the next one there will be. One statement has one
# snapshot, so this agrees with the rows of the same query. Every role may read the columns of
# pg_stat_activity that are used.
_OLDEST_WRITER = """(
    SELECT coalesce(
        (SELECT min(running::text::bigint) FROM pg_snapshot_xip(now.snapshot) AS running
         WHERE NOT EXISTS (
             SELECT FROM pg_stat_activity AS other
             WHERE other.backend_xid = running::xid AND other.datname <> current_database())),
        pg_snapshot_xmax(now.snapshot)::text::bigint)
    FROM (SELECT pg_current_snapshot() AS snapshot) AS now)"""


_LAG = """
    SELECT greatest(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0), 0)
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()"""


class Place(Struct, frozen=True, order=True):
    """A place in the order of arrival: after the row with this transaction and position."""

    xid: int = 0
    position: int = 0


class StaleCursorError(ProblemError):
    """A cursor of an older epoch; `restart` is the cursor to begin again with."""

    def __init__(self, restart: str) -> None:
        super().__init__(CURSOR_STALE(where="after"))
        self.restart = restart


def parse_cursor(after: str, epoch: int) -> Place:
    """The place of a cursor; the beginning for "". Raises ProblemError HL4013, or StaleCursorError."""
    if not after:
        return Place()
    if not _CURSOR.match(after):
        raise ProblemError(PARAMETER_INVALID(where="after", detail="con trỏ có dạng như 1-412"))
    of, *numbers = map(int, after.split("-"))
    if of != epoch:
        raise StaleCursorError(f"{epoch}-0")
    return Place(*numbers) if len(numbers) == 2 else Place(0, numbers[0])


def cursor_text(epoch: int, place: Place) -> str:
    """The cursor of a place."""
    return f"{epoch}-{place.xid}-{place.position}" if place.xid else f"{epoch}-{place.position}"


def behind(connection: Connection, place: Place) -> ColumnElement[bool]:
    """The condition for rows of `responses` after `place` that may be returned now."""
    if connection.dialect.name != "postgresql":
        return responses.c.position > place.position
    return and_(
        tuple_(responses.c.xid, responses.c.position) > tuple_(place.xid, place.position),
        responses.c.xid < literal_column(_OLDEST_WRITER),
    )


def lag_seconds(connection: Connection) -> float:
    """Seconds for which the oldest transaction that still writes here has delayed pulls; 0 on SQLite."""
    if connection.dialect.name != "postgresql":
        return 0.0
    return float(connection.exec_driver_sql(_LAG).scalar_one())


def order(connection: Connection) -> tuple[ColumnElement[Any], ...]:
    """The columns to order rows of `responses` by."""
    if connection.dialect.name != "postgresql":
        return (responses.c.position,)
    return (responses.c.xid, responses.c.position)
