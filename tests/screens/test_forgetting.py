"""Nothing of one visit can be found in the next: no widget, no cache, nothing in the process holds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from sync.contract.canonical import decode_response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.office import Office

pytestmark = pytest.mark.screen


def look_for_words(folder: Path, *more: str) -> list[str]:
    kiosk: dict[str, object] = {
        "screen": {"width": 1280, "height": 800},
        "start_by_touch": True,
        "patience": {"thanks": 2},
    }
    Office(folder, kiosk)
    with Display((1280, 800)) as display:
        command = [sys.executable, "-m", "tests.support.forgetting", str(folder), *more]
        done = subprocess.run(
            command, env=display.environment(), capture_output=True, text=True, check=True, timeout=120
        )
    return done.stdout.splitlines()


def test_nothing_of_one_visit_is_left_in_the_next(tmp_path: Path) -> None:
    assert look_for_words(tmp_path) == []
    stored = OutboxReader(tmp_path / "terminal" / "outbox").after(0, limit=9, max_bytes=100_000)
    first, second = (decode_response(one.body) for one in stored)
    assert first.sealed is not None
    assert first.answers == {"result": 5, "service": 4}
    assert second.sealed is None


def test_words_that_are_still_on_the_screen_are_found(tmp_path: Path) -> None:
    assert look_for_words(tmp_path, "--leave")
