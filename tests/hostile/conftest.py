from collections.abc import Iterator

import pytest

from tests.support.postgres import postgres
from tests.support.served import ServedCentre


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedCentre]:
    """A centre that serves as a process, once for all tests of each database."""
    folder = tmp_path_factory.mktemp("served")
    if request.param == "sqlite":
        with ServedCentre(folder) as centre:
            yield centre
        return
    with postgres() as server, ServedCentre(folder, server.fresh()) as centre:
        yield centre
