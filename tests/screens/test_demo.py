"""The whole way of a rating, in three real processes, with the centre killed and started again in between."""

from pathlib import Path

import pytest
from rich.console import Console

from tests.support import demo


@pytest.mark.screen
def test_the_table_shows_every_visit_once_as_it_was_tapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BUILD", tmp_path)
    demo.demonstrate(Console())
    assert len(list(tmp_path.glob("*.png"))) >= 12
