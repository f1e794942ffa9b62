"""A database of several servers that follow each other: one URL names them all, and none is clung to."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sync.central.store.database import open_database, parse_url, writing
from tests.support.postgres import Postgres, programs
from tests.support.processes import free_port
from tests.support.wire import ROOT, CentreUnderTest

WRITES = "target_session_attrs=read-write"


@pytest.mark.parametrize(
    ("url", "hosts", "ports"),
    [
        ("postgresql://hai@one,two,three/long", "one,two,three", "5432,5432,5432"),
        ("postgresql://hai@one:5001,two,three:5003/long", "one,two,three", "5001,5432,5003"),
        (f"postgresql://hai:l%40ng@one:1,two:2/long?{WRITES}&sslmode=require", "one,two", "1,2"),
        ("postgresql://hai@/long?host=one,two&port=5001", "one,two", "5001,5001"),
    ],
)
def test_a_url_of_several_hosts_means_the_same_to_all_who_read_it(url: str, hosts: str, ports: str) -> None:
    ours = parse_url(url)
    theirs = conninfo_to_dict(ours.render_as_string(hide_password=False))
    assert {**conninfo_to_dict(url), "port": ports} == theirs
    engine = open_database(url)
    _, given = engine.dialect.create_connect_args(engine.url)
    assert (given["host"], given["port"], given["dbname"]) == (hosts, ports, "long")
    assert given.get("password") == theirs.get("password")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hailong:s3cret@one,two/hailong?foo=bar",
        "postgresql://hailong:s3cret@one/hailong?foo=bar",
        "postgresql://hailong:s3cret@one:port/hailong",
        "postgres://hailong:s3cret@one/hailong",
        "mysql://hailong:s3cret@one/hailong",
        "s3cret",
    ],
)
def test_a_url_that_nobody_can_read_is_a_problem_and_its_password_stays_unsaid(
    url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sync.central", "audit", "--data", str(tmp_path), "--database", url]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("HL5019")
    assert "s3cret" not in ended.stdout + ended.stderr


def test_a_url_of_one_host_stays_as_it_is() -> None:
    for url in (
        "postgresql://hai@one:5001/long",
        "postgresql:///long?host=/run",
        "sqlite:////srv/central.db",
    ):
        assert parse_url(url).database in ("long", "/srv/central.db")


@pytest.fixture
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    """A centre that knows two servers, of which the first is away."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    host = f"127.0.0.1:{free_port()},127.0.0.1:"
    url = server.fresh().replace("127.0.0.1:", host, 1) + f"?{WRITES}"
    centre = CentreUnderTest(tmp_path / "centre", url=url)
    yield centre
    centre.close()


def test_a_server_that_became_a_standby_is_left_for_the_one_that_takes_writes(
    central: CentreUnderTest,
) -> None:
    with writing(central.engine) as connection:
        # What a connection meets whose server was told to follow another one.
        connection.execute(text("SET default_transaction_read_only TO on"))
        kept: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    with pytest.raises(DBAPIError), writing(central.engine) as connection:
        connection.execute(text("UPDATE facts SET value = value"))
    assert kept.closed
    with writing(central.engine) as connection:
        assert connection.execute(text("UPDATE facts SET value = value")).rowcount > 0
