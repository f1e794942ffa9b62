"""A centre's database moved from SQLite to PostgreSQL: every row of every table, compared afterwards.

Promises (each has a test of this name):
- both ends hold the same rows: each table's count and digest are compared before anything is committed;
- it moves into an empty database alone, and all of it is there or nothing: after a move that was killed the
  target has tables without rows, which is refused until the database is made again;
- new rows continue the numbers of the old ones, also of rows that were deleted, and cursors stay valid;
- the audit log is unbroken afterwards, with one line more that says that it was moved;
- the source stays as it is.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Engine, Table, delete, func, inspect, select, text

from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, recording
from sync.central.store import partitions
from sync.central.store.all_tables import metadata
from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.schema import responses
from sync.central.store.statistics import gather
from sync.central.store.upgrade import migrate
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import AUDIT_LOG_CHANGED, DATABASE_MOVED_WRONG, DATABASE_NOT_EMPTY

FIRST_YEAR = 2020
"""No response of this product is older; what a wrong clock made before stays in responses_elsewhere."""
_ROWS = 1000  # read at once
_MODULUS = 1 << 256  # of the sums of SHA-256


class Held(Struct, frozen=True):
    """What a table holds. digest: the sum of its rows' SHA-256, so that their order does not matter."""

    rows: int
    digest: int


# The table, how many of its rows are there, and how many there will be.
Progress = Callable[[str, int, int], None]


def move(source: Engine, target: Engine, by: By, *, progress: Progress = lambda *_: None) -> dict[str, Held]:
    """Copy all of the SQLite database at `source` into the empty PostgreSQL database at `target`.

    Both have this version's tables afterwards. Nothing else may write to the source meanwhile. Returns what
    each table holds. Raises ProblemError HL5200 if the target is not empty, HL5201 if the two differ, HL5008
    if the audit log is broken; nothing is committed then.
    """
    with reading(target) as there:
        if names := inspect(there).get_table_names():
            raise ProblemError(DATABASE_NOT_EMPTY(where="--to", detail=f"{len(names)} bảng"))
    migrate(target, by.now)
    with reading(source) as here:
        months = _months_of(here, by.now)
        with writing(target) as there:
            partitions.make(there, months)
        with writing(target) as there:
            one_at_a_time(there)
            for table in reversed(metadata.sorted_tables):  # what `migrate` wrote
                there.execute(delete(table))
            moved = {table.name: _copy(here, there, table, progress) for table in metadata.sorted_tables}
            _continue_numbers(here, there)
            _check(there, moved)
            detail = f"{sum(held.rows for held in moved.values())} rows"
            with recording(there, by) as act:
                act.note("move-database", "PostgreSQL", detail)
            gather(there)
    return moved


def held_in(connection: Connection, table: Table) -> Held:
    """What this table holds."""
    rows, digest = 0, 0
    for row in _rows(connection, table):
        rows, digest = rows + 1, _added(digest, row)
    return Held(rows, digest)


def differences(connection: Connection, wanted: dict[str, Held]) -> list[str]:
    """The names of tables that don't hold this."""
    return [
        table.name for table in metadata.sorted_tables if held_in(connection, table) != wanted[table.name]
    ]


def _check(there: Connection, moved: dict[str, Held]) -> None:
    if wrong := differences(there, moved):
        raise ProblemError(DATABASE_MOVED_WRONG(where="--to", detail=", ".join(wrong)))
    line = chain.verify(there)[1]
    if line is not None:
        raise ProblemError(AUDIT_LOG_CHANGED(where="--to", detail=f"dòng {line}"))


def _rows(connection: Connection, table: Table) -> Iterator[tuple[object, ...]]:
    query = select(*table.columns).execution_options(yield_per=_ROWS)
    yield from map(tuple, connection.execute(query))


def _added(digest: int, row: tuple[object, ...]) -> int:
    line = hashlib.sha256(msgspec.msgpack.encode(row)).digest()
    return (digest + int.from_bytes(line)) % _MODULUS


def _copy(here: Connection, there: Connection, table: Table, progress: Progress) -> Held:
    """Copy a table; returns what was read, for the comparison with what was stored."""
    total = here.execute(select(func.count()).select_from(table)).scalar_one()
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = there.connection.driver_connection
    assert driver is not None
    rows, digest = 0, 0
    progress(table.name, 0, total)
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
    ):
        for row in _rows(here, table):
            copy.write_row(row)
            rows, digest = rows + 1, _added(digest, row)
            if rows % _ROWS == 0:
                progress(table.name, rows, total)
    progress(table.name, rows, total)
    return Held(rows, digest)


def _months_of(here: Connection, now: datetime) -> list[date]:
    """The months in which there are responses: each gets its own table."""
    back = (now.year - FIRST_YEAR) * 12 + now.month - 1

    def has_some(month: date) -> bool:
        first, after = partitions.bounds(month)
        within = (responses.c.id >= first) & (responses.c.id < after)
        return here.execute(select(responses.c.id).where(within).limit(1)).first() is not None

    return [month for month in partitions.around(now, behind=back) if has_some(month)]


def _continue_numbers(here: Connection, there: Connection) -> None:
    """Let each sequence continue after the highest number that the source has ever given."""
    given = {row.name: row.seq for row in here.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    sequence_of = text("SELECT pg_get_serial_sequence(:table, :column)")
    for table in metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, BigInteger):
                continue
            names = {"table": table.name, "column": column.name}
            sequence = there.execute(sequence_of, names).scalar()
            highest = max(here.execute(select(func.max(column))).scalar() or 0, given.get(table.name, 0))
            if sequence and highest:
                there.execute(text("SELECT setval(:name, :highest)"), {"name": sequence, "highest": highest})
