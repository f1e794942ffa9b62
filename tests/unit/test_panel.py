"""What a panel says of its size, and when it is believed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.panel import BLOCK, HEADER, Panel, dots_per_inch, panels, read_edid

NOTHING = (0.0, 0.0)


def edid(
    pixels: tuple[int, int] = (1280, 800),
    millimetres: tuple[int, int] = (217, 136),
    centimetres: tuple[int, int] | None = None,
) -> bytes:
    """One block as a panel would send it (VESA E-EDID 1.4, section 3)."""
    block = bytearray(BLOCK)
    block[:8] = HEADER
    rounded = (round(millimetres[0] / 10), round(millimetres[1] / 10))
    block[21:23] = bytes(min(255, side) for side in centimetres or rounded)
    block[54:56] = (7100).to_bytes(2, "little")
    block[56], block[58] = pixels[0] & 0xFF, pixels[0] >> 8 << 4
    block[59], block[61] = pixels[1] & 0xFF, pixels[1] >> 8 << 4
    block[66], block[67] = millimetres[0] & 0xFF, millimetres[1] & 0xFF
    block[68] = millimetres[0] >> 8 << 4 | millimetres[1] >> 8
    block[127] = -sum(block) % 256
    return bytes(block)


def connect(folder: Path, name: str, data: bytes) -> None:
    (folder / name).mkdir()
    (folder / name / "edid").write_bytes(data)


@pytest.mark.parametrize(
    ("pixels", "millimetres", "dpi"),
    [
        ((800, 480), (154, 86), 132),
        ((1024, 600), (154, 86), 169),
        ((1280, 800), (217, 136), 150),
        ((1920, 1080), (344, 194), 142),
        ((1920, 1080), (476, 268), 102),
    ],
)
def test_a_panel_tells_its_dots_per_inch(
    tmp_path: Path, pixels: tuple[int, int], millimetres: tuple[int, int], dpi: int
) -> None:
    connect(tmp_path, "card0-HDMI-A-1", edid(pixels, millimetres))
    connect(tmp_path, "card0-DP-1", b"")
    assert read_edid(edid(pixels, millimetres)) == Panel(pixels, millimetres)
    assert dots_per_inch(pixels, NOTHING, tmp_path) == dpi
    assert dots_per_inch((pixels[1], pixels[0]), NOTHING, tmp_path) == dpi, "turned"


@pytest.mark.parametrize(
    "lie",
    [
        edid(millimetres=(0, 0), centimetres=(0, 0)),
        edid((1920, 1080), (160, 90)),  # a ratio of sides
        edid((1920, 1080), (16, 9), (0, 0)),
        edid((800, 480), (476, 268)),  # another model
        edid((1280, 800), (217, 136), (48, 27)),  # the two sizes contradict each other
        edid((1280, 800), (217, 180), (0, 0)),  # pixels would be wider than high
        edid((1280, 800), (2000, 1250), (0, 0)),  # a wall
        edid((1920, 1080), (48, 27), (0, 0)),  # a stamp
    ],
)
def test_a_panel_that_lies_is_not_believed(tmp_path: Path, lie: bytes) -> None:
    connect(tmp_path, "card0-HDMI-A-1", lie)
    found = read_edid(lie)
    assert found is not None
    assert dots_per_inch(found.pixels, NOTHING, tmp_path) == 0
    assert dots_per_inch(found.pixels, (132.0, 132.0), tmp_path) == 0, "the same lie, by the window system"


@pytest.mark.parametrize(
    "broken", [b"", b"\0" * BLOCK, edid()[:-1], edid()[:-1] + b"\x01", edid()[1:] + b"\0"]
)
def test_what_is_no_edid_says_nothing(broken: bytes) -> None:
    assert read_edid(broken) is None


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for found in (read_edid(data), read_edid(HEADER + data)):
        assert found is None or found.dpi >= 0


def test_a_panel_with_another_picture_is_not_the_one_that_is_touched(tmp_path: Path) -> None:
    connect(tmp_path, "card0-DP-1", edid((1920, 1080), (476, 268)))
    connect(tmp_path, "card0-HDMI-A-1", edid((800, 480), (154, 86)))
    assert dots_per_inch((800, 480), NOTHING, tmp_path) == 132
    assert dots_per_inch((1366, 768), NOTHING, tmp_path) == 0
    assert [name for name, _ in panels(tmp_path)] == ["card0-DP-1", "card0-HDMI-A-1"]


def test_of_two_panels_with_the_same_picture_the_finer_one_counts(tmp_path: Path) -> None:
    connect(tmp_path, "card0-DP-1", edid((1920, 1080), (476, 268)))
    connect(tmp_path, "card0-HDMI-A-1", edid((1920, 1080), (344, 194)))
    assert dots_per_inch((1920, 1080), NOTHING, tmp_path) == 142


def test_without_an_edid_the_window_system_is_asked_but_not_believed_blindly(tmp_path: Path) -> None:
    assert dots_per_inch((800, 480), (131.9, 141.8), tmp_path) == 132
    assert dots_per_inch((800, 480), (96.2, 95.8), tmp_path) == 0, "what X says of a panel it does not know"
    assert dots_per_inch((800, 480), (133.0, 60.0), tmp_path) == 0
    assert dots_per_inch((800, 480), NOTHING, tmp_path) == 0
    assert dots_per_inch(None, (132.0, 132.0), tmp_path) == 0
