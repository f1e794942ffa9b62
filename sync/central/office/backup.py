"""Backups taken while the centre runs, checked before they are trusted, and restored without losing anyone.

SQLite: the online backup API, into one file. PostgreSQL: pg_dump and pg_restore, custom format.

Promises:
- a backup is whole or not there: written beside its name, synced, renamed;
- a copy that is looked at is gone afterwards; where the process was killed, when the next command or server
  begins (scratch.py), on PostgreSQL with the next check;
- a backup is restored only after its check: sound pages, every response's bytes match their digest, the audit
  log is unbroken, the ledgers name every stored response;
- a restore raises the epoch above every epoch there was, also where nothing but the backup is left: devices
  then compare what the centre holds with their receipts and offer what is missing, and old pull cursors are
  answered with a safe place to begin again;
- a restore can be killed at any moment: the copy is examined and given its epoch under a name of its own, and
  one rename makes it the database. Before it the old database serves under the old epoch, after it the new
  one under the new;
- what was decided after the backup is carried over from the database that it replaces, where that can be
  read (carrying.py): no revoked token or tablet comes back to life, and corrections hold;
- the replaced database stays beside the new one under another name, until a person removes it.

Keys and case lists are not in a backup: keep the folder `keys/` apart from it, in another place. Who has both
can read which dossier was rated how.
"""

import fcntl
import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
from alembic.util import CommandError
from msgspec import Struct
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import DBAPIError, NoResultFound

from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.carrying import Carried, Decisions, carry, read_decisions
from sync.central.office.removal import scrub
from sync.central.store.database import one_at_a_time, open_database, parse_url, reading
from sync.central.store.facts import read_epoch
from sync.central.store.schema import devices, facts, responses
from sync.central.store.scratch import Scratch
from sync.central.store.upgrade import migrate
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BACKUP_FAILED
from sync.contract.ranges import Ranges, to_ranges, union

# Epochs of restores count minutes from here, so that no two restores give the same one.
_EPOCH_ZERO = datetime(2020, 1, 1, tzinfo=UTC)


class Checked(Struct, frozen=True):
    """What a sound backup holds. newest: when its last response arrived, milliseconds since 1970.

    carried: what a restore added to it, see carrying.py; None where there was nothing that could be read.
    """

    responses: int
    devices: int
    epoch: int
    newest: int
    carried: Carried | None = None


# --- backing up --------------------------------------------------------------------------------------


def keep_backup(
    engine: Engine, target: Path, by: By, *, server: str | None = None, scratch: Scratch | None = None
) -> Checked:
    """Back up into a new file, and check it as `check` does; raises ProblemError HL5009."""
    back_up(engine, target)
    found = check(target, server, scratch)
    with acting(engine, by) as act:
        act.note("backup", target.name, f"{found.responses} responses")
    return found


def back_up(engine: Engine, target: Path) -> None:
    """Write all of the database into a new file, while others go on; raises ProblemError HL5009."""
    if target.exists():
        raise ProblemError(BACKUP_FAILED(where=str(target), detail="đã có tệp này"))
    draft = target.with_name(f".{target.name}.part")
    held = -1
    try:
        draft.unlink(missing_ok=True)
        # As long as this process lives, nobody takes the draft for one that was left, see copies.py.
        held = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        if engine.dialect.name == "postgresql":
            _run("pg_dump", ["--format=custom", "--no-owner", f"--file={draft}"], _url(engine))
        else:
            _copy_sqlite(_sqlite_file(engine), draft)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise ProblemError(BACKUP_FAILED(where=str(target), detail=type(error).__name__)) from error
    finally:
        draft.unlink(missing_ok=True)
        if held >= 0:
            os.close(held)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Page by page through SQLite's own backup: one moment of the database, whoever writes meanwhile."""
    reader = sqlite3.connect(source.resolve().as_uri() + "?mode=ro", uri=True)
    writer = sqlite3.connect(target)
    try:
        reader.backup(writer)
        # One file to carry about: without this it would want its write-ahead log beside it.
        writer.execute("PRAGMA journal_mode=DELETE").close()
    finally:
        writer.close()
        reader.close()


# --- checking ----------------------------------------------------------------------------------------


def check(file: Path, server: str | None = None, scratch: Scratch | None = None) -> Checked:
    """What the backup in `file` holds; raises ProblemError HL5009 where it is not sound. Changes nothing.

    server: for a backup of PostgreSQL the URL of a database on a server where another one may be made.
    scratch: where a copy of one of SQLite is looked at.
    """
    kind = _kind_of(file)
    if kind == "sqlite":
        with (scratch or Scratch(Path(tempfile.gettempdir()))).folder() as folder:
            copy = folder / "central.db"
            shutil.copyfile(file, copy)
            return _check_database(f"sqlite:///{copy}", file)
    if server is None or server.startswith("sqlite"):
        raise _unusable(file, "a dump of PostgreSQL: name its server by --database")
    with _beside(server, file) as url:
        return _check_database(url, file)


