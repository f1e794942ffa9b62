"""CONTRIBUTING.md leads to places that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
HOMES = ("", "sync/central", "sync/contract", "kiosk")
"""Folders that a path in the text may start from."""
PATHS = sorted(set(re.findall(r"(?:`|\*\*)([\w/.-]+(?:/|\.py|\.md|\.toml))(?:`|\*\*)", TEXT)))


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
