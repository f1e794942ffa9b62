"""The panel's light, on files as the kernel shows them."""

from pathlib import Path

from kiosk.devices.backlight import Backlight


def panel(tmp_path: Path) -> Path:
    file = tmp_path / "intel_backlight" / "bl_power"
    file.parent.mkdir()
    file.write_text("0")
    return file


def test_the_light_goes_off_and_on(tmp_path: Path) -> None:
    file = panel(tmp_path)
    light = Backlight(tmp_path)
    light.set(lit=False)
    assert file.read_text() == "4"
    light.set(lit=True)
    assert file.read_text() == "0"


def test_a_light_that_is_right_is_left_alone(tmp_path: Path) -> None:
    file = panel(tmp_path)
    light = Backlight(tmp_path)
    light.set(lit=False)
    file.write_text("somebody else")
    light.set(lit=False)
    assert file.read_text() == "somebody else"


def test_a_panel_without_a_switch_stays_lit(tmp_path: Path) -> None:
    Backlight(tmp_path / "none").set(lit=False)


def test_a_light_that_may_not_be_switched_stops_nothing(tmp_path: Path) -> None:
    file = panel(tmp_path)
    light = Backlight(tmp_path)
    file.unlink()
    file.mkdir()
    light.set(lit=False)
