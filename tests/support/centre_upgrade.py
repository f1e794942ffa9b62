"""The centre's own upgrade on a booted machine: a copy, then the database; and a program too old for it.

There is one version of the tables so far; a second one is made up here, in the newer release.
"""

from pathlib import Path

from sync.central.office.safe_migration import FOLDER
from tests.support.booted import Booted
from tests.support.guides import answers
from tests.support.office import until

DATA = "/var/lib/hailong/central"
RELEASES = "/opt/hailong/central/releases"
SECOND = '''"""A second version."""
from alembic import op
from sqlalchemy import Column, Integer
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade() -> None:
    op.create_table("novelty", Column("id", Integer, primary_key=True))
'''
VERSION = f"""python3 -c 'import sqlite3
print(*sqlite3.connect("{DATA}/central.db").execute("SELECT version_num FROM alembic_version").fetchone())'"""


def migrated(machine: Booted, older: str, newer: str) -> None:
    """The release `newer` migrates as the centre starts; `older` says that it can't, and changes nothing."""
    inside = Path(f"/proc/{machine.pid}/root")
    versions = inside / RELEASES[1:] / newer / "lib/sync/central/store/migrations/versions"
    (versions / "m0002_second.py").write_text(SECOND, "utf-8")
    machine.run("systemctl restart hailong-central")
    until(answers, "the centre after its upgrade")
    assert machine.run(VERSION) == "0002\n"
    assert list((inside / DATA[1:] / FOLDER).glob("central-*")), "no copy from before"
    machine.run("systemctl stop hailong-central")
    command = f"{RELEASES}/{older}/bin/hailong-central serve --data {DATA} --port 8700"
    said = machine.run(f"runuser -u hailong -- {command} 2>&1 || echo ended with $?")
    assert "HL5028" in said
    assert said.endswith("ended with 78\n"), said  # systemd doesn't start it again
    assert machine.run(VERSION) == "0002\n"
    machine.run("systemctl start hailong-central")
