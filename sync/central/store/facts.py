"""The data folder of a centre, its database, and the few facts that the database holds about itself.

central.db (+ -wal, -shm)   SQLite, unless a database URL says otherwise
keys/                       secret keys, see office/keys/
keys.toml                   their public halves, for a terminal's bundle folder
reserve                     room for revocations on a full disk, see reserve.py
tmp/                        temporary files, see scratch.py
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from sync.central.store.database import open_database
from sync.central.store.schema import facts
from sync.central.store.scratch import Scratch
from sync.central.store.upgrade import is_behind, migrate
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATA_FOLDER_MISSING, DATABASE_MOVED, DATABASE_OLDER

MOVED = "central.db.moved"
"""What the SQLite file is called once the centre is in PostgreSQL."""


def database_url(data: Path, url: str | None) -> str:
    """The database of a data folder: `url`, or the SQLite file in it.

    Raises ProblemError HL5206 for the file of a centre that was moved: what it took in would be lost.
    """
    if url is None and (data / MOVED).exists():
        raise ProblemError(DATABASE_MOVED(where=str(data)))
    return url or f"sqlite:///{(data / 'central.db').resolve()}"


def scratch_of(data: Path) -> Scratch:
    """The folder for temporary files."""
    return Scratch(data / "tmp")


def existing_database(data: Path, url: str | None) -> Engine:
    """The database of a data folder that was set up, with this version's tables.

    Raises ProblemError HL5005 without one, HL5206 for one that was moved, HL5205 for one of an older version,
    HL5028 for one of a newer.
    """
    address = database_url(data, url)
    if url is None and not (data / "central.db").exists():
        raise ProblemError(DATA_FOLDER_MISSING(where=str(data)))
    engine = open_database(address)
    if is_behind(engine):
        raise ProblemError(DATABASE_OLDER(where=str(data)))
    migrate(engine)
    return engine


def ensure_facts(connection: Connection) -> None:
    """Give a new database its first epoch."""
    if connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).first() is None:
        connection.execute(insert(facts).values(name="epoch", value="1"))


def read_epoch(connection: Connection) -> int:
    """The centre's epoch: raised whenever it was restored from a backup."""
    return int(connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).scalar_one())
