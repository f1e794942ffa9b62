"""CONTRIBUTING.md leads to places that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
HOMES = ("", "sync/central", "sync/contract", "kiosk")
"""Folders that a path in the text may start from."""
LATER = {"web/"}
"""Comes with the administrators' pages, as its recipe says."""
PATHS = sorted(
    {
        path
        for path in re.findall(r"(?:`|\*\*)([\w/.-]+(?:/|\.py|\.md|\.toml))(?:`|\*\*)", TEXT)
        if path not in LATER
    }
)


@pytest.mark.parametrize("path", PATHS)
def test_every_place_it_names_is_there(path: str) -> None:
    assert any((ROOT / home / path).exists() for home in HOMES)


def test_every_folder_of_the_code_has_its_paragraph() -> None:
    folders = {
        f"{top}/{path.name}/"
        for top in ("kiosk", "sync")
        for path in (ROOT / top).iterdir()
        if (path / "__init__.py").exists()
    }
    assert {folder for folder in folders if f"**{folder}**" not in TEXT} == set()
