from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres, postgres, programs
from tests.support.wire import CentreUnderTest


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests."""
    with postgres() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    """A fresh centre, over SQLite and over PostgreSQL."""
    url = None
    if request.param == "postgresql":
        if programs() is None:
            pytest.skip("PostgreSQL is not installed")
        server: Postgres = request.getfixturevalue("server")
        url = server.fresh()
    centre = CentreUnderTest(tmp_path / "centre", url=url)
    yield centre
    centre.close()
    if url is not None:
        request.getfixturevalue("server").drop(url)