def _check_database(url: str, file: Path) -> Checked:
    """Bring a copy of the backup to this version, and look at every row."""
    engine = open_database(url)
    try:
        migrate(engine)
        with reading(engine) as connection:
            return _examine(connection, file)
    except (DBAPIError, msgspec.DecodeError, NoResultFound, CommandError) as error:
        raise _unusable(file, type(error).__name__) from error
    finally:
        engine.dispose()


def _kind_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            magic = opened.read(16)
    except OSError as error:
        raise ProblemError(BACKUP_FAILED(where=str(file), detail=error.strerror or "")) from error
    if magic.startswith(b"SQLite format 3"):
        return "sqlite"
    if magic.startswith(b"PGDMP"):
        return "postgresql"
    raise _unusable(file, "not a backup")


def _examine(connection: Connection, file: Path) -> Checked:
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        if found != ["ok"]:
            raise _unusable(file, "damaged pages")
    rows, newest = 0, 0
    seqs: dict[str, list[int]] = {}
    columns = (
        responses.c.device,
        responses.c.seq,
        responses.c.digest,
        responses.c.body,
        responses.c.received_at,
    )
    for row in connection.execution_options(yield_per=1000).execute(select(*columns)):
        if hashlib.sha256(row.body).digest() != bytes(row.digest):
            raise _unusable(file, f"{row.device} {row.seq}: not the bytes that were stored")
        seqs.setdefault(row.device, []).append(row.seq)
        rows, newest = rows + 1, max(newest, row.received_at)
    known = {row.id: row.held for row in connection.execute(select(devices.c.id, devices.c.held))}
    for device, stored in seqs.items():
        held = msgspec.json.decode(known.get(device, "[]"), type=Ranges)
        if union(held, to_ranges(stored)) != held:
            raise _unusable(file, f"{device}: its ledger misses stored responses")
    _, wrong = chain.verify(connection)
    if wrong is not None:
        raise _unusable(file, f"audit log, line {wrong}")
    return Checked(rows, len(known), read_epoch(connection), newest)


# --- restoring ---------------------------------------------------------------------------------------


def restore(file: Path, url: str, by: By) -> Checked:
    """Put the backup in `file` in the place of the database at `url`. The centre must not run meanwhile.

    Raises ProblemError HL5009; the database is as it was then.
    """
    on_sqlite = url.startswith("sqlite")
    if on_sqlite != (_kind_of(file) == "sqlite"):
        raise _unusable(file, "of the other kind of database")
    before = _before(url)
    if on_sqlite:
        target = Path(str(parse_url(url).database))
        with _draft_of(file, target) as draft:
            found = _prepared(f"sqlite:///{draft}", file, before=before, by=by)
            _put_sqlite(draft, target, by.now)
    else:
        with _beside(url, file) as fresh:
            found = _prepared(fresh, file, before=before, by=by)
            _put_postgres(fresh, url, by.now)
    return found


class _Before(Struct, frozen=True):
    """The database that is about to be replaced, as far as it can be read: 0 and None where it can't."""

    epoch: int = 0
    decided: Decisions | None = None


def _prepared(url: str, file: Path, *, before: _Before, by: By) -> Checked:
    """Examine the copy of `file` at `url`, and make it ready before it has the database's name."""
    found = _check_database(url, file)
    engine = open_database(url)
    try:
        with acting(engine, by) as act:
            carried = carry(act, before.decided) if before.decided else None
            epoch = raise_epoch(act, at_least=before.epoch)
        if carried and carried.forgotten:
            scrub(engine)
    finally:
        engine.dispose()
    return replace(found, epoch=epoch, carried=carried)


