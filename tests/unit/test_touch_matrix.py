"""A panel whose glass and picture disagree is put right by six numbers."""

from pathlib import Path

import pytest

from kiosk.devices.touch_matrix import AS_IT_IS, TouchMatrix, corrected
from kiosk.settings import load_settings
from sync.contract.problem import ProblemError

# A finger in the upper right quarter of the picture: (0.75, 0.9), y from the bottom as Kivy has it.
MOUNTED: dict[str, tuple[TouchMatrix, tuple[float, float]]] = {
    "as it is": (AS_IT_IS, (0.75, 0.9)),
    "left and right changed": ((-1, 0, 1, 0, 1, 0), (0.25, 0.9)),
    "top and bottom changed": ((1, 0, 0, 0, -1, 1), (0.75, 0.1)),
    "turned to the left": ((0, 1, 0, -1, 0, 1), (0.9, 0.25)),
}


@pytest.mark.parametrize("mounted", MOUNTED)
def test_what_the_glass_says_becomes_the_place_on_the_picture(mounted: str) -> None:
    matrix, said = MOUNTED[mounted]
    assert corrected(*said, matrix) == pytest.approx((0.75, 0.9))


def test_a_touch_never_leaves_the_panel() -> None:
    assert corrected(0.9, 0.1, (1.2, 0, 0, 0, 1.2, 0)) == (1.0, 0.0)


def test_numbers_that_press_the_panel_into_a_line_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("[screen]\ntouch = [1, 2, 0, 2, 4, 0]\n", "utf-8")
    with pytest.raises(ProblemError) as refused:
        load_settings(path)
    assert refused.value.problem.where == f"{path}: screen.touch"


def test_a_picture_is_turned_by_quarters_alone(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("[screen]\nrotate = 45\n", "utf-8")
    with pytest.raises(ProblemError):
        load_settings(path)
