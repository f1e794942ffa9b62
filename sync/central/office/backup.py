"""Backups of a running centre: taken, checked before they are trusted, and restored without losing responses.

SQLite: the online backup API, into one file. PostgreSQL: pg_dump and pg_restore, custom format.

Promises:
- a backup is whole or not there: written under a temporary name, synced, renamed;
- a copy made for a check is deleted afterwards; if the process was killed, the next command or server deletes
  it (scratch.py), on PostgreSQL the next check;
- a backup is restored only after its check: sound pages, every response's bytes match their digest, the audit
  log is unbroken, the ledgers name every stored response, every remark and every keyed form has its
  response, remarks, alerts and remedies are where their steps lead, and every
  list of people is whole;
- a restore raises the epoch above every earlier one, even if only the backup is left: devices then compare
  what the centre holds with their receipts and send what is missing, and old pull cursors are answered with
  a safe place to begin again;
- a restore can be killed at any moment: the copy is examined and given its epoch under a temporary name, and
  one rename makes it the database. Before the rename the old database serves under the old epoch, after it
  the new one under the new epoch;
- decisions made after the backup are carried over from the database that it replaces, if that can be read
  (carrying.py): revoked tokens and tablets stay revoked, people who left stay away, corrections stay in
  force, and what was keyed stays; nobody stays signed in;
- no message that was sent is sent again (messages/restored.py);
- the replaced database stays next to the new one under another name, until a person removes it.

Keys and case lists are not in a backup: keep the folder `keys/` in another place. A person who has both can
read how each dossier was rated.
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

from sync.central.office.alerts.moving import alert_fault
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.carrying import Carried, Decisions, carry, read_decisions
from sync.central.office.letter_rows import letter_fault
from sync.central.office.messages.outbox import begin_anew
from sync.central.office.paper_kept import paper_fault
from sync.central.office.people.accounts import list_accounts
from sync.central.office.people.restored import end_sessions
from sync.central.office.remarks.moving import remark_fault
from sync.central.office.remedies.moving import remedy_fault
from sync.central.office.removal import scrub
from sync.central.office.sample.list_links import end_list_links
from sync.central.office.sample.moving import sample_fault
from sync.central.office.software import pause_software
from sync.central.store.database import one_at_a_time, open_database, parse_url, reading
from sync.central.store.facts import read_epoch
from sync.central.store.schema import devices, facts, responses
from sync.central.store.scratch import Scratch
from sync.central.store.statistics import gather
from sync.central.store.upgrade import migrate
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BACKUP_FAILED
from sync.contract.ranges import Ranges, to_ranges, union

# Epochs of restores count minutes from here, so that no two restores give the same one.
_EPOCH_ZERO = datetime(2020, 1, 1, tzinfo=UTC)


class SoundBackup(Struct, frozen=True):
    """What a sound backup holds. newest: when its last response arrived, milliseconds since 1970.

    carried: what a restore added to it, see carrying.py; None if the replaced database could not be read.
    people: the accounts that have not ended.
    """

    responses: int
    devices: int
    epoch: int
    newest: int
    carried: Carried | None = None
    people: int = 0


# --- backing up --------------------------------------------------------------------------------------


def keep_backup(
    engine: Engine, target: Path, by: By, *, server: str | None = None, scratch: Scratch | None = None
) -> SoundBackup:
    """Back up into a new file, and check it as `check` does; raises ProblemError HL5009."""
    back_up(engine, target)
    backup = check(target, server, scratch)
    with acting(engine, by) as act:
        act.note("backup", target.name, f"{backup.responses} responses")
    return backup


def back_up(engine: Engine, target: Path) -> None:
    """Write the whole database into a new file while the centre runs; raises ProblemError HL5009."""
    if target.exists():
        raise ProblemError(BACKUP_FAILED(where=str(target), detail="đã có tệp này"))
    draft = target.with_name(f".{target.name}.part")
    held = -1
    try:
        draft.unlink(missing_ok=True)
        # The lock of this process keeps tidying from deleting the draft as a leftover, see copies.py.
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
    """Copy with SQLite's online backup: a consistent snapshot, also while others write."""
    reader = sqlite3.connect(source.resolve().as_uri() + "?mode=ro", uri=True)
    writer = sqlite3.connect(target)
    try:
        reader.backup(writer)
        # Leaving WAL mode makes the backup a single file, without a write-ahead log next to it.
        writer.execute("PRAGMA journal_mode=DELETE").close()
    finally:
        writer.close()
        reader.close()


