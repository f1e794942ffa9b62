from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.store.database import open_database
from sync.contract.problem import ProblemError
from tests.support.postgres import Postgres, postgres, programs
from tests.support.wire import CentreUnderTest


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests."""
    with postgres() as found:
        yield found


@pytest.fixture(scope="session")
def set_up(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of a centre that was set up, to be copied, because setting one up takes a second."""
    url = server.fresh()
    CentreUnderTest(tmp_path_factory.mktemp("set-up"), url=url).close()
    return url


@pytest.fixture
def empty(server: Postgres) -> Iterator[Engine]:
    """A database of PostgreSQL without tables."""
    url = server.fresh()
    engine = open_database(url)
    yield engine
    engine.dispose()
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    """A fresh centre, over SQLite and over PostgreSQL."""
    url = None
    if request.param == "postgresql":
        if programs() is None:
            pytest.skip("PostgreSQL is not installed")
        server: Postgres = request.getfixturevalue("server")
        url = server.copy(request.getfixturevalue("set_up"))
    centre = CentreUnderTest(tmp_path / "centre", url=url)
    yield centre
    centre.close()
    if url is not None:
        request.getfixturevalue("server").drop(url)


Run = Callable[..., str]
"""A command of the centre: what it printed, or the number of its problem."""


@pytest.fixture
def run(central: CentreUnderTest) -> Run:
    """Runs commands over `central`."""

    def runs(*words: str, data: bool = True) -> str:
        place = (
            []
            if not data
            else ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
        )
        done = CliRunner().invoke(app, [*words, *place])
        if isinstance(done.exception, ProblemError):
            return done.exception.problem.number
        assert done.exit_code == 0, done.output
        return done.output

    return runs
