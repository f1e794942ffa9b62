"""The centre's own upgrade: tried on a copy, completed after a kill, and never by accident.

A version after the newest one is made up here.
"""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import inspect
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office import copies, safe_migration
from sync.central.office.audit.acts import By
from sync.central.office.backup import check
from sync.central.office.safe_migration import FOLDER
from sync.central.store import upgrade
from sync.central.store.database import open_database, reading
from sync.central.store.upgrade import MIGRATIONS
from sync.contract.problem import ProblemError
from tests.contract.conftest import Run
from tests.support.own_process import exit_code
from tests.support.wire import NOW, CentreUnderTest, store_unasked, visit

NEWEST = len(list((MIGRATIONS / "versions").glob("m*.py")))
NEXT = '''"""A version after the newest."""
import os
from alembic import op
from sqlalchemy import Column, Integer
from tests.support.own_process import exit_code
revision, down_revision, branch_labels, depends_on = "{revision}", "{newest}", None, None
def upgrade() -> None:
    op.create_table("novelty", Column("id", Integer, primary_key=True))
    {then}
'''
BY = By("test", NOW)


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program's versions, with room for another one."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    monkeypatch.setattr(upgrade, "MIGRATIONS", folder)
    return folder / "versions"


def add_version(versions: Path, then: str = "pass") -> None:
    """Put the version after the newest one there, which ends with `then`."""
    revision = f"{NEWEST + 1:04}"
    text = NEXT.format(revision=revision, newest=f"{NEWEST:04}", then=then)
    (versions / f"m{revision}_next.py").write_text(text)


def is_new(central: CentreUnderTest) -> bool:
    with reading(central.engine) as connection:
        return bool(inspect(connection).has_table("novelty"))


def do(central: CentreUnderTest) -> Path | None:
    return safe_migration.upgrade(central.engine, central.folder, BY, server=central.url)


def do_in_own_process(migrations: Path, address: str, folder: Path, server: str | None) -> None:
    upgrade.MIGRATIONS = migrations
    safe_migration.upgrade(open_database(address), folder, BY, server=server)


def test_the_copy_from_before_is_named_and_holds_everything(
    central: CentreUnderTest, versions: Path, run: Run
) -> None:
    store_unasked(central, [visit(1, seq=1)])
    assert do(central) is None, "nothing to do"
    add_version(versions)
    copy = do(central)
    assert copy is not None
    assert is_new(central)
    assert check(copy, central.url).responses == 1
    assert copy.stat().st_mode & 0o077 == 0
    with reading(central.engine) as connection:
        line = connection.exec_driver_sql("SELECT subject FROM audit WHERE act = 'upgrade'").scalar_one()
    assert line == copy.name
    assert do(central) is None
    assert "đúng phiên bản này" in run("upgrade")


def test_a_migration_that_fails_on_the_copy_leaves_the_database_as_it_is(
    central: CentreUnderTest, versions: Path
) -> None:
    add_version(versions, then="raise ValueError")
    with pytest.raises(ProblemError, match="HL5009"):
        do(central)
    assert not is_new(central)
    with reading(central.engine) as connection:
        there = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert there == f"{NEWEST:04}"
    assert list((central.folder / FOLDER).iterdir()) == [], "no copy is left at each try"


def test_an_upgrade_that_was_killed_is_completed_by_the_next_start(
    central: CentreUnderTest, versions: Path, run: Run
) -> None:
    marker = versions.parent / "kill"
    # The copy is migrated first, in the same process: the second time is the database itself.
    add_version(
        versions, then=f"p = {str(marker)!r}; os.path.exists(p) and os._exit(9); open(p, 'w').close()"
    )
    assert exit_code(do_in_own_process, versions.parent, central.address, central.folder, central.url) == 9
    assert not is_new(central)
    add_version(versions)
    printed = run("init")
    assert "ready" in printed
    assert is_new(central)
    assert list((central.folder / FOLDER).glob("central-*"))


def test_commands_do_not_touch_a_database_of_an_older_version(
    central: CentreUnderTest, versions: Path, run: Run
) -> None:
    add_version(versions)
    assert run("devices", "list") == "HL5205"
    assert not is_new(central)
    place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
    done = CliRunner().invoke(app, ["upgrade", *place])
    assert "bản chép trước đó" in done.output
    run("devices", "list")


def test_a_copy_from_before_an_upgrade_goes_with_the_old_backups(
    central: CentreUnderTest, tmp_path: Path, run: Run
) -> None:
    folder = central.folder / FOLDER
    folder.mkdir()
    old = folder / copies.name_of(NOW)
    old.touch()
    os.utime(old, (0, 0))
    run("backup", "--into", str(tmp_path))
    assert not old.exists()
