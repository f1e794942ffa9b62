"""Migrates a database to the tables and counts of this version, and makes the partitions of coming months."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from sync.central.store import partitions, rollups
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_NEWER

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, now: datetime | None = None) -> None:
    """Migrate the database to this version's tables; an empty one gets them all.

    If there is nothing to do, it neither waits for other sessions nor blocks them. now: see `keep_months`.
    Raises ProblemError HL5028 if the database is newer than this program.
    """
    from alembic import command  # imported here because it is large, and a server does not need it

    config, there, newest = _versions(engine)
    with reading(engine) as connection:
        done = there == newest and rollups.counted_by_these_rules(connection)
    if not done:
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            partitions.tables_alone(connection)
            command.upgrade(config, "head")
            # Close days first, so that responses of days that are over are counted as published.
            close_days(connection, (now or datetime.now(VIET_NAM)).astimezone(VIET_NAM).date())
            rollups.ensure(connection)
    keep_months(engine, now)


def is_behind(engine: Engine) -> bool:
    """Whether the database has tables of an older version; raises ProblemError HL5028 for a newer one."""
    _, there, newest = _versions(engine)
    return bool(there) and there != newest


def _versions(engine: Engine) -> tuple["Config", set[str], set[str]]:
    """Alembic's settings, the database's versions (none for an empty one), and the newest."""
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    with reading(engine) as connection:
        there = set(MigrationContext.configure(connection).get_current_heads())
    if unknown := there - {revision.revision for revision in script.walk_revisions()}:
        raise ProblemError(DATABASE_NEWER(detail=", ".join(sorted(unknown))))
    return config, there, set(script.get_heads())


def keep_months(engine: Engine, now: datetime | None = None) -> None:
    """Make the months around `now`, see partitions.py, unless another session, e.g. a backup, holds them."""
    with partitions.unless_held(), writing(engine) as connection:
        partitions.ensure(connection, now)
