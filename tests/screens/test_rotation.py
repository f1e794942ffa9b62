"""A panel mounted on its side or on its head: the picture is upright, and a tap counts where it is seen."""

from pathlib import Path

import pytest
from PIL import Image

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

PANEL = (1280, 800)
GROUND = (0xF6, 0xF5, 0xF1)
TURN = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
"""What turns the panel back: Pillow counts the other way."""


def on_panel(x: float, y: float, rotate: int) -> tuple[float, float]:
    """Where a place of the upright picture is on the panel, from the upper left corner of each."""
    width, height = PANEL
    return {90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[rotate]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_the_picture_is_upright_and_a_tap_counts_where_it_is_seen(tmp_path: Path, rotate: int) -> None:
    described = tmp_path / "described.jsonl"
    screen = {"width": PANEL[0], "height": PANEL[1], "rotate": rotate}
    changes: dict[str, object] = {"screen": screen, "volume": 0.0, "start_by_touch": True}
    with Display(PANEL) as display, Office(tmp_path / "office", changes) as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        picture = finger.until("IdleView")
        display.settle()
        upright = display.picture().transpose(TURN[rotate])
        assert (upright.width > upright.height) == (rotate == 180)
        x, y, width, height = next(target.box for target in picture.targets if target.name == "Cán bộ")
        words = upright.crop((round(x), round(y), round(x + width), round(y + height)))
        assert min(words.convert("L").tobytes()) < 60  # of 255: ink, and the ground elsewhere in this corner
        assert upright.crop((0, upright.height - 8, 40, upright.height)).getcolors() == [(320, GROUND)]
        x, y = x + width / 2, y + height / 2
        display.tap(*on_panel(x, y, rotate))
        finger.until("StaffLockView")
