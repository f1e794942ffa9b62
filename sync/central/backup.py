"""A copy of the database while it is in use, and the way back.

A restored database is older than what devices and administrators remember. So restoring raises the *epoch*:
devices
see it in the next receipt or heartbeat and offer again what is missing, and a pull that goes on from a
cursor of the old epoch is told where to restart. Over PostgreSQL the copy is pg_dump's or the server's own;
`raise_epoch` is all that has to be done after it was brought back.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, update

from sync.central import audit
from sync.central.schema import facts
from sync.central.setup import read_epoch
from sync.contract.problem import ProblemError, problem


def back_up(database: Path, copy: Path) -> None:
    """Copy the SQLite file `database` to `copy`, whole at one moment; durable on return.

    Raises ProblemError HL5009 where it can't be written or exists already.
    """
    draft = copy.with_name(copy.name + ".new")
    if copy.exists():
        raise ProblemError(problem("HL5009", where=str(copy), detail="exists already"))
    try:
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target, pages=1000)
        draft.chmod(0o600)
        descriptor = os.open(draft, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        draft.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise ProblemError(problem("HL5009", where=str(copy), detail=type(error).__name__)) from error


def check(copy: Path) -> tuple[int, int]:
    """How many responses a copy holds, and its epoch; raises ProblemError HL5009 where it is damaged."""
    if not copy.exists():
        raise ProblemError(problem("HL5009", where=str(copy), detail="not there"))
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
            if sound != "ok":
                raise ProblemError(problem("HL5009", where=str(copy), detail="damaged"))
            (count,) = connection.execute("SELECT count(*) FROM responses").fetchone()
            (epoch,) = connection.execute("SELECT value FROM facts WHERE name = 'epoch'").fetchone()
            return count, int(epoch)
    except sqlite3.Error as error:
        raise ProblemError(problem("HL5009", where=str(copy), detail=type(error).__name__)) from error


def restore(copy: Path, database: Path) -> None:
    """Put a copy in the place of the SQLite file `database`, which is kept beside it. The centre must not
    run.

    Raises ProblemError HL5009. `raise_epoch` has to follow.
    """
    check(copy)
    try:
        if database.exists():
            with closing(sqlite3.connect(database)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.replace(database.with_name(database.name + ".before-restore"))
        for tail in ("-wal", "-shm"):
            database.with_name(database.name + tail).unlink(missing_ok=True)
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database)) as target:
            source.backup(target)
        database.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise ProblemError(problem("HL5009", where=str(database), detail=type(error).__name__)) from error


def raise_epoch(connection: Connection, *, at_least: int, now: datetime, who: str) -> int:
    """Begin a new epoch, above every one that was ever used, and return it; the centre is restarted after it.

    at_least: the epoch that was in use before the restore, where it is known.
    """
    epoch = max(read_epoch(connection), at_least) + 1
    connection.execute(update(facts).where(facts.c.name == "epoch").values(value=str(epoch)))
    audit.record(connection, now=now, who=who, act="restore", subject=f"epoch {epoch}")
    return epoch