# --- checking ----------------------------------------------------------------------------------------


def check(file: Path, server: str | None = None, scratch: Scratch | None = None) -> SoundBackup:
    """What the backup in `file` holds; raises ProblemError HL5009 if it is not sound. Changes nothing.

    server: for a PostgreSQL backup, the URL of a database on a server where another one may be created.
    scratch: where the copy of a SQLite backup is checked.
    """
    kind = _kind_of(file)
    if kind == "sqlite":
        with (scratch or Scratch(Path(tempfile.gettempdir()))).folder() as folder:
            copy = folder / "central.db"
            shutil.copyfile(file, copy)
            return _check_database(f"sqlite:///{copy}", file)
    if server is None or server.startswith("sqlite"):
        raise _unusable(file, "a dump of PostgreSQL: name its server by --database")
    with _restored_copy(server, file) as url:
        return _check_database(url, file)


def _check_database(url: str, file: Path) -> SoundBackup:
    """Migrate a copy of the backup to this version, and check every row."""
    engine = open_database(url)
    try:
        migrate(engine)
        with reading(engine) as connection:
            return _examine(connection, file)
    except (DBAPIError, msgspec.DecodeError, NoResultFound, CommandError, ValueError) as error:
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


def _examine(connection: Connection, file: Path) -> SoundBackup:
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        if found != ["ok"]:
            raise _unusable(file, "damaged pages")
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise _unusable(file, "rows of nobody")
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
    for fault_of in (remark_fault, alert_fault, remedy_fault, paper_fault, letter_fault, sample_fault):
        if fault := fault_of(connection):
            raise _unusable(file, fault)
    people = sum(not account.ended_at for account in list_accounts(connection))
    return SoundBackup(rows, len(known), read_epoch(connection), newest, people=people)


# --- restoring ---------------------------------------------------------------------------------------


def restore(file: Path, url: str, by: By) -> SoundBackup:
    """Replace the database at `url` by the backup in `file`. The centre must not be running.

    Raises ProblemError HL5009; the database is unchanged then.
    """
    on_sqlite = url.startswith("sqlite")
    if on_sqlite != (_kind_of(file) == "sqlite"):
        raise _unusable(file, "of the other kind of database")
    before = _before(url)
    if on_sqlite:
        target = Path(str(parse_url(url).database))
        with _draft_of(file, target) as draft:
            restored = _prepared(f"sqlite:///{draft}", file, before=before, by=by)
            _put_sqlite(draft, target, by.now)
    else:
        with _restored_copy(url, file) as fresh:
            restored = _prepared(fresh, file, before=before, by=by)
            _put_postgres(fresh, url, by.now)
    return restored


class _Before(Struct, frozen=True):
    """What could be read of the database that is about to be replaced; 0 and None for what could not."""

    epoch: int = 0
    decided: Decisions | None = None


def _prepared(url: str, file: Path, *, before: _Before, by: By) -> SoundBackup:
    """Examine the copy of `file` at `url`, and prepare it before it is renamed to the database."""
    backup = _check_database(url, file)
    engine = open_database(url)
    try:
        with acting(engine, by) as act:
            end_sessions(act.connection)
            begin_anew(act.connection, act.now)
            end_list_links(act.connection)
            pause_software(act.connection)
            carried = carry(act, before.decided) if before.decided else None
            epoch = raise_epoch(act, at_least=before.epoch)
            gather(act.connection)
        if carried and carried.forgotten:
            scrub(engine)
    finally:
        engine.dispose()
    return replace(backup, epoch=epoch, carried=carried)


