"""Pictures of the office that can't be read are left out and reported; the terminal serves all the same."""

from pathlib import Path

import pytest
from PIL import Image

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

SCREEN = {"width": 800, "height": 480}


def damaged(path: Path) -> str:
    """A picture whose head is right and whose rest is missing."""
    Image.radial_gradient("L").save(path, "PNG")
    path.write_bytes(path.read_bytes()[:2000])
    return str(path)


def test_a_damaged_picture_is_left_out_and_reported(tmp_path: Path) -> None:
    emblem, picture = damaged(tmp_path / "bieu-trung.png"), tmp_path / "khong-co.jpg"
    shown = {"name": {"vi": "UBND phường Mẫu"}, "emblem": emblem, "picture": str(picture)}
    with Display((800, 480)) as display:
        office = Office(tmp_path / "office", {"screen": SCREEN, "start_by_touch": True, "office": shown})
        described = tmp_path / "described.jsonl"
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.choose("Bắt đầu", "RatingView")
        finger.choose("Để sau", "IdleView")
        log = office.log("kiosk")
        assert office.stop("kiosk") == 0
    assert f"HL2016 [{emblem}]" in log
    assert f"HL2016 [{picture}]" in log
    assert "Traceback" not in log
