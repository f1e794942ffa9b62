"""Without a size in its settings the terminal takes the whole screen, also where no window manager runs."""

from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office


@pytest.mark.screen
@pytest.mark.parametrize("size", [(1024, 600), (1080, 1920)])
def test_the_terminal_takes_the_whole_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    described = tmp_path / "described.jsonl"
    with Display(size) as display, Office(tmp_path / "office") as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        Finger(display, described).until("IdleView")
        display.settle()
        picture = display.picture()
        corners = {picture.getpixel((x, y)) for x in (0, size[0] - 1) for y in (0, size[1] - 1)}
    assert corners == {(0xF6, 0xF5, 0xF1)}
