"""A package upgrade is noticed by the release that runs."""

import shutil
from pathlib import Path

from kiosk.replaced import Software


def release(root: Path, version: str) -> Path:
    folder = root / "releases" / version
    (folder / "lib" / "kiosk").mkdir(parents=True)
    return folder


def point(root: Path, version: str) -> None:
    draft = root / "draft"
    draft.symlink_to(f"releases/{version}")
    draft.replace(root / "current")


def test_another_version_and_the_same_one_once_more_are_noticed(tmp_path: Path) -> None:
    first = release(tmp_path, "0.1.0")
    point(tmp_path, "0.1.0")
    software = Software.of(str(tmp_path / "current" / "lib" / "kiosk" / "app.py"))
    assert not software.replaced()
    again = release(tmp_path / "again", "0.1.0")
    first.rename(tmp_path / "old")
    assert not software.replaced()  # half-way: there is nothing to start
    again.rename(first)
    assert software.replaced()
    shutil.rmtree(first)
    (tmp_path / "old").rename(first)
    assert not software.replaced()
    release(tmp_path, "0.2.0")
    point(tmp_path, "0.2.0")
    assert software.replaced()


def test_a_terminal_that_runs_from_sources_is_never_replaced(tmp_path: Path) -> None:
    assert not Software.of(str(tmp_path / "kiosk" / "app.py")).replaced()
