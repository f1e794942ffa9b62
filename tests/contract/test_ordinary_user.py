"""A centre whose PostgreSQL user has the rights of deploy/server/README.md, and no others."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, check, restore
from tests.support.postgres import Postgres
from tests.support.wire import NOW, CentreUnderTest

GUIDE = (Path(__file__).parents[2] / "deploy" / "server" / "README.md").read_text("utf-8")
GRANTS = re.findall(r"-c '(GRANT [^']+)'", GUIDE)


@pytest.fixture
def url(server: Postgres) -> Iterator[str]:
    """A database of the user `hailong`, who was granted what the guide says."""
    url = server.fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE hailong LOGIN CREATEDB")
        connection.execute(f"ALTER DATABASE {url.rpartition('/')[2]} OWNER TO hailong")
        for grant in GRANTS:
            connection.execute(grant.encode())
    yield url.replace("//postgres@", "//hailong@")
    server.drop(url)


def test_a_backup_is_checked_and_restored_by_a_user_who_was_granted_rights(url: str, tmp_path: Path) -> None:
    assert len(GRANTS) == 2
    central = CentreUnderTest(tmp_path / "centre", url=url)
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    central.close()
    assert check(copy, url).devices == 3
    assert restore(copy, url, By("test", NOW + timedelta(minutes=1))).epoch > 1
