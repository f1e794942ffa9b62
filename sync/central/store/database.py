"""One engine for the whole centre: SQLite in WAL mode by default, PostgreSQL if a URL names it.

A receipt promises that a power cut can't take the response away: SQLite runs with synchronous=FULL, and
PostgreSQL with synchronous_commit=on, whatever the server's default is.

If several servers can take over from each other, the URL names them all, in libpq's form:
`postgresql://hailong@one,two,three/hailong?target_session_attrs=read-write`. When another one takes over,
requests under way fail with a numbered problem and devices retry; the next connection is to the new server.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.pq import Format
from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event
from sqlalchemy import Connection as Connection  # for those who pass a connection on and know no SQL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from sync.central.store.locks import Lock, hold
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_ADDRESS_INVALID, DATABASE_NOT_UTF8

_SQLITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # deleted rows are overwritten, not just unlinked
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-2048",  # of each connection; what is mapped is the kernel's, once for all
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=2147418112",
    "PRAGMA wal_autocheckpoint=4000",
)

_SQLITE_FILE = "sqlite:///"

# A server whose machine lost its power would block for hours. Seconds; the last in milliseconds.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# A request needs several connections, one after the other: trying each was a tenth of its waiting.
_SILENT_SECONDS = 1.0
_GIVEN_BACK = "given back"
# For queries of many rows: PostgreSQL sends them in its binary format, which needs no parsing of text.
BINARY = {"binary": True}


def open_database(url: str, connections: int = 16) -> Engine:
    """The engine for a URL such as sqlite:////srv/central.db or postgresql://…; raises HL5019.

    connections: the most it opens; half of them are kept open.

    Connecting raises HL5029 if a PostgreSQL database is not encoded in UTF-8.
    """
    address = parse_url(url)
    on_postgres = address.get_backend_name() == "postgresql"
    patience = {name: value for name, value in _PATIENCE.items() if name not in address.query}
    engine = create_engine(
        address.set(drivername="postgresql+psycopg") if on_postgres else address,
        connect_args=patience if on_postgres else {},
        pool_size=connections // 2,
        max_overflow=connections - connections // 2,
        # Last in, first out: every connection has a cache, so a few warm ones are used again and again.
        pool_use_lifo=True,
        hide_parameters=True,  # an error's text must not quote what a citizen said
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # Checked before the driver's own first queries: it can't read their results in another encoding.
        event.listen(engine, "connect", _connect_postgres, insert=True)
        event.listen(engine, "before_cursor_execute", _choose_format)
        event.listen(engine, "handle_error", _leave_standby)
        event.listen(engine, "checkin", _note_when)
        event.listen(engine, "checkout", _try_after_silence)
    return engine


def parse_url(url: str) -> URL:
    """A URL in SQLAlchemy's form, which libpq reads too: several hosts go after the question mark.

    Raises ProblemError HL5019 if it can't be parsed, or names another kind of database; the problem never
    quotes it, because it holds a password.
    """
    try:
        address = _parse_url(url)
    except (ArgumentError, psycopg.ProgrammingError, ValueError):
        raise ProblemError(DATABASE_ADDRESS_INVALID(where="--database")) from None
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise ProblemError(DATABASE_ADDRESS_INVALID(where="--database"))
    return address


def _parse_url(url: str) -> URL:
    if url.startswith(_SQLITE_FILE):  # the rest is a path, in which a question mark is an ordinary character
        return URL.create("sqlite", database=url.removeprefix(_SQLITE_FILE))
    if not url.startswith("postgresql:"):
        return make_url(url)
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    hosts = parts.get("host", "").split(",")
    if len(hosts) == 1:
        return make_url(url)
    ports = parts.pop("port", "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    user, password, database = (parts.pop(name, None) for name in ("user", "password", "dbname"))
    query = {**parts, "port": ",".join(port or "5432" for port in ports)}
    return URL.create("postgresql", user, password, database=database, query=query)


def _connect_sqlite(connection: Any, _: Any) -> None:
    # The driver's own handling of transactions is switched off: _begin_sqlite begins them.
    connection.isolation_level = None
    for pragma in _SQLITE:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer locks at once: upgrading a read lock later can fail with SQLITE_BUSY after work was done.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing(connection) else "BEGIN")


def _connect_postgres(connection: Any, _: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ProblemError(DATABASE_NOT_UTF8(detail=str(encoding)))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        # Compiling takes longer than the statements of this product, which are many and short.
        cursor.execute("SET jit TO off")
        cursor.execute("SET idle_in_transaction_session_timeout TO '60s'")
    connection.commit()


def _note_when(_: Any, record: ConnectionPoolEntry) -> None:
    record.info[_GIVEN_BACK] = time.monotonic()


def _try_after_silence(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Try a connection that was silent, as its server may have ended; one that was just used needs no try."""
    if time.monotonic() - record.info.get(_GIVEN_BACK, time.monotonic()) > _SILENT_SECONDS:
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def _leave_standby(context: ExceptionContext) -> None:
    """Close all connections if the server became a standby: it refuses writes but keeps them open."""
    if isinstance(context.original_exception, ReadOnlySqlTransaction):
        context.is_disconnect = True


def _choose_format(_: Connection, cursor: Any, __: str, ___: Any, context: Any, ____: bool) -> None:
    if context.execution_options.get("binary"):
        cursor.format = Format.BINARY


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a write transaction: committed and durable at the end, rolled back on any exception."""
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        yield connection


def is_writing(connection: Connection) -> bool:
    """Whether this connection is from `writing`."""
    return bool(connection.get_execution_options().get("write", False))


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other transaction holds this lock, before reading what the same transaction then writes.

    On SQLite a write transaction is alone anyway; on PostgreSQL batches are stored concurrently. This lock is
    taken before all others, see locks.py.
    """
    hold(connection, Lock.ALONE)


def along_the_index(connection: Connection) -> None:
    """Let PostgreSQL read in the order of an index until the transaction ends, instead of sorting.

    For one page of a table's remaining rows it would do so by itself, but only once it has statistics of the
    table: after a restore it has none. It also underrates an index on texts.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)"
        )


# SQLite's readers see one moment anyway. PostgreSQL would let each statement see what came since the last.
_ONE_MOMENT: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment of the database; it is for reading alone."""
    with engine.connect().execution_options(**_ONE_MOMENT[engine.dialect.name]) as connection:
        yield connection
