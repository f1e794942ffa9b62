"""The database of a running centre: a failed write is a numbered problem, and a full disk is reported."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import psycopg
from sqlalchemy import Connection, Engine, delete, insert
from sqlalchemy.exc import DBAPIError

from sync.central.store.arrival import lag_seconds
from sync.central.store.database import reading, writing
from sync.central.store.disk import DiskState, refusal
from sync.central.store.facts import read_epoch
from sync.central.store.schema import facts
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED

_ROOM = "room"  # a fact that is written for a moment: see `try_disk`
ROOM_BYTES = 512 * 1024


class Storage:
    """One database, through the connections of one engine.

    Args:
        engine: from `open_database`, migrated.
        disk: the state of the disk, if several engines share one.

    """

    def __init__(self, engine: Engine, disk: DiskState | None = None) -> None:
        self.engine = engine
        self.disk = disk or DiskState()
        self.writers = 1 if engine.dialect.name == "sqlite" else 4  # calls that may write at once

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment of the database."""
        return reading(self.engine)

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A write transaction, durable at the end; raises ProblemError HL5006."""
        try:
            with writing(self.engine) as connection:
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            self.disk.failed(refusal(error.orig if isinstance(error, DBAPIError) else error))
            raise not_usable(error) from error

    def health(self) -> tuple[int, float]:
        """The epoch, and the seconds by which pulls lag.

        Raises ProblemError HL5006 if they can't be read, or the last write found the disk full.
        """
        if self.disk.trouble:
            raise ProblemError(DATABASE_FAILED(where="disk", detail=self.disk.trouble))
        try:
            with self.reading() as connection:
                return read_epoch(connection), lag_seconds(connection)
        except DBAPIError as error:
            raise not_usable(error) from error

    def try_disk(self) -> None:
        """After the disk refused a write, write as much as a batch, to find out when it has room again."""
        if not self.disk.trouble:
            return
        with suppress(ProblemError):
            with self.changing() as connection:
                connection.execute(delete(facts).where(facts.c.name == _ROOM))
                connection.execute(insert(facts).values(name=_ROOM, value=os.urandom(ROOM_BYTES // 2).hex()))
            with self.changing() as connection:
                connection.execute(delete(facts).where(facts.c.name == _ROOM))
            self.disk.has_room()


def not_usable(error: DBAPIError | psycopg.Error) -> ProblemError:
    """HL5006 for an error of the database or, in a COPY, its driver; their texts are left out: they may quote
    a row.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return ProblemError(DATABASE_FAILED(detail=refusal(cause) or type(cause).__name__))
