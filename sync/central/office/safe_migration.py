"""A database of an older version becomes one of this version: checked, copied, then migrated.

Promises (each has a test of this name):
- the migration is tried on a copy first; one that fails there leaves the database as it is, and no copy;
- the copy from before the upgrade is named in the audit log, and goes after the days of a backup;
- an upgrade that was killed is completed by the next start;
- commands of this version don't touch a database of an older one.
"""

from pathlib import Path

from sqlalchemy import Engine

from sync.central.office import copies
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check
from sync.central.store.facts import scratch_of
from sync.central.store.upgrade import is_behind, migrate
from sync.contract.problem import ProblemError

FOLDER = "before-upgrade"
"""In the data folder, where the service may write."""


def upgrade(engine: Engine, data: Path, by: By, *, server: str | None = None) -> Path | None:
    """Migrate the database to this version; returns the copy that was made before, None if none was needed.

    server: the database's URL, if it is PostgreSQL. Raises ProblemError HL5028 for a database of a newer
    version, HL5009 if the copy can't be made or migrated.
    """
    if not is_behind(engine):
        migrate(engine, by.now)
        return None
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copies.tidy(folder, by.now.date())
    copy = folder / copies.name_of(by.now)
    back_up(engine, copy)
    try:
        backup = check(copy, server, scratch_of(data))
    except ProblemError:
        copy.unlink()  # each start of the service would leave one more
        raise
    migrate(engine, by.now)
    with acting(engine, by) as act:
        act.note("upgrade", copy.name, f"{backup.responses} responses")
    return copy
