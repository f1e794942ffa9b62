from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wire import CentreUnderTest


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A fresh centre over SQLite."""
    centre = CentreUnderTest(tmp_path / "centre")
    yield centre
    centre.close()
