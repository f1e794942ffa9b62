"""How large the glass is: what the panel says of itself, where that can be believed.

    python -m kiosk.devices.panel        what every panel of this machine says

A finger is as large on a 7-inch panel as on a 21-inch one, so keys and answers are measured in millimetres.
Linux keeps what a panel says in /sys/class/drm/*/edid (VESA E-EDID 1.4). Panels lie: with nothing, with a
ratio of sides instead of a size, with the size of another model. What contradicts itself, or the picture it
shows, is not believed, and the setting `screen.dpi` has the last word.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

DRM = Path("/sys/class/drm")
BLOCK = 128
HEADER = bytes.fromhex("00ffffffffffff00")
MM_PER_INCH = 25.4

LEAST_DPI, MOST_DPI = 50, 450
"""From a large television to the finest tablet; anything else is a mistake."""

SQUARE = 0.12
"""How much wider than high a pixel may seem: rounding, and the frame around the picture."""

MADE_UP_DPI = 96
"""What X and Windows say of a panel they know nothing of."""

# Ratios of sides that are written where centimetres or millimetres belong.
_RATIOS = {(16, 9), (16, 10), (4, 3), (5, 4), (160, 90), (160, 100), (400, 300), (1600, 900), (1600, 1000)}


class Panel(Struct, frozen=True):
    """What one panel says: its own pixels, and its size in millimetres."""

    pixels: tuple[int, int]
    millimetres: tuple[int, int]

    @property
    def dpi(self) -> int:
        """Dots per inch along the diagonal; 0 where the panel can't be believed."""
        wide, high = self.millimetres
        if not wide or not high or self.millimetres in _RATIOS:
            return 0
        return _believed(
            self.pixels[0] * MM_PER_INCH / wide, self.pixels[1] * MM_PER_INCH / high, self.millimetres
        )


def read_edid(data: bytes) -> Panel | None:
    """The panel that an EDID describes; None where it is no EDID, or names no picture.

    Bytes 54 to 71 hold the preferred picture and, in millimetres, its size; bytes 21 and 22 the screen's size
    in whole centimetres. Where the two differ by more than the rounding allows, the size is 0 × 0.
    """
    block = data[:BLOCK]
    if len(block) < BLOCK or block[:8] != HEADER or sum(block) % 256:
        return None
    timing = block[54:72]
    if not timing[0] and not timing[1]:
        return None  # a text about the panel is there instead
    pixels = (timing[2] | (timing[4] & 0xF0) << 4, timing[5] | (timing[7] & 0xF0) << 4)
    size = (timing[12] | (timing[14] & 0xF0) << 4, timing[13] | (timing[14] & 0x0F) << 8)
    centimetres = (block[21], block[22])
    if not all(pixels):
        return None
    agree = all(
        abs(fine - 10 * coarse) <= 10 for fine, coarse in zip(size, centimetres, strict=True) if coarse
    )
    return Panel(pixels, size if agree else (0, 0))


def panels(folder: Path = DRM) -> Iterator[tuple[str, Panel]]:
    """Every connected panel under `folder` with the name of its connector."""
    for file in sorted(folder.glob("*/edid")):
        try:
            found = read_edid(file.read_bytes())
        except OSError:
            continue  # a connector that went away, or is not ours to read
        if found is not None:
            yield file.parent.name, found


def dots_per_inch(screen: tuple[int, int] | None, told: tuple[float, float], folder: Path = DRM) -> int:
    """Dots per inch of the panel that shows a picture of `screen` pixels; 0 where nobody knows.

    Args:
        screen: width and height of the whole picture, turned or not; None: unknown.
        told: horizontal and vertical dots per inch by the window system, 0 unknown. It is asked where no
            panel says anything, for panels that hang on the board itself have no EDID.
        folder: where the kernel shows the panels.
    """
    if screen is None:
        return 0
    found = {panel.dpi for _, panel in panels(folder) if sorted(panel.pixels) == sorted(screen)}
    if found:
        # Of two panels that show the same picture nobody knows which is touched: the coarser one's
        # millimetres would be too few dots on the finer. One that is not believed says 0, and the window
        # system is not asked: it would only repeat that panel's millimetres.
        return max(found)
    if any(round(dots) == MADE_UP_DPI for dots in told):
        return 0
    return _believed(*told, screen)


def _believed(across: float, down: float, sides: tuple[int, int]) -> int:
    """One figure for both directions; 0 where pixels would not be square, or sizes absurd."""
    if not (LEAST_DPI <= across <= MOST_DPI and LEAST_DPI <= down <= MOST_DPI):
        return 0
    if not 1 - SQUARE <= across / down <= 1 + SQUARE:
        return 0
    # The longer side is known more exactly.
    return round(across if sides[0] >= sides[1] else down)


def main() -> int:
    """Say what every panel says; 0 when one can be believed."""
    known = list(panels())
    for name, panel in known:
        size = "{} × {} mm".format(*panel.millimetres)
        dpi = panel.dpi or "không tin được (not believed)"
        sys.stdout.write(f"{name}: {panel.pixels[0]} × {panel.pixels[1]}, {size}, dpi: {dpi}\n")
    if not known:
        sys.stdout.write("Không màn hình nào cho biết kích thước (no panel tells its size): screen.dpi\n")
    return 0 if any(panel.dpi for _, panel in known) else 1


if __name__ == "__main__":
    sys.exit(main())