def raise_epoch(act: Act, *, at_least: int = 0) -> int:
    """Begin a new epoch, above every earlier one; all stored rows count as arrived at its beginning.

    at_least: the epoch that was in use before, if it is known. The centre has to be restarted afterwards.
    """
    connection = act.connection
    one_at_a_time(connection)
    minutes = int((act.now - _EPOCH_ZERO).total_seconds() // 60)
    epoch = max(read_epoch(connection), at_least, minutes) + 1
    connection.execute(update(facts).where(facts.c.name == "epoch").values(value=str(epoch)))
    # Transaction ids of another server can't be compared: cursors of this epoch begin with the stored rows.
    connection.execute(update(responses).where(responses.c.xid != 0).values(xid=0))
    act.note("restore", f"epoch {epoch}")
    return epoch


def _before(url: str) -> _Before:
    """Read the database that is about to be replaced; what can't be read any more is left out."""
    if url.startswith("sqlite") and not Path(str(parse_url(url).database)).exists():
        return _Before()
    engine = open_database(url)
    before = _Before()
    try:
        with reading(engine) as connection:
            before = _Before(read_epoch(connection))
            before = _Before(before.epoch, read_decisions(connection))
    except (DBAPIError, NoResultFound):
        return before
    finally:
        engine.dispose()
    return before


@contextmanager
def _draft_of(file: Path, target: Path) -> Iterator[Path]:
    """A copy of the backup next to the database that it will replace; removed unless it was put in place."""
    draft = target.with_name(f".{target.name}.part")
    parts = [draft.with_name(draft.name + suffix) for suffix in ("", "-wal", "-shm")]
    try:
        for part in parts:  # left by a restore that was killed
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
    """Rename the draft to the database; a link made before keeps the replaced one under a second name."""
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
    """`wished`, or `wished` with the first free number added, so that no file is overwritten."""
    names = (wished.with_name(f"{wished.name}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([wished], names) if not name.exists())


def _alone(file: Path) -> None:
    """Write the database's log into its main file, so that a rename moves all of it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()


def _refuse_running(target: Path) -> None:
    """Raise HL5009 if the database is open elsewhere: only a sole connection can leave WAL mode."""
    connection = sqlite3.connect(target, timeout=0)
    try:
        connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as error:
        detail = "đang được dùng: dừng trung tâm trước"
        raise ProblemError(BACKUP_FAILED(where=str(target), detail=detail)) from error
    except sqlite3.DatabaseError:
        return  # damaged, which is a reason to restore
    finally:
        connection.close()


@contextmanager
def _restored_copy(url: str, file: Path) -> Iterator[str]:
    """The dump in `file` as a database next to the one at `url`; dropped afterwards if it is still there."""
    name = f"{_RESTORED}{os.getpid()}"
    fresh = parse_url(url).set(database=name).render_as_string(hide_password=False)
    with _server(url) as connection:
        # The lock ends with this process: a copy without a lock was left by a process that was killed.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        _drop_left(connection)
        connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            # The dump also grants rights on the server's own functions, which our user may not grant.
            _run("pg_restore", ["--no-owner", "--no-privileges", "--single-transaction", str(file)], fresh)
            yield fresh
        finally:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


# Names of databases that are temporary copies.
_RESTORED = "hailong_restore_"


def _drop_left(connection: psycopg.Connection) -> None:
    """Drop our temporary copies that no process uses any more."""
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
    """Rename the restored database to the one it replaces; refused while anybody is connected."""
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
    """A connection to the server of `url`, but to none of our databases."""
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


# The environment variables by which PostgreSQL's programs get the parts of a URL.
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
    """Run one of PostgreSQL's programs on a database.

    The password goes into the environment: other users could read it in the list of arguments.
    """
    parts = conninfo_to_dict(url)
    environment = {**os.environ, **{_PG[key]: str(value) for key, value in parts.items() if key in _PG}}
    command = [program, f"--dbname={parts['dbname']}", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ProblemError(BACKUP_FAILED(where=program, detail=error.strerror or "")) from error
    if done.returncode:
        # The first line of the program's message names tables and files, never a row.
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
