"""Disk space reserved next to a SQLite database, so that tokens and devices can be revoked on a full disk.

Promises:
- on a full disk a token or a device can be revoked as long as the reserve exists; a server makes it when it
  starts, and every revocation makes it again;
- no other write to the database gets the space meanwhile: it is freed while the only write lock is held.

PostgreSQL's own disk needs room: see deploy/server/postgresql.conf.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from sync.central.store.database import writing
from sync.central.store.facts import existing_database

SIZE = 4 * 1024**2  # bytes: a write-ahead log of a few lines, and its index
NAME = "reserve"


def keep(data: Path) -> None:
    """Make the reserve unless it exists; if the disk has no room for it, there is none."""
    file = data / NAME
    if file.exists():
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, SIZE)
    except OSError:
        file.unlink()
    finally:
        os.close(descriptor)


@contextmanager
def making_room(data: Path, database: str | None) -> Iterator[Connection]:
    """A write transaction for a revocation, with the space of the reserve freed; raises HL5005."""
    with writing(_opened(data, database)) as connection:
        _free(data)
        yield connection
    if database is None:
        keep(data)


def _opened(data: Path, database: str | None) -> Engine:
    try:
        return existing_database(data, database)
    except (DBAPIError, sqlite3.Error):
        # If no server runs, even opening the database needs room.
        _free(data)
        return existing_database(data, database)


def _free(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)