def raise_epoch(act: Act, *, at_least: int = 0) -> int:
    """Begin a new epoch, above every one there was; what is here counts as arrived at its beginning.

    at_least: the epoch that was in use before, where it is known. The centre is restarted after it.
    """
    connection = act.connection
    one_at_a_time(connection)
    minutes = int((act.now - _EPOCH_ZERO).total_seconds() // 60)
    epoch = max(read_epoch(connection), at_least, minutes) + 1
    connection.execute(update(facts).where(facts.c.name == "epoch").values(value=str(epoch)))
    # Transactions of another server counted differently: cursors of this epoch begin with what is here.
    connection.execute(update(responses).where(responses.c.xid != 0).values(xid=0))
    act.note("restore", f"epoch {epoch}")
    return epoch


def _before(url: str) -> _Before:
    """What the database that is about to be replaced says; what can't be read any more is left out."""
    if url.startswith("sqlite") and not Path(str(parse_url(url).database)).exists():
        return _Before()
    engine = open_database(url)
    found = _Before()
    try:
        with reading(engine) as connection:
            found = _Before(read_epoch(connection))
            found = _Before(found.epoch, read_decisions(connection))
    except (DBAPIError, NoResultFound):
        return found
    finally:
        engine.dispose()
    return found


@contextmanager
def _draft_of(file: Path, target: Path) -> Iterator[Path]:
    """A copy of the backup next to the database it is meant for; removed unless it was put in place."""
    draft = target.with_name(f".{target.name}.part")
    parts = [draft.with_name(draft.name + suffix) for suffix in ("", "-wal", "-shm")]
    try:
        for part in parts:  # of a restore that was killed
            part.unlink(missing_ok=True)
        shutil.copyfile(file, draft)
        draft.chmod(0o600)
        yield draft
    except OSError as error:
        raise ProblemError(BACKUP_FAILED(where=str(target), detail=type(error).__name__)) from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _put_sqlite(draft: Path, target: Path, now: datetime) -> None:
    """Let the draft be the database by one rename; the one it replaces keeps a second name from before."""
    aside = _free_name(target.with_name(f"{target.name}.before-{now:%Y%m%d-%H%M%S}"))
    _alone(draft)
    _sync(draft)
    if target.exists():
        _refuse_running(target)
        for suffix in ("-wal", "-shm"):  # of a damaged database: SQLite would add them to the new one
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        os.link(target, aside)
        _sync(target.parent)
    draft.replace(target)
    _sync(target.parent)


def _free_name(wished: Path) -> Path:
    """This name, or with the first number behind it that no file has: nothing is written over."""
    names = (wished.with_name(f"{wished.name}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([wished], names) if not name.exists())


def _alone(file: Path) -> None:
    """Write the database's log into its one file, so that a rename takes all of it along."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()


def _refuse_running(target: Path) -> None:
    """Raise HL5009 where somebody has the database open: who leaves WAL mode has to be alone."""
    connection = sqlite3.connect(target, timeout=0)
    try:
        connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as error:
        detail = "đang được dùng: dừng trung tâm trước"
        raise ProblemError(BACKUP_FAILED(where=str(target), detail=detail)) from error
    except sqlite3.DatabaseError:
        return  # damaged: that is what the backup is for
    finally:
        connection.close()


@contextmanager
def _beside(url: str, file: Path) -> Iterator[str]:
    """The dump in `file` as a database beside the one at `url`; dropped afterwards if it is still there."""
    name = f"{_RESTORED}{os.getpid()}"
    fresh = parse_url(url).set(database=name).render_as_string(hide_password=False)
    with _server(url) as connection:
        # The lock ends with this process, however it ends: what has none was left by one that was killed.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        _drop_left(connection)
        connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            # Rights on the server's own functions are in the dump too, and not ours to grant.
            _run("pg_restore", ["--no-owner", "--no-privileges", "--single-transaction", str(file)], fresh)
            yield fresh
        finally:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


# Names of databases that are a copy for a while.
_RESTORED = "hailong_restore_"


def _drop_left(connection: psycopg.Connection) -> None:
    """Drop the copies of our own that nobody works on any more."""
    ours = (
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        " AND pg_get_userbyid(datdba) = current_user"
    )
    for (name,) in connection.execute(ours, [_RESTORED]).fetchall():
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        if row and row[0]:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def _put_postgres(fresh: str, url: str, now: datetime) -> None:
    """Give the restored database the name of the one it replaces; refused while anybody is connected."""
    target, restored = parse_url(url).database or "", parse_url(fresh).database or ""
    rename = SQL("ALTER DATABASE {} RENAME TO {}")
    with _server(url) as connection, connection.transaction():
        wished = f"{target}_before_{now:%Y%m%d_%H%M%S}"
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        names = itertools.chain([wished], (f"{wished}_{number}" for number in itertools.count(2)))
        aside = next(name for name in names if name not in there)
        connection.execute(rename.format(Identifier(target), Identifier(aside)))
        connection.execute(rename.format(Identifier(restored), Identifier(target)))


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection]:
    """A connection to the server of `url`, to no database of ours."""
    elsewhere = parse_url(url).set(database="postgres").render_as_string(hide_password=False)
    try:
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        detail = (
            f"{type(error).__name__}: tài khoản này có quyền tạo cơ sở dữ liệu, và trung tâm đã dừng chưa?"
        )
        raise ProblemError(BACKUP_FAILED(where="PostgreSQL", detail=detail)) from error


# --- programs and files ------------------------------------------------------------------------------


# How PostgreSQL's programs hear what a URL says.
_PG = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def _run(program: str, arguments: list[str], url: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password goes by the environment, not the list."""
    parts = conninfo_to_dict(url)
    environment = {**os.environ, **{_PG[key]: str(value) for key, value in parts.items() if key in _PG}}
    command = [program, f"--dbname={parts['dbname']}", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ProblemError(BACKUP_FAILED(where=program, detail=error.strerror or "")) from error
    if done.returncode:
        # The program's own first line names tables and files, never a row.
        detail = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0][:200]
        raise ProblemError(BACKUP_FAILED(where=program, detail=detail))


def _url(engine: Engine) -> str:
    url = engine.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _sqlite_file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(file: Path, detail: str) -> ProblemError:
    return ProblemError(BACKUP_FAILED(where=str(file), detail=detail))
